"""The citizen's dossiers: list, one dossier, supplement, withdrawal, rating, papers; tracking without sign-in."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.kernel.documents.public import list_own, prepare, render_pdf
from tinhso.kernel.documents.public import save as save_document
from tinhso.kernel.forms.public import bind, load_form, step_page, summary
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import receipt_code
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import rating, supplement
from tinhso.modules.onestop.forms import LookupForm, RatingForm, ReasonForm
from tinhso.modules.onestop.queries import dossiers, papers, shown, tracking
from tinhso.modules.onestop.queries.deadlines import days_of, why_due
from tinhso.modules.onestop.queries.fees import is_due

RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
"""A code of the journal, which people take for that of their dossier: both stand on one page."""


def mine(request: ActorRequest) -> HttpResponse:
    """List the applicant's drafts and dossiers."""
    require(access.can_file, request.actor)
    rows = dossiers.list_own(request.actor)
    return render(
        request,
        "onestop/mine.html",
        {
            "title": gettext("My dossiers"),
            "drafts": dossiers.list_drafts(request.actor),
            "rows": [shown.own_row(dossier, request.at) for dossier in rows],
        },
    )


def dossier(request: ActorRequest, code: str) -> HttpResponse:
    """Show the applicant's dossier: what to do now, how long still, what happened, its papers."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    form = load_form(view.dossier.form_code, view.dossier.form_version) if view.dossier.form_code else None
    answers = view.dossier.answers
    return render(
        request,
        "onestop/dossier.html",
        {
            "title": shown.service_name(view.dossier),
            "view": view,
            "dossier": view.dossier,
            "due": shown.due_of(view.dossier, request.at),
            "state": shown.state_words(view.dossier),
            "timeline": shown.timeline(view.history, view.dossier, own=True),
            "files": [shown.file_row(file) for file in shown.own_files(view)],
            "sections": summary(form, answers, on=civil_date(view.dossier.submitted_at)) if form else [],
            "todo": shown.todo(view),
            "may": {
                "withdraw": shown.may_withdraw(view.dossier),
                "rate": view.dossier.finished_at is not None and view.rating is None,
            },
        },
    )


def filed(request: ActorRequest, code: str) -> HttpResponse:
    """Confirm the filing: code, QR, fingerprints of the files, the receipt that anyone can check."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    return render(
        request,
        "onestop/filed.html",
        {
            "title": gettext("Application filed"),
            "dossier": view.dossier,
            "due": is_due(view.dossier),
            "track": request.build_absolute_uri(reverse("onestop:track", args=[code])),
            "files": shown.own_files(view),
            "receipt": receipt_code(view.dossier.receipt_entry) if view.dossier.receipt_entry else "",
        },
    )


def answer(request: ActorRequest, code: str) -> HttpResponse:
    """Take what was asked for, and only that."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    if view.supplement is None:
        return redirect("onestop:dossier", code)
    pages, answers, faults = _asked_pages(request, view)
    if request.method == "POST":
        files: list[tuple[str, Any]] = []
        for item in view.supplement.items:
            sent_before = request.POST.getlist(f"file-{item['component']}-document") if item["component"] else []
            files += [(item["component"], made) for made in list_own(sent_before, seen_by=request.actor)]
            for sent in request.FILES.getlist(f"file-{item['component']}") if item["component"] else []:
                try:
                    prepared = prepare(sent, name=sent.name or "tep")
                    made = save_document(prepared, actor=request.actor, at=request.at, purpose="supplement")
                    files.append((item["component"], made))
                except Refusal as no:
                    faults.append(Fault(f"/file-{item['component']}", f"{sent.name}: {no}"))
        if not faults:
            try:
                supplement.answer_supplement(code, answers=answers, files=files, actor=request.actor, at=request.at)
            except (supplement.StillMissing, supplement.NotAsked) as no:
                faults = [Fault(fault.pointer.replace("/_files/", "/file-"), fault.text) for fault in no.faults]
            else:
                messages.success(request, gettext("Sent. The officers have what they asked for; the clock runs anew."))
                return redirect("onestop:dossier", code)
    return render(
        request,
        "onestop/answer.html",
        {
            "title": gettext("Send what was asked"),
            "dossier": view.dossier,
            "asked": view.supplement,
            "items": shown.asked_items(view.supplement, view),
            "pages": pages,
            "faults": faults,
        },
    )


def _asked_pages(request: ActorRequest, view: dossiers.DossierView) -> tuple[list[Any], dict[str, Any], list[Fault]]:
    """Return the pages of the steps to mend, the answers with what was posted, and what is wrong in them."""
    found = view.dossier
    steps = sorted({pointer.split("/")[1] for pointer in view.supplement.pointers_asked()}) if view.supplement else []
    if not steps or not found.form_code:
        return [], {}, []
    form, on = load_form(found.form_code, found.form_version), civil_date(request.at)
    data: dict[str, Any] = dict(found.answers)
    faults: list[Fault] = []
    for step in steps:
        if request.method == "POST":
            bound = bind(form, step, request.POST, on=on, data=data)
            data, faults = bound.data, [*faults, *bound.faults]
    pages = [step_page(form, step, data, on=on, faults=faults) for step in steps]
    return pages, data if request.method == "POST" else {}, faults


def withdraw(request: ActorRequest, code: str) -> HttpResponse:
    """Withdraw a dossier, after asking once."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, found)
    if request.method == "POST":
        supplement.withdraw_dossier(code, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at)
        messages.success(request, gettext("Withdrawn. Nothing more will be done on it."))
        return redirect("onestop:dossier", code)
    form = ReasonForm()
    return render(
        request, "onestop/withdraw.html", {"title": gettext("Withdraw this dossier"), "dossier": found, "form": form}
    )


