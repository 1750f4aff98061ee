"""
The dispatcher: tells every subscriber what was journalled, at least once, after the commit.

It claims queue rows for a while; if it dies, the claim runs out and another takes them. Each call has a transaction of its
own, so a subscriber that fails leaves nothing behind and holds nobody up: what it owes is kept as a Delivery and tried
again, later and later, then set aside as a dead letter. What comes about the same subject waits behind it.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import Error, connection, transaction

from tinhso.base.registry import Subscriber, registry
from tinhso.kernel.journal.models import Delivery, Entry, Purpose, Queued
from tinhso.kernel.journal.sql import insert, is_postgresql, moment_value, uuid_value

LEASE = timedelta(seconds=60)
"""How long a claim lasts; a batch stops by itself at a half of it."""
FURTHEST = 2 * LEASE
"""A claim that ends later than this was made under a clock that has been set back since: it does not hold."""
MOST_ATTEMPTS = 12
"""With the waits below some 70 minutes of trying; then a dead letter."""
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EntryView:
    """What a subscriber gets: the entry, and the moment at which the worker hands it over (`at` of the acts it does)."""

    id: UUID
    event: str
    at: datetime
    actor_kind: str
    actor_key: str
    agency: str
    subject_type: str
    subject_key: str
    facts: dict[str, Any]
    delivered_at: datetime


def view(entry: Entry, delivered_at: datetime) -> EntryView:
    """Return what a subscriber may see of an entry."""
    return EntryView(
        entry.id,
        entry.event,
        entry.at,
        entry.actor_kind,
        entry.actor_key,
        entry.agency,
        entry.subject_type,
        entry.subject_key,
        entry.facts,
        delivered_at,
    )


def listens(subscriber: Subscriber, event: str) -> bool:
    """Tell whether the subscriber wants this event: its name, `prefix.*`, or `*` for all."""
    return any(
        wanted in ("*", event) or (wanted.endswith(".*") and event.startswith(wanted[:-1])) for wanted in subscriber.to
    )


def dispatch(batch: int = 100, *, at: datetime, subscribers: Sequence[Subscriber] | None = None) -> int:
    """
    Hand over up to `batch` new entries and `batch` deliveries that are due again; return how many were dealt with.

    `subscribers` are those of the registry unless given. Safe to run on several machines at once. The order in which one
    subscriber hears about one subject is kept as long as one worker runs.
    """
    listeners = registry.of(Subscriber) if subscribers is None else list(subscribers)
    return _Round(listeners, at).retry(batch) + _Round(listeners, at).first_time(batch)


class _Round:
    """One claim and what is done with it."""

    def __init__(self, listeners: list[Subscriber], at: datetime) -> None:
        self.listeners = listeners
        self.at = at
        self.token = uuid4()
        self.started = time.monotonic()

    def first_time(self, batch: int) -> int:
        """Hand over new entries in the order in which they were queued."""
        if not Queued.objects.filter(purpose=Purpose.DISPATCH).exists():
            return 0  # without taking SQLite's one write lock twice a second for nothing
        self._claim(_CLAIM_QUEUED, [int(Purpose.DISPATCH), *self._claimed, batch])
        rows = list(Queued.objects.filter(token=self.token).order_by("id"))
        entries = _entries(row.entry_id for row in rows)
        behind = _unfinished(entries.values())
        done: list[int] = []
        for row in rows:
            if self._late:
                break
            entry = entries.get(row.entry_id)
            if entry is not None:
                self._tell_all(entry, behind)
            done.append(row.id)
        if rows:
            Queued.objects.filter(id__in=done).delete()
        if len(done) < len(rows):
            Queued.objects.filter(token=self.token).update(token=None, claimed_until=None)
        return len(done)

    def retry(self, batch: int) -> int:
        """Try again what is due, the oldest of each subscriber and subject only."""
        if not Delivery.objects.filter(dead_at=None, next_at__lte=self.at).exists():
            return 0
        self._claim(_CLAIM_DELIVERIES, [self._now, *self._claimed, batch])
        rows = list(Delivery.objects.filter(token=self.token).order_by("id").select_related("entry"))
        by_key = {listener.key: listener for listener in self.listeners}
        tried = 0
        for row in rows:
            if self._late:
                break
            self._try_again(row, by_key.get(row.subscriber))
            tried += 1
        Delivery.objects.filter(token=self.token).update(token=None, claimed_until=None)
        return tried

    @property
    def _now(self) -> Any:
        return moment_value(self.at)

    @property
    def _claimed(self) -> tuple[Any, Any]:
        """Return between which moments a claim must end to hold."""
        return self._now, moment_value(self.at + FURTHEST)

    @property
    def _late(self) -> bool:
        return time.monotonic() - self.started > LEASE.total_seconds() / 2

    def _claim(self, statement: str, parameters: list[Any]) -> None:
        # PostgreSQL steps over rows that another worker is claiming; SQLite has one writer, the UPDATE itself decides
        locking = "FOR UPDATE SKIP LOCKED" if is_postgresql() else ""
        values = [*parameters, uuid_value(self.token), moment_value(self.at + LEASE)]
        with connection.cursor() as cursor:
            cursor.execute(statement.format(locking=locking), values)

    def _tell_all(self, entry: Entry, behind: set[tuple[str, str, str]]) -> None:
        for listener in self.listeners:
            if not listens(listener, entry.event):
                continue
            place = (listener.key, entry.subject_type, entry.subject_key)
            if place in behind:
                _keep(listener.key, entry, self.at)
                continue
            error = _call(listener, entry, self.at)
            if error:
                _keep(listener.key, entry, self.at + _wait(1), attempts=1, error=error)
                behind.add(place)

    def _try_again(self, row: Delivery, listener: Subscriber | None) -> None:
        missing = f"no manifest lends the subscriber {row.subscriber}"
        error = _call(listener, row.entry, self.at) if listener else missing
        if not error:
            Delivery.objects.filter(id=row.id).delete()
            return
        attempts = row.attempts + 1
        dead_at = self.at if attempts >= MOST_ATTEMPTS else None
        next_at = self.at + _wait(attempts)
        if dead_at:
            _log.error("dead letter: %s could not take %s: %s", row.subscriber, row.entry_id, error.splitlines()[-1])
        Delivery.objects.filter(id=row.id).update(
            attempts=attempts, error=error, next_at=next_at, dead_at=dead_at, token=None, claimed_until=None
        )


# MATERIALIZED: PostgreSQL must choose the rows once, not once for each row it looks at
_CLAIM_QUEUED = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM journal_queued WHERE purpose = %s AND (claimed_until IS NULL OR claimed_until NOT BETWEEN %s AND %s)
    ORDER BY id LIMIT %s {locking})
UPDATE journal_queued SET token = %s, claimed_until = %s WHERE id IN (SELECT id FROM chosen)
"""
_CLAIM_DELIVERIES = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM journal_delivery d WHERE dead_at IS NULL AND next_at <= %s
    AND (claimed_until IS NULL OR claimed_until NOT BETWEEN %s AND %s)
    AND NOT EXISTS (
        SELECT 1 FROM journal_delivery e WHERE e.subscriber = d.subscriber AND e.subject_type = d.subject_type
        AND e.subject_key = d.subject_key AND e.id < d.id AND e.dead_at IS NULL)
    ORDER BY id LIMIT %s {locking})
