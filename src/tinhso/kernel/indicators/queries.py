"""Reading figures: of a unit, of all below it together, over time; and down to what a figure came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tinhso.base.refusals import NotFound
from tinhso.kernel.indicators.formulas import Formula as ReadFormula
from tinhso.kernel.indicators.formulas import Input, read_formula, reckon
from tinhso.kernel.indicators.models import (
    COUNTS,
    Formula,
    Indicator,
    Observation,
    ObservationVersion,
    Rule,
    Source,
    State,
    Target,
)
from tinhso.kernel.organisation.public import Agency, find_agency, list_agencies
from tinhso.law import indicators as law
from tinhso.law.periods import Kind, Period, read_period

MOST_UNITS = 20_000


def get_indicator(code: str) -> Indicator:
    """Return one indicator. Raises NotFound."""
    found = Indicator.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def list_indicators(codes: Iterable[str]) -> dict[str, Indicator]:
    """Return indicators that are in use, by their codes; what nobody defined is left out. One statement."""
    return {row.code: row for row in Indicator.objects.filter(code__in=list(codes), is_active=True)}


def told_by(found: Observation) -> str:
    """Say where a figure that was told comes from: the text it was read in, or how it came. One statement for what was read."""
    if found.source != Source.PLAN:
        return str(found.get_source_display())
    rows = ObservationVersion.objects.filter(observation=found, version=found.version)
    said: str = rows.values_list("evidence", flat=True).first() or ""
    return said.partition(":")[0] or str(found.get_source_display())


def list_every() -> list[Indicator]:
    """Return all indicators that are in use, by field and name. One statement."""
    return list(Indicator.objects.filter(is_active=True).order_by("field", "name"))


def next_target(indicator: Indicator, unit: str, day: date) -> Target | None:
    """Return what is promised of a unit for the nearest period that is not over on a day, or else was promised last. One statement."""
    rows = Target.objects.filter(indicator=indicator, unit=unit, is_current=True)
    promised = sorted(((read_period(row.period).last, row) for row in rows), key=lambda each: each[0])
    ahead = [row for last, row in promised if last >= day]
    return ahead[0] if ahead else promised[-1][1] if promised else None


def owner_path(indicator: Indicator, on: date) -> Sequence[str]:
    """Return the codes from the province down to the agency that answers for an indicator; empty when nobody does."""
    agency = find_agency(indicator.owner, on=on) if indicator.owner else None
    return agency.path_codes if agency else ()


def teller_of(found: Observation) -> str:
    """Return the key of who told the figure that stands: the latest draft. One statement."""
    rows = ObservationVersion.objects.filter(observation=found, state=State.DRAFT).order_by("-version")
    return rows.values_list("by_key", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A figure of one unit and period, with what it came from.

    `told` is the unit's own observation; without one, `below` are the units whose figures make it together. `missing` are
    units below that told nothing: the value is that of the others.
    """

    unit: str
    value: Decimal | None
    told: Observation | None = None
    below: tuple[Figure, ...] = ()
    missing: tuple[str, ...] = ()
    problem: str = ""
    above: Decimal | None = None
    beneath: Decimal | None = None
    """Of a ratio: the sums it is a ratio of."""
    formula: str = ""
    inputs: tuple[tuple[Input, Figure], ...] = ()
    """Where neither the unit nor those below it told it: what it was reckoned from, each input with its own figure."""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is missing in it."""
        return self.value is not None and not self.missing


def figure_of(indicator: Indicator, unit: str, period: Period) -> Figure:
    """
    Return the figure of a unit for a period: its own, or that of all units below it together, by the indicator's rule.

    Where nobody told it and it has a formula, it is reckoned from the figures of that unit: a share of a district is the share
    of its sums. The tree is that of the period's last day. Four statements, five for a weighted mean, however many units
    there are, and as many again for each input of a formula. Raises NotFound for a unit that there was not.
    """
    return figures_of_many([indicator], unit, period)[indicator.code]


def figures_of_many(indicators: Sequence[Indicator], unit: str, period: Period) -> dict[str, Figure]:
    """
    Return the figures of a unit for a period by indicator, as `figure_of` does, in four statements for all of them together.

    A weighted mean costs one more, and one that is reckoned by a formula what its inputs do. Raises NotFound.
    """
    here = find_agency(unit, on=period.last)
    if here is None:
        raise NotFound
    below = [
        each for each in list_agencies(on=period.last, below=here.code, limit=MOST_UNITS) if each.code != here.code
    ]
    wanted = {here.code, *(each.code for each in below)}
    told: dict[int, dict[str, Observation]] = {}
    rows = Observation.objects.filter(indicator__in=list(indicators), period=period.key, state__in=COUNTS)
    for row in rows:
        if row.unit in wanted:
            told.setdefault(row.indicator_id, {})[row.unit] = row
    formulas = dict(
        Formula.objects.on(period.last).filter(indicator__in=list(indicators)).values_list("indicator_id", "text")
    )
    found = {}
    for each in indicators:
        units = [one for one in below if one.level in each.levels]
        weights = _weights(each, [one.code for one in units], period)
        figure = _Tree(each, units, told.get(each.pk, {}), weights).figure(here)
        text = None if figure.told is not None else formulas.get(each.pk)
        found[each.code] = _reckoned(read_formula(text), unit, period) if text else figure
    return found


def _reckoned(formula: ReadFormula, unit: str, period: Period) -> Figure:
    """Return what a formula gives of the figures of a unit, those below it together where it told none itself."""
    known = {row.code: row for row in Indicator.objects.filter(code__in={each.code for each in formula.inputs})}
    made: list[tuple[Input, Figure]] = []
    for each in formula.inputs:
        indicator = known[each.code]
        if each.shift == "target":
            promised = target_of(indicator, unit, period)
            made.append((each, Figure(unit, promised.value if promised else None)))
            continue
        span = {"": period, "before": period.before(), "year_ago": period.year_ago()}[each.shift]
        try:
            made.append((each, figure_of(indicator, unit, span)))
        except NotFound:
            made.append((each, Figure(unit, None, problem="nothing")))
    found = reckon(formula, {each: figure.value for each, figure in made})
    missing = tuple(dict.fromkeys(code for _each, figure in made for code in figure.missing))
    return Figure(unit, found.value, None, (), missing, found.problem, formula=formula.text, inputs=tuple(made))


def _weights(indicator: Indicator, units: Sequence[str], period: Period) -> Mapping[str, Decimal | None]:
    if indicator.over_units != Rule.MEAN or not indicator.weight:
        return {}
    rows = Observation.objects.filter(indicator__code=indicator.weight, period=period.key, state__in=COUNTS)
    wanted = set(units)
    return {row.unit: row.value for row in rows if row.unit in wanted}


class _Tree:
    """The units below one, each under the nearest one above it that is measured as well."""

    def __init__(
        self,
        indicator: Indicator,
        units: Iterable[Agency],
        told: Mapping[str, Observation],
        weights: Mapping[str, Decimal | None],
    ) -> None:
        self.rule, self.told, self.weights = law.Rule(indicator.over_units), told, weights
        self.units = {each.code: each for each in units}
        self.below: dict[str, list[Agency]] = {}
        for each in self.units.values():
            nearest = next((code for code in reversed(each.path_codes[:-1]) if code in self.units), "")
            self.below.setdefault(nearest, []).append(each)

    def figure(self, unit: Agency) -> Figure:
        """Return the figure of a unit: what it told itself stands before what is made of others."""
        own = self.told.get(unit.code)
        if own is not None:
            return Figure(unit.code, own.value, own, above=own.above, beneath=own.below)
        children = self.below.get(unit.code if unit.code in self.units else "", [])
        if not children:
            return Figure(unit.code, None, missing=(unit.code,) if unit.code in self.units else (), problem="nothing")
        figures = tuple(self.figure(each) for each in children)
        made = law.combine(self.rule, [self._part(each) for each in figures])
        missing = tuple(
            dict.fromkeys(
                code for each in figures for code in (each.missing or ((each.unit,) if each.value is None else ()))
            )
        )
        return Figure(unit.code, made.value, None, figures, missing, made.problem, made.numerator, made.denominator)

    def _part(self, figure: Figure) -> law.Part:
        if self.rule is law.Rule.RATIO:
            return law.Part(figure.unit, figure.above, figure.beneath)
        if self.rule is law.Rule.MEAN:
            return law.Part(figure.unit, figure.value, self.weights.get(figure.unit))
        return law.Part(figure.unit, figure.value)


def history_of(indicator: Indicator, unit: str, *, until: date, most: int = 60) -> list[Observation]:
    """Return the figures of a unit that count, oldest first, up to a day. One statement."""
    rows = Observation.objects.filter(indicator=indicator, unit=unit, first__lte=until, state__in=COUNTS)
    return list(rows.order_by("-first")[:most])[::-1]


def target_of(indicator: Indicator, unit: str, period: Period) -> Target | None:
    """Return what is promised of a unit for a period; None for nothing. One statement."""
    return Target.objects.filter(indicator=indicator, unit=unit, period=period.key, is_current=True).first()


def formulas_on(day: date) -> dict[str, ReadFormula]:
    """Return the formulas in force on a day, by the code of what they reckon. One statement."""
    rows = Formula.objects.on(day).filter(indicator__is_active=True).values_list("indicator__code", "text")
    return {code: read_formula(text) for code, text in rows}


def looking_back(code: str, unit: str, period: Period) -> list[Period]:
    """Return the later periods of a unit whose formulas look back at an indicator in a period: the next one, and a year on."""
    shifts = {
        each.shift
        for formula in formulas_on(period.last).values()
        for each in formula.inputs
        if each.code == code and each.shift
    }
    later = []
    if "before" in shifts:
        later.append(period.after())
    if "year_ago" in shifts:
        later.append(period.year_on())
    known = (
        set(
            Observation.objects.filter(unit=unit, period__in=[each.key for each in later]).values_list(
                "period", flat=True
            )
        )
        if later
        else set()
    )
    return [each for each in later if each.key in known]


def inputs_for(wanted: Iterable[Input], unit: str, period: Period) -> dict[Input, Decimal | None]:
    """Return the figures that formulas need of a unit for a period. Two statements at most."""
    keys = {"": period.key, "before": period.before().key, "year_ago": period.year_ago().key}
    every = list(wanted)
    told = {
        (row.indicator.code, row.period): row.value
        for row in Observation.objects.filter(
            unit=unit,
            period__in=set(keys.values()),
            state__in=COUNTS,
            indicator__code__in={each.code for each in every},
        ).select_related("indicator")
    }
    promised: dict[str, Decimal] = {}
    if any(each.shift == "target" for each in every):
        rows = Target.objects.filter(
            unit=unit, period=period.key, is_current=True, indicator__code__in={each.code for each in every}
        )
        promised = dict(rows.values_list("indicator__code", "value"))
    return {
        each: promised.get(each.code) if each.shift == "target" else told.get((each.code, keys[each.shift]))
        for each in every
    }


def period_of_key(indicator: Indicator, key: str) -> Period:
    """Return a period of the indicator's frequency. Raises NotFound."""
    try:
        found = read_period(key)
    except ValueError as error:
        raise NotFound from error
    if found.kind is not Kind(indicator.frequency):
        raise NotFound
    return found