def rate(request: ActorRequest, code: str) -> HttpResponse:
    """Rate a finished dossier."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_rate, request.actor, found)
    form = RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rating.rate_dossier(
            code,
            score=form.cleaned_data["score"],
            aspects=form.aspects(),
            comment=form.cleaned_data["comment"],
            actor=request.actor,
            at=request.at,
        )
        messages.success(request, gettext("Thank you. Your rating counts for this agency."))
        return redirect("onestop:dossier", code)
    aspects = [{"name": name, "text": text} for name, text in rating.ASPECTS.items()]
    context = {"title": gettext("How was it?"), "dossier": found, "form": form, "aspects": aspects}
    return render(request, "onestop/rate.html", {**context, "is_rated": dossiers.is_rated(found)})


def paper(request: ActorRequest, code: str, form: str) -> HttpResponse:
    """Print a form of a dossier as PDF: 01, 02, 03, 04 or the fee receipt."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    template, data = papers.paper_of(form, found, request.at)
    pdf = render_pdf(template, data, at=request.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{form}-{code.replace("/", "-")}.pdf"'
    return response


def look_up(request: ActorRequest) -> HttpResponse:
    """Ask for a code and go to its page."""
    form, receipt = LookupForm(request.GET or None), ""
    if request.GET and form.is_valid():
        typed = form.cleaned_data["ma"]
        try:
            tracking.track(typed)
        except NotFound:
            is_receipt = bool(RECEIPT.fullmatch(typed))
            form.add_error(
                "ma",
                gettext("This is the code of a proof of filing, not of a dossier.")
                if is_receipt
                else gettext("We know no dossier with this code. Check it on your receipt, or call the hotline."),
            )
            receipt = reverse("journal:receipt", args=[typed]) if is_receipt else ""
        else:
            return redirect("onestop:track", typed)
    context = {"title": gettext("Track a dossier"), "form": form, "receipt": receipt}
    return render(request, "onestop/look_up.html", context)


def track(request: ActorRequest, code: str) -> HttpResponse:
    """Show how far a dossier is, without personal data, to anybody who has its code."""
    view = tracking.track(code)
    if access.can_see_own(request.actor, view.dossier):
        return redirect("onestop:dossier", view.code)
    return render(
        request,
        "onestop/track.html",
        {
            "title": gettext("Dossier %(code)s") % {"code": view.code},
            "view": view,
            "due": shown.due_of(view.dossier, request.at),
            "state": shown.state_words(view.dossier),
            "timeline": shown.public_timeline(view),
        },
    )


def why(request: ActorRequest, code: str) -> HttpResponse:
    """Tell why the date is this date, step by step and day by day, each with its law."""
    view = tracking.track(code)
    answer = why_due(view.dossier, view.pauses)
    if answer is None:
        raise NotFound
    return render(
        request,
        "onestop/why.html",
        {
            "title": gettext("Why this date?"),
            "view": view,
            "steps": [shown.step_words(step) for step in answer.steps],
            "days": [shown.day_row(line) for line in days_of(view.dossier, view.pauses)],
            "changes": view.dossier.due_changes.order_by("at"),
        },
    )
