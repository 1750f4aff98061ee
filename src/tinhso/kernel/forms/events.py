"""Facts that the forms kernel announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("forms.form_published", _("A form was published"), public=True),
    Event("forms.form_withdrawn", _("A form was withdrawn"), public=True),
)
