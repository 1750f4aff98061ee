"""The cash book of a desk: list, one book, float, count, second signature, voided receipts, the quarter (S-07)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.money import DENOMINATIONS
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import closing, money
from tinhso.modules.onestop.queries import cash, settlement
from tinhso.modules.onestop.queries.papers.closing import closing_paper
from tinhso.modules.onestop.views.typed import whole_number


def books(request: ActorRequest) -> HttpResponse:
    """List the cash books: what waits first, then all, newest first."""
    after = request.GET.get("sau", "")[:200]
    page = cash.books_seen_by(request.actor, after=after)
    desks = [] if after else cash.desks_of(request.actor)
    return render(
        request,
        "onestop/cash_books.html",
        {
            "title": gettext("Cash books"),
            "rows": page.rows,
            "next": f"?sau={page.after}" if page.after else "",
            "first": request.path if after else "",
            "waiting": [] if after else [_row(each, request) for each in cash.waiting_books(request.actor, request.at)],
            "desks": [(code, cash.open_now(code, request.at)) for code in desks],
        },
    )


@require_POST
def open_book(request: ActorRequest, desk: str) -> HttpResponse:
    """Open the book of the day with its float."""
    try:
        book = closing.open_book(desk, float_vnd=whole_number(request, "float"), actor=request.actor, at=request.at)
    except BadInput as no:
        messages.error(request, str(no.faults[0].text))
        return redirect("onestop:cash_books")
    except closing.FloatSaid as no:
        messages.error(request, str(no))
        return redirect("onestop:cash_books")
    messages.success(request, gettext("The book is open."))
    return redirect("onestop:cash_book", book.id)


def book(request: ActorRequest, book_id: UUID) -> HttpResponse:
    """Show a book: what is in it, and what can be done with it."""
    return _book(request, cash.get_book(book_id, seen_by=request.actor))


def close(request: ActorRequest, book_id: UUID) -> HttpResponse:
    """Close a book with the notes that were counted."""
    found = cash.get_book(book_id, seen_by=request.actor)
    if request.method != "POST":
        return redirect("onestop:cash_book", book_id)
    try:
        counted = {note: whole_number(request, f"n-{note}") for note in DENOMINATIONS}
        closing.close_book(
            book_id, counted=counted, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at
        )
    except BadInput as no:
        whole = isinstance(no, closing.CountDiffers)
        return _book(request, found, [Fault(no.faults[0].pointer, str(no))] if whole else list(no.faults))
    except closing.CashBookClosed as no:
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("Closed. The second signature is somebody else's."))
    return redirect("onestop:cash_book", book_id)


@require_POST
def sign(request: ActorRequest, book_id: UUID) -> HttpResponse:
    """Countersign a closing."""
    try:
        closing.sign_book(book_id, actor=request.actor, at=request.at)
    except (closing.NotClosed, closing.SameHand) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("Countersigned."))
    return redirect("onestop:cash_book", book_id)


def printed(request: ActorRequest, book_id: UUID) -> HttpResponse:
    """Print the closing as PDF."""
    found = cash.get_book(book_id, seen_by=request.actor)
    template, data = closing_paper(found)
    response = HttpResponse(render_pdf(template, data, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


def void(request: ActorRequest, number: str) -> HttpResponse:
    """Void a receipt, with its reason."""
    line = cash.get_taken(number, seen_by=request.actor)
    require(access.can_keep_cash, request.actor, line.book.desk_code)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            money.void_receipt(number, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at)
        except BadInput as no:
            faults = list(no.faults)
        except Refusal as no:
            if no.status in (401, 403, 404):
                raise
            messages.error(request, str(no))
            return redirect("onestop:cash_book", line.book_id)
        else:
            messages.success(request, gettext("Receipt %(number)s is void. The fee is due again.") % {"number": number})
            return redirect("onestop:cash_book", line.book_id)
    return render(
        request, "onestop/void_receipt.html", {"title": gettext("Void a receipt"), "line": line, "faults": faults}
    )


def quarter(request: ActorRequest) -> HttpResponse:
    """Show what a desk took for each agency in a quarter, to be settled with them."""
    found = settlement.asked(request.actor, request.GET, civil_date(request.at))
    return render(
        request,
        "onestop/quarter.html",
        {
            "title": gettext("Settling fees with the agencies"),
            "found": found,
            "period": (period := f"{found.year}-{found.quarter}"),
            "next": "?"
            + urlencode({"quay": found.desk, "quy": period, "co-quan": found.agency, "sau": found.lines.after})
            if found.lines
            else "",
        },
    )


def _book(request: ActorRequest, found: Any, faults: list[Fault] | None = None) -> HttpResponse:
    keeps = access.can_keep_cash(request.actor, found.desk_code)
    totals = cash.totals_of(found)
    said = request.POST if faults else {}
    return render(
        request,
        "onestop/cash_book.html",
        {
            "title": gettext("Cash book"),
            "book": found,
            "totals": totals,
            "expected": (found.float_vnd or 0) + totals.cash,
            "lines": cash.lines_of(found),
            "may_close": keeps and found.is_open,
            "may_sign": found.waits_for_signature and access.can_sign_book(request.actor, found),
            "notes": [(note, f"n-{note}", said.get(f"n-{note}", "")) for note in DENOMINATIONS],
            "counted": [(note, found.counted[str(note)]) for note in DENOMINATIONS if str(note) in found.counted],
            "reason": said.get("reason", ""),
            "faults": faults or [],
        },
        status=422 if faults else 200,
    )


def _row(book: Any, request: ActorRequest) -> dict[str, object]:
    return {
        "book": book,
        "href": reverse("onestop:cash_book", args=[book.id]),
        "forgotten": book.is_open and book.day < civil_date(request.at),
    }
