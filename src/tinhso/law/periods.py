"""
Periods of figures and reports: day, week, month, quarter, six months, nine months, year; and what a report of one covers.

Civil days, both included. The budget year is the calendar year (Luật NSNN 83/2015/QH13 Đ.14). A report of a period does not
cover its calendar days: it closes some days before its end (NĐ 09/2019/NĐ-CP Đ.12), by dated figures (`figures/reports.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import figure

YEARS = (1945, 9000)
"""Between which years periods lie: before and after there is none beside them to compare with."""
DAY = timedelta(days=1)


class Kind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE_MONTHS = "nine_months"
    """January to September: what autumn's reports tell. The only kind that does not divide the year."""
    YEAR = "year"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.NINE_MONTHS: 9, Kind.YEAR: 12}
"""How many months a kind has, where it is made of months."""
PER_YEAR = {
    Kind.DAY: 365,
    Kind.WEEK: 52,
    Kind.MONTH: 12,
    Kind.QUARTER: 4,
    Kind.HALF: 2,
    Kind.NINE_MONTHS: 1,
    Kind.YEAR: 1,
}
"""About how many there are in a year: for how far apart two are, and how much history there may be."""
_SHAPES: dict[Kind, re.Pattern[str]] = {
    Kind.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    Kind.WEEK: re.compile(r"(\d{4})-W(\d{2})"),
    Kind.MONTH: re.compile(r"(\d{4})-(\d{2})"),
    Kind.QUARTER: re.compile(r"(\d{4})-Q([1-4])"),
    Kind.HALF: re.compile(r"(\d{4})-H([12])"),
    Kind.NINE_MONTHS: re.compile(r"(\d{4})-9M"),
    Kind.YEAR: re.compile(r"(\d{4})"),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period, by its first day and its kind. Ordered by first day, a longer one after a shorter by its kind's name."""

    first: date
    kind: Kind

    @property
    def last(self) -> date:
        """Return its last day."""
        if self.kind is Kind.DAY:
            return self.first
        if self.kind is Kind.WEEK:
            return self.first + timedelta(days=6)
        return _months_on(self.first, MONTHS[self.kind]) - DAY

    @property
    def key(self) -> str:
        """Return it as it is written in addresses and files: `2026-03-15`, `2026-W11`, `2026-03`, `2026-Q1`, `2026-H1`, `2026-9M`, `2026`."""
        year, week, _day = self.first.isocalendar()
        month = self.first.month
        place = {
            Kind.DAY: f"{self.first:-%m-%d}",
            Kind.WEEK: f"-W{week:02}",
            Kind.MONTH: f"-{month:02}",
            Kind.QUARTER: f"-Q{month // 3 + 1}",
            Kind.HALF: f"-H{month // 6 + 1}",
            Kind.NINE_MONTHS: "-9M",
            Kind.YEAR: "",
        }
        return f"{year if self.kind is Kind.WEEK else self.first.year:04}{place[self.kind]}"

    def before(self) -> Period:
        """Return the one before, of the same kind; of nine months, those of the year before."""
        if self.kind is Kind.NINE_MONTHS:
            return self.year_ago()
        return period_of(self.kind, self.first - DAY)

    def after(self) -> Period:
        """Return the one after, of the same kind; of nine months, those of the year after."""
        if self.kind is Kind.NINE_MONTHS:
            return Period(date(self.first.year + 1, 1, 1), self.kind)
        return period_of(self.kind, self.last + DAY)

    def year_ago(self) -> Period:
        """Return the same one a year before: of a day the same date (28 February for the 29th), of a week that of the same number."""
        first = self.first
        match self.kind:
            case Kind.DAY:
                is_leap_day = (first.month, first.day) == (2, 29)
                return Period(first.replace(year=first.year - 1, day=28 if is_leap_day else first.day), self.kind)
            case Kind.WEEK:
                year, week, _day = first.isocalendar()
                return Period(date.fromisocalendar(year - 1, min(week, _weeks(year - 1)), 1), self.kind)
            case _:
                return Period(first.replace(year=first.year - 1), self.kind)

    def year_on(self) -> Period:
        """Return the one of which this is the same a year before."""
        if self.kind is Kind.DAY:
            return period_of(self.kind, self.first + timedelta(days=365 if _is_short(self.first) else 366))
        if self.kind is Kind.WEEK:
            year, week, _day = self.first.isocalendar()
            return Period(date.fromisocalendar(year + 1, min(week, _weeks(year + 1)), 1), self.kind)
        return Period(self.first.replace(year=self.first.year + 1), self.kind)

    def holds(self, other: Period) -> bool:
        """Tell whether another lies in it whole."""
        return self.first <= other.first and other.last <= self.last

    def parts(self, kind: Kind) -> list[Period]:
        """Return the periods of a shorter kind that make it up, first to last; none where they do not fit, as weeks in a month."""
        found = list(self._parts(kind))
        fits = found and found[0].first == self.first and found[-1].last == self.last
        return found if fits else []

    def _parts(self, kind: Kind) -> Iterator[Period]:
        if kind is Kind.NINE_MONTHS:
            return
        part = period_of(kind, self.first)
        while part.first <= self.last:
            yield part
            part = part.after()


def _is_short(first: date) -> bool:
    """Tell whether the year from a day on has no 29 February in it."""
    leap = first.year if first.month <= 2 else first.year + 1  # noqa: PLR2004 - February
    return not (leap % 4 == 0 and (leap % 100 or leap % 400 == 0))


def _weeks(year: int) -> int:
    """Return how many weeks a year has by ISO 8601."""
    return date(year, 12, 28).isocalendar().week


def _months_on(first: date, number: int) -> date:
    month = first.month - 1 + number
    return date(first.year + month // 12, month % 12 + 1, 1)


def period_of(kind: Kind, day: date) -> Period:
    """Return the period of a kind in which a day lies. Raises ValueError for nine months and a day after September."""
    match kind:
        case Kind.DAY:
            return Period(day, kind)
        case Kind.WEEK:
            return Period(day - timedelta(days=day.weekday()), kind)
        case Kind.NINE_MONTHS:
            if day.month > MONTHS[kind]:
                raise ValueError(f"{day} is in no nine months")
            return Period(date(day.year, 1, 1), kind)
        case _:
            size = MONTHS[kind]
            return Period(date(day.year, (day.month - 1) // size * size + 1, 1), kind)


def read_period(key: str) -> Period:
    """Return the period of a key. Raises ValueError for what is none, and for years in which nobody counts."""
    for kind, shape in _SHAPES.items():
        if found := shape.fullmatch(key):
            numbers = [int(each) for each in found.groups()]
            if not YEARS[0] <= numbers[0] <= YEARS[1]:
                break
            return _of_numbers(kind, *numbers)
    raise ValueError(f"{key!r} is no period")


def _of_numbers(kind: Kind, year: int, *place: int) -> Period:
    match kind:
        case Kind.DAY:
            return Period(date(year, *place), kind)
        case Kind.WEEK:
            return Period(date.fromisocalendar(year, place[0], 1), kind)
        case Kind.NINE_MONTHS | Kind.YEAR:
            return Period(date(year, 1, 1), kind)
        case _:
            return Period(date(year, (place[0] - 1) * MONTHS[kind] + 1, 1), kind)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a report covers, both included."""

    first: date
    last: date


_CALENDAR = _("A report of a day or a week covers its own days.")
_CLOSED = _("The figures of {period} are closed on {last}: the report covers {first} to {last}.")


def report_window(period: Period) -> Answer[Window]:
    """
    Return the days that a periodic report of a period covers, by the rule of the period's last day (NĐ 09/2019/NĐ-CP Đ.12).

    Of months, quarters, six and nine months and years the figures close on a day of the last month, and begin on the day
    after that of the period before. Raises NoAnswer where no rule is in force.
    """
    if period.kind not in MONTHS:
        return Answer(Window(period.first, period.last), (Step(_CALENDAR, code="reports.calendar"),))
    rule = figure("reports.closing_day", on=period.last)
    day = int(rule.value)
    first = (period.first - DAY).replace(day=day) + DAY
    last = period.last.replace(day=day)
    facts = {"period": period.key, "first": first, "last": last}
    step = Step(_CLOSED, rule.steps[0].source, period.last, facts, "reports.closed")
    return Answer(Window(first, last), (*rule.steps, step))
