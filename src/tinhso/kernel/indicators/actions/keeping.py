"""Keeping what modules count, so that a screen can show how things stood on a past day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.measures import Lent
from tinhso.kernel.indicators.models import Indicator, Observation, ObservationVersion, Source, State
from tinhso.kernel.indicators.readings import lent_now
from tinhso.kernel.journal.public import record
from tinhso.law.periods import Kind, Period, period_of

BATCH = 500


@act
def keep_lent(unit: str, *, actor: Actor, at: datetime) -> int:
    """
    Keep the lent figures of a unit and all below it for the periods that last now; return how many changed.

    What is as it was is not written: a version says that a figure changed. For our own worker.
    """
    require(access.can_reckon, actor)
    changed = 0
    every = list(Indicator.objects.exclude(query="").filter(is_active=True))
    for kind in sorted({each.frequency for each in every}):
        if kind == Kind.NINE_MONTHS:
            continue
        some = [each for each in every if each.frequency == kind]
        changed += _keep(some, unit, period_of(Kind(kind), civil_date(at)), actor, at)
    if changed:
        record("indicators.kept", ("unit", unit), actor=actor, at=at, figures=changed)
    return changed


def _keep(indicators: list[Indicator], unit: str, period: Period, actor: Actor, at: datetime) -> int:
    known = {each.code: each for each in indicators}
    standing = {
        (row.indicator_id, row.unit): row
        for row in Observation.objects.select_for_update().filter(indicator__in=indicators, period=period.key)
    }
    made, altered = [], []
    for code, figures in lent_now(indicators, unit, period, at).items():
        for name, lent in figures.items():
            row = standing.get((known[name].pk, code))
            if row is not None and _same(row, lent):
                continue
            if row is None:
                row = Observation(indicator=known[name], unit=code, period=period.key, first=period.first, version=0)
                made.append(row)
            else:
                altered.append(row)
            row.version += 1
            row.value, row.above, row.below = _exact(lent.value), lent.above, lent.below
            row.state, row.source, row.at = State.APPROVED, Source.LENT, at
    Observation.objects.bulk_create(made, batch_size=BATCH)
    Observation.objects.bulk_update(
        altered, ["version", "value", "above", "below", "state", "source", "at"], batch_size=BATCH
    )
    versions = [
        ObservationVersion(
            observation=row, version=row.version, value=row.value, above=row.above, below=row.below, state=row.state,
            source=row.source, by_key=actor.key, by_name=actor.name[:200], at=at,
        )
        for row in (*made, *altered)
    ]  # fmt: skip
    ObservationVersion.objects.bulk_create(versions, batch_size=BATCH)
    return len(versions)


def _same(row: Observation, lent: Lent) -> bool:
    return (row.value, row.above, row.below) == (_exact(lent.value), lent.above, lent.below)


def _exact(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("1e-9"))
