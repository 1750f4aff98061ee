"""What would lift an index most: which dossiers together, by reckoning the index again with them mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from tinhso.law.answer import msgid as _
from tinhso.law.quality.indicators import Facts, exact_points
from tinhso.law.quality.measured import Counts, Measured, Standing, counts_of, times, verdict


class Mend(StrEnum):
    """What can still be done for a dossier. What is late for good, or was asked twice, is none of these."""

    RESULT = "result"
    COMPONENT = "component"
    SYNC = "sync"
    PAY = "pay"
    HOLD = "hold"

    @property
    def todo(self) -> str:
        """Return what to do, as an English msgid."""
        return _TITLES[self]


_TITLES = {
    Mend.RESULT: _("Sign the result electronically, or scan it"),
    Mend.COMPONENT: _("Scan the papers handed in"),
    Mend.SYNC: _("Send it to the National Portal"),
    Mend.PAY: _("Ask for the fee to be paid online"),
    Mend.HOLD: _("Settle it before it is late"),
}
PAPERS = (Mend.RESULT, Mend.COMPONENT, Mend.SYNC, Mend.PAY)
"""Everything but holding the date: what a dossier lacks now."""


def mends_of(one: Measured) -> frozenset[Mend]:
    """Return what can be done for a dossier so that it counts for more."""
    if one.is_erased:
        return frozenset()
    found = set()
    if one.is_over and one.gives_paper and one.result_file is False:
        found.add(Mend.RESULT)
    if one.component_file is False:
        found.add(Mend.COMPONENT)
    if one.synced is False:
        found.add(Mend.SYNC)
    if one.owes and one.paid_online is False and one.ended_at is None:
        found.add(Mend.PAY)
    if verdict(one).standing is Standing.OPEN:
        found.add(Mend.HOLD)
    return frozenset(found)


def mended(one: Measured, mends: Iterable[Mend]) -> Measured:
    """Return the dossier as it would be with these done. Holding the date changes nothing now: it is what is lost without."""
    known = set(mends)
    return replace(
        one,
        result_file=True if Mend.RESULT in known else one.result_file,
        component_file=True if Mend.COMPONENT in known else one.component_file,
        synced=True if Mend.SYNC in known else one.synced,
        paid_online=True if Mend.PAY in known else one.paid_online,
    )


def change_of(one: Measured, mends: Iterable[Mend]) -> Counts:
    """Return what mending adds to the counts."""
    return counts_of(mended(one, mends)) - counts_of(one)


LOST = Counts(open_late=1)
"""What is added to the counts when an open dossier becomes late."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Dossiers that bring the same: what mending one adds to the counts, whether its date is to be held, how many there are."""

    adds: Counts
    holds: bool
    number: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One dossier of a sort, and the points it brings after those picked before it."""

    sort: int
    points: Fraction


def useful(one: Measured, *, at: datetime) -> frozenset[Mend]:
    """
    Return what is worth doing for a dossier at a moment.

    One that is open and already late has nothing to hold: it stays late, and what it lacks can still be mended.
    """
    mends = mends_of(one)
    is_kept = Mend.HOLD in mends and verdict(one).at(at) is Standing.OPEN
    return mends if is_kept else mends.intersection(PAPERS)


def pick_best(facts: Facts, sorts: Sequence[Sort], most: int, *, on: date) -> list[Pick]:
    """
    Return the dossiers that bring most together, at most so many, best first: fewer where no other brings anything.

    An indicator bears no more points from its threshold on: twenty that are good alone may bring little together. So each is
    picked for what it adds to those before it, and then exchanged for another as long as that is better. What all bring is the
    index with them mended, less the index with their dates let go.
    """
    worth = _Worth(facts, sorts, on)
    chosen = [0] * len(sorts)
    for _place in range(most):
        place, value = worth.next_best(chosen)
        if place is None or value <= worth.of(chosen):
            break
        chosen[place] += 1
    while better := worth.exchanged(chosen):
        chosen = better
    picks: list[Pick] = []
    taken = [0] * len(sorts)
    for _place in range(sum(chosen)):
        before = worth.of(taken)
        place, value = worth.next_best(taken, within=chosen)
        assert place is not None
        taken[place] += 1
        picks.append(Pick(place, value - before))
    return picks


class _Worth:
    """What choices of dossiers bring, each reckoned once."""

    def __init__(self, facts: Facts, sorts: Sequence[Sort], on: date) -> None:
        self.facts, self.sorts, self.on = facts, sorts, on
        self.known: dict[tuple[int, ...], Fraction] = {}
        self.lost: dict[int, Fraction] = {}

    def of(self, chosen: Sequence[int]) -> Fraction:
        """Return the points of a choice: how many of each sort."""
        key = tuple(chosen)
        if key not in self.known:
            adds, held = Counts(), 0
            for sort, number in zip(self.sorts, chosen, strict=True):
                if number:
                    adds += times(sort.adds, number)
                    held += number if sort.holds else 0
            self.known[key] = exact_points(with_counts(self.facts, adds), on=self.on) - self._without(held)
        return self.known[key]

    def _without(self, held: int) -> Fraction:
        """Return the points of now with so many dates let go."""
        if held not in self.lost:
            facts = with_counts(self.facts, times(LOST, held))
            self.lost[held] = exact_points(facts, on=self.on)
        return self.lost[held]

    def next_best(self, chosen: Sequence[int], *, within: Sequence[int] | None = None) -> tuple[int | None, Fraction]:
        """Return the sort that brings most next, the first of those that bring the same, and what all bring then."""
        best: tuple[int | None, Fraction] = (None, Fraction())
        for place, sort in enumerate(self.sorts):
            if chosen[place] >= (within[place] if within is not None else sort.number):
                continue
            value = self.of(_moved(chosen, place, 1))
            if best[0] is None or value > best[1]:
                best = place, value
        return best

    def exchanged(self, chosen: Sequence[int]) -> list[int] | None:
        """Return a choice that brings more with one dossier exchanged for another; None when there is none."""
        now = self.of(chosen)
        for place in [place for place, number in enumerate(chosen) if number]:
            less = _moved(chosen, place, -1)
            other, value = self.next_best(less)
            if other is not None and value > now:
                return _moved(less, other, 1)
        return None


def _moved(chosen: Sequence[int], place: int, by: int) -> list[int]:
    return [number + by if each == place else number for each, number in enumerate(chosen)]


def with_counts(facts: Facts, change: Counts) -> Facts:
    """Return the facts with other counts."""
    return replace(facts, counts=facts.counts + change)
