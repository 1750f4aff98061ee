"""
Intervals in which the clock of a dossier stands still.

The day on which the clock stops is counted, unless it is the last one; the day on which it runs again is not
(Bộ luật Dân sự 91/2015/QH13 Đ.147 k.3: the day of an event is not counted). A pause without a legal base stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tinhso.law.civil_time import wall_clock


@dataclass(frozen=True, slots=True)
class Pause:
    """
    One interval in which the clock stands. `end` is None while it lasts.

    `reason` is a code (`payment`, `verification`, `other_agency`, ...); `base` cites the law that lets the clock stand.
    """

    start: datetime
    end: datetime | None
    reason: str
    base: str = ""

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause does not end before it starts")

    @property
    def is_open(self) -> bool:
        """Tell whether the clock still stands."""
        return self.end is None


def unfounded(pauses: Iterable[Pause]) -> list[Pause]:
    """Return the pauses that cite no legal base: each is a finding for the inspection."""
    return [pause for pause in pauses if not pause.base]


def merged(pauses: Iterable[Pause], since: datetime) -> list[tuple[datetime, datetime | None, Pause]]:
    """Return the founded pauses after `since` as disjoint intervals in order; None ends one that still lasts."""
    found: list[tuple[datetime, datetime | None, Pause]] = []
    for pause in sorted((p for p in pauses if p.base), key=lambda pause: pause.start):
        start, end = max(pause.start, since), pause.end
        if end is not None and end <= start:
            continue
        if found and (found[-1][1] is None or start <= found[-1][1]):
            before, until, first = found[-1]
            longer = None if until is None or end is None else max(until, end)
            found[-1] = (before, longer, first)
        else:
            found.append((start, end, pause))
    return found


def standing_days(pauses: Sequence[Pause], since: datetime, due: date) -> dict[date, Pause]:
    """Return the civil days up to `due` that do not count because the clock stood, each with its pause."""
    days: dict[date, Pause] = {}
    for start, end, pause in merged(pauses, since):
        first = wall_clock(start).date().toordinal() + 1
        last = due if end is None else min(due, wall_clock(end).date())
        days |= {date.fromordinal(ordinal): pause for ordinal in range(first, last.toordinal() + 1)}
    return days
