"""What the worker does for the journal every so often."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from tinhso.kernel.journal import partitions
from tinhso.kernel.journal.dispatching import dispatch
from tinhso.kernel.journal.ids import span
from tinhso.kernel.journal.models import Delivery, Handled, Purpose, Queued
from tinhso.kernel.journal.sealing import seal_all

_KEEP_MARKS = timedelta(days=30)
"""How long `once()` remembers: far longer than an entry can be told twice."""
_DISPATCH_SECONDS = 10.0
"""After that the worker's other work gets its turn."""


def seal_waiting(*, at: datetime) -> int:
    """Seal what waits; return the number of new roots."""
    return seal_all(at)


def dispatch_waiting(*, at: datetime) -> int:
    """Hand over what waits, for some seconds at most; return how many entries and deliveries were dealt with."""
    until = time.monotonic() + _DISPATCH_SECONDS
    done = dealt = dispatch(at=at)
    while dealt and time.monotonic() < until:
        dealt = dispatch(at=at)
        done += dealt
    return done


def forget_marks(*, at: datetime) -> int:
    """Delete the marks of `once()` that no delivery can ask for again; return how many."""
    oldest, _ = span(int((at - _KEEP_MARKS).timestamp() * 1000), 0)
    old = Handled.objects.filter(entry_id__lt=oldest)
    owed = Delivery.objects.values("entry_id")
    queued = Queued.objects.filter(purpose=Purpose.DISPATCH).values("entry_id")
    return old.exclude(entry_id__in=owed).exclude(entry_id__in=queued).delete()[0]


def keep_partitions(*, at: datetime) -> int:
    """See that the years to come have their tables (PostgreSQL); return how many tables changed."""
    return partitions.keep(at)
