"""What the operations centre lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.live import LiveTopic
from tinhso.base.registry import Entry, Module, PackPart, permissions
from tinhso.modules.operations import access, events
from tinhso.modules.operations.actions.pack import BoardsPart
from tinhso.modules.operations.queries import live

module = Module(
    slug="dieu-hanh",
    title=_("Operations centre"),
    prefix="operations",
    serves=("S-40", "S-41"),
    lends=(
        Entry(
            "operations:home",
            _("Operations centre"),
            access.can_see_board,
            icon="layout-dashboard",
            order=78,
            starts=False,
        ),
        PackPart("boards", BoardsPart(), order=92),
        LiveTopic("figures", live.figures_changed, live.figures_heard),
        permissions(access),
        events.ANNOUNCED,
    ),
)
