"""Facts that the designer announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("designer.draft_begun", _("A draft of a flow was begun")),
    Event("designer.draft_changed", _("A draft was changed")),
    Event("designer.draft_sent", _("A draft was sent for approval")),
    Event("designer.draft_returned", _("A draft was sent back with words")),
    Event("designer.draft_approved", _("A draft was approved")),
    Event("designer.draft_published", _("An approved draft came into effect")),
    Event("designer.draft_dropped", _("A draft was dropped")),
    Event("designer.rehearsal_asked", _("A rehearsal was asked for")),
    Event("designer.rehearsal_done", _("A rehearsal ended")),
)
