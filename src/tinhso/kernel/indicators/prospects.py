"""What is to be expected of what is promised: how a target stands now, and where its figure goes by its own history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.indicators.models import Indicator, Observation, Target
from tinhso.kernel.indicators.queries import history_of
from tinhso.kernel.indicators.readings import readings
from tinhso.law.forecast import Forecast, Risk, forecast, risk
from tinhso.law.indicators import Direction, Standing, standing
from tinhso.law.periods import Kind, Period, period_of, read_period

MONTHS = 12
"""Months of a lent figure that are looked at."""
MOST_STEPS = 60
"""How many periods ahead a forecast goes; beyond it says nothing."""

type Course = list[tuple[Period, Decimal | None]]
"""A figure over time, oldest first."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """A target with the newest figure, how it stands, and what is to be expected until its day."""

    target: Target
    value: Decimal | None
    span: Period | None
    """The period of that figure."""
    standing: Standing
    expected: Forecast | None
    risk: Risk
    is_over: bool
    """Whether the day of the target is past: then it is judged, and nothing is expected."""

    @property
    def is_missed(self) -> bool:
        """Tell whether it was missed, or will be as things go on."""
        return self.standing is Standing.MISSED if self.is_over else self.risk is Risk.MISSES


def prospects(targets: Sequence[Target], *, at: datetime) -> list[Prospect]:
    """Return what is to be expected of targets, in their order. Lent figures are counted once for a unit and month, whatever their number."""
    by_unit: dict[str, set[Indicator]] = {}
    for each in targets:
        by_unit.setdefault(each.unit, set()).add(each.indicator)
    courses = {unit: _courses(some, unit, at) for unit, some in by_unit.items()}
    return [_prospect(each, _course(each, courses[each.unit], at), at) for each in targets]


def _courses(indicators: Iterable[Indicator], unit: str, at: datetime) -> dict[str, Course]:
    every = list(indicators)
    lent = [each for each in every if each.query and each.is_share]
    found: dict[str, Course] = {each.code: [] for each in every}
    span = period_of(Kind.MONTH, civil_date(at))
    spans = [span]
    while lent and len(spans) < MONTHS:
        spans.append(spans[-1].before())
    for each_span in reversed(spans):
        try:
            figures = readings(lent, unit, each_span, at=at) if lent else {}
        except NotFound:
            figures = {}
        for code, of_units in figures.items():
            figure = of_units.get(unit)
            found[code].append((each_span, figure.value if figure else None))
    for each in every:
        if not each.query:
            rows: Sequence[Observation] = history_of(each, unit, until=civil_date(at))
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


def _prospect(target: Target, course: Course, at: datetime) -> Prospect:
    indicator, direction = target.indicator, Direction(target.indicator.direction)
    known = [(value, span) for span, value in course if value is not None]
    value, span = known[-1] if known else (None, None)
    expected = forecast_for(indicator, course, target.period, at)
    return Prospect(
        target=target,
        value=value,
        span=span,
        standing=standing(value, target.value, direction, target.tolerance),
        expected=expected,
        risk=risk(expected, target.value, direction),
        is_over=read_period(target.period).last < civil_date(at),
    )


def forecast_for(
    indicator: Indicator, history: Sequence[tuple[Period, Decimal | None]], key: str, at: datetime
) -> Forecast | None:
    """Return what a figure will be in the last period before a target's day. The period that lasts is not over: it tells nothing."""
    # a promise whose day is over is looked at by the end of this year
    until = max(read_period(key).last, civil_date(at).replace(month=12, day=31))
    over = [(span, value) for span, value in history if span.last < civil_date(at)]
    told = [(place, value) for place, (_span, value) in enumerate(over) if value is not None]
    if not over:
        return None
    place, span = len(over) - 1, over[-1][0]
    while span.last < until and place < len(over) + MOST_STEPS:
        span, place = span.after(), place + 1
    if span.last < until:
        return None
    least = None if indicator.unit not in ("%", "") and indicator.direction == Direction.NEITHER else Decimal(0)
    return forecast(told, place, least=least, most=Decimal(100) if indicator.unit == "%" else None)
