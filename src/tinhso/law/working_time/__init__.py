"""
Working time: the calendar of an administration and the deadlines reckoned on it.

`calendar.py` says which hours are worked, `due.py` reckons limits, `spans.py` measures what lies between two moments.
"""

from tinhso.law.working_time.calendar import OFFICE_HOURS, WEEKEND, Calendar, Interval, NoWorkingTime, SpecialDay
from tinhso.law.working_time.due import counted_as_received, due, due_date, hand_over_by, run_working_seconds
from tinhso.law.working_time.limits import Limit, LimitNotWhole, LimitUnspecified, Unit
from tinhso.law.working_time.pauses import Pause
from tinhso.law.working_time.spans import (
    half_days_between,
    is_working_day,
    next_working_day,
    working_days_between,
    working_minutes_between,
    working_seconds_between,
)

__all__ = [
    "OFFICE_HOURS",
    "WEEKEND",
    "Calendar",
    "Interval",
    "Limit",
    "LimitNotWhole",
    "LimitUnspecified",
    "NoWorkingTime",
    "Pause",
    "SpecialDay",
    "Unit",
    "counted_as_received",
    "due",
    "due_date",
    "half_days_between",
    "hand_over_by",
    "is_working_day",
    "next_working_day",
    "run_working_seconds",
    "working_days_between",
    "working_minutes_between",
    "working_seconds_between",
]
