"""Where the listeners are joined to what goes on: once, when every app is ready."""

from __future__ import annotations

import time

from django.conf import settings

from tinhso.base import acts, clock, security, slow, watching
from tinhso.base.actors import Actor
from tinhso.base.watching import Watched
from tinhso.site.watch import alarms, counting, logs, traces


def listen() -> None:
    """Join log, counters, alarms and the ring of slow statements; traces only where a collector is named."""
    watching.when_ended += [counting.count_ended, logs.log_access, keep_slow]
    acts.observers += [counting.count_act, security.tell_act]
    acts.when_denied.append(tell_denied)
    security.listeners.append(alarms.hear)
    if settings.OTLP:
        watching.when_began.append(traces.began)
        watching.when_ended.append(traces.ended)
        acts.observers.append(traces.act_ended)


def keep_slow(seen: Watched) -> None:
    """Put the slow statements of a request or task where an operator finds them."""
    if seen.slow:
        slow.keep(seen.name, seen.slow, time.time())


def tell_denied(actor: Actor, predicate: str) -> None:
    """Tell of a permission that was refused."""
    security.tell("base.permission_denied", at=clock.now(), actor=actor, subject=predicate)
