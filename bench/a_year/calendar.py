"""
Working time of 2023, counted by hand: nothing of `tinhso.law` is asked, so that the two can be held against each other.

Days off are those that the Ministry of Labour announced for 2023; hours are those of the province's pack.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR = 2023
OFF = {
    date(YEAR, 1, 2),
    *(date(YEAR, 1, day) for day in range(20, 27)),
    *(date(YEAR, 5, day) for day in (1, 2, 3)),
    date(YEAR, 9, 1),
    date(YEAR, 9, 4),
    date(YEAR + 1, 1, 1),
}
"""Working days of the week that were off: New Year in lieu, Tết, the thirtieth of April with the Hùng Kings' day, September; and the New Year after."""
OPENS, NOON, AFTER_NOON, CLOSES = time(7), time(11, 30), time(13, 30), time(17)
CUTOFF = time(15)
"""What is received after it is handed over on the next working day (NĐ 61/2018/NĐ-CP Đ.18)."""


def is_open(day: date) -> bool:
    """Tell whether the desk is open on a day."""
    return day.weekday() < 5 and day not in OFF


def next_open(day: date) -> date:
    """Return the first working day after a day."""
    day += timedelta(days=1)
    while not is_open(day):
        day += timedelta(days=1)
    return day


def moment(day: date, at: time) -> datetime:
    """Return a moment of the civil clock."""
    return datetime.combine(day, at, ZONE)


def into_hours(at: datetime) -> datetime:
    """Return the moment itself in working hours, else when they begin again."""
    day, clock = at.date(), at.timetz().replace(tzinfo=None)
    if not is_open(day) or clock >= CLOSES:
        return moment(next_open(day), OPENS)
    if clock < OPENS:
        return moment(day, OPENS)
    return moment(day, AFTER_NOON) if NOON <= clock < AFTER_NOON else at


def due_after_working_days(received: datetime, days: int) -> datetime:
    """Return the close of the last of so many working days; the day of receipt is none of them (BLDS 2015 Đ.147)."""
    day = received.date()
    for _each in range(days):
        day = next_open(day)
    return moment(day, CLOSES)


def due_after_days(received: datetime, days: int) -> datetime:
    """Return the close of the last of so many days, or of the next working day when that one is off (Đ.148 k.5)."""
    day = received.date() + timedelta(days=days)
    return moment(day if is_open(day) else next_open(day), CLOSES)


def after_a_working_day(at: datetime) -> datetime:
    """Return the close of the next working day after an evening: its eight working hours."""
    return moment(next_open(at.date()), CLOSES)
