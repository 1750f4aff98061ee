"""What the worker does for the queue every so often. Each may run twice, and on two machines at once."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import uuid5

from django.urls import reverse

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import notify
from tinhso.modules.queueing.actions import days
from tinhso.modules.queueing.queries.slots import to_remind
from tinhso.modules.queueing.queries.telling import REMINDED, facts_of

WORKER = system("worker")
BATCH = 50
MOST_SECONDS = 20.0


def end_days(*, at: datetime) -> int:
    """End the days that are over, for some seconds at most: the rest comes in the next run. Returns how many rows changed."""
    done, until = 0, time.monotonic() + MOST_SECONDS
    while days.is_day_open(civil_date(at)) and time.monotonic() < until:
        done += days.end_day(actor=WORKER, at=at)
    return done


def remind(*, at: datetime) -> int:
    """Remind whose appointment is tomorrow. Returns how many."""
    found = to_remind(civil_date(at) + timedelta(days=1), BATCH)
    if not found:
        return 0
    for each in found:
        notify(
            each.owner_key,
            text=REMINDED,
            facts=facts_of(each),
            link=reverse("queueing:appointment", args=[each.code]),
            event_id=uuid5(each.id, each.starts_at.isoformat()),
            actor=WORKER,
            at=at,
        )
    return len(days.note_reminded(found, actor=WORKER, at=at))
