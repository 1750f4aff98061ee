"""
The national calendar: holidays and swapped working days by year, from `figures/calendar/*.yaml`.

Bộ luật Lao động 45/2019/QH14 Đ.112 names the holidays, Đ.111 the days off in lieu; swaps come by yearly decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from importlib import resources
from typing import Any

import yaml

from tinhso.law.working_time import OFFICE_HOURS, Calendar, Interval, SpecialDay


@dataclass(frozen=True, slots=True)
class NationalYear:
    """The days off and the days worked in exchange of one year; `decided` is False while they are only computed."""

    year: int
    decided: bool
    closed: Mapping[date, SpecialDay]
    opened: Mapping[date, SpecialDay]


@dataclass(frozen=True, slots=True)
class Overrides:
    """
    What a province decides for itself, each day with its reason and decision.

    A day in `closed` is off, a day in `opened` is worked, whatever the nation says; `duty` are the hours by weekday in
    which the desk receives people while no clock runs. `decided`: years whose schedule the province has entered itself.
    """

    closed: Mapping[date, SpecialDay] = field(default_factory=dict)
    opened: Mapping[date, SpecialDay] = field(default_factory=dict)
    duty: Mapping[int, tuple[Interval, ...]] = field(default_factory=dict)
    decided: frozenset[int] = frozenset()


NO_OVERRIDES = Overrides()


def national_calendar(
    years: Iterable[int] | None = None,
    hours: Mapping[int, tuple[Interval, ...]] = OFFICE_HOURS,
    overrides: Overrides = NO_OVERRIDES,
) -> Calendar:
    """
    Return the calendar of these years (None: all we have data for) with these working hours.

    A year without data has weekends only; a deadline that ends in it, or in a year not announced yet, says so.
    """
    wanted = list(years) if years is not None else known_years()
    found = [national_year(year) for year in wanted if year in known_years()]
    closed = {day: special for year in found for day, special in year.closed.items()}
    opened = {day: special for year in found for day, special in year.opened.items()}
    for day in overrides.closed:
        opened.pop(day, None)
    return Calendar(
        hours=hours,
        closed=closed | dict(overrides.closed),
        opened=opened | dict(overrides.opened),
        duty=overrides.duty,
        decided=frozenset(year.year for year in found if year.decided) | overrides.decided,
    )


def known_years() -> tuple[int, ...]:
    """Return the years for which there is a file, in order."""
    return tuple(sorted(int(name.removesuffix(".yaml")) for name in _files()))


@cache
def national_year(year: int) -> NationalYear:
    """Return the special days of a year. Raises KeyError when there is no file for it."""
    data = yaml.safe_load(_files()[f"{year}.yaml"])
    return NationalYear(year, data["decided"], read_days(data["closed"]), read_days(data["opened"]))


def read_days(lines: Iterable[Mapping[str, Any]]) -> dict[date, SpecialDay]:
    """
    Return special days from data: `date`, `name`, `name_en`, `kind`, `source`, `certain`, `occasion`, `hours`.

    The same form serves a province's `calendar.yaml`; `hours` is a list of `["07:30", "11:30"]`. Raises KeyError for a
    line without `date` or `name`, ValueError for an hour that is none.
    """
    return {
        line["date"]: SpecialDay(
            line["name"],
            line.get("name_en", ""),
            line.get("source", ""),
            line.get("kind", "local"),
            line.get("certain", True),
            line.get("occasion", ""),
            line.get("occasion_en", ""),
            read_intervals(line["hours"]) if "hours" in line else None,
        )
        for line in lines
    }


def read_intervals(pairs: Iterable[Iterable[str]]) -> tuple[Interval, ...]:
    """Return working intervals from `[["07:30", "11:30"], ["13:30", "17:00"]]`. Raises ValueError."""
    intervals: list[Interval] = []
    for pair in pairs:
        start, end = (time.fromisoformat(clock) for clock in pair)
        if end <= start:
            raise ValueError(f"an interval from {start:%H:%M} to {end:%H:%M} is empty")
        intervals.append((start, end))
    return tuple(intervals)


def read_hours(week: Mapping[str, Iterable[Iterable[str]]]) -> dict[int, tuple[Interval, ...]]:
    """
    Return working hours from `{mon: [["07:30", "11:30"]], ...}`: the form of a province's `calendar.yaml`.

    Raises ValueError for a name that is no weekday (`mon tue wed thu fri sat sun`).
    """
    unknown = set(week) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"not a weekday: {', '.join(sorted(unknown))}")
    return {WEEKDAYS.index(name): read_intervals(pairs) for name, pairs in week.items()}


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def _files() -> dict[str, str]:
    folder = resources.files("tinhso.law").joinpath("figures", "calendar")
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")}
