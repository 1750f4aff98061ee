"""What quality lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, Periodic, permissions
from tinhso.modules.quality import access, events, tasks

module = Module(
    slug="chat-luong",
    title=_("Quality of service"),
    prefix="quality",
    serves=("S-09", "S-41"),
    lends=(
        Periodic("quality.measures", 2, tasks.keep_measures),
        Periodic("quality.offer", 3600, tasks.count_offer),
        permissions(access),
        events.ANNOUNCED,
    ),
)
