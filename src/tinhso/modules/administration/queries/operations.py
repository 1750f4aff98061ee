"""How the system runs, for whoever looks after it: queues, processes, room, dates, slow statements."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.base import slow
from tinhso.base.gauges import MOST, Gauge
from tinhso.base.processes import processes
from tinhso.base.registry import registry
from tinhso.base.stamps import BACKUP, Stamp, get_stamp
from tinhso.kernel.journal.public import VERIFIED

LATE = 300.0
"""Seconds from which a queue is called late."""
SHOWN = 20
LINKS = {"dead_letters": "administration:troubles", "unsealed_entries": "administration:log"}
"""Queues that have a page of their own."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: how many wait, how late the oldest is."""

    title: str
    count: int
    is_many: bool
    """More than anybody counts."""
    minutes_late: int
    is_late: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One slow statement; `seconds` is its mean where PostgreSQL counts (then `times` is told), else what it took."""

    sql: str
    seconds: float
    place: str = ""
    times: int = 0
    at: datetime | None = None

    @property
    def milliseconds(self) -> int:
        """Return how long it took."""
        return round(self.seconds * 1000)


def queues(at: datetime) -> list[Queue]:
    """Return every queue that is lent, in order."""
    measure = {gauge.key: gauge.measure for gauge in registry.of(Gauge)}
    found = []
    for gauge in registry.of(Gauge):
        if gauge.waits:
            count, late = gauge.measure(at), measure[gauge.late_by](at) if gauge.late_by else 0.0
            link = LINKS.get(gauge.key, "")
            found.append(
                Queue(
                    str(gauge.title),
                    int(count),
                    count >= MOST,
                    round(late / 60),
                    late > LATE,
                    reverse(link) if link and count else "",
                )
            )
    return found


def running(at: datetime) -> list[dict[str, Any]]:
    """Return our processes, each with whether it beat lately."""
    kinds = {"web": _("Web process"), "worker": _("Worker"), "live": _("Live screens")}
    return [
        {"process": each, "title": kinds.get(each.kind, each.kind), "is_fresh": each.is_fresh(at)}
        for each in processes()
    ]


def has_worker(rows: list[dict[str, Any]]) -> bool:
    """Tell whether a worker beat lately."""
    return any(row["is_fresh"] and row["process"].kind == "worker" for row in rows)


def facts(at: datetime) -> list[dict[str, str]]:
    """Return what there is of room, and the dates that matter, as terms and values."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    figures = {gauge.key: gauge for gauge in registry.of(Gauge)}
    certificate = figures["signing_certificate_left_seconds"].measure(at)
    free = _("{free} of {all}").format(free=filesizeformat(disk.free), all=filesizeformat(disk.total))
    return [
        {"term": _("Free on the disk"), "value": free},
        {"term": _("Size of the database"), "value": filesizeformat(figures["database_bytes"].measure(at))},
        {"term": str(figures["sessions_open"].title), "value": str(int(figures["sessions_open"].measure(at)))},
        {"term": _("First signing certificate ends"), "value": _days(certificate)},
        {"term": _("Last backup"), "value": _last(get_stamp(BACKUP), at)},
        {"term": _("Last proof of the journal"), "value": _last(get_stamp(VERIFIED), at)},
    ]


def _days(seconds: float) -> str:
    if seconds == -1:
        return _("There is none")
    return _("in {days} days").format(days=int(seconds // 86400))


def _last(stamp: Stamp | None, at: datetime) -> str:
    if stamp is None:
        return _("Not once yet")
    hours = int((at - stamp.at) / timedelta(hours=1))
    when = _("{hours} hours ago").format(hours=max(0, hours))
    return when if stamp.is_fine else _("{when}; it failed: {note}").format(when=when, note=stamp.note)


def slow_statements() -> tuple[bool, list[Statement]]:
    """Return whether PostgreSQL itself counts (pg_stat_statements), and the slowest statements, without their values."""
    if _counts_itself():
        return True, _counted()
    kept = slow.slowest(SHOWN)
    return False, [
        Statement(each.sql, each.seconds, each.place, at=datetime.fromtimestamp(each.at, UTC)) for each in kept
    ]


def _counts_itself() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('shared_preload_libraries') LIKE '%%pg_stat_statements%%'"
            " AND to_regclass('pg_stat_statements') IS NOT NULL"
        )
        return bool(cursor.fetchone()[0])


def _counted() -> list[Statement]:
    """Return what PostgreSQL counted of reads and writes; other commands it keeps as typed, passwords included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(query, 1000), mean_exec_time / 1000, calls FROM pg_stat_statements"
            " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND query ~* '^\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\M'"
            " ORDER BY mean_exec_time DESC LIMIT %s",
            [SHOWN],
        )
        return [Statement(sql, seconds, times=calls) for sql, seconds, calls in cursor]
