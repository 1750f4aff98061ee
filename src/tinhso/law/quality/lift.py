"""What would lift an index most: the gain of each mend, by reckoning the index again with it mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from tinhso.law.answer import msgid as _
from tinhso.law.quality.indicators import Facts, index_of
from tinhso.law.quality.measured import Counts, Measured, Standing, counts_of, verdict


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
class Gain:
    """The points that one dossier would bring, and the points that are lost if it becomes late."""

    mends: frozenset[Mend]
    brings: Fraction
    keeps: Fraction

    @property
    def points(self) -> Fraction:
        """Return both together: what the agency has more by doing it than by not doing it."""
        return self.brings + self.keeps


def gain_of(facts: Facts, one: Measured, *, at: datetime, on: date) -> Gain:
    """
    Return the gain exactly: the index reckoned twice.

    A dossier that is open and already late has nothing to keep: it stays late, and what it lacks can still be mended.
    """
    mends = mends_of(one)
    papers = frozenset(mends.intersection(PAPERS))
    now = index_of(facts, on=on).exact
    better = index_of(with_counts(facts, change_of(one, papers)), on=on).exact if papers else now
    keeps = Fraction(0)
    if Mend.HOLD in mends and verdict(one).at(at) is Standing.OPEN:
        keeps = now - index_of(with_counts(facts, LOST), on=on).exact
    else:
        mends = papers
    return Gain(mends, better - now, keeps)


def with_counts(facts: Facts, change: Counts) -> Facts:
    """Return the facts with other counts."""
    return replace(facts, counts=facts.counts + change)
