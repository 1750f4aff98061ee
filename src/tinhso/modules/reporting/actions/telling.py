"""Filling in, submitting, giving back, approving, opening again, closing a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.indicators.public import UnitEnded, number_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Agency, find_agency, last_known_agency, successors
from tinhso.law.periods import Period
from tinhso.modules.reporting import access, events
from tinhso.modules.reporting.models import Lock, Regime, Return, ReturnVersion, State
from tinhso.modules.reporting.queries import grids
from tinhso.modules.reporting.queries.regimes import get_regime, lock_of, period_for, reporters_of, reports_under
from tinhso.web.words import own

LONGEST = 1_000
_OPEN = (State.DRAFT, State.RETURNED)


class FilledElsewhere(Refusal):
    """Two people fill in, or decide on, the same report."""

    code = "reporting.filled_elsewhere"
    text = _(
        "Somebody else has changed this report meanwhile. What you typed is still in the boxes: look at theirs, then send yours again."
    )


class NotNow(Refusal):
    """The report is not where this act begins."""

    code = "reporting.not_now"
    text = _("This report is “{state}” now. Look at it again.")


class Closed(Refusal):
    """The period was closed."""

    code = "reporting.closed"
    text = _("This period was closed on {day}. Who answers for the regime can open a report again, with a reason.")


class NotReporting(Refusal):
    """The agency does not report under this regime."""

    code = "reporting.not_reporting"
    text = _("“{unit}” does not report under “{regime}”.")


@act
def fill(
    regime_code: str,
    unit: str,
    period_key: str,
    given: Mapping[str, str],
    *,
    note: str = "",
    seen: int,
    actor: Actor,
    at: datetime,
) -> Return:
    """
    Keep what was typed of a report, as a draft. `given`: by `row/column`, numbers as people type them; what is left out stays.

    `seen` is the version that the page showed, 0 for none. Raises NotFound, NotReporting, UnitEnded, Forbidden, Closed, NotNow,
    FilledElsewhere, BadInput by cell.
    """
    regime, period, agency = _where(regime_code, unit, period_key, at)
    require(access.can_fill, actor, agency.path_codes)
    found = _locked(regime, agency.code, period)
    if (found.version if found else 0) != seen:
        raise FilledElsewhere
    _check_open(regime, period, found)
    grid = grids.read_grid(regime.grid)
    cells = _read(grid, found.cells if found else {}, given)
    report = found or Return(regime=regime, unit=agency.code, period=period.key, version=0, at=at)
    report.cells, report.note = cells, note.strip()[:LONGEST]
    _keep(report, State.DRAFT, "", actor, at)
    record(events.FILLED.key, report, actor=actor, at=at, **_facts(report))
    return report


@act
def submit(report_id: int, *, seen: int, actor: Actor, at: datetime) -> Return:
    """
    Hand a report in, when nothing that is required is missing and no check says no; a warning is no hindrance.

    Raises NotFound, Forbidden, Closed, NotNow, FilledElsewhere, BadInput by cell.
    """
    report, agency, period = _held(report_id, seen, at)
    require(access.can_fill, actor, agency.path_codes)
    _check_open(report.regime, period, report)
    grid = grids.read_grid(report.regime.grid)
    cells = grids.reckoned(grid, report.cells)
    faults = [
        Fault(f"/{row}/{column}", _("Fill this in; where there is none, type 0."))
        for row, column in grids.lacking(grid, cells)
    ]
    faults += [Fault("", own(each, "text")) for each in grids.broken(grid, cells) if not each.is_warning]
    if faults:
        raise BadInput(faults=faults)
    report.submitted_by, report.submitted_at = actor.key, at
    _keep(report, State.SUBMITTED, "", actor, at)
    record(events.SUBMITTED.key, report, actor=actor, at=at, **_facts(report))
    return report


@act
def give_back(report_id: int, reason: str, *, seen: int, actor: Actor, at: datetime) -> Return:
    """Give a report back with a reason, of a closed period too. Raises NotFound, Forbidden, NotNow, FilledElsewhere, BadInput."""
    report = _deciding(report_id, seen, State.SUBMITTED, actor, at, of_closed=True)
    _keep(report, State.RETURNED, _said(reason), actor, at)
    record(events.RETURNED.key, report, actor=actor, at=at, reason=report.reason, **_facts(report))
    return report


@act
def approve(report_id: int, *, seen: int, actor: Actor, at: datetime) -> Return:
    """Approve a report: from now on it counts. Raises NotFound, Forbidden, NotNow, FilledElsewhere, Closed."""
    report = _deciding(report_id, seen, State.SUBMITTED, actor, at)
    _keep(report, State.APPROVED, "", actor, at)
    record(events.APPROVED.key, report, actor=actor, at=at, **_facts(report))
    return report


@act
def reopen(report_id: int, reason: str, *, seen: int, actor: Actor, at: datetime) -> Return:
    """Open an approved report again, of a closed period too: what counted stays as a version. Raises as `give_back`."""
    report = _deciding(report_id, seen, State.APPROVED, actor, at, of_closed=True)
    _keep(report, State.RETURNED, _said(reason), actor, at)
    record(events.REOPENED.key, report, actor=actor, at=at, reason=report.reason, **_facts(report))
    return report


@act
def close(regime_code: str, period_key: str, *, actor: Actor, at: datetime) -> Lock:
    """Close a period: nothing of it is filled in any more; who was not approved is kept. Raises NotFound, Forbidden, NotNow."""
    require(access.can_lock, actor)
    regime = Regime.objects.select_for_update().filter(pk=regime_code).first()
    if regime is None:
        raise NotFound
    period = period_for(regime, period_key)
    if lock_of(regime, period) is not None or period.last >= civil_date(at):
        raise NotNow(state=_("Closed") if lock_of(regime, period) else _("Not over yet"))
    missing = [
        each.agency.code
        for each in reporters_of(regime, period, at)
        if each.report is None or each.report.state != State.APPROVED
    ]
    made = Lock.objects.create(regime=regime, period=period.key, missing=missing, by_name=actor.name[:200], at=at)
    record(events.LOCKED.key, regime, actor=actor, at=at, period=period.key, missing=len(missing))
    return made


def _where(regime_code: str, unit: str, period_key: str, at: datetime) -> tuple[Regime, Period, Agency]:
    regime = get_regime(regime_code)
    period = period_for(regime, period_key)
    day = min(period.last, civil_date(at))
    if period.first > civil_date(at):
        raise NotFound
    agency = find_agency(unit, on=day)
    if agency is None:
        last = last_known_agency(unit)
        if last.valid_to is None or last.valid_to >= day:
            raise NotFound
        heirs = ", ".join(each.name for each in successors(unit, day) if each.code != unit) or "–"
        raise UnitEnded(unit=last.name, day=f"{last.valid_to:%d/%m/%Y}", period=period.key, heirs=heirs)
    if not reports_under(agency, regime):
        raise NotReporting(unit=agency.name, regime=regime.name)
    return regime, period, agency


def _locked(regime: Regime, unit: str, period: Period) -> Return | None:
    """Return the report that there is, locked; without one the regime is, so that of two who begin one is second."""
    rows = Return.objects.select_for_update().filter(regime=regime, unit=unit, period=period.key)
    found = rows.first()
    if found is None:
        Regime.objects.select_for_update().get(pk=regime.pk)
        found = rows.first()
    return found


def _check_open(regime: Regime, period: Period, report: Return | None) -> None:
    _check_lock(regime, period, report)
    if report is not None and report.state not in _OPEN:
        raise NotNow(state=report.get_state_display())


def _check_lock(regime: Regime, period: Period, report: Return | None) -> None:
    """Refuse what is of a closed period, unless the report was given back or opened again since it was closed."""
    lock = lock_of(regime, period)
    if lock is None:
        return
    back = (
        ReturnVersion.objects.filter(report=report, state=State.RETURNED, at__gte=lock.at)
        if report and report.pk
        else None
    )
    if back is None or not back.exists():
        raise Closed(day=f"{civil_date(lock.at):%d/%m/%Y}")


def _held(report_id: int, seen: int, at: datetime) -> tuple[Return, Agency, Period]:
    report = Return.objects.select_for_update(of=("self",)).select_related("regime").filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if report.version != seen:
        raise FilledElsewhere
    period = period_for(report.regime, report.period)
    return (
        report,
        find_agency(report.unit, on=min(period.last, civil_date(at))) or last_known_agency(report.unit),
        period,
    )


def _deciding(
    report_id: int, seen: int, state: State, actor: Actor, at: datetime, *, of_closed: bool = False
) -> Return:
    report, agency, period = _held(report_id, seen, at)
    require(access.can_decide, actor, agency.path_codes, report.submitted_by)
    if report.state != state:
        raise NotNow(state=report.get_state_display())
    if not of_closed:
        _check_lock(report.regime, period, report)
    return report


def _said(reason: str) -> str:
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why: who filled it in reads it."))])
    return reason.strip()[:LONGEST]


def _keep(report: Return, state: State, reason: str, actor: Actor, at: datetime) -> None:
    report.state, report.version, report.at = state, report.version + 1, at
    report.reason = reason or (report.reason if state == State.DRAFT else "")
    report.save()
    ReturnVersion.objects.create(
        report=report,
        version=report.version,
        cells=report.cells,
        state=state,
        reason=reason,
        by_key=actor.key,
        by_name=actor.name[:200],
        at=at,
    )


def _facts(report: Return) -> dict[str, Any]:
    return {"regime": report.regime_id, "unit": report.unit, "period": report.period, "version": report.version}


def _read(grid: grids.Grid, kept: grids.Cells, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the cells with what was typed. Raises BadInput that names the cell of each that cannot be."""
    cells = {
        row.code: {column.code: kept.get(row.code, {}).get(column.code, "") for column in grid.typed}
        for row in grid.rows
    }
    faults = []
    for row in grid.rows:
        for column in grid.typed:
            name = f"{row.code}/{column.code}"
            if name not in given:
                continue
            try:
                cells[row.code][column.code] = _cell(column, given[name])
            except ValueError as no:
                faults.append(Fault(f"/{name}", str(no), "number"))
    if faults:
        raise BadInput(faults=faults)
    return cells


def _cell(column: grids.Column, typed: str) -> str:
    """Return a cell as it is kept. Raises ValueError with what is wrong."""
    if column.is_text:
        return typed.strip()[:LONGEST]
    try:
        value = number_of(typed)
    except ValueError as error:
        said = str(_("“{typed}” is no number. Type it as 1.234,5 or 1234.5, without a unit.")).format(typed=typed[:40])
        raise ValueError(said) from error
    if value is None:
        return ""
    least, most = column.least if column.least is not None else Decimal(0), column.most
    if value < least or (most is not None and value > most):
        raise ValueError(
            str(_("Type a number from {least} to {most}.")).format(
                least=f"{least:f}", most=f"{most:f}" if most is not None else "∞"
            )
        )
    if value != value.quantize(Decimal(1).scaleb(-column.decimals)):
        raise ValueError(str(_("Type at most {places} digits behind the comma.")).format(places=column.decimals))
    return f"{value.normalize():f}"
