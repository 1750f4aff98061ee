"""Civil time of Việt Nam: one zone, no summer time. Deadlines are reckoned on the wall clock, kept as moments."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def wall_clock(moment: datetime) -> datetime:
    """Return the moment on the wall clock of Việt Nam. Raises ValueError for a naive moment."""
    if moment.tzinfo is VIETNAM:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no civil time")
    return moment.astimezone(VIETNAM)


def moment_of(day: date, clock: time) -> datetime:
    """Return the moment at which the wall clock shows this day and time."""
    return datetime.combine(day, clock, VIETNAM)


def short_date(day: date) -> str:
    """Return the day as people write it in a sentence: `30/4/2026`."""
    return f"{day.day}/{day.month}/{day.year}"


def short_span(first: date, last: date, year: int) -> str:
    """Return one day as `30/4`, several as `30/4–1/5`; a year other than `year` is written out."""
    end = f"{last.day}/{last.month}" if last.year == year else short_date(last)
    return end if first == last else f"{first.day}/{first.month}–{end}"


def clock_time(moment: datetime) -> str:
    """Return the time as `07:30`."""
    return wall_clock(moment).strftime("%H:%M")
