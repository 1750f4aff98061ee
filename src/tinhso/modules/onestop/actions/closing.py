"""
The cash book of a desk: opened with a float, counted, closed with a number, countersigned by somebody else (S-07).

Each desk has one book a day. A receipt enters the book of the day; once that is closed, the book of the next working day. The
book is locked while anything is entered or it is closed, so that a receipt is before the count or after it, never between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Forbidden, NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for, find_agency
from tinhso.law.money import sum_of_notes
from tinhso.law.working_time import next_working_day
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.numbers import give_closing_number
from tinhso.modules.onestop.models import BookState, CashBook, CashLine, Dossier, LineKind, Payment, PaymentMethod
from tinhso.modules.onestop.queries.cash import expected_in, has_lines_by
from tinhso.web.words import day as day_words
from tinhso.web.words import moment, money

MOST_NOTES = 100_000
"""Of one kind: nobody counts more by hand."""
LARGEST_FLOAT = 10**12


class CashBookClosed(Refusal):
    """Somebody closed this book; what comes now belongs to the next one."""

    code = "onestop.cash_book_closed"
    text = _("{by} closed the cash book of {day} at {at} ({number}). What comes now goes into the next book.")


class DeskEnded(Refusal):
    """A desk that a reform ended opens no book; those it left are closed."""

    code = "onestop.desk_ended"
    text = _("The desk {desk} has ended. Close the books it left; open new ones at the desk that took over.")


class FloatSaid(Refusal):
    """The float of the day was entered already."""

    code = "onestop.float_said"
    text = _("The float of {day} is {float}. Close the book and explain a difference there.")


class CountDiffers(BadInput):
    """The drawer holds another sum than the receipts say, and no reason was given."""

    code = "onestop.count_differs"
    text = _("The drawer holds {counted}; float and receipts make {expected}. Count again, or say why it differs.")


class NotClosed(Refusal):
    """A book is countersigned after it was closed, once."""

    code = "onestop.book_not_closed"
    text = _("The cash book of {day} is not waiting for a second signature.")


class SameHand(Forbidden):
    """Who took the money or closed the book does not countersign it."""

    code = "onestop.same_hand"
    text = _("You took money in this book or closed it yourself. Somebody else must countersign.")


@act
def open_book(desk_code: str, *, float_vnd: int, actor: Actor, at: datetime) -> CashBook:
    """Open the book of the day, or say the float of one that the first receipt opened. Raises FloatSaid."""
    require(access.can_keep_cash, actor, desk_code)
    if find_agency(desk_code, on=civil_date(at)) is None:
        raise DeskEnded(desk=desk_code)
    if not 0 <= float_vnd < LARGEST_FLOAT:
        raise BadInput(faults=[Fault("/float", _("Write the float in đồng, 0 for none."), "float")])
    book = current_book(desk_code, actor=actor, at=at)
    if book.float_vnd is not None:
        raise FloatSaid(day=day_words(book.day), float=money(book.float_vnd))
    book.float_vnd = float_vnd
    book.save(update_fields=["float_vnd"])
    record("onestop.cash_opened", _subject(book), actor=actor, at=at, desk=desk_code, float_vnd=float_vnd)
    return book


@act
def close_book(book_id: UUID, *, counted: Mapping[int, int], reason: str = "", actor: Actor, at: datetime) -> CashBook:
    """
    Close a book with what the drawer holds. Raises CashBookClosed when somebody was quicker, CountDiffers without a reason.

    Nobody can enter anything afterwards. The number is the next of the desk's year.
    """
    book = _locked(book_id, actor)
    require(access.can_keep_cash, actor, book.desk_code)
    _require_open(book)
    if any(number > MOST_NOTES for number in counted.values()):
        raise BadInput(faults=[Fault("/counted", _("Nobody has so many notes. Count again."), "counted")])
    try:
        book.counted_vnd = sum_of_notes(counted)
    except ValueError as wrong:
        raise BadInput(faults=[Fault("/counted", _("Count notes that there are."), "counted")]) from wrong
    book.expected_vnd = expected_in(book)
    reason = reason.strip()[:1000]
    if book.difference_vnd and not reason:
        fault = Fault("/reason", _("Say why the sum differs."), "reason")
        raise CountDiffers(counted=money(book.counted_vnd), expected=money(book.expected_vnd), faults=[fault])
    book.counted = {str(note): number for note, number in counted.items() if number}
    book.number = give_closing_number(book.desk_code, book.day)
    book.state, book.reason = BookState.CLOSED, reason
    book.closed_key, book.closed_by, book.closed_at = actor.key, actor.name, at
    book.save()
    record(
        "onestop.cash_closed",
        _subject(book),
        actor=actor,
        at=at,
        number=book.number,
        counted_vnd=book.counted_vnd,
        expected_vnd=book.expected_vnd,
        reason=reason,
    )
    return book


@act
def sign_book(book_id: UUID, *, actor: Actor, at: datetime) -> CashBook:
    """Countersign a closing. Raises NotClosed, SameHand for who has a hand in it."""
    book = _locked(book_id, actor)
    require(access.can_sign_book, actor, book)
    if book.state != BookState.CLOSED:
        raise NotClosed(day=day_words(book.day))
    if book.closed_key == actor.key or has_lines_by(book, actor.key):
        raise SameHand
    book.state = BookState.SIGNED
    book.signed_key, book.signed_by, book.signed_at = actor.key, actor.name, at
    book.save(update_fields=["state", "signed_key", "signed_by", "signed_at"])
    record("onestop.cash_signed", _subject(book), actor=actor, at=at, number=book.number)
    return book


def till_of(actor: Actor, dossier: Dossier) -> str:
    """Return the code of the desk at which the actor takes and gives back money of a dossier."""
    return dossier.desk_code if actor.has_role(*access.CASH_DESK, agency=dossier.desk_code) else dossier.agency_code


def current_book(desk_code: str, *, actor: Actor, at: datetime) -> CashBook:
    """Return the book in which the desk enters now, locked; the first receipt opens it. For acts."""
    on = civil_date(at)
    # on PostgreSQL the lock waits for whoever closes, and then finds nothing: so it is asked for once more
    book = _open_on(desk_code, on) or _open_on(desk_code, on)
    if book is not None:
        return book
    day = _next_day(desk_code, on)
    agency = find_agency(desk_code, on=on)
    new = CashBook(
        desk_code=desk_code,
        agency_code=(agency.parent_code if agency else "") or desk_code,
        day=day,
        opened_key=actor.key,
        opened_by=actor.name,
        opened_at=at,
    )
    CashBook.objects.bulk_create([new], ignore_conflicts=True)
    book = _open_on(desk_code, day)
    if book is None:
        return current_book(desk_code, actor=actor, at=at)
    if book.pk == new.pk:
        record("onestop.cash_opened", _subject(book), actor=actor, at=at, desk=desk_code)
    return book


def enter(
    payment: Payment, kind: LineKind, book: CashBook, dossier: Dossier, *, reason: str = "", actor: Actor, at: datetime
) -> None:
    """Enter what was done with a receipt. For acts that hold the book."""
    CashLine.objects.create(
        book=book,
        payment=payment,
        kind=kind,
        method=payment.method,
        amount_vnd=payment.amount_vnd,
        receipt_number=payment.receipt_number,
        agency_code=dossier.agency_code,
        dossier_code=dossier.code,
        by_key=actor.key,
        by_name=actor.name,
        reason=reason,
        at=at,
    )


def open_book_of(payment: Payment) -> CashBook:
    """Return the book in which a receipt was taken, locked. Raises NotFound, CashBookClosed."""
    line = CashLine.objects.filter(payment=payment, kind=LineKind.TAKEN).only("book_id").first()
    if line is None:
        raise NotFound
    book = CashBook.objects.select_for_update().get(pk=line.book_id)
    _require_open(book)
    return book


def is_in_cash(payment: Payment) -> bool:
    """Tell whether notes passed over the counter."""
    return payment.method == PaymentMethod.CASH


def _open_on(desk_code: str, on: date) -> CashBook | None:
    """Return the open book of today or of a day to come (today's is closed then), locked."""
    rows = CashBook.objects.select_for_update().filter(desk_code=desk_code, day__gte=on, state=BookState.OPEN)
    return rows.order_by("day").first()


def _next_day(desk_code: str, on: date) -> date:
    last = CashBook.objects.filter(desk_code=desk_code, day__gte=on).aggregate(last=Max("day"))["last"]
    return on if last is None else next_working_day(last, calendar_for(desk_code, last))


def _locked(book_id: UUID, actor: Actor) -> CashBook:
    book = CashBook.objects.select_for_update().filter(pk=book_id).first()
    if book is None or not access.can_see_book(actor, book):
        raise access.hidden(actor)
    return book


def _require_open(book: CashBook) -> None:
    if book.state != BookState.OPEN:
        raise CashBookClosed(by=book.closed_by, at=moment(book.closed_at), number=book.number, day=day_words(book.day))


def _subject(book: CashBook) -> tuple[str, str]:
    return ("cash_book", str(book.pk))
