"""The desk: what was filed online, what to hand over, acceptance, refusal, supplement, money, search."""

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
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.documents.public import prepare
from tinhso.kernel.documents.public import save as save_document
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import money, reception
from tinhso.modules.onestop.actions import supplement as supplements
from tinhso.modules.onestop.forms import ReasonForm, SupplementItemForm
from tinhso.modules.onestop.queries import dossiers, shown
from tinhso.modules.onestop.queries.deadlines import notice_by

ITEM_LINES = 6


def inbox(request: ActorRequest) -> HttpResponse:
    """List what was filed online and waits at the desk."""
    require(access.can_receive, request.actor)
    rows = dossiers.to_receive(request.actor)
    return _rows(request, gettext("Reception"), rows, gettext("Nothing waits at the desk."), intake=True)


def outbox(request: ActorRequest) -> HttpResponse:
    """List the results that wait to be handed over."""
    require(access.can_receive, request.actor)
    rows = dossiers.to_return(request.actor)
    return _rows(request, gettext("Results to hand over"), rows, gettext("No result waits to be handed over."))


def waiting(request: ActorRequest) -> HttpResponse:
    """List what waits for papers of the applicant."""
    require(access.works_here, request.actor)
    rows = dossiers.waiting_for_applicant(request.actor)
    return _rows(request, gettext("Waiting for papers"), rows, gettext("Nobody is asked for papers now."))


def search(request: ActorRequest) -> HttpResponse:
    """Find dossiers by code, name, number or telephone."""
    require(access.works_here, request.actor)
    text = request.GET.get("q", "").strip()[:100]
    rows = dossiers.search_dossiers(text, seen_by=request.actor)
    if len(rows) == 1 and rows[0].code == text.upper():
        return redirect("onestop:work", rows[0].code)
    return _rows(
        request,
        gettext("Search dossiers"),
        rows,
        gettext("Nothing found. Try the code, or fewer letters of the name."),
        asked=text,
    )


def accept(request: ActorRequest, code: str) -> HttpResponse:
    """Accept a dossier filed online."""
    return _simple(request, code, reception.accept_dossier, gettext("Accepted. Form 01 is ready to print."))


def refuse(request: ActorRequest, code: str) -> HttpResponse:
    """Refuse a dossier at reception with its reason."""
    found = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_receive, request.actor, found.desk_code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reception.refuse_dossier(code, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at)
        messages.success(request, gettext("Refused. The applicant is told, with your reason."))
        return redirect("onestop:work", code)
    return _reason(request, found, form, gettext("Refuse at reception"), gettext("Refuse"))


def supplement(request: ActorRequest, code: str) -> HttpResponse:
    """Ask for what is missing: the whole list, once."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    require(access.sees_as_office, request.actor, view.dossier)
    lines = [SupplementItemForm(request.POST or None, prefix=f"item-{n}") for n in range(ITEM_LINES)]
    faults: list[Fault] = []
    if request.method == "POST":
        items = [item for line in lines if line.is_valid() and (item := line.item())]
        try:
            supplements.ask_for_supplement(
                code, items, phone=request.POST.get("phone", ""), actor=request.actor, at=request.at
            )
        except BadInput as no:
            faults = [
                Fault(fault.pointer.replace("/items/", "/item-").replace("/text", "-text"), fault.text)
                for fault in no.faults
            ]
        else:
            messages.success(request, gettext("Asked. The clock stands until the answer comes."))
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/supplement.html",
        {
            "title": gettext("Ask for more papers"),
            "dossier": view.dossier,
            "lines": lines,
            "places": shown.places(view),
            "reasons": shown.reason_choices(),
            "faults": faults,
            "last": (last := notice_by(view.dossier)),
            "late": last is not None and civil_date(request.at) > last,
        },
    )


def bring(request: ActorRequest, code: str) -> HttpResponse:
    """Take at the counter what the applicant brings in answer to form 02."""
    view = dossiers.view_dossier(code, seen_by=request.actor)
    require(access.can_receive, request.actor, view.dossier.desk_code)
    if view.supplement is None:
        return redirect("onestop:work", code)
    faults: list[Fault] = []
    if request.method == "POST":
        files: list[tuple[str, Any]] = []
        try:
            for item in view.supplement.items:
                for sent in request.FILES.getlist(f"file-{item['component']}") if item["component"] else []:
                    prepared = prepare(sent, name=sent.name or "tep")
                    made = save_document(prepared, actor=request.actor, at=request.at, purpose="supplement")
                    files.append((item["component"], made))
            supplements.answer_supplement(code, files=files, actor=request.actor, at=request.at)
        except BadInput as no:
            faults = [Fault(fault.pointer.replace("/_files/", "/file-"), fault.text) for fault in no.faults]
        except Refusal as no:
            faults = [Fault("", str(no))]
        else:
            messages.success(request, gettext("Taken. The clock runs anew."))
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/bring.html",
        {
            "title": gettext("Take the papers asked for"),
            "dossier": view.dossier,
            "items": shown.asked_items(view.supplement, view),
            "faults": faults,
        },
    )


@require_POST
def take_payment(request: ActorRequest, code: str) -> HttpResponse:
    """Take the fee at the counter."""
    method = request.POST.get("method", "cash")
    if method not in ("cash", "transfer"):
        method = "cash"
    payment = money.take_payment(code, method=method, actor=request.actor, at=request.at)
    messages.success(request, gettext("Taken. Receipt %(number)s.") % {"number": payment.receipt_number})
    return redirect("onestop:work", code)


@require_POST
def return_cash(request: ActorRequest, code: str) -> HttpResponse:
    """Note that the fee taken at the counter was given back."""
    try:
        payment = money.return_cash(code, actor=request.actor, at=request.at)
    except money.NothingToGiveBack as no:
        messages.error(request, str(no))
    else:
        messages.success(
            request, gettext("Given back. Receipt %(number)s is closed.") % {"number": payment.receipt_number}
        )
    return redirect("onestop:work", code)


@require_POST
def return_result(request: ActorRequest, code: str) -> HttpResponse:
    """Hand the result over."""
    taken_by = request.POST.get("taken_by", "").strip()[:200]
    try:
        reception.return_result(code, taken_by=taken_by, actor=request.actor, at=request.at)
    except (reception.MoneyFirst, reception.ResultNotReady) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("Handed over. The dossier is closed."))
    return redirect("onestop:work", code)


def _simple(request: ActorRequest, code: str, action: Any, said: str) -> HttpResponse:
    if request.method == "POST":
        try:
            action(code, actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in (401, 403, 404):
                raise
            messages.error(request, str(no))
        else:
            messages.success(request, said)
    return redirect("onestop:work", code)


def _rows(request: ActorRequest, title: str, rows: Any, empty: str, **more: Any) -> HttpResponse:
    return render(
        request,
        "onestop/desk_list.html",
        {"title": title, "rows": [shown.desk_row(row, request.at) for row in rows], "empty": empty, **more},
    )


def _reason(request: ActorRequest, found: Any, form: ReasonForm, title: str, button: str, **more: Any) -> HttpResponse:
    back = reverse("onestop:work", args=[found.code])
    context = {"title": title, "dossier": found, "form": form, "button": button, "back": back, **more}
    return render(request, "onestop/reason.html", context)
