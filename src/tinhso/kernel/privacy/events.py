"""Facts that the privacy kernel announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("privacy.data_handed_out", _("Somebody downloaded what is held of them"), security=True),
    Event("privacy.consent_given", _("Somebody consented to a purpose")),
    Event("privacy.consent_withdrawn", _("Somebody withdrew a consent")),
    Event("privacy.erased", _("Data whose time was over was erased")),
)
