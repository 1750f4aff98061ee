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
REFORM_PREPARED = Event("organisation.reform_prepared", _("Reform prepared"))
REFORM_DECIDED = Event(
    "organisation.reform_decided", _("A question of the reform was decided or postponed"), public=True
)
REFORM_LOADED = Event("organisation.reform_loaded", _("Reform put in force"), public=True)
REFORM_HANDED_ON = Event("organisation.reform_handed_on", _("A batch of running cases was handed on"))
REFORM_DONE = Event("organisation.reform_done", _("Everything was handed on"), public=True)

ALL = (
    PACK_LOADED,
    OFFICIAL_ADDED,
    OFFICIAL_CHANGED,
    APPOINTED,
    TENURE_ENDED,
    RELEASED,
    DELEGATED,
    DELEGATION_REVOKED,
    REFORM_PREPARED,
    REFORM_DECIDED,
    REFORM_LOADED,
    REFORM_HANDED_ON,
    REFORM_DONE,
)
