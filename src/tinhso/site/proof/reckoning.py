"""
When a time limit ends, reckoned once more and day by day: a second opinion on `law.working_time`, which is not asked.

The calendars are data: national days from `law/figures/calendar/*.yaml`, those of the province from its tables.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

CIVIL = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HALF_AT_MOST = 0.625
"""A day worked for this part of a full day or less counts as half a day."""
OFFICE = (("07:30", "11:30"), ("13:30", "17:00"))
_DAY = timedelta(days=1)
_FARTHEST = 4000
"""Days after which no limit that people set ends any more."""

type Spans = tuple[tuple[int, int], ...]


class NoEnd(Exception):  # noqa: N818 - an answer
    """The limit cannot be reckoned: no unit, or a calendar without a working day."""


@dataclass(frozen=True, slots=True)
class Days:
    """A calendar: seconds of the day worked by weekday, days off, days worked with their own hours or full ones."""

    week: Mapping[int, Spans]
    closed: frozenset[date]
    opened: Mapping[date, Spans | None]
    undecided: frozenset[int] = frozenset()
    """Years whose holidays were not announced when this program was made: what ends in them may have been another."""
    full: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "full", max((_length(spans) for spans in self.week.values()), default=0))

    def spans(self, day: date) -> Spans:
        """Return when work is done on a day, in seconds from midnight."""
        if day in self.opened:
            own = self.opened[day]
            return own if own is not None else max(self.week.values(), key=_length)
        return () if day in self.closed else self.week.get(day.weekday(), ())

    def halves(self, day: date) -> int:
        """Return how many half days are worked on a day."""
        length = _length(self.spans(day))
        return 0 if not length else 1 if length <= HALF_AT_MOST * self.full else 2

    def next_worked(self, day: date) -> date:
        """Return the next working day after a day."""
        for _each in range(_FARTHEST):
            day += _DAY
            if self.spans(day):
                return day
        raise NoEnd


def due(since: datetime, amount: Decimal, unit: str, days: Days) -> datetime:
    """Return the last moment in time. Raises NoEnd."""
    clock = since.astimezone(CIVIL)
    if unit == "working_hour":
        return _run(clock, int((amount * 3600).to_integral_value(ROUND_CEILING)), days)
    if unit == "working_day":
        whole = int(amount)
        last = _working_days(clock.date(), whole, days)
        if amount == whole:
            return _closing(clock, last, days)
        part = int(((amount - whole) * days.full).to_integral_value(ROUND_CEILING))
        first = days.next_worked(last if whole else clock.date())
        return _run(_moment(first, days.spans(first)[0][0]), part, days)
    last = _nominal(clock.date(), amount, unit)
    return _closing(clock, last if days.spans(last) else days.next_worked(last), days)


def _working_days(first: date, count: int, days: Days) -> date:
    if not count:
        return first if days.spans(first) else days.next_worked(first)
    left, day = 2 * count, first
    while left > 0:
        day = days.next_worked(day)
        left -= days.halves(day)
    return day


def _nominal(first: date, amount: Decimal, unit: str) -> date:
    if amount != int(amount) or unit not in ("day", "month", "year"):
        raise NoEnd
    if unit == "day":
        return first + timedelta(days=int(amount))
    year, month = divmod(first.year * 12 + first.month - 1 + int(amount) * (12 if unit == "year" else 1), 12)
    return date(year, month + 1, min(first.day, months.monthrange(year, month + 1)[1]))


def _closing(clock: datetime, day: date, days: Days) -> datetime:
    closes = _moment(day, days.spans(day)[-1][1])
    if closes < clock:
        day = days.next_worked(day)
        closes = _moment(day, days.spans(day)[-1][1])
    return closes


def _run(clock: datetime, seconds: int, days: Days) -> datetime:
    """Return when so many seconds of work have passed since a moment."""
    day, now = clock.date(), clock.hour * 3600 + clock.minute * 60 + clock.second
    for _each in range(_FARTHEST):
        for start, end in days.spans(day):
            begin = max(start, now)
            if begin <= end and seconds <= end - begin:
                return _moment(day, begin + seconds)
            seconds -= max(0, end - begin)
        day, now = day + _DAY, 0
    raise NoEnd


def _moment(day: date, second: int) -> datetime:
    return datetime.combine(day, time(second // 3600, second // 60 % 60, second % 60), CIVIL)


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def _spans(pairs: Iterable[Iterable[str]]) -> Spans:
    return tuple((_seconds(start), _seconds(end)) for start, end in pairs)


def _seconds(text: str) -> int:
    clock = time.fromisoformat(text)
    return clock.hour * 3600 + clock.minute * 60 + clock.second


@cache
def _national() -> tuple[frozenset[date], dict[date, Spans | None], frozenset[int]]:
    closed: set[date] = set()
    opened: dict[date, Spans | None] = {}
    undecided = set()
    for file in resources.files("tinhso.law").joinpath("figures", "calendar").iterdir():
        if file.name.endswith(".yaml"):
            year = yaml.safe_load(file.read_text(encoding="utf-8"))
            closed.update(line["date"] for line in year["closed"])
            opened.update({line["date"]: _own(line) for line in year["opened"]})
            if not year["decided"]:
                undecided.add(int(year["year"]))
    return frozenset(closed), opened, frozenset(undecided)


def _own(line: Mapping[str, Any]) -> Spans | None:
    return _spans(line["hours"]) if "hours" in line else None


def national() -> Days:
    """Return the calendar before any province was loaded."""
    closed, opened, undecided = _national()
    return Days({day: _spans(OFFICE) for day in range(5)}, closed - set(opened), opened, undecided)


def of_province(version: Mapping[str, Any], on: date) -> list[Days]:
    """Return the calendars that a version of the province's names for a day: the common one first, then those of agencies."""
    closed, opened, undecided = _national()
    own_closed = {day for line in version.get("closed", ()) for day in _range(line)}
    own_opened = {day: _own(line) for line in version.get("opened", ()) for day in _range(line)}
    worked = {day: spans for day, spans in opened.items() if day not in own_closed} | own_opened
    off = (closed | own_closed) - set(worked)
    return [
        Days({WEEKDAYS.index(name): _spans(pairs) for name, pairs in week.items()}, frozenset(off), worked, undecided)
        for week in (
            _in_force(hours, on.isoformat())["week"]
            for hours in (version["hours"], *(line["hours"] for line in version.get("agencies", ())))
        )
    ]


def _in_force(entries: list[Mapping[str, Any]], day: str) -> Mapping[str, Any]:
    for entry in entries:
        if entry["from"] <= day <= entry.get("to", "9999-12-31"):
            return entry
    return entries[0]


def _range(line: Mapping[str, Any]) -> list[date]:
    first = date.fromisoformat(line["date"])
    last = date.fromisoformat(line.get("to", line["date"]))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
