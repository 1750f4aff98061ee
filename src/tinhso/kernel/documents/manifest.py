"""What the documents kernel lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.personal import PersonalData
from tinhso.base.registry import Module, Periodic, permissions
from tinhso.kernel.documents import access, gauges, personal, readings, upkeep
from tinhso.kernel.documents.events import EVENTS

module = Module(
    slug="tep",
    title=_("Documents"),
    serves=("S-04",),
    prefix="documents",
    lends=(
        *EVENTS,
        *gauges.GAUGES,
        *permissions(access),
        PersonalData("documents", _("Files you saved"), personal.files_of, order=40),
        Periodic("documents.uploads", 900, upkeep.purge_uploads),
        Periodic("documents.orphans", 60, upkeep.sweep_store),
        Periodic("documents.readings", 5, readings.read_some),
    ),
)
