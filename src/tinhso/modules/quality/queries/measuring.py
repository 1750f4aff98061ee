"""What a measured dossier is as a row, and what it adds to which sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.law.quality.lift import PAPERS, mends_of
from tinhso.law.quality.measured import Channel, Counts, Measured, counts_of, verdict
from tinhso.modules.quality.models import MARKS, Case

type Key = tuple[str, date, str, str]
"""Span, first day, agency, procedure."""
type Sums = dict[Key, Counts]
type Worked = dict[tuple[date, str, str], tuple[str, Counts]]
"""By month, agency and official: the name, and the counts."""

DAY, MONTH = "d", "m"
VERSION = 3
"""Of what is measured: kept measures of an earlier version are measured anew by the worker."""


def row_of(one: Measured, at: datetime) -> Case:
    """Return the row of a measured dossier."""
    told, counts = verdict(one), counts_of(one)
    marks = sum(bit for name, bit in MARKS.items() if getattr(counts, name))
    return Case(
        code=one.code,
        agency_code=one.agency,
        service_code=one.service,
        field=one.field,
        day=civil_date(one.received_at),
        standing=told.standing,
        turns_late_at=told.turns_late_at,
        ended_on=civil_date(one.ended_at) if one.ended_at and one.is_over else None,
        marks=marks,
        elapsed_seconds=counts.elapsed_seconds,
        mends=lacks(one),
        officials=[[worker.key, worker.name, worker.agency] for worker in one.workers],
        changed_at=at,
    )


def lacks(one: Measured) -> str:
    """
    Return what a dossier lacks and may still get, with what decides how much that brings: `component,result|o`.

    Dossiers that say the same here bring the same, so that the best are found by looking at a few of each.
    """
    papers = sorted(mends_of(one).intersection(PAPERS))
    if not papers:
        return ""
    online = "o" if one.channel is Channel.ONLINE else ""
    return f"{','.join(papers)}|{online}{'r' if one.result_file else ''}{'c' if one.component_file else ''}"


_LOOKED_AT = (
    "agency_code", "service_code", "field", "day", "standing", "turns_late_at", "ended_on", "marks", "elapsed_seconds",
    "mends", "officials",
)  # fmt: skip


def is_same(one: Case, other: Case) -> bool:
    """Tell whether two rows of a dossier add the same to everything."""
    return all(getattr(one, name) == getattr(other, name) for name in _LOOKED_AT)


def news(measured: Iterable[Measured], at: datetime) -> list[Measured]:
    """
    Return those that are not kept as they are now. One statement.

    What was erased in its time stays as it was measured while its papers were there: erasing must not change a figure.
    """
    rows = list(measured)
    kept = Case.objects.in_bulk([one.code for one in rows])
    found = []
    for one in rows:
        known = kept.get(one.code)
        if known is None or not (one.is_erased or is_same(row_of(one, at), known)):
            found.append(one)
    return found


def changes(before: Sequence[Case], after: Sequence[Case]) -> Sums:
    """Return what must be added to which sums when rows are replaced; nothing for sums that stay."""
    sums: Sums = defaultdict(Counts)
    for row in before:
        counts = row.counts()
        for key in keys_of(row):
            sums[key] -= counts
    for row in after:
        counts = row.counts()
        for key in keys_of(row):
            sums[key] += counts
    nothing = Counts()
    return {key: counts for key, counts in sums.items() if counts != nothing}


def keys_of(row: Case) -> Iterator[Key]:
    """Yield the sums that a row is in."""
    month = row.day.replace(day=1)
    yield DAY, row.day, row.agency_code, row.service_code
    yield MONTH, month, row.agency_code, row.service_code
    yield MONTH, month, row.agency_code, ""


def worked(before: Sequence[Case], after: Sequence[Case]) -> Worked:
    """Return the same for the sums of officials."""
    sums: dict[Any, Counts] = defaultdict(Counts)
    names: dict[Any, str] = {}
    for rows, sign in ((before, -1), (after, 1)):
        for row in rows:
            if row.ended_on is None:
                continue
            counts = row.counts() if sign > 0 else Counts() - row.counts()
            for key, name, agency in row.officials:
                place = (row.ended_on.replace(day=1), agency, key)
                sums[place] += counts
                names[place] = name
    return {place: (names[place], counts) for place, counts in sums.items()}
