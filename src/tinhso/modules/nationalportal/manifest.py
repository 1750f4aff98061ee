"""What the national portal's queue lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge
from tinhso.base.registry import Entry, Module, Periodic, Subscriber, permissions
from tinhso.kernel.casework.public import MirroredCases, NationalKnown
from tinhso.modules.nationalportal import access, events, subscribers, tasks
from tinhso.modules.nationalportal.queries import central, known, standing

module = Module(
    slug="cong-quoc-gia",
    title=_("National portal"),
    prefix="nationalportal",
    serves=("S-01", "S-03"),
    lends=(
        Entry(
            "nationalportal:home",
            _("National portal"),
            access.can_see,
            icon="refresh-cw",
            order=95,
            starts=False,
        ),
        MirroredCases("nationalportal", central.find),
        NationalKnown("nationalportal", known.known),
        Subscriber("nationalportal.note", subscribers.TOLD, subscribers.note),
        Periodic("nationalportal.tell", 5, tasks.tell),
        Periodic("nationalportal.compare", 1800, tasks.compare),
        Periodic("nationalportal.forget", 3600, tasks.forget),
        Gauge(
            "national_parked",
            _("Messages that the national portal refused"),
            standing.count_parked,
            order=95,
            waits=True,
        ),
        Gauge(
            "national_oldest_seconds",
            _("Seconds that the oldest message to the national portal has waited"),
            standing.oldest_seconds,
            order=96,
        ),
        permissions(access),
        events.ANNOUNCED,
    ),
)
