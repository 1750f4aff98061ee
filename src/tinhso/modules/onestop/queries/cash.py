"""Cash books as they are read: what is in them, which wait, what a quarter brought (S-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import BookState, CashBook, CashLine, LineKind, PaymentMethod
from tinhso.modules.onestop.queries.paging import PAGE, Keys, Page, page_of

NEWEST: Keys = {"day": date.fromisoformat, "id": UUID}


class NotClosedYet(NotFound):
    """A book is printed once it is closed."""

    code = "onestop.not_closed_yet"
    text = _("This book is still open: there is no closing to print.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a book says, in đồng."""

    cash_taken: int = 0
    cash_voided: int = 0
    cash_back: int = 0
    transfers: int = 0
    receipts: int = 0
    voided: int = 0

    @property
    def cash(self) -> int:
        """Return what receipts brought into the drawer."""
        return self.cash_taken - self.cash_voided - self.cash_back


def totals_of(book: CashBook) -> Totals:
    """Return the sums of a book. One statement."""
    cash = Q(method=PaymentMethod.CASH)
    taken, voided, back = (Q(kind=kind) for kind in (LineKind.TAKEN, LineKind.VOIDED, LineKind.BACK))
    found: Mapping[str, Any] = CashLine.objects.filter(book=book).aggregate(
        cash_taken=Sum("amount_vnd", filter=cash & taken, default=0),
        cash_voided=Sum("amount_vnd", filter=cash & voided, default=0),
        cash_back=Sum("amount_vnd", filter=cash & back, default=0),
        transfers_in=Sum("amount_vnd", filter=~cash & taken, default=0),
        transfers_out=Sum("amount_vnd", filter=~cash & ~taken, default=0),
        receipts=Count("id", filter=taken),
        voided=Count("id", filter=voided),
    )
    return Totals(
        cash_taken=int(found["cash_taken"]),
        cash_voided=int(found["cash_voided"]),
        cash_back=int(found["cash_back"]),
        transfers=int(found["transfers_in"]) - int(found["transfers_out"]),
        receipts=found["receipts"],
        voided=found["voided"],
    )


def expected_in(book: CashBook) -> int:
    """Return what the drawer must hold: the float and what receipts brought. One statement."""
    return (book.float_vnd or 0) + totals_of(book).cash


def has_lines_by(book: CashBook, key: str) -> bool:
    """Tell whether somebody entered anything in a book."""
    return CashLine.objects.filter(book=book, by_key=key).exists()


def lines_of(book: CashBook) -> list[CashLine]:
    """Return the lines of a book in their order: one desk's, one day's."""
    return list(CashLine.objects.filter(book=book).order_by("at", "id"))


def get_book(book_id: UUID, *, seen_by: Actor) -> CashBook:
    """Return a book. Raises NotFound alike for absent and hidden."""
    book = CashBook.objects.filter(pk=book_id).first()
    if book is None or not access.can_see_book(seen_by, book):
        raise access.hidden(seen_by)
    return book


def get_taken(receipt_number: str, *, seen_by: Actor) -> CashLine:
    """Return the line by which a receipt was taken. Raises NotFound alike for absent and hidden."""
    rows = CashLine.objects.filter(receipt_number=receipt_number, kind=LineKind.TAKEN).select_related("book")
    line = rows.first()
    if line is None or not access.can_see_book(seen_by, line.book):
        raise access.hidden(seen_by)
    return line


def books_seen_by(actor: Actor, *, after: str = "", limit: int = PAGE) -> Page[CashBook]:
    """Return the books that the actor keeps, signs or checks, newest first."""
    require(access.can_list_books, actor)
    return page_of(seen_books(actor), NEWEST, after=after, limit=limit, newest=True)


def waiting_books(actor: Actor, at: datetime) -> list[CashBook]:
    """Return the books that were forgotten (open, of a day that is over) and those that wait for a second signature."""
    forgotten = Q(state=BookState.OPEN, day__lt=civil_date(at))
    return list(seen_books(actor).filter(forgotten | Q(state=BookState.CLOSED)).order_by("day")[:100])


def open_now(desk_code: str, at: datetime) -> CashBook | None:
    """Return the book in which a desk enters now, when there is one."""
    rows = CashBook.objects.filter(desk_code=desk_code, day__gte=civil_date(at), state=BookState.OPEN)
    return rows.order_by("day").first()


def desks_of(actor: Actor) -> list[str]:
    """Return the codes of the desks where the actor takes money."""
    return sorted(actor.agencies_with(access.CASH_DESK))


def seen_books(actor: Actor) -> QuerySet[CashBook]:
    """Return the books that the actor keeps, signs or checks."""
    if actor.has_role_for_province("auditor"):
        return CashBook.objects.all()
    at_desk = access.own_and_before(actor, (*access.CASH_DESK, "head"))
    over = access.own_and_before(actor, access.BOOK_READERS)
    return CashBook.objects.filter(Q(desk_code__in=at_desk) | Q(agency_code__in=over))
