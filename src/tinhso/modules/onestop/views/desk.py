"""The desk: what was filed online, what to hand over, acceptance, refusal, supplement, money, search."""

from __future__ import annotations

from collections.abc import Sequence
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
from tinhso.modules.onestop.actions import money, reception, registers, transfers
from tinhso.modules.onestop.actions import supplement as supplements
from tinhso.modules.onestop.actions.readings import open_dossier, open_whole
from tinhso.modules.onestop.forms import AskerForm, ReasonForm, SupplementItemForm
from tinhso.modules.onestop.queries import dossiers, shown
from tinhso.modules.onestop.queries.deadlines import notice_by
from tinhso.modules.onestop.queries.paging import PAGE, Page
from tinhso.modules.onestop.views.reusing import chosen_held, with_held
from tinhso.web.words import money as worth

ITEM_LINES = 3
MOST_LINES = 12


def inbox(request: ActorRequest) -> HttpResponse:
    """List what was filed online and waits at the desk."""
    require(access.can_receive, request.actor)
    page = dossiers.to_receive(request.actor, after=_after(request))
    return _rows(request, gettext("Reception"), page, gettext("Nothing waits at the desk."), intake=True)


def outbox(request: ActorRequest) -> HttpResponse:
    """List the results that wait to be handed over."""
    require(access.can_receive, request.actor)
    page = dossiers.to_return(request.actor, after=_after(request))
    return _rows(request, gettext("Results to hand over"), page, gettext("No result waits to be handed over."))


def waiting(request: ActorRequest) -> HttpResponse:
    """List what waits for papers of the applicant."""
    require(access.works_here, request.actor)
    page = dossiers.waiting_for_applicant(request.actor, after=_after(request))
    return _rows(request, gettext("Waiting for papers"), page, gettext("Nobody is asked for papers now."))


def cash(request: ActorRequest) -> HttpResponse:
    """List the fees to be taken at the counter, and those to be given back there."""
    require(access.can_see_cash_desk, request.actor)
    page = dossiers.money_waiting(request.actor, after=_after(request))
    return _rows(
        request, gettext("Fees at the counter"), page, gettext("No fee waits to be taken or given back."), fees=True
    )


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
        Page(rows),
        gettext("Nothing found. Try the code, or fewer letters of the name."),
        asked=text,
        cut=len(rows) >= PAGE,
    )


def accept(request: ActorRequest, code: str) -> HttpResponse:
    """Accept a dossier filed online."""
    return _simple(request, code, reception.accept_dossier, gettext("Accepted. Form 01 is ready to print."))


def refuse(request: ActorRequest, code: str) -> HttpResponse:
    """Refuse a dossier at reception with its reason."""
    found = open_dossier(code, access.receives, actor=request.actor, at=request.at)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reception.refuse_dossier(code, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at)
        messages.success(request, gettext("Refused. The applicant is told, with your reason."))
        return redirect("onestop:work", code)
    return _reason(request, found, form, gettext("Refuse at reception"), gettext("Refuse"))


def supplement(request: ActorRequest, code: str) -> HttpResponse:
    """Ask for what is missing: the whole list, once."""
    view = open_whole(code, access.sees_as_office, actor=request.actor, at=request.at)
    count = _lines(request)
    lines = [SupplementItemForm(request.POST or None, prefix=f"item-{n}") for n in range(count)]
    asker = AskerForm(request.POST or None)
    faults: list[Fault] = []
    if request.method == "POST" and "more" not in request.POST and all(form.is_valid() for form in (asker, *lines)):
        items = [(line, item) for line in lines if (item := line.item())]
        registers.ask_before_asking(code, [item for _line, item in items], actor=request.actor, at=request.at)
        try:
            supplements.ask_for_supplement(
                code,
                [item for _line, item in items],
                phone=asker.cleaned_data["phone"],
                actor=request.actor,
                at=request.at,
            )
        except BadInput as no:
            faults = [_at_line(fault, [line for line, _item in items]) for fault in no.faults]
        except Refusal as no:
            if no.status in (401, 403, 404):
                raise
            faults = [Fault("", str(no))]
        else:
            received = view.dossier.received_at is not None
            stands = gettext("Asked. The clock stands until the answer comes.")
            messages.success(request, stands if received else gettext("Asked. The clock has not begun yet."))
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/supplement.html",
        {
            "title": gettext("Ask for more papers"),
            "dossier": view.dossier,
            "lines": lines,
            "asker": asker,
            "may_add": count < MOST_LINES,
            "places": shown.places(view),
            "reasons": shown.reason_choices(),
            "faults": faults or _typed_wrong(lines),
            "last": (last := notice_by(view.dossier)),
            "late": last is not None and civil_date(request.at) > last,
        },
    )


