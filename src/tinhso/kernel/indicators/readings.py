"""Many figures at once, as screens show them: of a unit and all below it, for one period, now or as they stood at a past moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.indicators.measures import Counted, Lent, lender_of
from tinhso.kernel.indicators.models import COUNTS, Indicator, Observation, ObservationVersion, Source, Target
from tinhso.kernel.indicators.queries import MOST_UNITS, Figure, figures_of_many
from tinhso.kernel.organisation.public import find_agency, list_agencies
from tinhso.law.periods import Kind, Period, period_of

type Readings = dict[str, dict[str, Figure]]
"""Figures by indicator, then by unit."""


def readings(
    indicators: Sequence[Indicator], unit: str, period: Period, *, at: datetime, as_of: datetime | None = None
) -> Readings:
    """
    Return the figures of a unit and of those below it that have one.

    Lent figures are counted once for each module that lends them, whatever their number; told ones cost four statements
    together, and are looked for in the period of their own frequency in which this one ends. `as_of`: what was kept at that moment.
    Raises NotFound for a unit that there was not.
    """
    if find_agency(unit, on=min(period.last, civil_date(at))) is None:
        raise NotFound
    if as_of is not None:
        return _kept(indicators, unit, period, as_of)
    counted: dict[str, Counted] = {}
    found: Readings = {}
    told: dict[Period, list[Indicator]] = {}
    for each in indicators:
        lent = lender_of(each.query) if each.query else None
        if lent is None:
            told.setdefault(own_period(each, period), []).append(each)
            continue
        if lent[0].key not in counted:
            counted[lent[0].key] = lent[0].count(unit, period, at)
        figures = counted[lent[0].key]
        found[each.code] = {
            code: Figure(code, row[lent[1]].value, above=row[lent[1]].above, beneath=row[lent[1]].below)
            for code, row in figures.items()
            if lent[1] in row
        }
    for span, some in told.items():
        found |= _told(some, unit, span)
    return found


def own_period(indicator: Indicator, period: Period) -> Period:
    """Return the period of an indicator's own frequency in which a period ends; lent ones are counted for any."""
    kind = Kind(indicator.frequency)
    if indicator.query or kind is period.kind:
        return period
    if kind is Kind.NINE_MONTHS:
        return Period(period.first.replace(month=1, day=1), kind)
    return period_of(kind, period.last)


def _told(indicators: Sequence[Indicator], unit: str, period: Period) -> Readings:
    try:
        figures = figures_of_many(indicators, unit, period)
    except NotFound:
        return {each.code: {} for each in indicators}
    return {code: {each.unit: each for each in _all(whole)} for code, whole in figures.items()}


def _all(figure: Figure) -> Iterable[Figure]:
    yield figure
    for each in figure.below:
        yield from _all(each)


def _kept(indicators: Sequence[Indicator], unit: str, period: Period, moment: datetime) -> Readings:
    """Return what was kept of figures at a moment: the version of each that stood then. Two statements."""
    day = min(period.last, civil_date(moment))
    units = [each.code for each in list_agencies(on=day, below=unit, limit=MOST_UNITS)]
    known = {each.pk: each for each in indicators}
    keys = {each.pk: own_period(each, period).key for each in indicators}
    then = (
        ObservationVersion.objects.filter(observation=OuterRef("pk"), at__lte=moment)
        .order_by("-version")
        .values("pk")[:1]
    )
    rows = (
        Observation.objects.filter(indicator__in=known, period__in=set(keys.values()), unit__in=[unit, *units])
        .annotate(then=Subquery(then))
        .exclude(then=None)
    )
    every = {(row.indicator_id, row.unit): row for row in rows if row.period == keys[row.indicator_id]}
    versions = ObservationVersion.objects.in_bulk([row.then for row in every.values()])
    found: Readings = {each.code: {} for each in indicators}
    for (pk, code), row in every.items():
        stood = versions[row.then]
        if stood.state in COUNTS and stood.value is not None:
            found[known[pk].code][code] = Figure(code, stood.value, above=stood.above, beneath=stood.below)
    return found


def first_kept(indicators: Iterable[Indicator]) -> datetime | None:
    """Return since when figures are kept, for looking back; None where none is. One statement."""
    rows = ObservationVersion.objects.filter(observation__indicator__in=list(indicators), source=Source.LENT)
    return rows.order_by("at").values_list("at", flat=True).first()


def targets_for(codes: Iterable[str], units: Iterable[str], period: Period) -> dict[tuple[str, str], Target]:
    """
    Return what is promised, by indicator and unit: for the period itself, for the year it lies in, or for a year that is over. One statement.

    A share promised for a year is promised for each month of it, a number is not. What was promised until a year is not taken
    back when that year ends; whoever shows it says for when it was made.
    """
    year = str(period.last.year)
    rows = Target.objects.filter(indicator__code__in=list(codes), unit__in=list(units), is_current=True)
    fits = [
        row
        for row in rows.select_related("indicator")
        if row.period == period.key
        or (
            len(row.period) == len(year)
            and row.period <= year
            and (row.indicator.is_share or row.indicator.frequency == Kind.YEAR)
        )
    ]
    found: dict[tuple[str, str], Target] = {}
    for row in sorted(fits, key=lambda each: (each.period == period.key, each.period)):
        found[row.indicator.code, row.unit] = row
    return found


def latest_told(indicators: Iterable[Indicator], unit: str, until: date) -> dict[str, Observation]:
    """Return the newest figure of a unit that counts, by indicator: what is known where a period has none. One statement."""
    rows = Observation.objects.filter(indicator__in=list(indicators), unit=unit, first__lte=until, state__in=COUNTS)
    return {row.indicator.code: row for row in rows.select_related("indicator").order_by("first")}


def promises_of(unit: str) -> list[Target]:
    """Return everything that is promised of a unit, by text and period. One statement."""
    rows = Target.objects.filter(unit=unit, is_current=True, indicator__is_active=True).select_related("indicator")
    return list(rows.order_by("source", "period", "indicator__name"))


def lent_now(
    indicators: Iterable[Indicator], unit: str, period: Period, at: datetime
) -> Mapping[str, Mapping[str, Lent]]:
    """Return the lent figures of a unit and all below it, by unit and then by indicator: what the worker keeps."""
    counted: dict[str, Counted] = {}
    found: dict[str, dict[str, Lent]] = {}
    for each in indicators:
        lent = lender_of(each.query)
        if lent is None:
            continue
        if lent[0].key not in counted:
            counted[lent[0].key] = lent[0].count(unit, period, at)
        for code, row in counted[lent[0].key].items():
            if lent[1] in row:
                found.setdefault(code, {})[each.code] = row[lent[1]]
    return found
