"""Cash books and bank statements for the accountant's programs: read only."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop.api.dossiers import READ
from tinhso.modules.onestop.api.paging import PageCursor, PageSize, cursor_from_here, next_page
from tinhso.modules.onestop.api.shapes import Moment, Pages
from tinhso.modules.onestop.queries import cash
from tinhso.modules.onestop.queries.statements import overview
from tinhso.web.shapes import Shape

cash_books, statements = Router(), Router()


class BookRow(Shape):
    """A cash book in a list: one desk, one day."""

    id: UUID
    desk_code: str
    agency_code: str
    day: date
    state: Literal["open", "closed", "signed"]
    number: str = Field("", description="of the closing, in the desk's year")
    float_vnd: int | None = Field(None, description="null: nobody has said")
    counted_vnd: int
    expected_vnd: int
    closed_by: str = ""
    closed_at: Moment | None = None
    signed_by: str = ""
    signed_at: Moment | None = None


class Books(Shape):
    """A page of cash books, newest first."""

    items: list[BookRow]
    next: Pages = None


class BookLine(Shape):
    """One receipt taken, voided or given back."""

    receipt_number: str
    kind: Literal["taken", "voided", "back"]
    method: Literal["cash", "transfer", "gateway"]
    amount_vnd: int
    agency_code: str = Field(description="for whom the fee was taken")
    dossier_code: str
    by_name: str
    reason: str = ""
    at: Moment


class Sums(Shape):
    """What a book says, in đồng."""

    cash_taken: int
    cash_voided: int
    cash_back: int
    transfers: int
    receipts: int
    voided: int


class Book(BookRow):
    """A cash book whole."""

    reason: str = Field("", description="why the count differs")
    counted: dict[str, int] = Field(description="how many of each note, by its value in đồng")
    sums: Sums
    lines: list[BookLine]


class StatementRow(Shape):
    """A bank statement in a list."""

    id: UUID
    agency_code: str
    account: str
    name: str
    first_day: date
    last_day: date
    lines_in_file: int
    known_before: int = Field(description="lines that an earlier file had brought")
    waiting: int = Field(0, description="differences that somebody has still to look at")
    imported_by: str
    imported_at: Moment
    finished_at: Moment | None = Field(None, description="null: the import stopped half-way")


class Statements(Shape):
    """A page of statements, newest first."""

    items: list[StatementRow]
    next: Pages = None


class Counted(Shape):
    """How many lines of one kind, and how much money."""

    code: str
    name: str
    n: int
    sum: int = Field(description="đồng; money that left counts below zero")
    waiting: int


class Missing(Shape):
    """A transfer that the counter noted and that no statement of its days has."""

    order_code: str
    dossier_code: str
    amount_vnd: int
    is_open: bool
    reason: str = ""


class StatementWhole(StatementRow):
    """A statement with what was found."""

    counts: list[Counted]
    missing: list[Missing]


class Line(Shape):
    """A movement of the bank, held against the books."""

    id: UUID
    number: int = Field(description="line of the file")
    day: date
    amount_vnd: int = Field(description="đồng; below zero: it left")
    text: str
    reference: str = ""
    found: str
    state: Literal["settled", "open", "attached", "give_back", "given_back", "noted"]
    dossier_code: str = Field("", description="dossier whose payment it is")
    proposed: list[str] = Field(default_factory=list, description="dossiers that its text names")
    reason: str = ""
    resolved_by: str = ""
    resolved_at: Moment | None = None


class Lines(Shape):
    """A page of lines, in the order of the file."""

    items: list[Line]
    next: Pages = None


@cash_books.get("", response=Books, summary="List cash books", openapi_extra=READ)
def list_cash_books(request: HttpRequest, limit: PageSize = 50, after: PageCursor = "") -> Books:
    """List the books that the reader keeps, signs or checks, newest first."""
    actor = cast("ActorRequest", request).actor
    with cursor_from_here():
        page = cash.books_seen_by(actor, after=after, limit=limit)
    return Books(items=[BookRow.model_validate(row) for row in page.rows], next=next_page(request, page.after))


@cash_books.get("/{uuid:book_id}", response=Book, summary="Read a cash book", openapi_extra=READ)
def get_cash_book(request: HttpRequest, book_id: UUID) -> Book:
    """Return a cash book with its receipts and sums."""
    found = cash.get_book(book_id, seen_by=cast("ActorRequest", request).actor)
    return Book(
        **BookRow.model_validate(found).model_dump(),
        reason=found.reason,
        counted=found.counted,
        sums=Sums.model_validate(cash.totals_of(found)),
        lines=[BookLine.model_validate(line) for line in cash.lines_of(found)],
    )


@statements.get("", response=Statements, summary="List bank statements", openapi_extra=READ)
def list_statements(request: HttpRequest, limit: PageSize = 50, after: PageCursor = "") -> Statements:
    """List the statements of the reader's accounts, newest first."""
    actor = cast("ActorRequest", request).actor
    with cursor_from_here():
        page = overview.statements_of(actor, after=after, limit=limit)
    items = [StatementRow.model_validate(row) for row in page.rows]
    return Statements(items=items, next=next_page(request, page.after))


@statements.get("/{uuid:statement_id}", response=StatementWhole, summary="Read a statement", openapi_extra=READ)
def get_statement(request: HttpRequest, statement_id: UUID) -> StatementWhole:
    """Return a statement with how many lines agree, what differs and what the bank does not know."""
    found = overview.get_statement(statement_id, seen_by=cast("ActorRequest", request).actor)
    counts = overview.counts_of(found)
    row = StatementRow.model_validate(found).model_dump()
    waiting = sum(cast("int", one["waiting"]) for one in counts)
    missing = [
        Missing(
            order_code=one.payment.order_code,
            dossier_code=one.payment.dossier.code,
            amount_vnd=one.payment.amount_vnd,
            is_open=one.is_open,
            reason=one.reason,
        )
        for one in overview.missing_of(found)
    ]
    counted = [Counted(**cast("dict[str, Any]", {**one, "name": str(one["name"])})) for one in counts]
    return StatementWhole(**{**row, "waiting": waiting}, counts=counted, missing=missing)


@statements.get("/{uuid:statement_id}/lines", response=Lines, summary="Lines of a statement", openapi_extra=READ)
def list_statement_lines(
    request: HttpRequest,
    statement_id: UUID,
    found: Annotated[str, Query(max_length=20, description="one class; empty: all that differ")] = "",
    limit: PageSize = 50,
    after: PageCursor = "",
) -> Lines:
    """List the lines that differ from the books, or all of one class, in the order of the file."""
    whole = overview.get_statement(statement_id, seen_by=cast("ActorRequest", request).actor)
    with cursor_from_here():
        page = overview.differences_of(whole, found, after=after, limit=limit)
    return Lines(items=[_line(row) for row in page.rows], next=next_page(request, page.after))


def _line(row: Any) -> Line:
    names = ("id", "number", "day", "amount_vnd", "text", "reference", "found", "state", "reason", "resolved_by")
    return Line(
        **{name: getattr(row, name) for name in (*names, "resolved_at")},
        dossier_code=row.payment.dossier.code if row.payment else "",
        proposed=row.proposed or [],
    )
