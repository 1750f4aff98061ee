"""Lengths of time as flows write them: `4h` and `2d` of working time, ISO 8601 durations by the wall clock."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tinhso.base.clock import civil
from tinhso.kernel.casework.bpmn.graph import Within

_WITHIN = re.compile(r"^(\d{1,4}(?:[.,]\d{1,2})?)\s*([hd])$")
_ISO = re.compile(
    r"^P(?=.)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7}(?:\.\d+)?)S)?)?$"
)
_CYCLE = re.compile(r"^R(\d{1,3})/(P.+)$")


def parse_within(text: str) -> Within:
    """Return the working time that `4h`, `2d` or `0.5d` means. Raises ValueError for anything else, and for none."""
    match = _WITHIN.match(text.strip())
    if match is None:
        raise ValueError(text)
    amount = Decimal(match.group(1).replace(",", "."))
    if not amount:
        raise ValueError(text)
    return Within(f"{amount.normalize():f}", match.group(2))


def within_minutes(within: Within, *, day: int = 480) -> Decimal:
    """Return the working time in minutes, with `day` minutes to a working day."""
    return Decimal(within.amount) * (60 if within.unit == "h" else day)


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration: months by the calendar, the rest exact."""

    months: int
    span: timedelta

    def after(self, moment: datetime) -> datetime:
        """Return the moment so much later, on the civil calendar: one month after 31 January is 28 February."""
        if not self.months:
            return moment + self.span
        local = civil(moment)
        year, month = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day).astimezone(moment.tzinfo) + self.span


def parse_duration(text: str) -> Duration:
    """Return the duration that ISO 8601 text such as `P1DT2H` means. Raises ValueError."""
    match = _ISO.match(text.strip())
    if match is None:
        raise ValueError(text)
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    seconds = float(match.group(7) or 0)
    return Duration(
        years * 12 + months, timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    )


def parse_cycle(text: str) -> tuple[int, str]:
    """Return how often `R3/P1D` repeats and after which duration. Raises ValueError; endless cycles are not meant."""
    match = _CYCLE.match(text.strip())
    if match is None or int(match.group(1)) < 1:
        raise ValueError(text)
    parse_duration(match.group(2))
    return int(match.group(1)), match.group(2)
