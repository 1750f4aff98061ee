"""Periods in addresses: `2026-03` a month, `2026-Q1` a quarter, `2026` a year, `2026-03-10..2026-04-02` any days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import NotFound

LONGEST = timedelta(days=3 * 366)
"""A longer range is nobody's period."""
YEARS = (1945, 9000)
"""Between which years periods lie: before and after there is none beside them to compare with."""
_MONTH, _QUARTER, _YEAR = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"(\d{4})-Q([1-4])"), re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days, both included."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """Return it as it stands in an address, the shortest way."""
        first = self.first
        if first.day == 1:
            if self == _months(first, 12) and first.month == 1:
                return f"{first.year:04}"
            if self == _months(first, 3) and first.month % 3 == 1:
                return f"{first.year:04}-Q{first.month // 3 + 1}"
            if self == _months(first, 1):
                return f"{first:%Y-%m}"
        return f"{first.isoformat()}..{self.last.isoformat()}"

    @property
    def end(self) -> datetime:
        """Return the moment at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), CIVIL_ZONE)

    def moment(self, at: datetime) -> datetime:
        """Return when what is open is looked at: the last day stands for an end that has not come, today while it lasts."""
        return min(at, self.end)

    def before(self) -> Period:
        """Return the period before, of the same kind; of any days, as many before them."""
        last = self.first - timedelta(days=1)
        if ".." not in self.key:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            first = last.replace(day=1)
            for _month in range(months - 1):
                first = (first - timedelta(days=1)).replace(day=1)
            return Period(first, last)
        return Period(self.first - (self.last - self.first) - timedelta(days=1), last)

    def months(self) -> list[date]:
        """Return the first days of the months that lie in it whole."""
        return [month for month in self._all_months() if month >= self.first and _months(month, 1).last <= self.last]

    def loose(self) -> list[tuple[date, date]]:
        """Return the stretches of days that are in no whole month."""
        whole = self.months()
        if not whole:
            return [(self.first, self.last)]
        found = [
            (self.first, whole[0] - timedelta(days=1)),
            (_months(whole[-1], 1).last + timedelta(days=1), self.last),
        ]
        return [(first, last) for first, last in found if first <= last]

    def _all_months(self) -> Iterator[date]:
        month = self.first.replace(day=1)
        while month <= self.last:
            yield month
            month = (month + timedelta(days=31)).replace(day=1)


def _months(first: date, number: int) -> Period:
    after = first
    for _month in range(number):
        after = (after + timedelta(days=31)).replace(day=1)
    return Period(first, after - timedelta(days=1))


def month_of(at: datetime) -> Period:
    """Return the month of a moment."""
    return _months(civil_date(at).replace(day=1), 1)


def quarter_of(day: date) -> Period:
    """Return the quarter of a day."""
    return _months(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), 3)


def read_period(text: str, at: datetime) -> Period:
    """Return the period of an address, this month where it says none. Raises NotFound for what is no period."""
    try:
        period = _read(text, at)
    except (ValueError, OverflowError) as error:
        raise NotFound from error
    is_known = YEARS[0] <= period.first.year and period.last.year <= YEARS[1]
    if not is_known or period.last < period.first or period.last - period.first > LONGEST:
        raise NotFound
    return period


def _read(text: str, at: datetime) -> Period:
    if not text:
        return month_of(at)
    if found := _QUARTER.fullmatch(text):
        return _months(date(int(found[1]), 3 * int(found[2]) - 2, 1), 3)
    if found := _MONTH.fullmatch(text):
        return _months(date(int(found[1]), int(found[2]), 1), 1)
    if _YEAR.fullmatch(text):
        return _months(date(int(text), 1, 1), 12)
    first, _dots, last = text.partition("..")
    return Period(date.fromisoformat(first), date.fromisoformat(last))
