"""A span told day by day: the page "Vì sao ngày này?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from tinhso.law.civil_time import moment_of, wall_clock
from tinhso.law.clocks import restart_source
from tinhso.law.working_time.calendar import WEEKEND, Calendar, SpecialDay
from tinhso.law.working_time.due import DAY_OFF, FIRST_DAY, counted_as_received, nominal_end
from tinhso.law.working_time.limits import Limit, Unit
from tinhso.law.working_time.pauses import Pause, merged, standing_days

_NONE, _HALF, _ONE = Decimal(0), Decimal("0.5"), Decimal(1)
_BY_DATE = (Unit.DAY, Unit.MONTH, Unit.YEAR)


class DayMark(StrEnum):
    """What a day was on the way to the due date."""

    RECEIVED = "received"
    WORKING = "working"
    HALF = "half"
    CALENDAR = "calendar"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OBSERVED = "observed"
    SWAPPED_OFF = "swapped_off"
    SWAPPED_IN = "swapped_in"
    LOCAL = "local"
    PAUSED = "paused"
    MOVED = "moved"
    RESTARTED = "restarted"


_CLOSED = {
    "holiday": DayMark.HOLIDAY,
    "observed": DayMark.OBSERVED,
    "swapped": DayMark.SWAPPED_OFF,
    "local": DayMark.LOCAL,
}
_WEIGHTS = {DayMark.WORKING: _ONE, DayMark.SWAPPED_IN: _ONE, DayMark.CALENDAR: _ONE, DayMark.HALF: _HALF}


@dataclass(frozen=True, slots=True)
class DayLine:
    """
    One day: what it was, why, on what source, how much of it was counted (0, 0.5 or 1) and the sum so far.

    For a pause `reason` is its code; for other days the name of the holiday or the decision.
    """

    date: date
    kind: DayMark
    reason: str
    source: str
    counted: Decimal
    total: Decimal
    reason_en: str = ""
    certain: bool = True
    is_due: bool = False


def day_by_day(
    received: datetime | date,
    due: datetime | date,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    limit: Limit | None = None,
) -> list[DayLine]:
    """
    Return a line for each civil day from receipt to the due date, both included; civil dates do for moments.

    `limit` says what is counted: working days (also when None), or every day for limits in days, months and years,
    whose days after the nominal end are marked `moved` (Đ.148 k.5). Raises LimitNotWhole as `due` does.
    """
    first, last = _civil(received), _civil(due)
    since = received if isinstance(received, datetime) else moment_of(received, time.min)
    paused = standing_days(pauses, since, last)
    stopped = {wall_clock(start).date(): pause for start, _end, pause in merged(pauses, since)}
    by_date = limit is not None and limit.unit in _BY_DATE
    need = _need(first, limit)
    lines: list[DayLine] = []
    total = _NONE
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day == first:
            told = SpecialDay("", source="" if limit and limit.unit is Unit.WORKING_HOUR else FIRST_DAY)
            kind = DayMark.RECEIVED
        elif day in paused and (by_date or calendar.hours_on(day)):
            kind, told = _paused(paused[day])
        elif by_date:
            kind, told = _by_date(day, calendar, moved=need is not None and total >= need)
        else:
            kind, told = _by_work(day, calendar)
        counted = _WEIGHTS.get(kind, _NONE)
        if need and day < last and day in stopped and total < need <= total + counted:
            # the clock stopped on what was the last day: it is had again after the pause
            (kind, told), counted = _paused(stopped[day]), _NONE
        total += counted
        is_due = day == last
        lines.append(DayLine(day, kind, told.reason, told.source, counted, total, told.reason_en, told.certain, is_due))
    return lines


def course(
    received: datetime,
    restarts: Sequence[datetime],
    due: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    limit: Limit | None = None,
    late_after: time | None = None,
) -> list[DayLine]:
    """
    Return every civil day from receipt to the due date when supplements made the limit start again from zero.

    `restarts` are the moments at which a supplement was complete (NĐ 61/2018/NĐ-CP Đ.19 k.4): that day is marked
    `restarted` and the sum begins anew. Days before it are told as they were: counted, off, or standing. What comes after
    `late_after` or on a day off counts as received on the next working day, where the province decided so.
    """
    lines: list[DayLine] = []
    starts = [received, *sorted(moment for moment in restarts if moment > received)]
    for start, following in pairwise([*starts, None]):
        assert start is not None
        end = wall_clock(due).date() if following is None else wall_clock(following).date() - timedelta(days=1)
        if end < wall_clock(start).date():
            continue
        within = [pause for pause in pauses if pause.start >= start]
        counted = start if late_after is None else counted_as_received(start, calendar, cutoff=late_after)
        if wall_clock(counted).date() > end:
            counted = start
        told = day_by_day(counted, end, calendar, within, limit=limit)
        told = [*_put_off(start, wall_clock(counted).date(), calendar), *told]
        if start is not received:
            told[0] = replace(told[0], kind=DayMark.RESTARTED, source=restart_source(start))
        if following is not None:
            told[-1] = replace(told[-1], is_due=False)
        lines += told
    return lines


def _put_off(start: datetime, first: date, calendar: Calendar) -> list[DayLine]:
    """Return the days from the one on which it came to the one on which it counts as received: none is counted."""
    lines: list[DayLine] = []
    for ordinal in range(wall_clock(start).date().toordinal(), first.toordinal()):
        day = date.fromordinal(ordinal)
        kind, told = (DayMark.RECEIVED, SpecialDay("", source=FIRST_DAY)) if not lines else _by_work(day, calendar)
        lines.append(DayLine(day, kind, told.reason, told.source, _NONE, _NONE, told.reason_en, told.certain))
    return lines


def _need(first: date, limit: Limit | None) -> Decimal | None:
    """Return how many days the limit asks for, or None when days do not tell (hours, fractions, no limit)."""
    if limit is None or limit.unit in (Unit.WORKING_HOUR, Unit.UNSPECIFIED):
        return None
    if limit.unit in _BY_DATE:
        return Decimal((nominal_end(first, limit) - first).days)
    return Decimal(limit.amount) if limit.is_whole else None


def _paused(pause: Pause) -> tuple[DayMark, SpecialDay]:
    return DayMark.PAUSED, SpecialDay(pause.reason, source=pause.base)


def _civil(given: datetime | date) -> date:
    return wall_clock(given).date() if isinstance(given, datetime) else given


def _by_date(day: date, calendar: Calendar, *, moved: bool) -> tuple[DayMark, SpecialDay]:
    special = calendar.special_day(day) or SpecialDay("")
    if moved:
        return DayMark.MOVED, SpecialDay(special.reason, special.reason_en, DAY_OFF)
    return DayMark.CALENDAR, special


def _by_work(day: date, calendar: Calendar) -> tuple[DayMark, SpecialDay]:
    special = calendar.special_day(day)
    halves = calendar.half_days_on(day)
    if halves == 1:
        return DayMark.HALF, special or SpecialDay("")
    if special:
        return DayMark.SWAPPED_IN if halves else _CLOSED.get(special.kind, DayMark.HOLIDAY), special
    return (DayMark.WORKING, SpecialDay("")) if halves else (DayMark.WEEKEND, SpecialDay("", source=WEEKEND))
