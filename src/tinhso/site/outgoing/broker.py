"""
The journal to a broker: every entry of the kinds in `TINHSO_BROKER_EVENTS`, in the order of the log, at least once.

An event says what happened to what, by keys. What exactly is asked of the API (`dataref`), where permission is asked: a broker
and everybody who reads it see the event, and free text of an entry may name people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings

from tinhso.adapters.amqp import AmqpBroker
from tinhso.kernel.journal.public import Line, behind, follow
from tinhso.site.outgoing.cloud import cloud_event, source

FOLLOWER = "broker"
READ_BY_API = {"dossier": "api/dossiers/"}
"""By type of subject, where the API tells more about it."""
NEVER = frozenset({"onestop.dossier_read"})
ROUNDS = 20
"""Batches in one run of the worker: other tasks have their turn."""


def relay(*, at: datetime) -> int:
    """Tell the broker what it was not told yet; return how many entries. Raises BrokerAway; then they come again."""
    told = 0
    for _round in range(ROUNDS):
        some = follow(FOLLOWER, _tell, at=at)
        told += some
        if not some:
            break
    return told


def lag(_at: datetime) -> float:
    """Return how many entries the broker was not told yet; -1 before it was told anything."""
    return behind(FOLLOWER)


def as_event(line: Line) -> dict[str, Any]:
    """Return an entry as a CloudEvent. `sequence` is its place in the log; no number is given twice, some are never told."""
    entry = line.entry
    path = READ_BY_API.get(entry.subject_type)
    return cloud_event(
        entry.event,
        str(entry.id),
        entry.at,
        {
            "subject_type": entry.subject_type,
            "subject_key": entry.subject_key,
            "agency": entry.agency or None,
            "journal_entry": str(entry.id),
            "journal_leaf": line.number,
        },
        subject=f"{entry.subject_type}/{entry.subject_key}",
        partitionkey=f"{entry.subject_type}/{entry.subject_key}",
        sequence=f"{line.number:020d}",
        dataref=f"{source()}{path}{quote(entry.subject_key, safe='')}" if path else "",
    )


def is_told(event: str) -> bool:
    """Tell whether events of this name go out: never who looked at what, which is nobody's business but the applicant's."""
    return event not in NEVER and any(
        event == kind or (kind.endswith(".*") and event.startswith(kind[:-1])) for kind in settings.BROKER_EVENTS
    )


def _tell(lines: Sequence[Line]) -> None:
    _broker(settings.BROKER).send([as_event(line) for line in lines if is_told(line.entry.event)])


def try_line(url: str) -> None:
    """Open a line to a broker with its name and password, and close it. Raises BrokerAway, ValueError."""
    line = AmqpBroker(url)
    line.open()
    line.close()


_broker = lru_cache(maxsize=1)(AmqpBroker)
