"""What would lift an agency most: the best twenty dossiers, found by looking at a few of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import QuerySet

from tinhso.kernel.casework.public import MOST_MEASURED, case_measures
from tinhso.law.quality.indicators import index_of
from tinhso.law.quality.lift import LOST, PAPERS, Gain, Mend, change_of, gain_of, mends_of, with_counts
from tinhso.law.quality.measured import Counts, Measured, Standing
from tinhso.modules.quality.models import Case
from tinhso.modules.quality.queries.figures import AgencyIndex
from tinhso.modules.quality.queries.periods import Period

TOP = 20
SOON = timedelta(days=7)
"""How far ahead a date is worth holding."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier, what it would bring, and when it must be settled."""

    measured: Measured
    gain: Gain
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
    Return the twenty dossiers that would bring most, each gain by reckoning the whole index again with it mended.

    Dossiers that lack the same bring the same: of each kind only as many are looked at as are shown.
    """
    if found.index is None:
        return Lift([], Fraction(0), 0)
    rows = {row.code: row for row in _lacking(found.period, codes)}
    rows |= {row.code: row for row in _due_soon(found.period, codes, at)}
    known: dict[tuple[frozenset[Mend], Counts, bool], Gain] = {}
    made = []
    for one in _measured(sorted(rows)):
        mends = mends_of(one)
        late_at = rows[one.code].turns_late_at
        key = (mends, change_of(one, mends.intersection(PAPERS)), late_at is not None and late_at >= at)
        if key not in known:
            known[key] = gain_of(found.facts, one, at=at, on=found.period.last)
        if known[key].points > 0:
            made.append(Candidate(one, known[key], late_at))
    best = sorted(
        made, key=lambda each: (-each.gain.points, each.turns_late_at or found.period.end, each.measured.code)
    )
    counts = found.facts.counts
    return Lift(best[:TOP], _together(found, best[:TOP]), counts.late)


def _together(found: AgencyIndex, best: list[Candidate]) -> Fraction:
    """Return what all bring together, reckoned as one: past a threshold the next dossier brings less."""
    better, worse = found.facts, found.facts
    for each in best:
        better = with_counts(better, change_of(each.measured, each.gain.mends.intersection(PAPERS)))
        if Mend.HOLD in each.gain.mends:
            worse = with_counts(worse, LOST)
    on = found.period.last
    return index_of(better, on=on).exact - index_of(worse, on=on).exact


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
    lent = case_measures()
    for start in range(0, len(codes), MOST_MEASURED):
        yield from lent.read(codes[start : start + MOST_MEASURED])
