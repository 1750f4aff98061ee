"""
The citizen's dossiers: list, one dossier, supplement, withdrawal, rating, papers; tracking without sign-in.

An official is no applicant here: only the printed papers are for both, and those note who reads.
"""

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
from tinhso.kernel.casework.public import find_mirrored
from tinhso.kernel.documents.public import list_own, prepare, render_pdf
from tinhso.kernel.documents.public import save as save_document
from tinhso.kernel.forms.public import bind, load_form, step_page, steps_asked, summary
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import receipt_code
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import rating, supplement
from tinhso.modules.onestop.actions.owing import FeeSettled
from tinhso.modules.onestop.actions.readings import open_dossier
from tinhso.modules.onestop.actions.reusing import NotHeld
from tinhso.modules.onestop.forms import LookupForm, RatingForm, WithdrawForm
from tinhso.modules.onestop.queries import dossiers, papers, participation, shown, tracking
from tinhso.modules.onestop.queries.deadlines import days_of, why_due
from tinhso.modules.onestop.queries.fees import is_due
from tinhso.modules.onestop.queries.lateness import lateness_of, public_lateness
from tinhso.modules.onestop.queries.paging import Page
from tinhso.modules.onestop.queries.readings import readings_of
from tinhso.modules.onestop.views.reusing import chosen_held, with_held

NOTE_LENGTH = 2000
RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
"""A code of the journal, which people take for that of their dossier: both stand on one page."""


def mine(request: ActorRequest) -> HttpResponse:
    """List the applicant's drafts and dossiers: the first page both, the pages after one of the two."""
    require(access.can_file, request.actor)
    after, drafts_after = request.GET.get("sau", "")[:200], request.GET.get("nhap", "")[:200]
    drafts = dossiers.list_drafts(request.actor, after=drafts_after) if not after else Page([])
    page = dossiers.list_own(request.actor, after=after) if not drafts_after else Page([])
    return render(
        request,
        "onestop/mine.html",
        {
            "title": gettext("My dossiers"),
            "hears": True,
            "drafts": drafts.rows,
            "rows": [shown.own_row(dossier, request.at) for dossier in page.rows],
            "only_drafts": bool(drafts_after),
            "first": request.path if after or drafts_after else "",
            "next": f"?sau={page.after}" if page.after else "",
            "next_drafts": f"?nhap={drafts.after}" if drafts.after else "",
        },
    )


def dossier(request: ActorRequest, code: str) -> HttpResponse:
    """Show the applicant's dossier: what to do now, how long still, what happened, its papers."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, view.dossier)
    form = load_form(view.dossier.form_code, view.dossier.form_version) if view.dossier.form_code else None
    answers = view.dossier.answers
    return render(
        request,
        "onestop/dossier.html",
        {
            "title": shown.service_name(view.dossier),
            "hears": True,
            "view": view,
            "dossier": view.dossier,
            "due": shown.due_of(view.dossier, request.at),
            "late": public_lateness(lateness_of(view.dossier) if view.dossier.apologised_at else None),
            "state": shown.state_words(view.dossier),
            "timeline": shown.timeline(view.history, view.dossier, own=True),
            "files": [shown.file_row(file) for file in shown.own_files(view)],
            "sections": summary(form, answers, on=civil_date(view.dossier.submitted_at)) if form else [],
            "todo": shown.todo(view),
            "prints": papers.papers_there(view, own=True),
            "may": shown.own_may(view),
            "parts": participation.part_rows(view.dossier, request.at, own_reader=True),
        },
    )


def filed(request: ActorRequest, code: str) -> HttpResponse:
    """Confirm the filing: code, QR, fingerprints of the files, the receipt that anyone can check."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, view.dossier)
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
    require(access.can_see_own, request.actor, view.dossier)
    if view.supplement is None:
        return redirect("onestop:dossier", code)
    pages, answers, faults = _asked_pages(request, view)
    note = request.POST.get("note", "")[:NOTE_LENGTH]
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
                    faults.append(Fault(f"/file-{item['component']}", shown.said_of(sent.name, no)))
        if not faults:
            held = chosen_held(request.POST, view)
            try:
                supplement.answer_supplement(
                    code, answers=answers, files=files, held=held, note=note, actor=request.actor, at=request.at
                )
            except NotHeld as no:
                faults = [Fault("", str(no))]
            except (supplement.StillMissing, supplement.NotAsked, FeeSettled) as no:
                faults = [Fault(fault.pointer.replace("/_files/", "/file-"), fault.text) for fault in no.faults]
            else:
                messages.success(request, gettext("Sent. The officers have what they asked for."))
                return redirect("onestop:dossier", code)
    return render(
        request,
        "onestop/answer.html",
        {
            "title": gettext("Send what was asked"),
            "dossier": view.dossier,
            "asked": view.supplement,
            "note": note,
            "items": with_held(view, request, shown.asked_items(view.supplement, view)),
            "pages": pages,
            "faults": faults,
        },
    )


