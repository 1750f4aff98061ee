"""What the documents kernel lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, Periodic, permissions
from tinhso.kernel.documents import access, upkeep
from tinhso.kernel.documents.events import EVENTS

module = Module(
    slug="tep",
    title=_("Documents"),
    serves=("S-04",),
    prefix="documents",
    lends=(
        *EVENTS,
        *permissions(access),
        Periodic("documents.uploads", 900, upkeep.purge_uploads),
        Periodic("documents.orphans", 86400, upkeep.purge_store),
    ),
)
