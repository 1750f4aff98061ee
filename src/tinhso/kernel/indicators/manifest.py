"""What the indicators lend to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, PackPart, Periodic, Scope, Subscriber, permissions
from tinhso.kernel.indicators import access, subscribers, tasks
from tinhso.kernel.indicators.events import EVENTS
from tinhso.kernel.indicators.pack import IndicatorsPart

module = Module(
    slug="",
    title=_("Indicators"),
    serves=("S-40", "S-41", "S-43", "S-44"),
    prefix="indicators",
    lends=(
        PackPart("indicators", IndicatorsPart(), order=88),
        Subscriber("indicators.reckon", subscribers.COUNTS, subscribers.reckon),
        Periodic("indicators.keep", 900, tasks.keep_lent),
        Scope(access.SCOPE, _("Read figures that are not published")),
        Scope(access.WRITE, _("Tell figures of my agency")),
        permissions(access),
        *EVENTS,
    ),
)
