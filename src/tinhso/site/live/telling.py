"""
The worker's side: which parts an entry of the journal changes, and the way to the live process.

What is to be told waits in the worker's memory for the next round, a fraction of a second later, outside of any
transaction. It is a hint and no more: a worker that is killed loses it, and the page shows it when it is next opened.
"""

from __future__ import annotations

import json
import socket
from collections import deque
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from tinhso.base.live import LiveTopic
from tinhso.base.registry import registry
from tinhso.kernel.journal.public import EntryView, made_at
from tinhso.site.live.sources import channel_of, socket_in

MOST_WAITING = 10_000
AT_ONCE = 60
"""Changes in one message: PostgreSQL takes 8,000 bytes."""
_waiting: deque[tuple[str, float]] = deque(maxlen=MOST_WAITING)


def note(entry: EntryView) -> None:
    """Keep what an entry changes for the next round (a subscriber)."""
    if not settings.LIVE_DOOR:
        return
    for topic in registry.of(LiveTopic):
        for part in topic.changed(entry):
            # when the line was written, not when the act was asked for: it may have stood in line in between
            _waiting.append((f"{topic.key}:{part}", made_at(entry.id)))


def tell(*, at: datetime) -> int:  # noqa: ARG001 - as every Periodic is called
    """Send what waits; return how many changes went. Nobody there is no fault: a page only learns later."""
    told = 0
    while _waiting:
        some = [_waiting.popleft() for _ in range(min(AT_ONCE, len(_waiting)))]
        try:
            _send(json.dumps(some))
        except BlockingIOError:  # the live process has not read the last few: the next round tells it
            _waiting.extendleft(reversed(some))
            break
        told += len(some)
    return told


def _send(message: str) -> None:
    channel = channel_of(settings.PUBLIC_URL)
    if settings.LIVE:
        _redis(settings.LIVE).publish(channel, message)
    elif connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [channel, message])
    else:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            try:
                line.sendto(message.encode(), str(socket_in(settings.RUN_DIR)))
            except BlockingIOError:
                raise
            except OSError:
                return


@cache
def _redis(url: str) -> Any:
    from redis import Redis  # only where there is one

    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
