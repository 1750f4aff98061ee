"""
The years of the journal that were taken out (`journal detach`, PostgreSQL): their lines are elsewhere, not lost.

Read from the catalogue: the table is parted by ranges of ids, and where two ranges do not meet, a year is out. Ids are
UUIDv7, so a range of ids is a range of moments too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tinhso.site.proof.reckoning import CIVIL
from tinhso.site.proof.tables import Tables

_BOUNDS = re.compile(r"FOR VALUES FROM \((MINVALUE|'[0-9a-f-]+')\) TO \('([0-9a-f-]+)'\)")
_SLACK = timedelta(days=1)
"""So far may the moment of an act and the millisecond of its line's id lie apart."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids that no attached year takes: from `first` (None: from the least) to before `after`."""

    first: UUID | None
    after: UUID

    @property
    def begin(self) -> datetime:
        """Return the first moment that may lie in it."""
        return _moment(self.first) - _SLACK if self.first else _BEGINNING

    @property
    def end(self) -> datetime:
        """Return the moment after the last that may lie in it."""
        return _moment(self.after) + _SLACK

    @property
    def years(self) -> str:
        """Return the civil years it stands for, as people say them."""
        last = _moment(self.after).astimezone(CIVIL).year - 1
        first = _moment(self.first).astimezone(CIVIL).year if self.first else None
        return f"{last}" if first == last else f"{first or '…'} to {last}"


@dataclass(frozen=True, slots=True)
class Away:
    """All that is out; on SQLite and mostly nothing."""

    gaps: tuple[Gap, ...] = ()

    def of_line(self, id_: UUID) -> Gap | None:
        """Return the gap in which the line with this id lies."""
        return next((gap for gap in self.gaps if (gap.first is None or gap.first <= id_) and id_ < gap.after), None)

    def touches(self, start: datetime, end: datetime | None) -> bool:
        """Tell whether something between two moments may have its line in a year that is out. No end: until today."""
        return any(start < gap.end and (end is None or end >= gap.begin) for gap in self.gaps)

    def lines(self, column: str) -> str:
        """Return SQL: this id is that of a line which is out."""
        return _any(
            f"{column} < '{gap.after}'" + (f" AND {column} >= '{gap.first}'" if gap.first else "") for gap in self.gaps
        )

    def begun(self, column: str) -> str:
        """Return SQL: what began at this moment may have lines in a year that is out."""
        return _any(f"{column} < '{gap.end:%Y-%m-%d}'" for gap in self.gaps)

    def moments(self, column: str) -> str:
        """Return SQL: what happened at this moment may have its line in a year that is out."""
        return _any(f"{column} < '{gap.end:%Y-%m-%d}'" + _since(gap, column) for gap in self.gaps)


HERE = Away()


def years_away(tables: Tables) -> Away:
    """Read which ranges of ids no attached year takes."""
    if not tables.is_postgresql:
        return HERE
    known = []
    for (words,) in tables.rows(
        "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'journal_entry'::regclass"
    ):
        if bounds := _BOUNDS.fullmatch(words):
            first = None if bounds[1] == "MINVALUE" else UUID(bounds[1].strip("'"))
            known.append(Gap(first, UUID(bounds[2])))
    known.sort(key=lambda each: each.after)
    found, reached = [], None
    for each in known:
        if each.first is not None and each.first != reached:
            found.append(Gap(reached, each.first))
        reached = each.after
    return Away(tuple(found))


def _moment(id_: UUID) -> datetime:
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def _since(gap: Gap, column: str) -> str:
    return f" AND {column} >= '{gap.begin:%Y-%m-%d}'" if gap.first else ""


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({each})" for each in conditions) or "1 = 0"
