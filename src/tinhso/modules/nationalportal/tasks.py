"""What the worker does for the national portal."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from tinhso.base.actors import system
from tinhso.base.clock import civil
from tinhso.kernel.casework.public import PortalAway, PortalRefuses, national_portal
from tinhso.modules.nationalportal.actions import comparing, telling
from tinhso.modules.nationalportal.models import Reconciliation

log = logging.getLogger(__name__)
WORKER = system("worker")
LOOKS_BACK = 7
"""Days compared each night; one a week, on its Sunday, so many more."""
LOOKS_FAR_BACK = 60
NIGHT = time(1, 0), time(5, 0)


def tell(*, at: datetime) -> int:
    """Tell what is due."""
    portal = national_portal()
    return telling.tell_some(portal, actor=WORKER, at=at) if portal else 0


def compare(*, at: datetime) -> int:
    """Compare the last days, once a night; return how many."""
    portal, local = national_portal(), civil(at)
    if portal is None or not NIGHT[0] <= local.timetz().replace(tzinfo=None) < NIGHT[1]:
        return 0
    back = LOOKS_FAR_BACK if local.isoweekday() == 7 else LOOKS_BACK  # noqa: PLR2004 - Sunday
    wanted = [local.date() - timedelta(days=n) for n in range(1, back + 1)]
    midnight = datetime.combine(local.date(), time.min, local.tzinfo)
    known = set(Reconciliation.objects.filter(day__in=wanted, at__gte=midnight).values_list("day", flat=True))
    done = 0
    for day in wanted:
        if day in known:
            continue
        try:
            comparing.compare_day(portal, day, actor=WORKER, at=at)
        except (PortalAway, PortalRefuses) as fault:
            log.warning("the national portal was not compared for %s: %s", day, fault)
            break
        done += 1
    return done


def forget(*, at: datetime) -> int:
    """Throw away what was sent long ago."""
    return telling.forget_sent(actor=WORKER, at=at)
