"""
The nine indices of TT 01/2018/TT-VPCP Đ.13–15, 0 to 2 each, per official and per agency.

(1) to (3) and (9) are counted from dossiers; the others need somebody's judgement, entered with its evidence. What nobody
entered is missing, and no rating comes of a sum with something missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tinhso.law.answer import msgid as _
from tinhso.law.figures import figure
from tinhso.law.quality.indicators import BANDS, band
from tinhso.law.quality.measured import Counts

TENTH = Decimal("0.1")
MOST = Decimal(2)
TITLES: Mapping[int, str] = {
    1: _("Total time to settle"),
    2: _("Time of each agency that takes part"),
    3: _("How often the applicant had to come to the desk"),
    4: _("How many agencies the applicant had to go to"),
    5: _("Procedures done wholly at the desk"),
    6: _("Publicity, posted and electronic"),
    7: _("Attitude of officials"),
    8: _("Feedback handled on time"),
    9: _("Online services"),
}
OF_OFFICIALS = (1, 2, 3, 4, 7)
ENTERED = (2, 4, 5, 6, 7, 8)
"""What is entered for an agency, with evidence. For an official (1) and (3) are counted, the others entered."""
AS_SHARES = (5, 8)
"""Entered as a share in percent, and turned into points by the figures of the circular."""
DONE = {"done": _("Done, 100%"), "mostly": _("Done, 70% to under 100%"), "less": _("Done, under 70%")}


@dataclass(frozen=True, slots=True)
class Nine:
    """The indices that are known, by number, and what comes of them."""

    values: Mapping[int, Decimal | None]

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the indices that nobody counted or entered."""
        return tuple(number for number, value in self.values.items() if value is None)

    @property
    def total(self) -> Decimal:
        """Return the sum of what is known."""
        return sum((value for value in self.values.values() if value is not None), start=Decimal(0))


def mean(points: int, dossiers: int) -> Decimal | None:
    """Return an index value: points over dossiers, one decimal; None without dossiers."""
    return (Decimal(points) / dossiers).quantize(TENTH, rounding=ROUND_HALF_UP) if dossiers else None


def total_time(counts: Counts) -> Decimal | None:
    """Return index (1): earlier than due 2, on the day 1, later 0."""
    return mean(2 * counts.early + counts.same_day, counts.early + counts.same_day + counts.overdue)


def contacts(counts: Counts) -> Decimal | None:
    """
    Return index (3): never asked for more papers 2, once 1, more often 0.

    The circular counts contacts; asking for papers is the contact that a dossier records.
    """
    never = counts.received - counts.asked_once - counts.asked_again
    return mean(2 * never + counts.asked_once, counts.received)


def at_desk(share: Decimal, level: str, *, on: date) -> Decimal:
    """Return index (5) from the share of procedures done wholly at the desk: 2 from the figure of the level on, else 0."""
    return MOST if share >= figure(f"quality.nine.at_desk.{level}", on=on).value else Decimal(0)


def feedback(share: Decimal, *, on: date) -> Decimal:
    """Return index (8) from the share of feedback handled on time: all 2, from 90 % on 1, less 0."""
    if share >= 100:  # noqa: PLR2004 - percent
        return MOST
    return Decimal(1) if share >= figure("quality.nine.feedback_most", on=on).value else Decimal(0)


def online(procedures: Decimal | None, counts: Counts, *, on: date) -> Decimal | None:
    """Return index (9) from the shares of procedures and of dossiers that are online; None when one is not known."""
    if procedures is None or not counts.received:
        return None
    dossiers = Decimal(100 * counts.online) / counts.received
    if procedures >= figure("quality.nine.online_procedures", on=on).value:
        if dossiers >= figure("quality.nine.online_dossiers", on=on).value:
            return MOST
        if dossiers >= figure("quality.nine.online_some", on=on).value:
            return Decimal(1)
    return Decimal(0)


def points_of(number: int, entered: Decimal, level: str, *, on: date) -> Decimal:
    """Return the points of what was entered. Raises ValueError for a value outside of its range."""
    if entered < 0 or entered > (100 if number in AS_SHARES else MOST):
        raise ValueError(str(entered))
    if number == 5:  # noqa: PLR2004 - the index of that number
        return at_desk(entered, level, on=on)
    return feedback(entered, on=on) if number == 8 else entered.quantize(TENTH)  # noqa: PLR2004


def rate_agency(nine: Nine, *, on: date) -> str:
    """Return the band of an agency (a key of BANDS); empty while an index is missing."""
    return "" if nine.missing else band(nine.total, on=on, prefix="quality.nine")


def rate_official(nine: Nine, *, on: date) -> str:
    """Return how far an official has done the task (a key of DONE); empty while an index is missing."""
    if nine.missing:
        return ""
    if nine.total >= figure("quality.nine.done", on=on).value:
        return "done"
    return "mostly" if nine.total >= figure("quality.nine.mostly", on=on).value else "less"


__all__ = [
    "AS_SHARES", "BANDS", "DONE", "ENTERED", "OF_OFFICIALS", "TITLES", "Nine", "at_desk", "contacts", "feedback", "mean",
    "online", "points_of", "rate_agency", "rate_official", "total_time",
]  # fmt: skip
