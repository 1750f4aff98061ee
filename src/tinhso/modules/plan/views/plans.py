"""One plan: how it stands, its text, one line, its money, its report."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.indicators.public import list_every
from tinhso.law.periods import Kind as PeriodKind
from tinhso.law.periods import Period, period_of, read_period
from tinhso.modules.plan import access
from tinhso.modules.plan.actions.booking import Booked, book
from tinhso.modules.plan.actions.booking import take_back as take_booking_back
from tinhso.modules.plan.actions.deciding import withdraw as withdraw_plan
from tinhso.modules.plan.actions.reporting import lead_path
from tinhso.modules.plan.actions.reporting import report as report_progress
from tinhso.modules.plan.actions.taking import UNREAD
from tinhso.modules.plan.actions.tying import tie
from tinhso.modules.plan.forms import BookForm, ReasonForm, ReportForm, TieForm
from tinhso.modules.plan.queries import plans as read
from tinhso.modules.plan.queries import shown, texts
from tinhso.modules.plan.queries.kinds import Kind, PlanState
from tinhso.modules.plan.queries.money import WHOLE, Money, money_of
from tinhso.modules.plan.queries.prospects import goal_of, goals_of
from tinhso.modules.plan.queries.reports import TEMPLATE, report_of
from tinhso.modules.plan.queries.standing import agencies_of, movements_of, progress_of
from tinhso.modules.plan.queries.word import as_docx
from tinhso.modules.plan.views.trying import tried
from tinhso.web.spreadsheet import csv_lines
from tinhso.web.words import own, period_words

if TYPE_CHECKING:
    from tinhso.modules.plan.models import Item, Plan

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def plan(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Show how a plan stands: its goals, tasks and money, what it rests on, where its text does not add up."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    unit = read.unit_of(found, request.at)
    context: dict[str, Any] = {
        **_head(found, request),
        "unit_name": own(unit, "name"),
        "cited": found.cited,
        "may_keep": access.can_keep_plan(request.actor, unit.path_codes),
        "waits": found.state == PlanState.READING,
        "problem": UNREAD.get(found.problem, "") if found.state == PlanState.UNREAD else "",
        "file": reverse("documents:read", args=[found.document]) if found.document else "",
        "doubts": [{"text": shown.document_doubt(each), "href": _place(found, each["first"])} for each in found.doubts],
        "back": reverse("plan:home"),
        "withdrawing": ReasonForm(),
    }
    if found.state in (PlanState.REVIEW, PlanState.HELD, PlanState.WITHDRAWN):
        context |= _standing(found, request)
    return render(request, "plan/plan.html", context)


def _head(found: Plan, request: ActorRequest) -> dict[str, Any]:
    return {
        "title": found.name,
        "plan": found,
        "row": shown.plan_row(found, None),
        "period": period_of(PeriodKind.QUARTER, civil_date(request.at)).before().key,
    }


def _standing(found: Plan, request: ActorRequest) -> dict[str, Any]:
    goals = goals_of(found, at=request.at)
    sums = money_of(found)
    counts = read.counts_of([found.pk]).get(found.pk)
    tasks = read.items_of(found, kind=Kind.TASK, state="held")
    return {
        "counts": counts,
        "goals": [shown.goal_row(each, request.at) for each in goals],
        "tally": shown.tally(goals),
        "tasks": [shown.item_row(each, request.at) for each in tasks],
        "by_agency": agencies_of(found, request.at),
        "money": shown.money_row(sums.whole) if sums.is_planned else None,
        "disagreements": [shown.disagreement(each) for each in sums.disagreements],
        "reported": [
            shown.item_row(each, request.at) for each in read.items_of(found, kind=Kind.REPORTED, state="held")
        ],
    }


def _place(found: Plan, place: int) -> str:
    return f"{reverse('plan:text', args=[found.pk])}?cho={place}#t{place}"


def text(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Show the text of a plan, a window of it at a time, with what was read of it marked."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    asked = request.GET.get("cho", "0")
    window = texts.window_at(found, int(asked) if asked.isdecimal() and len(asked) < 9 else 0)  # noqa: PLR2004 - of 3 million letters
    here = reverse("plan:text", args=[found.pk])
    context = {
        **_head(found, request),
        "window": window,
        "earlier": "" if window.is_first else f"{here}?cho={max(window.first - 1, 0)}",
        "later": "" if window.is_last else f"{here}?cho={window.last + 1}",
        "back": reverse("plan:plan", args=[found.pk]),
    }
    return render(request, "plan/text.html", context)


def item(request: ActorRequest, plan_id: UUID, item_id: UUID) -> HttpResponse:
    """Show one line with its sentence and how far it is; report on it, or tie it to an indicator."""
    require(access.can_see_plans, request.actor)
    found = read.get_item(plan_id, item_id)
    keeps = access.can_keep_plan(request.actor, read.path_of(found.plan, request.at))
    reports = access.can_report_on(
        request.actor, read.path_of(found.plan, request.at), lead_path(found.lead, request.at)
    )
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    reporting = ReportForm(request.POST if verb == "report" else None, initial={"standing": found.standing})
    tying = _tie_form(found, request.POST if verb == "tie" else None)
    if (
        verb == "report"
        and reporting.is_valid()
        and tried(request, lambda: _report(found, reporting, request), form=reporting)
    ):
        return redirect("plan:item", plan_id, item_id)
    if verb == "tie" and tying.is_valid() and tried(request, lambda: _tie(found, tying, request), form=tying):
        return redirect("plan:item", plan_id, item_id)
    live = found.is_held and found.plan.state in (PlanState.REVIEW, PlanState.HELD)
    context = {
        **_head(found.plan, request),
        "title": found.text if len(found.text) < 160 else f"{found.text[:159]}…",  # noqa: PLR2004 - a title
        "row": shown.item_row(found, request.at),
        "goal": shown.goal_row(goal_of(found, at=request.at), request.at)
        if found.kind == Kind.GOAL and found.is_held
        else None,
        "place": _place(found.plan, found.first) if found.first is not None else "",
        "as_read": found.read.get("text", "") if found.read.get("text", "") != found.text else "",
        "progress": progress_of(found),
        "reporting": reporting if live and reports and found.kind in (Kind.GOAL, Kind.TASK) else None,
        "tying": tying if live and keeps and found.kind in (Kind.GOAL, Kind.REPORTED) else None,
        "correct": reverse("plan:correct", args=[plan_id, item_id]) if keeps else "",
        "figure": _figure(found),
        "back": reverse("plan:plan", args=[plan_id]),
    }
    failed = verb and (reporting.errors or tying.errors)
    return render(
        request, "plan/item.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    )


def _figure(found: Item) -> str:
    """Return where the figure of the indicator of a line is opened; empty where it has none, or the operations centre is not here."""
    try:
        return reverse("operations:figure", args=[found.measured, found.indicator]) if found.indicator else ""
    except NoReverseMatch:
        return ""


def _seen(request: ActorRequest) -> int:
    asked = request.POST.get("seen", "0")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 0  # noqa: PLR2004 - a version


def _report(found: Item, form: ReportForm, request: ActorRequest) -> None:
    given = form.cleaned_data
    report_progress(
        found.pk,
        given["standing"],
        value=given["value"],
        said=given["said"],
        on=given["on"],
        seen=_seen(request),
        actor=request.actor,
        at=request.at,
    )


def _tie_form(found: Item, posted: Any) -> TieForm:
    choices = [("", _("Choose…")), *((each.code, own(each, "name")) for each in list_every())]
    initial = {"indicator": found.indicator, "measured": found.measured or found.plan.unit, "period": found.by}
    return TieForm(posted, indicators=choices, initial=initial, auto_id="tie-%s")


def _tie(found: Item, form: TieForm, request: ActorRequest) -> None:
    given = form.cleaned_data
    tie(
        found.pk,
        given["indicator"],
        given["measured"],
        given["period"],
        seen=_seen(request),
        actor=request.actor,
        at=request.at,
    )


def money(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Show where the money of a plan stands, of all years or of one; book what was allocated or paid out."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    sums = money_of(found)
    path = read.path_of(found, request.at)
    keeps = access.can_keep_plan(request.actor, path)
    if request.method == "POST":
        require(access.can_keep_plan, request.actor, path)
    form = _book_form(sums, request.POST if request.method == "POST" else None, civil_date(request.at).year)
    if request.method == "POST" and form.is_valid() and tried(request, lambda: _book(found, form, request), form=form):
        return redirect("plan:money", plan_id)
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isdecimal() and int(asked) in sums.years else WHOLE
    if request.GET.get("dang") == "csv":
        return _sheet(found, sums)
    here = reverse("plan:money", args=[plan_id])
    context = {
        **_head(found, request),
        "whole": shown.money_row(sums.whole, year),
        "sources": [shown.money_row(each, year) for each in sums.sources],
        "projects": [shown.money_row(each, year) for each in sums.projects],
        "no_source": shown.money_row(sums.unnamed_sources, year)
        if sums.sources and _moved(sums.unnamed_sources, year)
        else None,
        "no_project": shown.money_row(sums.unnamed_projects, year)
        if sums.projects and _moved(sums.unnamed_projects, year)
        else None,
        "disagreements": [shown.disagreement(each) for each in sums.disagreements],
        "by_year": [{**shown.money_row(sums.whole, each), "name": str(each), "href": ""} for each in sums.years],
        "year_links": [
            {
                "text": str(each) if each else _("All years"),
                "href": f"{here}?{urlencode({'nam': each})}" if each else here,
                "current": each == year,
            }
            for each in (WHOLE, *sums.years)
        ],
        "movements": movements_of(found),
        "form": form if keeps and found.state in (PlanState.REVIEW, PlanState.HELD) else None,
        "keeps": keeps,
        "reason": ReasonForm(),
        "is_planned": sums.is_planned,
        "sheet": f"{here}?dang=csv",
        "back": reverse("plan:plan", args=[plan_id]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "plan/money.html", context, status=status)


def _moved(line: Any, year: int) -> bool:
    return bool(line.allocated.get(year) or line.disbursed.get(year))


def _book_form(sums: Money, posted: Any, year: int) -> BookForm:
    sources = [(str(each.item.pk), each.name) for each in sums.sources if each.item]
    projects = [(str(each.item.pk), each.name) for each in sums.projects if each.item]
    return BookForm(posted, sources=sources, projects=projects, initial={"year": str(year)})


def _book(found: Plan, form: BookForm, request: ActorRequest) -> None:
    given = form.cleaned_data
    book(found.pk, Booked(**given), actor=request.actor, at=request.at)


def _sheet(found: Plan, sums: Money) -> HttpResponse:
    head = [_("Line"), _("Year"), _("Planned"), _("Allocated"), _("Paid out")]
    rows = [
        [
            line.name,
            str(year or _("All years")),
            *(
                f"{each.get(year, 0):f}" if each.get(year) is not None else ""
                for each in (line.planned, line.allocated, line.disbursed)
            ),
        ]
        for line in (sums.whole, *sums.sources, *sums.projects)
        for year in (WHOLE, *sums.years)
    ]
    response = HttpResponse("".join(csv_lines([head, *rows])), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kinh-phi-{found.pk}.csv"'
    return response


def take_back(request: ActorRequest, plan_id: UUID, movement_id: UUID) -> HttpResponse:
    """Take a booking back."""
    require(access.can_see_plans, request.actor)
    if request.method == "POST":
        tried(
            request,
            lambda: take_booking_back(movement_id, request.POST.get("reason", ""), actor=request.actor, at=request.at),
        )
    return redirect("plan:money", plan_id)


def withdraw(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Withdraw a text that was taken in."""
    require(access.can_see_plans, request.actor)
    if request.method == "POST":
        tried(
            request, lambda: withdraw_plan(plan_id, request.POST.get("reason", ""), actor=request.actor, at=request.at)
        )
    return redirect("plan:plan", plan_id)


