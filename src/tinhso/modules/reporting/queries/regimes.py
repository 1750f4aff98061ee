"""Regimes in force, their periods and days, who reports, what was reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import Agency, calendar_for, find_agency, list_agencies
from tinhso.law.periods import Kind, Period, period_of, read_period, report_window
from tinhso.law.working_time.due import last_working_day
from tinhso.modules.reporting.models import Lock, Regime, Return, State

HALVES = 2
MOST_UNITS = 20_000
NINE_MONTHS_FROM = 10
"""The month in which a report of nine months begins to be looked at."""


def list_regimes(on: date) -> list[Regime]:
    """Return the regimes that are in force on a day, by name. One statement."""
    rows = Regime.objects.filter(is_active=True, first__lte=on).order_by("name")
    return [row for row in rows if row.last is None or row.last >= on]


def get_regime(code: str) -> Regime:
    """Return a regime, in force or not. Raises NotFound."""
    found = Regime.objects.filter(pk=code).first()
    if found is None:
        raise NotFound
    return found


def period_for(regime: Regime, key: str) -> Period:
    """Return a period of a regime by its key. Raises NotFound for another kind, and for one it was not in force in."""
    try:
        found = read_period(key)
    except ValueError as error:
        raise NotFound from error
    if (
        found.kind != regime.frequency
        or found.last < regime.first
        or (regime.last is not None and found.first > regime.last)
    ):
        raise NotFound
    return found


def latest_period(regime: Regime, on: date) -> Period:
    """Return the period that a regime asks for on a day: the newest whose figures are closed, or else the one that lasts."""
    kind = Kind(regime.frequency)
    span = _nine_months(on) if kind is Kind.NINE_MONTHS else period_of(kind, on)
    before = span
    for _step in range(3):
        if closes_on(before) < on:
            break
        before = before.before()
    return before if before.last >= regime.first else span


def _nine_months(on: date) -> Period:
    year = on.year if on.month >= NINE_MONTHS_FROM else on.year - 1
    return Period(date(year, 1, 1), Kind.NINE_MONTHS)


def closes_on(period: Period) -> date:
    """Return the day on which the figures of a period are closed (NĐ 09/2019/NĐ-CP Đ.12)."""
    return report_window(period).value.last


def due_on(regime: Regime, period: Period, unit: str) -> date:
    """Return the day until which a report is due: so many working days of the agency after its figures are closed."""
    closed = closes_on(period)
    return last_working_day(closed, regime.working_days * HALVES, calendar_for(unit, closed))


def reports_under(agency: Agency, regime: Regime) -> bool:
    """Tell whether an agency is one of those that report under a regime, by its level and kind."""
    return agency.level in regime.levels and agency.kind in regime.kinds


def units_of(regime: Regime, period: Period, at: datetime, *, below: str = "") -> list[Agency]:
    """Return the agencies that report for a period, as they stood on its last day or stand now: at or below one, or all of them."""
    day = min(period.last, civil_date(at))
    top = find_agency(below, on=day) if below else None
    rows = list_agencies(on=day, below=top.code if top else None, limit=MOST_UNITS)
    return [each for each in ([top, *rows] if top else rows) if reports_under(each, regime)]


def get_return(regime: Regime, unit: str, period: Period) -> Return | None:
    """Return the report of an agency for a period; None when nothing was filled in."""
    return Return.objects.filter(regime=regime, unit=unit, period=period.key).first()


def returns_of(regime: Regime, period: Period, units: Iterable[str]) -> dict[str, Return]:
    """Return the reports of agencies for a period, by agency. One statement."""
    wanted = set(units)
    return {row.unit: row for row in Return.objects.filter(regime=regime, period=period.key) if row.unit in wanted}


def lock_of(regime: Regime, period: Period) -> Lock | None:
    """Return that a period is closed; None while it is open."""
    return Lock.objects.filter(regime=regime, period=period.key).first()


@dataclass(frozen=True, slots=True)
class Reporter:
    """An agency that reports, with how far it is."""

    agency: Agency
    report: Return | None
    due: date

    def is_late(self, on: date) -> bool:
        """Tell whether it should have reported by now, or reported after its day."""
        if (
            self.report is None
            or self.report.submitted_at is None
            or self.report.state in (State.DRAFT, State.RETURNED)
        ):
            return on > self.due
        return civil_date(self.report.submitted_at) > self.due


def reporters_of(regime: Regime, period: Period, at: datetime, *, below: str = "") -> list[Reporter]:
    """Return who reports for a period and how far each is, in the order of the agencies."""
    units = units_of(regime, period, at, below=below)
    told = returns_of(regime, period, [each.code for each in units])
    return [Reporter(each, told.get(each.code), due_on(regime, period, each.code)) for each in units]


def own_units(codes: Sequence[str], regime: Regime, period: Period, at: datetime) -> list[Agency]:
    """Return those of some agencies that report under a regime; a division reports as the agency it belongs to."""
    day = min(period.last, civil_date(at))
    found: dict[str, Agency] = {}
    for code in codes:
        agency = find_agency(code, on=day)
        for above in reversed(agency.path_codes) if agency else ():
            here = find_agency(above, on=day)
            if here is not None and reports_under(here, regime):
                found[here.code] = here
                break
    return list(found.values())
