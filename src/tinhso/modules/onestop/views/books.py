"""Follow-up books: which there are, the lines of one, closing, signing, notes, tables to take along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, NotFound, Refusal
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import book_signing
from tinhso.modules.onestop.actions import books as acts
from tinhso.modules.onestop.forms import BookNoteForm, PinForm
from tinhso.modules.onestop.queries import books
from tinhso.modules.onestop.queries.papers.books import corrections_paper
from tinhso.modules.onestop.views.work import KEPT
from tinhso.web.spreadsheet import csv_lines, xlsx_file
from tinhso.web.words import own


def overview(request: ActorRequest) -> HttpResponse:
    """List the books that the reader may know of."""
    require(access.can_see_books, request.actor)
    after = request.GET.get("sau", "")[:200]
    page = books.list_books(request.actor, after=after)
    desks = agencies_by_code({book.desk_code for book in page.rows}, civil_date(request.at))
    rows = [
        {
            "book": book,
            "desk": own(desks[book.desk_code], "name") if book.desk_code in desks else book.desk_code,
            "state": books.STATES[books.state_of(book)],
            "readable": access.can_read_book(request.actor, book),
        }
        for book in page.rows
    ]
    context = {
        "title": gettext("Follow-up books"),
        "rows": rows,
        "next": f"?sau={page.after}" if page.after else "",
        "first": request.path if after else "",
    }
    return render(request, "onestop/books.html", context)


def book(request: ActorRequest, desk: str, year: int) -> HttpResponse:
    """Show the lines of a book, of the year or of a month; close and sign it from here."""
    found = books.get_book(desk, year, seen_by=request.actor)
    return _page(request, found, PinForm(), BookNoteForm())


@require_POST
def close(request: ActorRequest, desk: str, year: int) -> HttpResponse:
    """Close a book."""
    books.get_book(desk, year, seen_by=request.actor)
    try:
        acts.close_book(desk, year, actor=request.actor, at=request.at)
    except Refusal as no:
        if no.status in KEPT:
            raise
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("Closed. It is printed in the background; sign it when that is done."))
    return redirect("onestop:book", desk, year)


@require_POST
def sign(request: ActorRequest, desk: str, year: int) -> HttpResponse:
    """Sign the closing page of a printed book."""
    found = books.get_book(desk, year, seen_by=request.actor)
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            book_signing.sign_book(desk, year, pin=form.cleaned_data["pin"], actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in KEPT and no.code.startswith("base."):
                raise
            form.add_error("pin", str(no))
        else:
            messages.success(request, gettext("Signed. The book is whole."))
            return redirect("onestop:book", desk, year)
    return _page(request, found, form, BookNoteForm())


@require_POST
def note(request: ActorRequest, desk: str, year: int) -> HttpResponse:
    """Write a correction beside a line."""
    found = books.get_book(desk, year, seen_by=request.actor)
    form = BookNoteForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            acts.note_line(desk, year, data["number"], data["text"], actor=request.actor, at=request.at)
        except BadInput as no:
            form.add_error("number", str(no))
        else:
            messages.success(request, gettext("Noted beside line %(number)s.") % {"number": data["number"]})
            return redirect("onestop:book", desk, year)
    return _page(request, found, PinForm(), form)


def export(request: ActorRequest, desk: str, year: int, kind: str) -> HttpResponseBase:
    """Give the lines of a book as a table: csv or xlsx."""
    found = books.get_book(desk, year, seen_by=request.actor)
    name = f"so-theo-doi-{desk}-{year}"
    if kind == "csv":
        answer = StreamingHttpResponse(csv_lines(_table(found)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    if kind == "xlsx":
        return FileResponse(xlsx_file(_table(found)), as_attachment=True, filename=f"{name}.xlsx")
    raise NotFound


def _table(found: Any) -> Iterator[list[str]]:
    yield list(books.HEAD)
    yield from books.all_cells(found)


def _page(request: ActorRequest, found: Any, pin: PinForm, note: BookNoteForm) -> HttpResponse:
    typed, after = request.GET.get("thang", ""), request.GET.get("sau", "")[:200]
    month = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else 0  # noqa: PLR2004 - two digits
    page = books.lines_of(found, month=month, after=after)
    notes = books.notes_of(found, [row.form_number for row in page.rows])
    asked = f"thang={month}&" if month else ""
    context: dict[str, Any] = {
        "title": gettext("Follow-up book of %(year)s") % {"year": found.year},
        "book": found,
        "state": books.state_of(found),
        "said": books.STATES[books.state_of(found)],
        "form": books.form_of(found),
        "rows": [{"dossier": row, "notes": notes.get(row.form_number, [])} for row in page.rows],
        "months": [{"n": n, "on": n == month} for n in range(1, books.MONTHS + 1)],
        "month": month,
        "last": books.last_number(found),
        "volumes": found.volumes.order_by("number"),
        "may_close": access.can_close_book(request.actor, found),
        "may_note": access.can_note_in_book(request.actor, found),
        "corrected": books.has_corrections(found),
        "pin": pin,
        "note": note,
        "next": f"?{asked}sau={page.after}" if page.after else "",
        "first": f"{request.path}?{asked}" if after else "",
    }
    return render(request, "onestop/book.html", context)


def corrections(request: ActorRequest, desk: str, year: int) -> HttpResponse:
    """Give the sheet of corrections of after closing as PDF."""
    found = books.get_book(desk, year, seen_by=request.actor)
    if not books.has_corrections(found):
        raise NotFound
    template, data = corrections_paper(found, at=request.at)
    answer = HttpResponse(render_pdf(template, data, at=request.at), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="dinh-chinh-so-{desk}-{year}.pdf"'
    return answer
