"""What is promised of a unit: by the text that promises it, how each stands now, and which will be missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.indicators.public import Indicator, Target, history_of, promises_of, readings
from tinhso.kernel.organisation.public import Agency
from tinhso.law.forecast import Risk, risk
from tinhso.law.indicators import Direction, standing
from tinhso.law.periods import Kind, Period, period_of, read_period
from tinhso.modules.operations.queries import shown
from tinhso.modules.operations.queries.figures import forecast_for
from tinhso.web.words import own

MONTHS = 12
CHIPS = {Risk.SAFE: "ok", Risk.OPEN: "warn", Risk.MISSES: "late", Risk.UNKNOWN: "plain"}

type Course = list[tuple[Period, Decimal | None]]


def by_text(unit: Agency, *, at: datetime) -> list[dict[str, Any]]:
    """Return what is promised of a unit, grouped by the text that promises it, what will be missed first."""
    every = promises_of(unit.code)
    courses = _courses({each.indicator for each in every}, unit, at)
    made = []
    for source, some in groupby(every, key=lambda each: each.source):
        rows = sorted((_row(each, _course(each, courses, at), at) for each in some), key=lambda row: row["order"])
        made.append({"source": source, "rows": rows, "missed": sum(row["is_missed"] for row in rows)})
    return made


def _courses(indicators: set[Indicator], unit: Agency, at: datetime) -> dict[str, Course]:
    """Return each figure over time. Lent ones are counted for all of them at once, month by month."""
    lent = [each for each in indicators if each.query and each.is_share]
    found: dict[str, Course] = {each.code: [] for each in indicators}
    span = period_of(Kind.MONTH, civil_date(at))
    spans = [span]
    while lent and len(spans) < MONTHS:
        spans.append(spans[-1].before())
    for each_span in reversed(spans):
        try:
            figures = readings(lent, unit.code, each_span, at=at) if lent else {}
        except NotFound:
            figures = {}
        for code, of_units in figures.items():
            figure = of_units.get(unit.code)
            found[code].append((each_span, figure.value if figure else None))
    for each in indicators:
        if not each.query:
            rows = history_of(each, unit.code, until=civil_date(at))
            found[each.code] = [(read_period(row.period), row.value) for row in rows]
    return found


def _course(target: Target, courses: dict[str, Course], at: datetime) -> Course:
    """Return the course that belongs to a target: of a number that is counted, the figure of the target's own period alone."""
    if not target.indicator.query or target.indicator.is_share:
        return courses[target.indicator.code]
    span = read_period(target.period)
    try:
        figure = readings([target.indicator], target.unit, span, at=at)[target.indicator.code].get(target.unit)
    except NotFound:
        figure = None
    return [(span, figure.value if figure else None)]


def _row(target: Target, course: Course, at: datetime) -> dict[str, Any]:
    indicator, direction = target.indicator, Direction(target.indicator.direction)
    value, span = _newest(course)
    expected = forecast_for(indicator, course, target.period, at)
    is_over = read_period(target.period).last < civil_date(at)
    stands = standing(value, target.value, direction, target.tolerance)
    chance = risk(expected, target.value, direction)
    is_missed = stands == "missed" if is_over else chance is Risk.MISSES
    words = {
        Risk.SAFE: gettext("Will be met"),
        Risk.OPEN: gettext("In doubt"),
        Risk.MISSES: gettext("Will be missed"),
        Risk.UNKNOWN: gettext("Too few figures to say"),
    }
    return {
        "name": own(indicator, "name"),
        "href": reverse("operations:figure", args=[target.unit, indicator.code]),
        "target": shown.amount(indicator, target.value),
        "by": shown.period_words(read_period(target.period)),
        "value": shown.amount(indicator, value),
        "of": shown.period_words(span) if span else "",
        "chip": shown.CHIPS[stands] if is_over else CHIPS[chance],
        "said": shown.standing_name(stands) if is_over else words[chance],
        "range": _range(indicator, expected) if not is_over else "",
        "sentence": target.sentence,
        "is_missed": is_missed,
        "order": (not is_missed, chance is not Risk.OPEN, own(indicator, "name")),
    }


def _newest(course: Sequence[tuple[Period, Decimal | None]]) -> tuple[Decimal | None, Period | None]:
    known = [(value, span) for span, value in course if value is not None]
    return known[-1] if known else (None, None)


def _range(indicator: Indicator, expected: Any) -> str:
    if expected is None:
        return ""
    return gettext("expected between {low} and {high}").format(
        low=shown.amount(indicator, expected.low), high=shown.amount(indicator, expected.high)
    )
