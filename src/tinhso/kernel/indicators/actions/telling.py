"""Telling a figure of a unit for a period, and setting what is promised of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.models import (
    Indicator,
    Observation,
    ObservationVersion,
    Rule,
    Source,
    State,
    Target,
)
from tinhso.kernel.indicators.queries import get_indicator, owner_path
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Agency, find_agency, last_known_agency, successors
from tinhso.law.periods import Kind, Period, read_period

LONGEST = 1000
MOST_DIGITS = 18
THOUSANDS = 3
"""Digits between the points that part thousands."""
_OPEN = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.WITHDRAWN)
"""States in which a figure may be told again by who tells; what was approved is withdrawn first."""


class UnitEnded(Refusal):
    """The unit ended before the period began, or in it."""

    code = "indicators.unit_ended"
    text = _("{unit} ended on {day}. For {period}, enter the figure for {heirs}: its work went there.")


class NotMeasured(Refusal):
    """The indicator is not measured of this unit."""

    code = "indicators.not_measured"
    text = _("“{indicator}” is not measured of {unit}. It is measured at: {levels}.")


class NotThisPeriod(Refusal):
    """The period is not one that the indicator is told for."""

    code = "indicators.not_this_period"
    text = _("“{indicator}” is told {frequency}. “{period}” is no such period, or it has not begun.")


class AlreadyDecided(Refusal):
    """It counts already."""

    code = "indicators.already_decided"
    text = _("This figure was approved. It is changed by withdrawing it first, with a reason.")


class ChangedMeanwhile(Refusal):
    """Somebody else told it, or decided, since the page was opened."""

    code = "indicators.changed_meanwhile"
    text = _("Somebody changed this figure meanwhile. Look at it again; what you typed was not kept over theirs.")


@act
def tell(
    code: str,
    unit: str,
    period: str,
    given: Mapping[str, str],
    *,
    seen: int = 0,
    evidence: str = "",
    note: str = "",
    source: Source = Source.ENTERED,
    actor: Actor,
    at: datetime,
) -> Observation:
    """
    Tell the figure of a unit for a period, as a draft: `value`, of a ratio `above` and `below`; empty says that it is missing.

    `seen` is the version that the page showed, 0 for none. Numbers are as a person of the province types them (1.234,5) or
    as programs do (1234.5). Raises NotFound, UnitEnded, NotMeasured, NotThisPeriod, AlreadyDecided, ChangedMeanwhile, BadInput.
    """
    indicator = get_indicator(code)
    span = _period(indicator, period, at)
    agency = _unit(indicator, unit, span)
    require(access.can_tell, actor, agency.path_codes)
    numbers = _numbers(indicator, given)
    found = _standing(indicator, span, agency)
    if (found.version if found else 0) != seen:
        raise ChangedMeanwhile
    if found is not None and found.state not in _OPEN:
        raise AlreadyDecided
    if found is None:
        found = Observation(indicator=indicator, unit=agency.code, period=span.key, first=span.first, version=0, at=at)
    keep(found, State.DRAFT, source, numbers, evidence=evidence, note=note, actor=actor, at=at)
    record("indicators.told", found, actor=actor, at=at, **facts_of(found, indicator))
    return found


def _standing(indicator: Indicator, span: Period, agency: Agency) -> Observation | None:
    """Return the figure that there is, locked; without one the indicator is locked, so that of two who begin one is second."""
    rows = Observation.objects.select_for_update().filter(indicator=indicator, period=span.key, unit=agency.code)
    found = rows.first()
    if found is None:
        Indicator.objects.select_for_update().get(pk=indicator.pk)
        found = rows.first()
    return found


def keep(
    found: Observation,
    state: State,
    source: Source,
    numbers: Mapping[str, Decimal | None],
    *,
    evidence: str = "",
    note: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Write a new version of an observation, within the act that runs; the row is the caller's alone: locked, or new."""
    found.version += 1
    found.state, found.source, found.at = state, source, at
    for name, number in numbers.items():
        setattr(found, name, number)
    found.save()
    ObservationVersion.objects.create(
        observation=found, version=found.version, value=found.value, above=found.above, below=found.below, state=state,
        source=source, evidence=evidence.strip()[:LONGEST], note=note.strip()[:LONGEST], by_key=actor.key,
        by_name=actor.name[:200], at=at,
    )  # fmt: skip


def facts_of(found: Observation, indicator: Indicator) -> dict[str, Any]:
    """Return what the journal keeps of an observation: the figure itself is nobody's secret."""
    return {
        "indicator": indicator.code,
        "unit": found.unit,
        "period": found.period,
        "version": found.version,
        "value": None if found.value is None else f"{found.value.normalize():f}",
    }


def _period(indicator: Indicator, key: str, at: datetime) -> Period:
    try:
        span = read_period(key)
    except ValueError:
        span = None
    if span is None or span.kind is not Kind(indicator.frequency) or span.first > civil_date(at):
        raise NotThisPeriod(indicator=indicator.name, frequency=indicator.get_frequency_display(), period=key)
    return span


