"""Pages of reports: what is due, who has reported, filling in by page or spreadsheet, deciding, what all reported together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import Agency, get_agency
from tinhso.law.periods import Period
from tinhso.modules.reporting import access
from tinhso.modules.reporting.actions import telling
from tinhso.modules.reporting.queries import grids, regimes, sheets, shown
from tinhso.modules.reporting.queries.consolidated import consolidated
from tinhso.web.spreadsheet import xlsx_file
from tinhso.web.words import own, period_words

if TYPE_CHECKING:
    from tinhso.modules.reporting.models import Regime, Return

KEPT = (401, 403, 404)
PERIODS = 6
"""Periods that are offered, the newest first."""
LARGEST = 5 * 1024**2

type Place = tuple[Regime, Period, Agency]
"""Whose report of which period under which regime."""


def home(request: ActorRequest) -> HttpResponse:
    """Show what the reader's agencies have to report now, and every regime."""
    require(access.can_see_reports, request.actor)
    codes = sorted({held.agency for held in request.actor.holdings})
    today = civil_date(request.at)
    due, every = [], []
    for each in regimes.list_regimes(today):
        period = regimes.latest_period(each, today)
        every.append(shown.regime_row(each, period, request.at))
        for agency in regimes.own_units(codes, each, period, request.at):
            reporter = regimes.Reporter(
                agency, regimes.get_return(each, agency.code, period), regimes.due_on(each, period, agency.code)
            )
            due.append(
                {
                    **shown.reporter_row(reporter, each, period, request.at),
                    "regime": own(each, "name"),
                    "period": period_words(period),
                }
            )
    return render(request, "reporting/home.html", {"title": _("Periodic reports"), "due": due, "rows": every})


def regime(request: ActorRequest, regime: str, period: str = "") -> HttpResponse:
    """Show who has reported for a period of a regime: late first."""
    require(access.can_see_reports, request.actor)
    found = regimes.get_regime(regime)
    span = regimes.period_for(found, period) if period else regimes.latest_period(found, civil_date(request.at))
    reporters = regimes.reporters_of(found, span, request.at)
    rows = [shown.reporter_row(each, found, span, request.at) for each in reporters]
    lock = regimes.lock_of(found, span)
    spans = [regimes.latest_period(found, civil_date(request.at))]
    while len(spans) < PERIODS and spans[-1].before().last >= found.first:
        spans.append(spans[-1].before())
    context = {
        "title": own(found, "name"),
        "regime": found,
        "period": span,
        "period_words": period_words(span),
        "rows": sorted(rows, key=lambda each: (not each["is_late"], each["state"])),
        "approved": sum(each.report is not None and each.report.state == "approved" for each in reporters),
        "late": sum(each["is_late"] for each in rows),
        "closes": regimes.closes_on(span),
        "lock": lock,
        "may_lock": lock is None and span.last < civil_date(request.at) and access.can_lock(request.actor),
        "period_links": [
            {
                "text": period_words(each),
                "href": reverse("reporting:period", args=[found.code, each.key]),
                "current": each == span,
            }
            for each in spans
        ],
        "together": reverse("reporting:together", args=[found.code, span.key]),
        "back": reverse("reporting:home"),
    }
    return render(request, "reporting/regime.html", context)


def report(request: ActorRequest, regime: str, period: str, unit: str) -> HttpResponse:
    """Show the report of an agency; fill it in, hand it in, decide on it. What was typed stays when it is refused."""
    require(access.can_see_reports, request.actor)
    found = regimes.get_regime(regime)
    span, agency = _span_and_agency(found, period, unit, request)
    if request.method == "POST":
        return _do(request, found, span, agency)
    return _page(request, (found, span, agency))


def _span_and_agency(found: Regime, period: str, unit: str, request: ActorRequest) -> tuple[Period, Agency]:
    span = regimes.period_for(found, period)
    return span, get_agency(unit, min(span.last, civil_date(request.at)))


