"""Facts that provisioning announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("provisioning.user_added", _("The staff system entered an official")),
    Event("provisioning.user_changed", _("The staff system changed an official")),
    Event("provisioning.user_removed", _("The staff system deleted an official")),
    Event("provisioning.members_changed", _("The staff system changed who holds a post")),
)
