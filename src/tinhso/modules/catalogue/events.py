"""Facts that the catalogue announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

ANNOUNCED = (
    Event("catalogue.procedures_loaded", _("Procedures were loaded from a province pack"), public=True),
    Event(
        "catalogue.procedure_published",
        _("A procedure written in the designer was put in force from a day on"),
        public=True,
    ),
    Event(
        "catalogue.procedure_taken_back",
        _("A procedure written in the designer did not come in force: its checks failed on the day"),
        public=True,
    ),
)
