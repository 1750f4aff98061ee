"""The officer's and the leader's pages: one worklist, one dossier, and each act on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.kernel.casework.public import Bucket, Filters, Whose, counts
from tinhso.kernel.casework.public import worklist as read_worklist
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.forms.public import NO_PREFILL, Prefill, bind, fill, load_form, step_page
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import who_holds
from tinhso.law.answer import NoAnswer
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import opinions, processing
from tinhso.modules.onestop.actions.owing import FeeSettled
from tinhso.modules.onestop.actions.readings import open_dossier, open_whole
from tinhso.modules.onestop.forms import AskForm, InnerForm, PostponeForm, ReasonForm
from tinhso.modules.onestop.queries import papers, participation, people, shown, working
from tinhso.modules.onestop.queries.deadlines import pass_on_by
from tinhso.modules.onestop.queries.handover import goes_by_post, travels_of
from tinhso.modules.onestop.views.desk import _reason, _simple
from tinhso.web.words import own

KEPT = (401, 403, 404)


def worklist(request: ActorRequest) -> HttpResponse:
    """List everything that waits for the actor, by due time."""
    require(access.works_here, request.actor)
    bucket: Bucket = next((name for name in working.BUCKETS if name == request.GET.get("han")), "")
    whose: Whose = next((name for name in working.WHOSE if name == request.GET.get("cua")), "own")
    filters = Filters(kind="dossier", bucket=bucket, text=request.GET.get("q", "")[:100], whose=whose)
    counted = counts(request.actor, at=request.at, kind="dossier", whose=whose)
    page = read_worklist(request.actor, filters, at=request.at, after=request.GET.get("sau", ""))
    return render(
        request,
        "onestop/worklist.html",
        {
            "title": gettext("My work"),
            "rows": working.rows(page.tasks, request.at),
            "whose": working.held_by(counted, whose),
            "cua": whose,
            "han": bucket,
            "filters": working.filters(counted, bucket, whose),
            "next": f"?{working.query(request.GET, sau=page.after)}" if page.after else "",
            "asked": request.GET.get("q", ""),
        },
    )


def dossier(request: ActorRequest, code: str) -> HttpResponse:
    """Show a dossier to who works on it: steps, papers, clock, and what can be done now."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    found = view.dossier
    form = load_form(found.form_code, found.form_version) if found.form_code else None
    mine = [task for task in view.tasks if access.can_do_task(request.actor, task)]
    parts = participation.part_rows(found, request.at)
    own_part = participation.own_part(parts, found, request.actor)
    return render(
        request,
        "onestop/work.html",
        {
            "title": shown.service_name(found),
            "view": view,
            "dossier": found,
            "due": own_part.due if own_part else shown.due_of(found, request.at),
            "pass_on": pass_on_by(found, request.at) if access.can_receive(request.actor, found.desk_code) else None,
            "state": shown.state_words(found),
            "flow": working.flow(view, request.at),
            "sections": working.answers_read(found, form, request.actor) if form else [],
            "parts": parts,
            "declaration": working.declaration(found, form, request.actor, on=civil_date(request.at)),
            "files": [shown.file_row(file) for file in view.files],
            "compare": [
                (reverse("onestop:compare", args=[file.id, found.code]), own(file, "component_name") or file.name)
                for file in view.files
                if file.component_code and not file.replaced_at
            ],
            "handed_in": working.handed_in(found),
            "timeline": shown.timeline(view.history, found, own=False),
            "prints": papers.papers_there(view),
            "travels": travels_of(found, request.actor) if goes_by_post(found) else [],
            "answered": shown.answered(view),
            "has_draft": view.result is not None and view.result.signed_at is None,
            "mine": working.offers(mine, found, request.actor),
            "waiting": [working.waits(task) for task in view.tasks if task not in mine],
            "clock": None if own_part else working.clock(found, request.at),
            "may": working.may(view, request.actor),
            "fees": working.fee_offers(view, request.actor),
        },
    )


@require_POST
def take(request: ActorRequest, task_id: UUID) -> HttpResponse:
    """Take a task for oneself."""
    code = request.POST.get("code", "")
    typed = request.POST.get("version", "")
    version = int(typed) if typed.isdecimal() else None
    try:
        processing.take_dossier(code, task_id, version=version, actor=request.actor, at=request.at)
    except Refusal as no:
        if no.status in KEPT:
            raise
        messages.error(request, str(no))
    return redirect("onestop:work", code)


@require_POST
def give_back(request: ActorRequest, task_id: UUID) -> HttpResponse:
    """Put a task back for colleagues."""
    code = request.POST.get("code", "")
    processing.give_back(code, task_id, actor=request.actor, at=request.at)
    return redirect("onestop:work", code)


def assign(request: ActorRequest, code: str) -> HttpResponse:
    """Give the dossier to an officer of the division."""
    view = open_whole(code, access.can_assign, actor=request.actor, at=request.at)
    task = next((task for task in view.tasks if task.form == "assign"), None)
    officers = who_holds(task.agency_code, "processor", civil_date(request.at)) if task else []
    if request.method == "POST":
        chosen = next((one for one in officers if str(one.id) == request.POST.get("official")), None)
        if chosen is None:
            messages.error(request, gettext("Choose who does it."))
            return redirect("onestop:assign", code)
        return _simple(
            request,
            code,
            lambda code, **who: processing.assign_dossier(code, chosen, note=request.POST.get("note", ""), **who),
            gettext("Given to %(name)s.") % {"name": chosen.full_name},
        )
    return render(
        request,
        "onestop/assign.html",
        {
            "title": gettext("Assign"),
            "dossier": view.dossier,
            "officers": [{"value": str(official.id), "text": official.full_name} for official in officers],
        },
    )