def report(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Give the report of a quarter or a year: a page to look at, PDF or Word to go on with."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    period = _period(request)
    made = report_of(found, period, at=request.at)
    kind = request.GET.get("dang", "")
    name = f"bao-cao-{found.number.replace('/', '-') or found.pk}-{period.key}"
    if kind == "pdf":
        return _file(render_pdf(TEMPLATE, made, at=request.at), "application/pdf", f"{name}.pdf")
    if kind == "docx":
        return _file(as_docx(made), DOCX, f"{name}.docx")
    here = reverse("plan:report", args=[plan_id])
    spans = [period_of(each, civil_date(request.at)) for each in (PeriodKind.QUARTER, PeriodKind.YEAR)]
    choices = [spans[0].before().before(), spans[0].before(), spans[0], spans[1].before(), spans[1]]
    context = {
        **_head(found, request),
        "made": made,
        "period_words": period_words(period),
        "choices": [
            {"text": period_words(each), "href": f"{here}?ky={each.key}", "current": each == period} for each in choices
        ],
        "pdf": f"{here}?ky={period.key}&dang=pdf",
        "docx": f"{here}?ky={period.key}&dang=docx",
        "back": reverse("plan:plan", args=[plan_id]),
    }
    return render(request, "plan/report.html", context)


def _period(request: ActorRequest) -> Period:
    asked = request.GET.get("ky", "")[:10]
    if not asked:
        return period_of(PeriodKind.QUARTER, civil_date(request.at))
    try:
        return read_period(asked)
    except ValueError as error:
        raise NotFound from error


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
