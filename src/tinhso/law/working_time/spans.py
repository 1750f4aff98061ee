"""Spans on a calendar: is this day worked, which is the next, how much is worked between two moments."""

from __future__ import annotations

from datetime import date, datetime

from tinhso.law.civil_time import wall_clock
from tinhso.law.working_time.calendar import Calendar, seconds_of


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether the clock runs on this day, wholly or for half of it."""
    return bool(calendar.hours_on(day))


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day after this one. Raises NoWorkingTime when there is none."""
    return date.fromordinal(calendar.day_of_half(day.toordinal() + 1, 1))


def half_days_between(first: date, last: date, calendar: Calendar) -> int:
    """
    Return the half working days after `first` up to and including `last`; negative when `last` lies before `first`.

    The first day is not counted (Bộ luật Dân sự 91/2015/QH13 Đ.147 k.2).
    """
    if last < first:
        return -half_days_between(last, first, calendar)
    return calendar.halves_in(first.toordinal() + 1, last.toordinal() + 1)


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """Return the whole working days after `first` up to and including `last`; see `half_days_between`."""
    halves = half_days_between(first, last, calendar)
    return -(-halves // 2) if halves < 0 else halves // 2


def worked_before(moment: datetime, calendar: Calendar) -> int:
    """Return the seconds worked on the civil day of this moment, before it."""
    clock = wall_clock(moment)
    now = seconds_of(clock.time())
    return sum(
        min(now, seconds_of(end)) - seconds_of(start)
        for start, end in calendar.hours_on(clock.date())
        if seconds_of(start) < now
    )


def working_seconds_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the seconds worked between two moments; negative when `end` lies before `start`."""
    first, last = wall_clock(start).date().toordinal(), wall_clock(end).date().toordinal()
    worked = calendar.seconds_in(first, last) if first <= last else -calendar.seconds_in(last, first)
    return worked + worked_before(end, calendar) - worked_before(start, calendar)


def working_minutes_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the whole minutes worked between two moments, rounded towards zero; negative when `end` is earlier."""
    seconds = working_seconds_between(start, end, calendar)
    return -(-seconds // 60) if seconds < 0 else seconds // 60
