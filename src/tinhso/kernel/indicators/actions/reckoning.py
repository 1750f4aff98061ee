"""Reckoning what formulas give, once what they need was told: only what depends on it, each after what it needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.actions.telling import keep
from tinhso.kernel.indicators.formulas import Input, Reckoned, reckon, touched_by
from tinhso.kernel.indicators.models import Indicator, Observation, Source, State
from tinhso.kernel.indicators.queries import formulas_on, inputs_for
from tinhso.kernel.journal.public import record
from tinhso.law.periods import Kind, Period


@act
def reckon_for(
    changed: Collection[str], unit: str, period: Period, *, actor: Actor, at: datetime
) -> dict[str, Reckoned]:
    """
    Reckon anew what depends on some indicators of a unit and period; return what each formula gave.

    A figure that cannot be reckoned any more is withdrawn, with the reason; one that is as it was is not written. What looks
    back (`before`, `year_ago`) changes in later periods as well: whoever calls goes on with those. For our own doors.
    """
    require(access.can_reckon, actor)
    formulas = formulas_on(period.last)
    order = [code for code in touched_by(changed, formulas) if code not in changed or code in formulas]
    indicators = {row.code: row for row in Indicator.objects.filter(code__in=order, frequency=Kind(period.kind))}
    needed = {each for code in order for each in formulas[code].inputs}
    values = inputs_for(needed, unit, period)
    kept = {
        row.indicator.code: row
        for row in Observation.objects.select_for_update(of=("self",))
        .select_related("indicator")
        .filter(unit=unit, period=period.key, indicator__code__in=order)
    }
    found: dict[str, Reckoned] = {}
    written = []
    for code in order:
        if code not in indicators:
            continue
        found[code] = made = reckon(formulas[code], values)
        values[Input(code)] = made.value
        if _write(indicators[code], kept.get(code), made, unit, period, actor=actor, at=at):
            written.append(code)
    record(
        "indicators.reckoned", ("unit", unit), actor=actor, at=at, period=period.key, because=sorted(changed),
        written=written,
    )  # fmt: skip
    return found


def _write(
    indicator: Indicator, kept: Observation | None, made: Reckoned, unit: str, period: Period, *, actor: Actor,
    at: datetime,
) -> bool:  # fmt: skip
    value: Decimal | None = made.value
    if kept is None and value is None:
        return False
    if kept is not None:
        stands = kept.counts and kept.source == Source.FORMULA and kept.value == value
        is_gone = value is None and not kept.counts
        if stands or is_gone:
            return False
    row = kept or Observation(indicator=indicator, unit=unit, period=period.key, first=period.first, version=0, at=at)
    state = State.APPROVED if value is not None else State.WITHDRAWN
    why = made.problem or ", ".join(str(each) for each in made.missing)
    keep(row, state, Source.FORMULA, {"value": value}, note=why, actor=actor, at=at)
    return True
