"""
The years of the journal on PostgreSQL: `journal_entry` is partitioned by RANGE (id), a partition a civil year.

Ids are UUIDv7, so the year stands in the id, every look-up by id goes to one partition, and PRIMARY KEY (id) stays what it
is. The first partition reaches back to the least id; a DEFAULT partition takes what has no year yet. Leaves, nodes and roots
are not partitioned: proofs need all of them for ever. On SQLite nothing here does anything. See docs/adr/0016.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.replica import reading
from tinhso.kernel.journal import guards
from tinhso.kernel.journal.ids import assemble, parts
from tinhso.kernel.journal.sql import is_postgresql

TABLE = "journal_entry"
DEFAULT = f"{TABLE}_default"
SETTLED = timedelta(days=30)
"""So long after its end a year takes no more lines, and its moments are known."""
_PATIENCE = "5s"
"""How long a change of partitions waits for a lock: acts queue up behind it meanwhile."""
_BOUNDS = re.compile(r"FOR VALUES FROM \((MINVALUE|'[0-9a-f-]+')\) TO \('([0-9a-f-]+)'\)")


@dataclass(frozen=True, slots=True)
class Partition:
    """A table of the journal and the ids it takes: from `first` (None: from the least) to before `after`."""

    table: str
    first: UUID | None
    after: UUID

    @property
    def year(self) -> int:
        """Return the civil year it ends with."""
        return year_of(UUID(int=self.after.int - (1 << 80)))

    def holds(self, entry_id: UUID) -> bool:
        """Tell whether an entry with this id belongs here."""
        return (self.first is None or self.first <= entry_id) and entry_id < self.after


def bound(year: int) -> UUID:
    """Return the least id that can be made in a civil year of Việt Nam."""
    return assemble(int(datetime(year, 1, 1, tzinfo=CIVIL_ZONE).timestamp() * 1000), 0, 0)


def year_of(entry_id: UUID) -> int:
    """Return the civil year in which an id was made."""
    return datetime.fromtimestamp(parts(entry_id)[0] / 1000, CIVIL_ZONE).year


def table_of(year: int) -> str:
    """Return the name of a year's table."""
    return f"{TABLE}_{year}"


def partitions() -> list[Partition]:
    """Return the attached years, in order; none on SQLite, where the journal is one table."""
    if not is_postgresql():
        return []
    found = []
    for table, words in guards.attached(reading(), TABLE):
        if bounds := _BOUNDS.fullmatch(words):
            first = None if bounds[1] == "MINVALUE" else UUID(bounds[1].strip("'"))
            found.append(Partition(table, first, UUID(bounds[2])))
    return sorted(found, key=lambda each: each.after)


def gaps() -> list[Partition]:
    """Return what was taken out: the ranges of ids between the attached years, each by the name of its last year."""
    found, known = [], partitions()
    for before, each in zip([None, *known], known, strict=False):
        reached = before.after if before else None
        if each.first is not None and each.first != reached:
            found.append(Partition(table_of(year_of(each.first) - 1), reached, each.first))
    return found


def taken_out(year: int) -> Partition | None:
    """Return a year whose table is there and not attached; None where there is none."""
    table = table_of(year)
    words = _row(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND conrelid = to_regclass(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = conrelid)",
        f"{table}_bounds",
        table,
    )
    if words is None:
        return None
    *first, after = (UUID(found) for found in re.findall(r"'([0-9a-f-]{36})'", words[0]))
    return Partition(table, first[0] if first else None, after)


def keep(at: datetime) -> int:
    """
    See that the present year and the next one have their tables, and settle those that are over; return how many changed.

    What fell into the DEFAULT partition meanwhile goes where it belongs. Raises what the database raises when a lock is not
    to be had within some seconds: the next round tries again.
    """
    known = partitions()
    if not known:
        return 0
    wanted = range(known[-1].year + 1, civil_date(_surely(at)).year + 2)
    if wanted:
        with _changing():
            for year in wanted:
                _through_an_empty_default(bound(year), bound(year + 1), partial(_add, year))
        _run(f"ANALYZE {TABLE}")  # autovacuum looks after the partitions, never after the whole
    return len(wanted) + sum(_settle(each) for each in partitions() if year_is_settled(each, at))


def year_is_settled(partition: Partition, at: datetime) -> bool:
    """Tell whether a year has been over for so long that nothing new comes to it."""
    sure = _surely(at) - SETTLED
    return partition.after < assemble(int(sure.timestamp() * 1000), 0, 0)


def _surely(at: datetime) -> datetime:
    """Return the moment by the slower of two clocks: one machine that is ahead must not close the year to all others."""
    return min(at, server_clock())


def server_clock() -> datetime:
    """Return the present moment by the database's own clock."""
    moment: datetime = _value("SELECT clock_timestamp()")
    return moment


