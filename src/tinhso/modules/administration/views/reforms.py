"""Reforms: what waits for a person, deciding it, and how far handing on is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import decide_question
from tinhso.modules.administration import access
from tinhso.modules.administration.forms import FiguresForm, ReformForm
from tinhso.modules.administration.queries import reforms as read
from tinhso.modules.administration.views.parts import ask


@require_safe
@never_cache
def reforms(request: ActorRequest) -> HttpResponse:
    """List the reforms of the province."""
    require(access.can_read_province, request.actor)
    context = {"title": gettext("Reform"), "rows": read.list_views()}
    return render(request, "administration/reforms.html", context)


@require_safe
@never_cache
def reform(request: ActorRequest, pack: str) -> HttpResponse:
    """Show one reform: how far it is and each unit that a person decides."""
    require(access.can_read_province, request.actor)
    view = read.view_reform(pack)
    context = {"title": gettext("Reform {pack}").format(pack=pack), "view": view}
    return render(request, "administration/reform.html", context | {"may": access.can_run_province(request.actor)})


@never_cache
def question(request: ActorRequest, pack: str, question_id: int) -> HttpResponse:
    """Decide what becomes of one unit, or leave it open with a reason."""
    require(access.can_run_province, request.actor)
    asked = read.view_question(pack, question_id)
    start = {"answer": asked.row.answer or asked.row.proposal, "reason": asked.row.reason}
    lead = (
        gettext("Several agencies took over. Who takes the running cases that name no place? {evidence}")
        if asked.is_split
        else gettext("The text on {agency} names this unit. Which old unit is meant? {evidence}")
    )
    return ask(
        request,
        ReformForm(request.POST or None, answers=asked.answers, initial=start),
        lambda data: decide_question(
            asked.row, answer=data["answer"], reason=data["reason"], actor=request.actor, at=request.at
        ),
        title=asked.row.text,
        button=gettext("Decide"),
        back=reverse("administration:reform", args=[pack]),
        said=gettext("Kept, and journalled."),
        lead=lead.format(agency=asked.agency or asked.row.agency, evidence=asked.row.evidence),
    )


@require_safe
@never_cache
def decisions(request: ActorRequest, pack: str) -> HttpResponse:
    """Hand out the questions and the answers as a file."""
    require(access.can_read_province, request.actor)
    answer = HttpResponse(read.csv_of(pack), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{pack}-quyet-dinh.csv"'
    return answer


@require_safe
@never_cache
def figures(request: ActorRequest, pack: str) -> HttpResponse:
    """Compare figures of before and after: by the units of now, or by those of before."""
    require(access.can_read_province, request.actor)
    reform = read.view_reform(pack).reform
    form = FiguresForm(request.GET or None)
    tables = []
    if form.is_valid():
        by_old = form.cleaned_data["theo"] == "cu"
        tables = read.compare(pack, form.cleaned_data["tu"], form.cleaned_data["den"], by_old=by_old)
    context = {"title": gettext("Figures of before and after"), "form": form, "tables": tables, "reform": reform}
    return render(request, "administration/reform_figures.html", context)