UPDATE journal_delivery SET token = %s, claimed_until = %s WHERE id IN (SELECT id FROM chosen)
"""


def _entries(ids: Iterable[UUID]) -> dict[UUID, Entry]:
    return {entry.id: entry for entry in Entry.objects.filter(id__in=list(ids))}


def _unfinished(entries: Iterable[Entry]) -> set[tuple[str, str, str]]:
    """Return subscriber and subject of what still waits about the subjects of these entries."""
    keys = {entry.subject_key for entry in entries}
    waiting = Delivery.objects.filter(subject_key__in=keys, dead_at=None)
    return set(waiting.values_list("subscriber", "subject_type", "subject_key")) if keys else set()


def _call(listener: Subscriber, entry: Entry, at: datetime) -> str:
    """Call the subscriber in a transaction of its own; return the error as text, or an empty one."""
    try:
        with transaction.atomic():  # noqa: TID251 - so that what it did and `once()` stand or fall together
            listener.call(view(entry, at))
    except Error:
        if not connection.is_usable():
            raise  # the database went away: nobody's fault but its own, the claim runs out and all is told again
        return _explain(listener, entry)
    except Exception:  # noqa: BLE001 - one subscriber's bug is its own; it is kept and shown
        return _explain(listener, entry)
    return ""


def _explain(listener: Subscriber, entry: Entry) -> str:
    _log.warning("%s could not take %s %s", listener.key, entry.event, entry.id, exc_info=True)
    return traceback.format_exc(limit=-6)[-4000:]


def _wait(attempts: int) -> timedelta:
    """Return how long to wait: doubling, at most an hour, a quarter more or less so that failures do not march in step."""
    planned = min(_FIRST_WAIT * (1 << attempts - 1), _LONGEST_WAIT)
    return planned * random.uniform(0.75, 1.25)  # noqa: S311 - spread, not secrecy


def _keep(key: str, entry: Entry, next_at: datetime, *, attempts: int = 0, error: str = "") -> None:
    columns = ("entry_id", "subscriber", "subject_type", "subject_key", "attempts", "error", "next_at")
    subject = (entry.subject_type, entry.subject_key)
    row = (uuid_value(entry.id), key, *subject, attempts, error, moment_value(next_at))
    insert("journal_delivery", columns, [row], tail="ON CONFLICT DO NOTHING")


def once(entry_id: UUID, subscriber_key: str) -> bool:
    """
    Tell whether this subscriber has not had this entry before; the first line of a subscriber that must not act twice.

    Ask inside the call: mark and work are then in one transaction, and a failure takes back both.
    """
    row = (uuid_value(entry_id), subscriber_key)
    return insert("journal_handled", ("entry_id", "subscriber"), [row], tail="ON CONFLICT DO NOTHING") == 1