def _unit(indicator: Indicator, code: str, span: Period) -> Agency:
    """Return the unit as it stood at the end of the period. Raises NotFound, UnitEnded, NotMeasured."""
    agency = find_agency(code, on=span.last)
    if agency is None:
        last = last_known_agency(code)
        if last.valid_to is None or last.valid_to >= span.last:
            raise NotFound
        heirs = ", ".join(each.name for each in successors(code, span.last) if each.code != code) or "–"
        raise UnitEnded(unit=last.name, day=f"{last.valid_to:%d/%m/%Y}", period=span.key, heirs=heirs)
    if agency.level not in indicator.levels:
        raise NotMeasured(indicator=indicator.name, unit=agency.name, levels=", ".join(indicator.levels))
    return agency


def _numbers(indicator: Indicator, given: Mapping[str, str]) -> dict[str, Decimal | None]:
    """Return the numbers of a figure. Raises BadInput that names the field of each that is none."""
    names = ("above", "below") if indicator.over_units == Rule.RATIO else ("value",)
    read: dict[str, Decimal | None] = {}
    faults = []
    for name in names:
        try:
            read[name] = number_of(given.get(name, ""))
        except ValueError:
            text = _("“{typed}” is no number. Type it as 1.234,5 or 1234.5, without a unit.")
            faults.append(Fault(f"/{name}", str(text).format(typed=given.get(name, "")[:40]), "number"))
    if not faults and indicator.over_units == Rule.RATIO:
        above, below = read["above"], read["below"]
        if (above is None) != (below is None):
            faults.append(Fault("/below", _("Give both numbers, or none.")))
        elif above is not None and below is not None and (below <= 0 or above < 0):
            faults.append(Fault("/below", _("It is a share of something: the second number is above nought.")))
        read["value"] = None if above is None or not below else (above / below).quantize(Decimal("1e-9"))
    if faults:
        raise BadInput(faults=faults)
    return {"above": None, "below": None, **read}


def number_of(typed: str) -> Decimal | None:
    """
    Return a number as people of the province type it (`1.234.567,8`) or as programs write it (`1234567.8`); None for nothing.

    A single point with three digits behind it parts thousands, as in Vietnamese: `1.234` is one thousand and more. Raises ValueError.
    """
    text = "".join(typed.split())
    if not text:
        return None
    body = text.removeprefix("-")
    if "," in body:
        whole, comma, rest = body.rpartition(",")
        groups = whole.split(".")
        fits = not comma or (rest.isdigit() and _grouped(groups) and "," not in whole)
        plain = f"{''.join(groups)}.{rest}"
    elif body.count(".") > 1 or (body.count(".") == 1 and _grouped(body.split("."))):
        fits, plain = _grouped(body.split(".")), body.replace(".", "")
    else:
        fits, plain = True, body
    try:
        found = Decimal(plain) if fits and plain.isascii() and plain.replace(".", "", 1).isdigit() else None
    except InvalidOperation:
        found = None
    if found is None or len(plain.partition(".")[0]) > MOST_DIGITS:
        raise ValueError(typed)
    return -found if text.startswith("-") else found


def _grouped(groups: list[str]) -> bool:
    """Tell whether digits stand in groups of thousands; one group of any length is."""
    first, *rest = groups
    if not rest:
        return first.isdigit()
    whole = all(each.isdigit() for each in groups)
    return whole and 1 <= len(first) <= THOUSANDS and all(len(each) == THOUSANDS for each in rest)


@act
def set_target(
    code: str,
    unit: str,
    period: str,
    value: str,
    *,
    source: str,
    sentence: str = "",
    tolerance: Decimal = Decimal(0),
    actor: Actor,
    at: datetime,
) -> Target:
    """Set what is promised of an indicator for a unit and period; the one before stays, and counts no more. Raises NotFound, BadInput."""
    indicator = get_indicator(code)
    require(access.can_set_target, actor, owner_path(indicator, civil_date(at)))
    faults = [] if source.strip() else [Fault("/source", _("Name the text that promises it."))]
    wanted: Decimal | None = None
    try:
        wanted = number_of(value)
        span = read_period(period)
    except ValueError:
        faults.append(Fault("/value", _("Give a number and a period, such as 2025 or 2025-Q4.")))
    if wanted is None or faults:
        raise BadInput(faults=faults or [Fault("/value", _("Give a number and a period, such as 2025 or 2025-Q4."))])
    if find_agency(unit, on=_day(span.last, at)) is None:
        raise NotFound
    Target.objects.filter(indicator=indicator, unit=unit, period=span.key, is_current=True).update(is_current=False)
    made = Target.objects.create(
        indicator=indicator, unit=unit, period=span.key, value=wanted, tolerance=tolerance, source=source.strip()[:300],
        sentence=sentence.strip()[:LONGEST], by_name=actor.name[:200], at=at,
    )  # fmt: skip
    record(
        "indicators.target_set", made, actor=actor, at=at, indicator=code, unit=unit, period=span.key,
        value=f"{wanted:f}",
    )  # fmt: skip
    return made


def _day(last: date, at: datetime) -> date:
    """Return the day on which a unit is looked for: a promise may be of years ahead, whose agencies nobody knows."""
    return min(last, civil_date(at))