def _asked_pages(request: ActorRequest, view: dossiers.DossierView) -> tuple[list[Any], dict[str, Any], list[Fault]]:
    """Return the pages of the questions to mend, the answers with what was posted, and what is wrong in them."""
    found = view.dossier
    if view.supplement is None or not view.supplement.pointers_asked() or not found.form_code:
        return [], {}, []
    form, on = load_form(found.form_code, found.form_version), civil_date(request.at)
    asked = supplement.questions_asked(found, view.supplement)
    data: dict[str, Any] = dict(found.answers)
    given: dict[str, Any] = {}
    pages, faults = [], []
    for step in form.steps:
        # judged as it goes: what was answered above may ask a step that was not asked before
        if not asked.has_step(step.key) or step not in steps_asked(form, data, on=on):
            continue
        opened = asked
        if request.method == "POST":
            bound = bind(form, step.key, request.POST, on=on, data=data, reopened=asked)
            data, opened, wrong = bound.data, bound.reopened or asked, bound.faults
            given[step.key] = data[step.key]
            faults += wrong
        pages.append((step.key, opened))
    shown_pages = [step_page(form, key, data, on=on, faults=faults, reopened=opened) for key, opened in pages]
    return shown_pages, given, faults


def readers(request: ActorRequest, code: str) -> HttpResponse:
    """Show the applicant which officials read the dossier, when and what for."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, found)
    context = {"title": gettext("Who read this dossier"), "dossier": found, "readings": readings_of(found)}
    return render(request, "onestop/readers.html", context)


def withdraw(request: ActorRequest, code: str) -> HttpResponse:
    """Withdraw a dossier, after asking once."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, found)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        supplement.withdraw_dossier(code, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at)
        messages.success(request, gettext("Withdrawn. Nothing more will be done on it."))
        return redirect("onestop:dossier", code)
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
    found = open_dossier(code, actor=request.actor, at=request.at)
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
            _known(typed)
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


def _known(code: str) -> None:
    """Look whether there is a dossier of this code, here or in a central system. Raises NotFound."""
    try:
        tracking.track(code)
    except NotFound:
        if find_mirrored(code) is None:
            raise


def track(request: ActorRequest, code: str) -> HttpResponse:
    """Show how far a dossier is, without personal data, to anybody who has its code."""
    try:
        view = tracking.track(code)
    except NotFound:
        return _elsewhere(request, code)
    if access.can_see_own(request.actor, view.dossier):
        return redirect("onestop:dossier", view.code)
    return render(
        request,
        "onestop/track.html",
        {
            "title": gettext("Dossier %(code)s") % {"code": view.code},
            "view": view,
            "due": shown.due_of(view.dossier, request.at),
            "late": public_lateness(view.lateness),
            "state": shown.state_words(view.dossier),
            "timeline": shown.public_timeline(view),
            "parts": participation.part_rows(view.dossier, request.at, public=True),
        },
    )


def _elsewhere(request: ActorRequest, code: str) -> HttpResponse:
    """Show where a dossier stands that a central system works, and whom to ask. Raises NotFound."""
    found = tracking.track_elsewhere(code, civil_date(request.at))
    context = {
        "title": gettext("Dossier %(code)s") % {"code": found.case.code},
        "view": found,
        "state": shown.national_state_words(found.case.state),
        "central": found.service.central if found.service else None,
    }
    return render(request, "onestop/track_elsewhere.html", context)


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
            "parts": participation.why_rows(view.dossier, request.at),
            "days": [shown.day_row(line) for line in days_of(view.dossier, view.pauses)],
            "changes": view.dossier.due_changes.order_by("at"),
        },
    )
