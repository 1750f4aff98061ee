"""Keeping what modules count, so that a screen can show how things stood on a past day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
KEPT = (Kind.MONTH, Kind.QUARTER, Kind.YEAR)
"""Periods of which the past can be looked at. Days are not kept: they would be ten times as many rows."""


@act
def keep_lent(unit: str, *, actor: Actor, at: datetime) -> int:
    """
    Keep the lent figures of a unit and all below it for the month, quarter and year and those before; return how many changed.

    What is as it was is not written: a version says that a figure changed. For our own worker.
    """
    require(access.can_reckon, actor)
    every = list(Indicator.objects.exclude(query="").filter(is_active=True))
    # one worker at a time: the second finds what the first has kept
    list(Indicator.objects.select_for_update().filter(pk__in=[each.pk for each in every[:1]]))
    changed = sum(_keep(some, unit, period, actor, at) for some, period in _by_period(every, at))
    record("indicators.kept", ("unit", unit), actor=actor, at=at, figures=changed)
    return changed


def is_news(unit: str, at: datetime) -> bool:
    """Tell whether a lent figure of a unit or one below it is other than it was kept: without that nothing needs to be done."""
    every = list(Indicator.objects.exclude(query="").filter(is_active=True))
    return any(
        standing is None or not _same(standing, lent)
        for some, period in _by_period(every, at)
        for _indicator, _unit, lent, standing in _compared(some, unit, period, at)
    )


def _by_period(every: Iterable[Indicator], at: datetime) -> Iterator[tuple[list[Indicator], Period]]:
    """Yield the indicators with each period that is kept: that which lasts, and the one before, whose dossiers are still settled."""
    rows = list(every)
    for kind in KEPT if rows else ():
        here = period_of(kind, civil_date(at))
        yield rows, here
        yield rows, here.before()


def _compared(
    indicators: Sequence[Indicator], unit: str, period: Period, at: datetime
) -> Iterator[tuple[Indicator, str, Lent, Observation | None]]:
    """Yield each figure as it is counted now, beside the row in which it is kept."""
    known = {each.code: each for each in indicators}
    rows = Observation.objects.filter(indicator__in=indicators, period=period.key)
    standing = {(row.indicator_id, row.unit): row for row in rows}
    for code, figures in lent_now(indicators, unit, period, at).items():
        for name, lent in figures.items():
            yield known[name], code, lent, standing.get((known[name].pk, code))


def _keep(indicators: Sequence[Indicator], unit: str, period: Period, actor: Actor, at: datetime) -> int:
    made: list[Observation] = []
    altered: list[Observation] = []
    for indicator, code, lent, standing in _compared(indicators, unit, period, at):
        if standing is not None and _same(standing, lent):
            continue
        row = standing or Observation(indicator=indicator, unit=code, period=period.key, first=period.first, version=0)
        (made if standing is None else altered).append(row)
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
