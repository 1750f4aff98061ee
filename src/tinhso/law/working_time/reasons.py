"""Why days were skipped: holidays grouped with their reason, weekends counted, swapped days named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from typing import Any

from tinhso.law.answer import Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_span
from tinhso.law.working_time.calendar import WEEKEND, Calendar


def skipped_days(first: date, last: date, calendar: Calendar) -> list[Step]:
    """Return the steps that explain the days off after `first` up to `last`, in the order of the days."""
    if last <= first:
        return []
    within = calendar.special[bisect_right(calendar.special, first) : bisect_right(calendar.special, last)]
    closed = [day for day in within if not calendar.hours_on(day)]
    steps = [_group(run, calendar, first.year) for run in _runs(closed)]
    steps += [_worked(day, calendar, first.year) for day in within if calendar.hours_on(day)]
    steps.sort(key=lambda step: step.on or first)
    weekends = _weekend_days(first, last, calendar) - sum(not calendar.hours.get(day.weekday()) for day in within)
    if weekends:
        text = _("{count} weekend day is not counted.") if weekends == 1 else _("{count} weekend days are not counted.")
        steps.append(Step(text, WEEKEND, None, {"count": weekends}, "due.weekends"))
    return steps


def day_off_reason(day: date, calendar: Calendar) -> dict[str, Any]:
    """Return the facts `reason` and `reason_en` of a day off: the name of the holiday, or the weekend."""
    special = calendar.special_day(day)
    if special:
        return {"reason": special.reason, "reason_en": special.reason_en or special.reason}
    return {"reason": Step(_("weekend"), WEEKEND)}


def undecided(day: date, calendar: Calendar) -> tuple[Step, ...]:
    """Return a warning when the holidays of the year in which the time ends are not announced yet."""
    if calendar.is_decided(day.year):
        return ()
    text = _("The holidays of {year} are not announced yet; this date may change.")
    return (Step(text, "", day, {"year": str(day.year)}, "due.undecided"),)


def _runs(days: list[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in days:
        if run and day.toordinal() != run[-1].toordinal() + 1:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _group(run: list[date], calendar: Calendar, year: int) -> Step:
    specials = [found for day in run if (found := calendar.special_day(day))]
    facts = {
        "span": short_span(run[0], run[-1], year),
        "count": len(run),
        "reason": _joined(special.occasion or special.reason for special in specials),
        "reason_en": _joined(s.occasion_en or s.reason_en or s.occasion or s.reason for s in specials),
    }
    source = _joined(special.source for special in specials)
    certain = all(special.certain for special in specials)
    text = (
        _("{span}: {reason}, not counted.") if certain else _("{span}: {reason}, not counted (schedule not confirmed).")
    )
    return Step(text, source, run[0], facts, "due.day_off")


def _worked(day: date, calendar: Calendar, year: int) -> Step:
    special = calendar.special_day(day)
    reason, source = (special.reason, special.source) if special else ("", "")
    facts = {
        "span": short_span(day, day, year),
        "reason": reason,
        "reason_en": special.reason_en or reason if special else "",
    }
    return Step(_("{span} is a working day: {reason}."), source, day, facts, "due.opened")


def _joined(parts: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _weekend_days(first: date, last: date, calendar: Calendar) -> int:
    start, end = first.toordinal(), last.toordinal()
    return sum(
        (end + 6 - weekday) // 7 - (start + 6 - weekday) // 7 for weekday in range(7) if not calendar.hours.get(weekday)
    )
