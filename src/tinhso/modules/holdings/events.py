"""Facts that the data store announces: keys and counts, no names and no identity numbers."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("holdings.result_kept", _("A result was put into the data store")),
    Event("holdings.result_replaced", _("A newer version replaced a result in the data store")),
    Event("holdings.result_revoked", _("A result in the data store was revoked")),
    Event("holdings.results_read", _("An official read what the data store holds of somebody")),
    Event("holdings.register_asked", _("A register was asked for what would have been asked as a paper")),
    Event("holdings.registers_loaded", _("The registers that may be asked were set")),
    Event("holdings.papers_saved", _("Papers were not asked for again: the data store had them")),
    Event("holdings.batch_begun", _("A back-load of results was begun")),
    Event("holdings.batch_loaded", _("Rows of a back-load were taken in")),
    Event("holdings.paper_opened", _("A paper of the sample of a back-load was opened")),
    Event("holdings.batch_checked", _("A sample of a back-load was looked at by a second person")),
)
