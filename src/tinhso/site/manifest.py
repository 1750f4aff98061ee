"""What the house itself lends."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge
from tinhso.base.registry import Module, Periodic, Subscriber
from tinhso.site.live import telling
from tinhso.site.watch import standing

HEARD = (
    "casework.*", "onestop.*", "identity.notified", "inspection.found", "indicators.*", "quality.measures_kept", "quality.sums_rebuilt", "plan.*",
)  # fmt: skip
"""Events that some live topic looks at: an entry of any other costs the worker nothing."""

# each subscriber costs the worker a transaction for each entry: none where nobody listens
LIVE = (
    (
        Subscriber("site.live", HEARD, telling.note),
        Periodic("site.live", 0.3, telling.tell),
    )
    if settings.LIVE_DOOR
    else ()
)

# imported only where there is a broker: pika costs each process some megabytes
BROKER: tuple[Gauge | Periodic, ...] = ()
if settings.BROKER:
    from tinhso.site.outgoing import broker

    BROKER = (
        Periodic("site.broker", 0.5, broker.relay),
        Gauge("broker_behind", _("Entries the broker was not told yet"), broker.lag, order=14, waits=True),
    )

module = Module(
    slug="",
    title=_("The house"),
    prefix="site",
    lends=(
        Gauge("database_bytes", _("Size of the database in bytes"), standing.database_bytes, order=50),
        Gauge("backup_age_seconds", _("Seconds since the last backup; -1 for never"), standing.backup_age, order=51),
        Periodic("site.fold_counters", 3600, standing.fold_counters),
        *LIVE,
        *BROKER,
    ),
)