def _lines(request: ActorRequest) -> int:
    """Return how many things the page asks for: three at first, one more with each press of “another”."""
    typed = request.POST.get("lines", "")
    shown_before = int(typed) if typed.isdecimal() and len(typed) <= len(str(MOST_LINES)) else ITEM_LINES
    return min(max(shown_before, ITEM_LINES) + ("more" in request.POST), MOST_LINES)


def _typed_wrong(lines: Sequence[SupplementItemForm]) -> list[Fault]:
    """Return what is wrong in the lines as typed, such as too long a text; nothing before they were sent."""
    return [
        Fault(f"/{line.prefix}-{name}", str(text))
        for line in lines
        for name, texts in line.errors.items()
        for text in texts
    ]


def _at_line(fault: Fault, lines: Sequence[SupplementItemForm]) -> Fault:
    """Return a fault of an item at the line in which it was typed: empty lines were left out of the items."""
    place, number, name = ([*fault.pointer.strip("/").split("/"), "", ""])[:3]
    if place != "items" or not number.isdecimal() or int(number) >= len(lines):
        return Fault("/item-0-text", fault.text)
    return Fault(f"/{lines[int(number)].prefix}-{name or 'text'}", fault.text)


def bring(request: ActorRequest, code: str) -> HttpResponse:
    """Take at the counter what the applicant brings in answer to form 02."""
    view = open_whole(code, access.receives, actor=request.actor, at=request.at)
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
            held = chosen_held(request.POST, view)
            supplements.answer_supplement(code, files=files, held=held, actor=request.actor, at=request.at)
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
            "items": with_held(view, request, shown.asked_items(view.supplement, view)),
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


def transfer(request: ActorRequest, code: str) -> HttpResponse:
    """Show the payer at the counter a code for a transfer; prepare it first."""
    found = open_dossier(code, access.can_take_payment, actor=request.actor, at=request.at)
    if request.method == "POST":
        transfers.start_transfer(code, actor=request.actor, at=request.at)
        return redirect("onestop:transfer", code)
    context = {"title": gettext("Pay by transfer"), "dossier": found, "transfer": transfers.shown_to(found, request.at)}
    return render(request, "onestop/transfer.html", context)


@require_POST
def return_cash(request: ActorRequest, code: str) -> HttpResponse:
    """Note that the fee taken at the counter was given back."""
    try:
        payment = money.return_cash(code, actor=request.actor, at=request.at)
    except money.NothingToGiveBack as no:
        messages.error(request, str(no))
    else:
        said = gettext("Given back. Receipt %(number)s is closed.") % {"number": payment.receipt_number}
        if payment.of is not None:
            said = gettext("Given back: {amount} of receipt {number}.").format(
                amount=worth(payment.amount_vnd), number=payment.of.receipt_number
            )
        messages.success(request, said)
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


def _after(request: ActorRequest) -> str:
    """Return where the page begins; empty: at the beginning."""
    return request.GET.get("sau", "")[:200]


def _rows(request: ActorRequest, title: str, page: Page[Any], empty: str, **more: Any) -> HttpResponse:
    shown_before = request.path if _after(request) else ""
    lines = [shown.desk_row(row, request.at) for row in page.rows]
    turning = {"next": f"?sau={page.after}" if page.after else "", "first": shown_before}
    return render(request, "onestop/desk_list.html", {"title": title, "rows": lines, "empty": empty, **turning, **more})


def _reason(request: ActorRequest, found: Any, form: ReasonForm, title: str, button: str, **more: Any) -> HttpResponse:
    back = reverse("onestop:work", args=[found.code])
    context = {"title": title, "dossier": found, "form": form, "button": button, "back": back, **more}
    return render(request, "onestop/reason.html", context)
