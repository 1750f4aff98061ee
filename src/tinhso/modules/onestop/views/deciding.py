"""What a dossier ends in: proposed, read as a draft, signed, issued."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import Filters
from tinhso.kernel.casework.public import worklist as read_worklist
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.forms.public import load_form, summary
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import processing, results
from tinhso.modules.onestop.actions.readings import open_whole
from tinhso.modules.onestop.actions.steps import NotYourStep
from tinhso.modules.onestop.forms import PinForm, ProposeForm
from tinhso.modules.onestop.queries import dossiers, papers, shown, working
from tinhso.modules.onestop.views.desk import _simple

KEPT = (401, 403, 404)
REVISION_DIGITS = 10


def propose(request: ActorRequest, code: str) -> HttpResponse:
    """Propose the result: granted, or refused with a reason."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    found = view.dossier
    if not _is_at(request, view, "process"):
        return redirect("onestop:work", code)
    kept = view.result
    known = {"kind": kept.kind, "reason": kept.reason, "note": kept.data.get("note", "")} if kept else None
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            processing.propose_result(
                code,
                kind=data["kind"],
                reason=data["reason"],
                data={"note": data["note"]},
                actor=request.actor,
                at=request.at,
            )
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, gettext("Sent up for decision."))
            return redirect("onestop:work", code)
    definition = load_form(found.form_code, found.form_version) if found.form_code else None
    return render(
        request,
        "onestop/propose.html",
        {
            "title": gettext("Propose the result"),
            "dossier": found,
            "form": form,
            "declaration": working.declaration(found, definition, request.actor, on=civil_date(request.at)),
        },
    )


def _is_at(request: ActorRequest, view: dossiers.DossierView, form: str) -> bool:
    """Tell whether the dossier waits for this step, and say so if not. Raises Forbidden when it is another's to do."""
    tasks = [task for task in view.tasks if task.form == form]
    for task in tasks:
        require(access.can_do_task, request.actor, task)
    if not tasks:
        messages.error(request, str(NotYourStep(dossier=view.dossier.code)))
    return bool(tasks)


def draft(request: ActorRequest, code: str) -> HttpResponse:
    """Show the paper that would be signed, as PDF; a POST shows what the officer is about to propose, and keeps nothing."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    kind = ""
    if request.method == "POST":
        kind = "refusal" if request.POST.get("kind") == "refusal" else "grant"
    to_sign = any(task.form == "sign" and access.can_do_task(request.actor, task) for task in view.tasks)
    template, data = papers.draft_of(
        view.dossier,
        request.at,
        kind=kind,
        reason=request.POST.get("reason", ""),
        signer=request.actor.name if to_sign else "",
    )
    response = HttpResponse(render_pdf(template, data, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="du-thao-{code.replace("/", "-")}.pdf"'
    return response


def sign(request: ActorRequest, code: str) -> HttpResponse:
    """Approve and sign one result: whoever does its step; the act asks the second factor as well."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    if not _is_at(request, view, "sign"):
        return redirect("onestop:work", code)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            results.sign_result(
                code,
                pin=form.cleaned_data["pin"],
                revision=_revision(request, "revision"),
                actor=request.actor,
                at=request.at,
            )
        except Refusal as no:
            if no.status in KEPT and no.code.startswith("base."):
                raise
            form.add_error("pin", str(no))
        else:
            messages.success(request, gettext("Signed. The clerk issues it now."))
            return redirect("onestop:signing")
    return render(
        request,
        "onestop/sign.html",
        {
            "title": gettext("Approve and sign"),
            "view": view,
            "dossier": view.dossier,
            "form": form,
            "files": [shown.file_row(file) for file in view.files],
            "sections": _answers(view.dossier),
        },
    )


def _answers(found: Any) -> Any:
    """Return the declaration as it is read: what is signed is made of it."""
    form = load_form(found.form_code, found.form_version) if found.form_code else None
    return summary(form, found.answers, on=civil_date(found.submitted_at)) if form else []


def signing(request: ActorRequest) -> HttpResponse:
    """List what waits for the leader's signature; sign several at once with one PIN."""
    require(access.leads, request.actor)
    page = read_worklist(
        request.actor, Filters(kind="dossier", forms=working.TO_SIGN), at=request.at, after=request.GET.get("sau", "")
    )
    form, ticked = PinForm(request.POST or None), request.POST.getlist("code")
    if request.method == "POST" and form.is_valid():
        try:
            read = {code: _revision(request, f"r-{code}") for code in ticked}
            answers = results.sign_many(read, pin=form.cleaned_data["pin"], actor=request.actor, at=request.at)
        except Refusal as no:
            form.add_error(None if isinstance(no, results.NothingTicked) else "pin", str(no))
        else:
            _tell_signed(request, answers)
            return redirect("onestop:signing")
    rows = [_as_read(request, row, ticked) for row in working.rows(page.tasks, request.at)]
    return render(
        request,
        "onestop/signing.html",
        {
            "title": gettext("To sign"),
            "rows": rows,
            # a participant's result is read and signed by itself
            "may_tick": any(not row["part"] for row in rows),
            "form": form,
            "next": f"?sau={page.after}" if page.after else "",
        },
    )


def _as_read(request: ActorRequest, row: dict[str, Any], ticked: list[str]) -> dict[str, Any]:
    """Return a line with its tick; what was ticked stays what it was when it was ticked."""
    if row["code"] not in ticked:
        return row
    return {**row, "ticked": True, "revision": _revision(request, f"r-{row['code']}")}


def _revision(request: ActorRequest, name: str) -> int:
    """Return the revision of the dossier that the page showed; of a page that does not say, none that there is."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < REVISION_DIGITS else -1


def _tell_signed(request: ActorRequest, answers: list[tuple[str, Refusal | None]]) -> None:
    done = sum(no is None for _code, no in answers)
    if done:
        messages.success(request, gettext("%(n)d signed.") % {"n": done})
    for code, no in answers:
        if no is not None:
            messages.error(request, f"{code}: {no}")


def issue(request: ActorRequest, code: str) -> HttpResponse:
    """Enter the signed result in the book and send it to the desk."""
    return _simple(request, code, results.issue_result, gettext("Issued. The desk can hand it over."))