def enter_answers(request: ActorRequest, step: str, code: str) -> HttpResponse:
    """Enter one step of a declaration made on paper."""
    found = open_dossier(code, access.can_enter_answers, actor=request.actor, at=request.at)
    if not found.form_code:
        raise NotFound
    form, on = load_form(found.form_code, found.form_version), civil_date(request.at)
    # only to begin with: what stands on the paper may differ from what is known, and is then typed over it
    entered = working.entered(found.answers)
    known = Prefill(people.prefill_for(found, on)) if step not in entered else NO_PREFILL
    data, faults, focus = fill(form, entered, known, on=on), [], ""
    if request.method == "POST":
        bound = bind(form, step, request.POST, on=on, data=found.answers)
        data, faults, focus = bound.data, bound.faults, bound.focus
        try:
            processing.enter_answers(code, step, bound.data.get(step, {}), actor=request.actor, at=request.at)
        except FeeSettled as no:
            faults = [Fault(no.faults[0].pointer if no.faults else "", str(no))]
        else:
            if bound.is_done:
                following = working.next_step(form, step, bound.data, on=on)
                return (
                    redirect("onestop:enter_answers", following, code) if following else redirect("onestop:work", code)
                )
    try:
        page = step_page(form, step, data, on=on, faults=faults, focus=focus)
    except LookupError:
        raise NotFound from None
    context = {"title": gettext("Enter the declaration"), "dossier": found, "page": page, "faults": faults}
    return render(request, "onestop/enter_answers.html", context)


def pass_on(request: ActorRequest, code: str) -> HttpResponse:
    """Agree with a proposal and pass it on."""
    return _simple(request, code, processing.pass_on, gettext("Passed on to the leader."))


def correct(request: ActorRequest, code: str) -> HttpResponse:
    """Send a proposal back for correction."""
    return _with_reason(
        request,
        code,
        processing.return_for_correction,
        ask=partial(InnerForm, label=gettext("What to correct"), required=gettext("Say what to correct.")),
        title=gettext("Send back for correction"),
        button=gettext("Send back"),
        said=gettext("Sent back."),
    )


def ask_opinion(request: ActorRequest, code: str) -> HttpResponse:
    """Ask another body for its opinion: what, and until when."""
    found = open_dossier(code, access.sees_as_office, actor=request.actor, at=request.at)
    form = AskForm(request.POST or None, days=opinions.days_for_opinion(request.at))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opinions.ask_opinion(code, question=data["reason"], until=data["to"], actor=request.actor, at=request.at)
        except opinions.BadDeadline as no:
            form.add_error("to", str(no))
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, gettext("Asked."))
            return redirect("onestop:work", code)
    return _reason(request, found, form, gettext("Ask for an opinion"), gettext("Ask"))


def give_opinion(request: ActorRequest, code: str) -> HttpResponse:
    """Answer a request for opinion."""
    return _with_reason(
        request,
        code,
        lambda code, *, reason, **who: opinions.give_opinion(code, opinion=reason, **who),
        ask=partial(InnerForm, label=gettext("Opinion"), required=gettext("Write your opinion.")),
        title=gettext("Your opinion"),
        button=gettext("Send the opinion"),
        said=gettext("Sent."),
    )


def postpone(request: ActorRequest, code: str) -> HttpResponse:
    """Give the applicant a new date with an apology; the letter can be read before."""
    found = open_dossier(code, access.can_postpone, actor=request.actor, at=request.at)
    form = PostponeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if "draft" in request.POST:
                return _letter(request, found, form.cleaned_data)
            processing.postpone_result(code, **form.cleaned_data, actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error("to", str(no))
        else:
            messages.success(request, gettext("New date set. The applicant gets the apology (form 04)."))
            return redirect("onestop:work", code)
    return _reason(request, found, form, gettext("Set a new date, with an apology"), gettext("Set the new date"))


def _letter(request: ActorRequest, found: Any, data: dict[str, Any]) -> HttpResponse:
    """Show the letter as it would go out; nothing is changed. Raises DayOff."""
    try:
        template, paper = papers.apology_draft(found, **data, by=request.actor.name, at=request.at)
    except (NoAnswer, IndexError):
        raise processing.DayOff(day=f"{data['to']:%d/%m/%Y}") from None
    response = HttpResponse(render_pdf(template, paper, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="du-thao-mau-04.pdf"'
    return response


def stop(request: ActorRequest, code: str) -> HttpResponse:
    """Stop processing with a reason."""
    open_dossier(code, access.can_assign, actor=request.actor, at=request.at)
    return _with_reason(
        request,
        code,
        processing.stop_dossier,
        title=gettext("Stop processing"),
        button=gettext("Stop"),
        said=gettext("Stopped. The applicant is told."),
    )


def _with_reason(
    request: ActorRequest,
    code: str,
    action: Callable[..., Any],
    *,
    title: str,
    button: str,
    said: str,
    ask: Callable[..., ReasonForm] = ReasonForm,
) -> HttpResponse:
    found = open_dossier(code, access.sees_as_office, actor=request.actor, at=request.at)
    form = ask(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _simple(request, code, lambda code, **who: action(code, reason=reason, **who), said)
    return _reason(request, found, form, title, button)
