"""What would lift an agency most: the best twenty dossiers, found by looking at a few of each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import QuerySet

from tinhso.kernel.casework.public import MOST_MEASURED, case_measures
from tinhso.law.quality.lift import PAPERS, Mend, Sort, change_of, pick_best, useful
from tinhso.law.quality.measured import Counts, Measured, Standing
from tinhso.modules.quality.models import Case
from tinhso.modules.quality.queries.figures import AgencyIndex
from tinhso.modules.quality.queries.periods import Period

TOP = 20
SOON = timedelta(days=7)
"""How far ahead a date is worth holding."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier, what to do for it, what that brings after those before it, and when it must be settled."""

    measured: Measured
    mends: frozenset[Mend]
    points: Fraction
    turns_late_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lift:
    """The best candidates, and what all of them bring together."""

    rows: list[Candidate]
    together: Fraction
    lost: int
    """Dossiers that can no longer be mended for this period: late for good, or asked more than once."""


def lift_for(found: AgencyIndex, codes: Sequence[str] | None, *, at: datetime) -> Lift:
    """
    Return the twenty dossiers that would bring most together, reckoned by the whole index with them mended.

    Dossiers that lack the same bring the same: of each kind only as many are looked at as are shown.
    """
    if found.index is None:
        return Lift([], Fraction(0), 0)
    rows = {row.code: row for row in _lacking(found.period, codes)}
    rows |= {row.code: row for row in _due_soon(found.period, codes, at)}
    alike: dict[tuple[Counts, bool], list[tuple[Measured, frozenset[Mend]]]] = defaultdict(list)
    for one in _measured(sorted(rows, key=lambda code: (rows[code].turns_late_at or found.period.end, code))):
        mends = useful(one, at=at)
        if Mend.HOLD in mends and not _is_soon(rows[one.code], found.period, at):
            mends -= {Mend.HOLD}
        alike[change_of(one, mends.intersection(PAPERS)), Mend.HOLD in mends].append((one, mends))
    sorts = [Sort(adds, holds, len(some)) for (adds, holds), some in alike.items()]
    waiting = [iter(some) for some in alike.values()]
    best = []
    for pick in pick_best(found.facts, sorts, TOP, on=found.period.last):
        one, mends = next(waiting[pick.sort])
        best.append(Candidate(one, mends, pick.points, rows[one.code].turns_late_at))
    return Lift(best, sum((each.points for each in best), start=Fraction()), found.facts.counts.late)


def _is_soon(row: Case, period: Period, at: datetime) -> bool:
    """Tell whether a date is worth holding now, and is late when the period ends if nothing is done."""
    until = min(at + SOON, period.end)
    return row.turns_late_at is not None and at <= row.turns_late_at < until


def _lacking(period: Period, codes: Sequence[str] | None) -> Iterator[Case]:
    """Yield a few dossiers of each kind of lack. Two short looks into an index for each kind there is."""
    kind = ""
    while nxt := _lackers().filter(mends__gt=kind).order_by("mends").values_list("mends", flat=True).first():
        kind = nxt
        rows = _lackers().filter(mends=kind, day__gte=period.first, day__lte=period.last).order_by("agency_code", "day")
        yield from (rows.filter(agency_code__in=codes) if codes is not None else rows)[:TOP]


def _lackers() -> QuerySet[Case]:
    """Return the dossiers that lack something, in the words of the partial index: SQLite takes it for no others."""
    return Case.objects.exclude(mends="")


def _due_soon(period: Period, codes: Sequence[str] | None, at: datetime) -> Iterator[Case]:
    """Yield the open dossiers whose time is soonest over, and which are late when the period ends if nothing is done."""
    until = min(at + SOON, period.end)
    rows = Case.objects.filter(
        standing=Standing.OPEN, turns_late_at__gte=at, turns_late_at__lt=until, day__gte=period.first,
        day__lte=period.last,
    ).order_by("turns_late_at", "code")  # fmt: skip
    yield from (rows.filter(agency_code__in=codes) if codes is not None else rows)[:TOP]


def _measured(codes: list[str]) -> Iterator[Measured]:
    """Yield the dossiers as they are now, in the order of their codes here."""
    lent = case_measures()
    for start in range(0, len(codes), MOST_MEASURED):
        some = codes[start : start + MOST_MEASURED]
        known = {one.code: one for one in lent.read(some)}
        yield from (known[code] for code in some if code in known)
