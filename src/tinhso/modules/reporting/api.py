"""Reports for programs: regimes, who has reported, filling in and handing in, what all reported together as SDMX-JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from ninja import Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.reporting import access
from tinhso.modules.reporting.actions import telling
from tinhso.modules.reporting.queries import exchange, grids, regimes
from tinhso.modules.reporting.queries.consolidated import consolidated
from tinhso.web.shapes import Shape

READ, WRITE = {"x-scope": access.READ}, {"x-scope": access.WRITE}
router = Router()


class RegimeOut(Shape):
    """A reporting regime, with the period it asks for now."""

    code: str
    name: str
    law: str
    frequency: str
    period: str = Field(description="key of the period that is asked for now: 2026-Q3")
    closes: date = Field(description="the day on which its figures are closed")


class ReporterOut(Shape):
    """An agency that reports, and how far it is."""

    unit: str
    name: str
    state: str = Field(description="empty where nothing was filled in; draft, submitted, returned, approved")
    version: int
    due: date
    is_late: bool
    cells: dict[str, dict[str, str]] = Field(description="by line, then by column; numbers as 1234.5")


class FillIn(Shape):
    """What is to be kept of a report."""

    cells: dict[str, dict[str, str]] = Field(description="by line, then by column; what is left out stays as it is")
    note: str = ""
    version: int = Field(0, description="the version that was read; 0 for none")
    submit: bool = False


@router.get("/regimes", response=list[RegimeOut], summary="Reporting regimes", openapi_extra=READ)
def list_regimes(request: HttpRequest) -> list[RegimeOut]:
    """Return the regimes in force, each with the period it asks for now."""
    door = cast("ActorRequest", request)
    require(access.can_see_reports, door.actor)
    today = civil_date(door.at)
    made = []
    for each in regimes.list_regimes(today):
        period = regimes.latest_period(each, today)
        made.append(
            RegimeOut(
                code=each.code,
                name=each.name,
                law=each.law,
                frequency=each.frequency,
                period=period.key,
                closes=regimes.closes_on(period),
            )
        )
    return made


@router.get("/{regime}/{period}", response=list[ReporterOut], summary="Who has reported", openapi_extra=READ)
def list_reporters(request: HttpRequest, regime: str, period: str, below: str = "") -> list[ReporterOut]:
    """Return the agencies that report for a period, at and below one or all of them, with what they reported."""
    door = cast("ActorRequest", request)
    require(access.can_see_reports, door.actor)
    found = regimes.get_regime(regime)
    return [
        _reporter(each, door)
        for each in regimes.reporters_of(found, regimes.period_for(found, period), door.at, below=below)
    ]


@router.get("/{regime}/{period}/data", summary="What was reported together, as SDMX-JSON", openapi_extra=READ)
def get_data(request: HttpRequest, regime: str, period: str, below: str = "") -> JsonResponse:
    """Return what was approved for a period as an SDMX-JSON 1.0 data message (application/vnd.sdmx.data+json)."""
    door = cast("ActorRequest", request)
    require(access.can_see_reports, door.actor)
    found = regimes.get_regime(regime)
    span = regimes.period_for(found, period)
    message = exchange.message(found, span, consolidated(found, span, below=below, at=door.at), at=door.at)
    return JsonResponse(
        message, content_type="application/vnd.sdmx.data+json; version=1.0.0", json_dumps_params={"ensure_ascii": False}
    )


@router.put(
    "/{regime}/{period}/{unit}", response=ReporterOut, summary="Fill a report in, and hand it in", openapi_extra=WRITE
)
def fill_in(request: HttpRequest, regime: str, period: str, unit: str, body: FillIn) -> ReporterOut:
    """Keep the cells of a report as a draft; with `submit` hand it in."""
    door = cast("ActorRequest", request)
    given = {f"{row}/{column}": text for row, cells in body.cells.items() for column, text in cells.items()}
    kept = telling.fill(regime, unit, period, given, note=body.note, seen=body.version, actor=door.actor, at=door.at)
    if body.submit:
        telling.submit(kept.pk, seen=kept.version, actor=door.actor, at=door.at)
    found = regimes.get_regime(regime)
    every = regimes.reporters_of(found, regimes.period_for(found, period), door.at, below=kept.unit)
    return next(_reporter(each, door) for each in every if each.agency.code == kept.unit)


def _reporter(found: regimes.Reporter, door: ActorRequest) -> ReporterOut:
    report: Any = found.report
    cells = grids.reckoned(grids.read_grid(report.regime.grid), report.cells) if report else {}
    return ReporterOut(
        unit=found.agency.code, name=found.agency.name, state=report.state if report else "", version=report.version if report else 0,
        due=found.due, is_late=found.is_late(civil_date(door.at)), cells=cells,
    )  # fmt: skip
