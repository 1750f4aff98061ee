"""A participant's pages: propose what its part ends in, read the draft, sign it, send it back."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.casework.public import Task, part_of_task
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.forms.public import load_form
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import parts
from tinhso.modules.onestop.actions.readings import open_whole
from tinhso.modules.onestop.actions.steps import NotYourStep
from tinhso.modules.onestop.forms import InnerForm, PinForm, ProposeForm
from tinhso.modules.onestop.queries import papers, participation, shown, working
from tinhso.modules.onestop.queries.dossiers import DossierView
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.modules.onestop.views.desk import _reason, _simple
from tinhso.web.words import own

KEPT = (401, 403, 404)


def _my_task(request: ActorRequest, view: DossierView, form: str) -> Task | None:
    """Return the actor's open step of this kind, of the part that the address names; say so when there is none."""
    wanted = request.GET.get("phan", "")
    tasks = [task for task in view.tasks if task.form == form]
    mine = [task for task in tasks if access.can_do_task(request.actor, task)]
    mine = [task for task in mine if not wanted or part_of_task(task) == wanted]
    if tasks and not mine:
        require(access.can_do_task, request.actor, tasks[0])
    if not mine:
        messages.error(request, str(NotYourStep(dossier=view.dossier.code)))
        return None
    return mine[0]


def propose(request: ActorRequest, code: str) -> HttpResponse:
    """Propose what the participant's part ends in: granted, or refused with a reason."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    task = _my_task(request, view, parts.PROCESSING)
    if task is None:
        return redirect("onestop:work", code)
    key = part_of_task(task)
    kept = participation.proposed_part(view.dossier, key)
    known = {"kind": kept.kind, "reason": kept.reason, "note": kept.data.get("note", "")} if kept else None
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            parts.propose_part(
                code, kind=data["kind"], reason=data["reason"], data={"note": data["note"]}, part=key,
                actor=request.actor, at=request.at,
            )  # fmt: skip
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, gettext("Sent up for decision."))
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/part_propose.html",
        {"title": gettext("Propose the result"), "dossier": view.dossier, "form": form, "terms": _terms(view, key)},
    )


def _terms(view: DossierView, key: str) -> dict[str, str]:
    part = parts.terms_of(view.dossier, key)
    assert part.result is not None
    return {"key": key, "task": own(part, "task"), "result": own(part.result, "name")}


def sign(request: ActorRequest, code: str) -> HttpResponse:
    """Approve and sign the participant's result; the act asks the second factor as well."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    task = _my_task(request, view, parts.SIGNING)
    if task is None:
        return redirect("onestop:work", code)
    key = part_of_task(task)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            parts.sign_part(code, pin=form.cleaned_data["pin"], part=key, actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in KEPT and no.code.startswith("base."):
                raise
            form.add_error("pin", str(no))
        else:
            messages.success(request, gettext("Signed."))
            return redirect("onestop:worklist")
    definition = load_form(view.dossier.form_code, view.dossier.form_version)
    return render(
        request,
        "onestop/part_sign.html",
        {
            "title": gettext("Approve and sign"),
            "dossier": view.dossier,
            "result": participation.part_result(view.dossier, key),
            "terms": _terms(view, key),
            "form": form,
            "files": [shown.file_row(file) for file in view.files if file.origin != "result"],
            "sections": working.answers_read(view.dossier, definition, request.actor),
        },
    )


def draft(request: ActorRequest, code: str) -> HttpResponse:
    """Show the paper that a participant's leader would sign, as PDF, without a number."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    result = participation.part_result(view.dossier, request.GET.get("phan", ""))
    # a draft is its agency's; whoever leads sees what was signed
    require(access.works_at, request.actor, result.agency_code)
    if result.signed_at:
        raise NotFound
    service = service_filed(view.dossier)
    template, data = papers.part_paper(view.dossier, result, service, request.at, signer="")
    pdf = render_pdf(template, {**data, "number": "", "draft": True}, at=request.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="du-thao-{code.replace("/", "-")}-{result.part}.pdf"'
    return response


def correct(request: ActorRequest, code: str) -> HttpResponse:
    """Send a participant's proposal back to its officer."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    task = _my_task(request, view, parts.SIGNING)
    if task is None:
        return redirect("onestop:work", code)
    ask = partial(InnerForm, label=gettext("What to correct"), required=gettext("Say what to correct."))
    form = ask(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, key = form.cleaned_data["reason"], part_of_task(task)
        action = partial(parts.correct_part, reason=reason, part=key)
        return _simple(request, code, action, gettext("Sent back."))
    return _reason(request, view.dossier, form, gettext("Send back for correction"), gettext("Send back"))
