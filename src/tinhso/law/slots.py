"""Slots of appointments: whole ones in the hours that a calendar works; none on holidays and days off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tinhso.law.civil_time import moment_of
from tinhso.law.working_time import Calendar

WORKED_BEFORE_GIVING_UP = 60
"""Days that are looked at for days on which work is done."""


def slots_on(day: date, calendar: Calendar, minutes: int) -> list[tuple[datetime, datetime]]:
    """Return beginning and end of each slot of a day, whole ones only."""
    found, step = [], timedelta(minutes=minutes)
    for opens, closes in calendar.hours_on(day):
        start, end = moment_of(day, opens), moment_of(day, closes)
        while start + step <= end:
            found.append((start, start + step))
            start += step
    return found


def days_with_slots(today: date, calendar: Calendar, ahead: int) -> list[date]:
    """Return the working days from today to `ahead` days later."""
    days = (today + timedelta(days=n) for n in range(min(ahead, WORKED_BEFORE_GIVING_UP) + 1))
    return [day for day in days if calendar.hours_on(day)]
