"""Facts the organisation announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

PACK_LOADED = Event("organisation.pack_loaded", _("Province pack loaded"), public=True)
OFFICIAL_ADDED = Event("organisation.official_added", _("Official entered"))
OFFICIAL_CHANGED = Event("organisation.official_changed", _("Official's particulars changed"))
APPOINTED = Event("organisation.appointed", _("Official appointed"))
TENURE_ENDED = Event("organisation.tenure_ended", _("Tenure ended"))
RELEASED = Event("organisation.released", _("Official released from all that they held"))
DELEGATED = Event("organisation.delegated", _("Authority delegated"))
DELEGATION_REVOKED = Event("organisation.delegation_revoked", _("Delegation revoked"))

ALL = (
    PACK_LOADED,
    OFFICIAL_ADDED,
    OFFICIAL_CHANGED,
    APPOINTED,
    TENURE_ENDED,
    RELEASED,
    DELEGATED,
    DELEGATION_REVOKED,
)