def detach(partition: Partition) -> None:
    """Take a year out: its table stays, guarded as before, and is not read any more. Called in a transaction."""
    with _changing():
        _run(f"ALTER TABLE {TABLE} DETACH PARTITION {partition.table}")
        # the guards that the whole lent it went with it
        guards.protect(connection, partition.table)


def attach(partition: Partition) -> None:
    """Put a year back that was taken out. Nothing is read through: the CHECK of its bounds vouches for its rows."""

    def put_back() -> None:
        guards.unprotect(connection, partition.table)
        _attach(partition)

    with _changing():
        _through_an_empty_default(partition.first, partition.after, put_back)


def count_astray() -> int:
    """Return how many lines lie in the DEFAULT partition: 0 unless the worker did not come by for a year."""
    return int(_value(f"SELECT count(*) FROM {DEFAULT}")) if partitions() else 0  # noqa: S608 - our own words


def _add(year: int) -> None:
    """Make the table of a year apart, then attach it: so nobody waits for anything but the catalogue."""
    made = Partition(table_of(year), bound(year), bound(year + 1))
    _run(f"CREATE TABLE {made.table} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING STORAGE)")
    _run(f"ALTER TABLE {made.table} ADD CONSTRAINT {made.table}_bounds CHECK ({in_bounds(made)})")
    _attach(made)


def in_bounds(partition: Partition) -> str:
    """Return the condition that an id belongs to a year, as SQL."""
    after = f"id < '{partition.after}'"
    return after if partition.first is None else f"id >= '{partition.first}' AND {after}"


def _attach(partition: Partition) -> None:
    first = "MINVALUE" if partition.first is None else f"'{partition.first}'"
    _run(f"ALTER TABLE {TABLE} ATTACH PARTITION {partition.table} FOR VALUES FROM ({first}) TO ('{partition.after}')")
    guards.protect_from_truncate(connection, partition.table)


def _through_an_empty_default(first: UUID | None, after: UUID, change: Callable[[], None]) -> None:
    """
    Make a change that takes a range of ids away from the DEFAULT partition; its rows in that range move along.

    They cannot be deleted there: the journal only grows. So the table is taken out whole, its rows are put in again from the
    top, each to where it belongs by now, and the emptied shell is dropped.
    """
    given = ([first] if first else []) + [after]
    since = "id >= %s AND " if first else ""
    if not _value(f"SELECT EXISTS (SELECT 1 FROM {DEFAULT} WHERE {since}id < %s)", *given):  # noqa: S608
        change()
        return
    old = f"{DEFAULT}_old"
    _run(f"ALTER TABLE {TABLE} DETACH PARTITION {DEFAULT}")
    _run(f"ALTER TABLE {DEFAULT} RENAME TO {old}")
    change()
    make_default()
    _run(f"INSERT INTO {TABLE} SELECT * FROM {old}")  # noqa: S608 - our own words
    _run(f"DROP TABLE {old}")


def make_default() -> None:
    """Make the DEFAULT partition."""
    _run(f"CREATE TABLE {DEFAULT} PARTITION OF {TABLE} DEFAULT")
    guards.protect_from_truncate(connection, DEFAULT)


def _settle(partition: Partition) -> bool:
    """
    Write down between which moments the lines of a year lie, so that a search by time leaves the year out unread.

    `at` is the moment of the act and need not lie in the year of the id: what is taken over from elsewhere is older.
    """
    name = f"{partition.table}_moments"
    known = _row("SELECT convalidated FROM pg_constraint WHERE conname = %s", name)
    if known is None:
        _note_moments(partition, name)
    elif known[0]:
        return False
    # apart, so that nobody waits while the rows are read
    _run(f"ALTER TABLE {partition.table} VALIDATE CONSTRAINT {name}")
    return True


def _note_moments(partition: Partition, name: str) -> None:
    with _changing():
        least, greatest = _row(f"SELECT min(at), max(at) FROM {partition.table}")  # noqa: S608 - our own words
        end = datetime.fromtimestamp(parts(partition.after)[0] / 1000, CIVIL_ZONE) + timedelta(days=1)
        condition = f"at <= '{max(greatest or end, end).isoformat()}'"
        if partition.first is not None:
            start = datetime.fromtimestamp(parts(partition.first)[0] / 1000, CIVIL_ZONE)
            condition += f" AND at >= '{min(least or start, start).isoformat()}'"
        _run(f"ALTER TABLE {partition.table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")


@contextmanager
def _changing() -> Iterator[None]:
    with transaction.atomic():  # noqa: TID251 - the journal's own upkeep; inside an act it joins the act's
        _run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        yield
        _run("SET LOCAL lock_timeout = DEFAULT")


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _row(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()


def _value(statement: str, *values: Any) -> Any:
    return _row(statement, *values)[0]