def _page(
    request: ActorRequest, place: Place, given: Mapping[str, str] | None = None, faults: tuple[Fault, ...] = ()
) -> HttpResponse:
    """Show the form; `given` and `faults` when something was refused."""
    found, span, agency = place
    grid = grids.read_grid(found.grid)
    kept = regimes.get_return(found, agency.code, span)
    known = shown.prefilled(grid, agency.code, span, at=request.at)
    before = shown.before_of(found, agency.code, span)
    at_cells = {fault.pointer.strip("/"): str(fault.text) for fault in faults if fault.pointer.count("/") > 1}
    cells = grids.reckoned(grid, kept.cells if kept else {})
    reporter = regimes.Reporter(agency, kept, regimes.due_on(found, span, agency.code))
    context = {
        "title": own(found, "name"),
        "regime": found,
        "name": own(agency, "name"),
        "period_words": period_words(span),
        "row": shown.reporter_row(reporter, found, span, request.at),
        "report": kept,
        "version": kept.version if kept else 0,
        "columns": [{"name": own(each, "name")} for each in grid.columns],
        "rows": shown.form_rows(shown.Filled(grid, kept, known, before, given or {}, at_cells)),
        "note": (given or {}).get("note", kept.note if kept else ""),
        "faults": [
            {"text": _placed(grid, fault), "href": f"#c-{fault.pointer.strip('/').replace('/', '-')}"}
            for fault in faults
        ],
        "warnings": [own(each, "text") for each in grids.broken(grid, cells) if kept],
        **shown.offered(kept, request.actor, agency.path_codes),
        "sheet": reverse("reporting:sheet", args=[found.code, span.key, agency.code]),
        "back": reverse("reporting:period", args=[found.code, span.key]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "reporting/report.html", context, status=status)


def _placed(grid: grids.Grid, fault: Fault) -> str:
    cell = sheets.cell_of(grid, fault.pointer)
    return f"{cell}: {fault.text}" if cell else str(fault.text)


def _do(request: ActorRequest, found: Regime, span: Period, agency: Agency) -> HttpResponse:
    verb = request.POST.get("verb", "")
    here = redirect("reporting:report", found.code, span.key, agency.code)
    if verb in ("keep", "submit", "sheet"):
        require(access.can_fill, request.actor, agency.path_codes)
        return _fill(request, verb, (found, span, agency))
    kept = regimes.get_return(found, agency.code, span)
    if kept is None or verb not in ("approve", "give_back", "reopen"):
        raise NotFound
    reason, seen = request.POST.get("reason", ""), _seen(request)
    acts: dict[str, Callable[[], Any]] = {
        "approve": lambda: telling.approve(kept.pk, seen=seen, actor=request.actor, at=request.at),
        "give_back": lambda: telling.give_back(kept.pk, reason, seen=seen, actor=request.actor, at=request.at),
        "reopen": lambda: telling.reopen(kept.pk, reason, seen=seen, actor=request.actor, at=request.at),
    }
    _tried(request, acts[verb])
    return here


def _seen(request: ActorRequest) -> int:
    asked = request.POST.get("seen", "0")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 0  # noqa: PLR2004 - a version


def _fill(request: ActorRequest, verb: str, place: Place) -> HttpResponse:
    """Keep what was typed or handed in as a sheet, and hand it in when that is asked."""
    found, span, agency = place
    grid = grids.read_grid(found.grid)
    given: dict[str, str] = {
        name: value for name, value in request.POST.items() if isinstance(value, str) and "/" in name
    }
    if verb == "sheet":
        sent = request.FILES.get("file")
        if sent is None or (sent.size or 0) > LARGEST:
            return _page(
                request, (found, span, agency), {}, (Fault("/file", _("Choose the filled form, at most 5 MB.")),)
            )
        given, faults = sheets.read_form(sent, sent.name or "bieu", sheets.Form(found, grid, agency, span))
        if faults:
            return _page(request, (found, span, agency), given, tuple(faults))
    note = request.POST.get("note", "")
    try:
        kept = telling.fill(
            found.code, agency.code, span.key, given, note=note, seen=_seen(request), actor=request.actor, at=request.at
        )
        if verb == "submit":
            telling.submit(kept.pk, seen=kept.version, actor=request.actor, at=request.at)
    except Refusal as no:
        if no.status in KEPT:
            raise
        return _page(request, (found, span, agency), {**given, "note": note}, no.faults or (Fault("", str(no)),))
    messages.success(
        request, _("Submitted. Who decides on it sees it now.") if verb == "submit" else _("Kept as a draft.")
    )
    return redirect("reporting:report", found.code, span.key, agency.code)


def _tried(request: ActorRequest, do: Callable[[], Any]) -> None:
    try:
        do()
    except Refusal as no:
        if no.status in KEPT:
            raise
        messages.error(request, " ".join(str(fault.text) for fault in no.faults) or str(no))
    else:
        messages.success(request, _("Done. It stands in the journal."))


def sheet(request: ActorRequest, regime: str, period: str, unit: str) -> HttpResponse | FileResponse:
    """Give the form of an agency as a spreadsheet to fill in offline."""
    require(access.can_see_reports, request.actor)
    found = regimes.get_regime(regime)
    span, agency = _span_and_agency(found, period, unit, request)
    grid = grids.read_grid(found.grid)
    kept: Return | None = regimes.get_return(found, agency.code, span)
    known = shown.prefilled(grid, agency.code, span, at=request.at)
    rows = sheets.blank(sheets.Form(found, grid, agency, span), kept, known)
    return FileResponse(xlsx_file(rows), as_attachment=True, filename=f"{found.code}-{span.key}-{agency.code}.xlsx")


def together(request: ActorRequest, regime: str, period: str) -> HttpResponse | FileResponse:
    """Show what the agencies at and below one reported together, beside the period before; as a spreadsheet on request."""
    require(access.can_see_reports, request.actor)
    found = regimes.get_regime(regime)
    span = regimes.period_for(found, period)
    below = request.GET.get("duoi", "").strip()[:35]
    top = get_agency(below, min(span.last, civil_date(request.at))) if below else None
    made = consolidated(found, span, below=below, at=request.at)
    if request.GET.get("dang") == "xlsx":
        return FileResponse(
            xlsx_file(sheets.together_rows(found, span, made)),
            as_attachment=True,
            filename=f"{found.code}-{span.key}.xlsx",
        )
    before = (
        consolidated(found, span.before(), below=below, at=request.at) if span.before().last >= found.first else None
    )
    rows = shown.table_rows(made, before)
    context = {
        "title": own(found, "name"),
        "period_words": period_words(span),
        "name": own(top, "name") if top else "",
        "columns": [{"name": own(each, "name")} for each in made.grid.columns],
        "rows": rows,
        "counted": len(made.counted),
        "all": len(made.reporters),
        "missing": [own(each.agency, "name") for each in made.missing],
        "lock": regimes.lock_of(found, span),
        "sheet": f"?dang=xlsx&duoi={below}",
        "back": reverse("reporting:period", args=[found.code, span.key]),
    }
    return render(request, "reporting/together.html", context)


def close(request: ActorRequest, regime: str, period: str) -> HttpResponse:
    """Close a period of a regime."""
    require(access.can_see_reports, request.actor)
    if request.method == "POST":
        _tried(request, lambda: telling.close(regime, period, actor=request.actor, at=request.at))
    return redirect("reporting:period", regime, period)
