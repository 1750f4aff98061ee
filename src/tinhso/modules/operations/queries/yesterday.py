"""What the acts of a day changed: how often each thing was done, and which figures are others than the day before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.registry import Event, registry
from tinhso.kernel.indicators.public import Indicator, list_indicators, readings
from tinhso.kernel.journal.public import count_acts
from tinhso.kernel.organisation.public import Agency, list_agencies
from tinhso.law.periods import Kind, Period, period_of
from tinhso.modules.operations.models import Board

SHOWN = ("onestop.", "inspection.", "indicators.", "quality.period", "quality.survey", "queueing.", "holdings.")
"""Prefixes of the acts that a leader is told of; upkeep is not among them."""
UPKEEP = ("indicators.kept", "indicators.reckoned", "indicators.defined")


@dataclass(frozen=True, slots=True)
class Done:
    """How often something was done on a day and on the day before."""

    event: str
    title: str
    number: int
    before: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure as it was kept at the end of a day and of the day before."""

    indicator: Indicator
    before: Decimal | None
    after: Decimal | None


def acts_of(day: date, unit: Agency) -> list[Done]:
    """Return what was done in a unit and below it on a civil day, the most frequent first. Three statements."""
    agencies = () if not unit.parent_code else tuple(each.code for each in list_agencies(on=day, below=unit.code))
    first, until = _begin(day), _begin(day + timedelta(days=1))
    now = count_acts(first, until, agencies)
    before = count_acts(_begin(day - timedelta(days=1)), first, agencies)
    titles = {each.key: str(each.title) for each in registry.of(Event)}
    made = [
        Done(event, titles.get(event, event), number, before.get(event, 0))
        for event, number in now.items()
        if event.startswith(SHOWN) and event not in UPKEEP
    ]
    return sorted(made, key=lambda each: (-each.number, each.title))


def figures_of(day: date, unit: Agency, board: Board, *, at: datetime) -> list[Changed]:
    """Return the figures of a board that a day changed, as they were kept: of the month of that day. Told ones as well."""
    codes = [code for block in board.blocks for code in block["tiles"]]
    known = list_indicators(codes)
    period: Period = period_of(Kind.MONTH, day)
    then = readings(list(known.values()), unit.code, period, at=at, as_of=_begin(day))
    until = min(at, _begin(day + timedelta(days=1)))
    after = readings(list(known.values()), unit.code, period, at=at, as_of=until)
    made = []
    for code in dict.fromkeys(codes):
        if code not in known:
            continue
        old, new = then.get(code, {}).get(unit.code), after.get(code, {}).get(unit.code)
        before_value, after_value = old.value if old else None, new.value if new else None
        if before_value != after_value:
            made.append(Changed(known[code], before_value, after_value))
    return made


def yesterday(at: datetime) -> date:
    """Return the civil day before a moment."""
    return civil_date(at) - timedelta(days=1)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CIVIL_ZONE)
