"""What documents promise and report, as a pack gives it: each figure with its text and sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.actions.telling import facts_of, keep
from tinhso.kernel.indicators.models import Indicator, Observation, Source, State, Target
from tinhso.kernel.journal.public import record
from tinhso.law.periods import read_period


@dataclass(frozen=True, slots=True)
class Said:
    """A figure of a document: promised for a period, or reported of one."""

    code: str
    unit: str
    period: str
    value: Decimal
    source: str
    sentence: str = ""
    tolerance: Decimal = Decimal(0)


def news(promised: Sequence[Said], reported: Sequence[Said]) -> tuple[list[Said], list[Said]]:
    """Return those that do not stand yet. What somebody of the province set or told since then is theirs, and stays. Two statements."""
    targets = {
        (row.indicator.code, row.unit, row.period): row
        for row in Target.objects.filter(is_current=True).select_related("indicator")
    }
    figures = set(Observation.objects.values_list("indicator__code", "unit", "period")) if reported else set()
    new = []
    for each in promised:
        stands = targets.get((each.code, each.unit, each.period))
        if stands is None or (
            stands.source == each.source and (stands.value, stands.tolerance) != (each.value, each.tolerance)
        ):
            new.append(each)
    return new, [each for each in reported if (each.code, each.unit, each.period) not in figures]


@act
def take_said(promised: Sequence[Said], reported: Sequence[Said], *, actor: Actor, at: datetime) -> None:
    """Keep what documents promise and report, as far as it is new. For the load of a pack, after the definitions."""
    require(access.can_define, actor)
    known = {row.code: row for row in Indicator.objects.all()}
    new, figures = news(promised, reported)
    for each in new:
        Target.objects.filter(indicator=known[each.code], unit=each.unit, period=each.period, is_current=True).update(
            is_current=False
        )
        made = Target.objects.create(
            indicator=known[each.code], unit=each.unit, period=each.period, value=each.value, tolerance=each.tolerance,
            source=each.source[:300], sentence=each.sentence[:1000], by_name=actor.name[:200], at=at,
        )  # fmt: skip
        record(
            "indicators.target_set", made, actor=actor, at=at, indicator=each.code, unit=each.unit, period=each.period,
            value=f"{each.value:f}",
        )  # fmt: skip
    for each in figures:
        row = Observation(
            indicator=known[each.code], unit=each.unit, period=each.period, first=read_period(each.period).first, version=0, at=at
        )  # fmt: skip
        evidence = f"{each.source}: {each.sentence}" if each.sentence else each.source
        keep(row, State.PUBLISHED, Source.PLAN, {"value": each.value}, evidence=evidence, actor=actor, at=at)
        record("indicators.published", row, actor=actor, at=at, **facts_of(row, known[each.code]))
