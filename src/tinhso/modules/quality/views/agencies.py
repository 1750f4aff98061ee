"""The index of an agency, the table of agencies, the dossiers behind a figure, what would lift it, closing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, NotFound
from tinhso.kernel.casework.public import case_measures
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.quality.indicators import rounded
from tinhso.law.quality.lift import PAPERS, Mend
from tinhso.modules.quality import access
from tinhso.modules.quality.actions import closing as acts
from tinhso.modules.quality.queries import cases, figures, kept, lifting, shown
from tinhso.modules.quality.queries.places import home_of, root_code
from tinhso.modules.quality.queries.report import report_of
from tinhso.modules.quality.views.parts import LONGEST_FIELD, around, period_of, spreadsheet
from tinhso.modules.quality.views.reporting import told_of
from tinhso.web.words import number, own


def home(request: ActorRequest) -> HttpResponse:
    """Lead to the agency of the reader, or to the province."""
    require(access.can_see_figures, request.actor)
    held = min(request.actor.holdings, key=lambda each: (len(each.agency_path), each.agency))
    code = home_of(held.agency_path, civil_date(request.at))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("quality:agency", args=[code]) + query)


def agency(request: ActorRequest, code: str) -> HttpResponse:
    """Show the index of an agency for a period: five groups, each figure opening to its formula."""
    require(access.can_see_figures, request.actor)
    period = period_of(request)
    found = figures.index_for(code, period, at=request.at)
    if request.GET.get("dang") == "csv":
        return _sheet(found)
    before = figures.index_for(code, period.before(), at=request.at)
    path = found.agency.path_codes
    closed = found.closing
    return render(
        request,
        "quality/agency.html",
        {
            "title": shown.agency_name(found),
            "found": found,
            "stats": shown.headline(found),
            "band": shown.band_of(found.band),
            "groups": shown.groups(found, before.index),
            "missing": len(found.index.missing) if found.index else 0,
            "since": shown.since_rows(figures.since(closed, found.index), dict(figures.titles())) if closed else [],
            "closings": figures.closings_of(found.agency.code),
            "taken_over": ", ".join(found.taken_over),
            "is_counting": kept.is_counting(),
            "may_close": not closed and access.can_close_period(request.actor, path),
            "may_reopen": bool(closed) and access.can_reopen_period(request.actor),
            "may_open": access.can_see_dossiers(request.actor, path, found.parts),
            **around(request, period),
        },
    )


def report(request: ActorRequest, code: str) -> HttpResponse:
    """Give the report of a period as PDF."""
    require(access.can_see_figures, request.actor)
    period = period_of(request)
    template, data = report_of(code, period, at=request.at)
    response = HttpResponse(render_pdf(template, data, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="chat-luong-{period.key}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _sheet(found: figures.AgencyIndex) -> HttpResponse:
    header = [gettext("Indicator"), gettext("Title"), gettext("Numerator"), gettext("Denominator"), gettext("Rate (%)"),
              gettext("Points"), gettext("Most points")]  # fmt: skip
    rows = [
        [one.kind.key, gettext(one.kind.title), one.ratio.numerator if one.ratio else "",
         one.ratio.denominator if one.ratio else "", one.rate, one.points, rounded(one.maximum)]
        for one in (found.index.indicators if found.index else ())
    ]  # fmt: skip
    return spreadsheet(f"chat-luong-{found.agency.code}-{found.period.key}", header, rows)


def table(request: ActorRequest) -> HttpResponse:
    """List an agency and all below it with their points for a period, of all fields or of one."""
    require(access.can_see_figures, request.actor)
    period, of = period_of(request), request.GET.get("linh-vuc", "")[:LONGEST_FIELD]
    code = request.GET.get("co-quan", "").strip()[:35] or root_code()
    found = figures.table_for(code, period, at=request.at, of=of)
    if request.GET.get("dang") == "csv":
        return _table_sheet(found, f"{code}-{period.key}")
    return render(
        request,
        "quality/table.html",
        {
            "title": gettext("Agencies by quality of service"),
            "rows": shown.table_rows(found),
            "code": code,
            "of": of,
            "is_counting": kept.is_counting(),
            **around(request, period, **{"co-quan": request.GET.get("co-quan", ""), "linh-vuc": of}),
        },
    )


def _table_sheet(found: list[figures.AgencyIndex], name: str) -> HttpResponse:
    keys = [key for key, _title in figures.titles()]
    header = [gettext("Code"), gettext("Agency"), gettext("Dossiers"), gettext("Points"), gettext("Measured of"), *keys]
    rows = [
        [one.agency.code, own(one.agency, "name"), one.facts.counts.received, one.index.points, one.index.measured,
         *(one.index.of(key).rate for key in keys)]
        for one in found if one.index
    ]  # fmt: skip
    return spreadsheet(f"chat-luong-bang-{name}", header, rows)


def fields(request: ActorRequest, code: str) -> HttpResponse:
    """Show the figures of an agency by field of work."""
    require(access.can_see_figures, request.actor)
    period = period_of(request)
    agency_row, _codes = figures.scope_of(code, period, request.at)
    rows = figures.fields_for(code, period, at=request.at)
    return render(
        request,
        "quality/fields.html",
        {
            "title": gettext("By field of work"),
            "name": own(agency_row, "name"),
            "code": agency_row.code,
            "may_open": access.can_see_dossiers(
                request.actor, agency_row.path_codes, figures.parts_of(agency_row, period, request.at)
            ),
            "rows": shown.field_rows(rows),
            **around(request, period),
        },
    )


def indicator(request: ActorRequest, code: str, key: str) -> HttpResponse:
    """Show how a figure was reckoned, and the dossiers behind it to those who may open them."""
    require(access.can_see_figures, request.actor)
    period, which = period_of(request), request.GET.get("loc", "")
    found = figures.index_for(code, period, at=request.at)
    one = figures.indicator_of(found, key)
    if one is None:
        raise NotFound
    may_open = access.can_see_dossiers(request.actor, found.agency.path_codes, found.parts) and shown.opens(key)
    listed = _behind(request, found, key, which) if may_open else {}
    return render(
        request,
        "quality/indicator.html",
        {
            "title": f"{one.kind.key} {gettext(one.kind.title)}",
            "name": shown.agency_name(found),
            "code": found.agency.code,
            "one": one,
            "rate": one.rate,
            "inputs": shown.inputs(one),
            "steps": shown.formula(one),
            "may_open": may_open,
            "opens": shown.opens(key),
            "closing": found.closing,
            **listed,
            **told_of(request, found, key),
            "numerator_words": gettext(one.kind.numerator),
            "denominator_words": gettext(one.kind.denominator),
            **around(request, period, loc=which),
        },
    )


def _behind(request: ActorRequest, found: figures.AgencyIndex, key: str, which: str) -> dict[str, Any]:
    period, moment = found.period, found.period.moment(request.at)
    _agency, codes = figures.scope_of(found.agency.code, period, request.at)
    page = cases.behind(key, codes, period, which=which, at=request.at, after=request.GET.get("sau", "")[:100])
    names = shown.service_names((row.service_code for row in page.rows), found.on)
    links = case_measures().links([row.code for row in page.rows], request.actor)
    words = {"": gettext("All"), cases.YES: gettext("Counts"), cases.NO: gettext("Does not count")}
    closed_at = found.closing.closed_at if found.closing else None
    return {
        "rows": [
            {**cases.told(row, key, moment), "name": names[row.service_code], "href": links.get(row.code, ""),
             "changed": closed_at is not None and row.changed_at > closed_at}
            for row in page.rows
        ],
        "filters": [
            {"text": text, "href": f"?ky={period.key}&loc={value}", "current": value == which}
            for value, text in words.items()
        ],
        "next": f"?ky={period.key}&loc={which}&sau={page.after}" if page.after else "",
    }  # fmt: skip


def lift(request: ActorRequest, code: str) -> HttpResponse:
    """List the twenty dossiers that would lift the index most, with what to do."""
    require(access.can_see_figures, request.actor)
    period = period_of(request)
    found = figures.index_for(code, period, at=request.at)
    require(access.can_see_dossiers, request.actor, found.agency.path_codes, found.parts)
    _agency, codes = figures.scope_of(code, period, request.at)
    best = lifting.lift_for(found, codes, at=request.at)
    names = shown.service_names((each.measured.service for each in best.rows), found.on)
    links = case_measures().links([each.measured.code for each in best.rows], request.actor)
    return render(
        request,
        "quality/lift.html",
        {
            "title": gettext("What would lift the index most"),
            "name": shown.agency_name(found),
            "code": found.agency.code,
            "rows": [
                {
                    "code": each.measured.code,
                    "href": links.get(each.measured.code, ""),
                    "name": names[each.measured.service],
                    "exact": number(float(each.points), 4),
                    "todo": [gettext(mend.todo) for mend in (*PAPERS, Mend.HOLD) if mend in each.mends],
                    "due": each.turns_late_at if Mend.HOLD in each.mends else None,
                }
                for each in best.rows
            ],
            "may_open": True,
            "together": float(best.together),
            "lost": best.lost,
            **around(request, period),
        },
    )


@require_POST
def close(request: ActorRequest, code: str) -> HttpResponse:
    """Close the period."""
    period = period_of(request)
    acts.close_period(code, period, actor=request.actor, at=request.at)
    messages.success(request, gettext("The period is closed. Its figures stand as they are now."))
    return _back(code, period.key)


@require_POST
def reopen(request: ActorRequest, code: str) -> HttpResponse:
    """Reopen the period, with a reason."""
    period = period_of(request)
    try:
        acts.reopen_period(code, period, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at)
    except BadInput as no:
        messages.error(request, str(no.faults[0].text))
    else:
        messages.success(request, gettext("The period is open again. What was closed stays to be read below."))
    return _back(code, period.key)


def _back(code: str, key: str) -> HttpResponse:
    return redirect(f"{reverse('quality:agency', args=[code])}?ky={key}")
