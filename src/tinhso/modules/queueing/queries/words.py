"""Words for what the queue knows by keys."""

from django.utils.translation import gettext_lazy as _

PRIORITIES = {
    "elderly": _("Elderly"),
    "disabled": _("Person with a disability"),
    "pregnant": _("Pregnant, or with a small child"),
    "merit": _("Person of merit to the revolution"),
}
