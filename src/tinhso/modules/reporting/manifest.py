"""What reports lend."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Api, Entry, Module, PackPart, Scope, permissions
from tinhso.modules.reporting import access, events
from tinhso.modules.reporting.actions.pack import RegimesPart

module = Module(
    slug="bao-cao",
    title=_("Periodic reports"),
    prefix="reporting",
    serves=("S-25",),
    lends=(
        Entry(
            "reporting:home",
            _("Periodic reports"),
            access.can_see_reports,
            icon="clipboard-pen",
            order=79,
            starts=False,
        ),
        PackPart("regimes", RegimesPart(), order=93),
        Scope(access.READ, _("Read reporting regimes and reports")),
        Scope(access.WRITE, _("Fill in and hand in reports")),
        Api("reports", "tinhso.modules.reporting.api.router"),
        permissions(access),
        events.ANNOUNCED,
    ),
)
