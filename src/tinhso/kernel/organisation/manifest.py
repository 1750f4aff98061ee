"""What the organisation lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, PackPart, Periodic, permissions
from tinhso.kernel.organisation import access, events
from tinhso.kernel.organisation.pack.parts.calendar import CalendarPart
from tinhso.kernel.organisation.pack.parts.organisation import OrganisationPart
from tinhso.kernel.organisation.pack.parts.province import ProvincePart
from tinhso.kernel.organisation.reform.part import MovesPart, ReformPart
from tinhso.kernel.organisation.reform.tasks import carry_on_reform

module = Module(
    slug="",
    title=_("Organisation"),
    serves=("S-34",),
    prefix="organisation",
    lends=(
        PackPart("province", ProvincePart(), order=10),
        PackPart("calendar", CalendarPart(), order=20),
        PackPart("reform", ReformPart(), order=25),
        PackPart("organisation", OrganisationPart(), order=30),
        PackPart("reform-moves", MovesPart(), order=35),
        Periodic("organisation.reform", 60, carry_on_reform),
        *permissions(access),
        *events.ALL,
    ),
)
