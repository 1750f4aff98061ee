"""The follow-up book of the year: opened with its first line, closed once by the head of the desk, never opened again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.rows import insert, new, update
from tinhso.kernel.documents.public import Prepared, link_many, save_made
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for, find_agency, last_known_agency
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.numbers import book_series, give_book_line
from tinhso.modules.onestop.models import BookNote, BookVolume, Dossier, YearBook, close_series
from tinhso.modules.onestop.queries.books import lines_in

BOOK_PAPERS = "book"
"""Subject type of the papers of a book."""
ENTERED_AT_ONCE = 500


class _NothingToEnter(Exception):  # noqa: N818 - ends an act that found no work
    pass


class BookClosed(Refusal):
    """A book is closed once."""

    code = "onestop.book_closed"
    text = _("The book of {year} was closed by {who} on {day}. Write what is wrong in it as a note.")
    law = "TT 01/2018/TT-VPCP Đ.10 k.2"


class BookTooEarly(Refusal):
    """The year is not over."""

    code = "onestop.book_too_early"
    text = _("The book of {year} is closed from {day} on, the last working day of its year.")
    law = "TT 01/2018/TT-VPCP Đ.10 k.2"


class BookNotWhole(Refusal):
    """A number is missing or stands twice, or receptions of before the book are not entered yet."""

    code = "onestop.book_not_whole"
    text = _(
        "The book of {year} has {lines} lines for {numbers} numbers. Try again in some minutes, then call the administrator."
    )


class NoSuchLine(BadInput):
    """A note is about a line."""

    code = "onestop.no_such_line"
    text = _("The book has no line {number}.")


def enter_in_book(desk_code: str, *, actor: Actor, at: datetime) -> tuple[int, int]:
    """Return year and number of the next line, within the act of reception; the first line opens the book."""
    year, number = give_book_line(desk_code, at)
    if number == 1:
        open_book(desk_code, year, actor=actor, at=at)
    return year, number


def open_book(desk_code: str, year: int, *, actor: Actor, at: datetime) -> None:
    """Open a book, once, within an act."""
    desk = find_agency(desk_code, on=civil_date(at))
    above = desk.parent_code if desk else ""
    book = new(YearBook, desk_code=desk_code, head_code=above, year=year, opened_at=at, opened_by=actor.name)
    insert(book, known="skip")
    record("onestop.book_opened", book, actor=actor, at=at)


@act
def open_books_of_the_year(desks: list[str], *, actor: Actor, at: datetime) -> int:
    """Open this year's book of desks that kept one last year: on 01/01, before anybody comes."""
    require(by_system, actor)
    for desk in desks:
        open_book(desk, civil(at).year, actor=actor, at=at)
    return len(desks)


def enter_old_receptions(*, actor: Actor, at: datetime) -> int:
    """
    Enter receptions that bear their number but no book: those of before there were books, and of an older program.

    Returns how many; nothing to do is no act.
    """
    if not _bookless().exists():
        return 0
    try:
        return _enter_old(actor=actor, at=at)
    except _NothingToEnter:
        return 0


def _bookless() -> models.QuerySet[Dossier]:
    return Dossier.objects.filter(book_year=0, received_at__isnull=False)


@act
def _enter_old(*, actor: Actor, at: datetime) -> int:
    require(by_system, actor)
    rows = list(_bookless().order_by("id").values_list("pk", "desk_code", "book_desk", "received_at")[:ENTERED_AT_ONCE])
    if not rows:
        raise _NothingToEnter
    years: dict[int, list[UUID]] = {}
    desks: set[tuple[str, int]] = set()
    for key, desk, before, received in rows:
        assert received is not None
        years.setdefault(civil(received).year, []).append(key)
        desks.add((before or desk, civil(received).year))
    for year, keys in years.items():
        Dossier.objects.filter(pk__in=keys, book_year=0).update(book_year=year)
    for desk, year in sorted(desks):
        open_book(desk, year, actor=actor, at=at)
    return len(rows)


@act
def close_book(desk_code: str, year: int, *, actor: Actor, at: datetime) -> YearBook:
    """
    Close a book: the last number is fixed, and no other is given. The worker prints it then; the head signs it.

    Raises NotFound, BookClosed (naming who was first), BookTooEarly, BookNotWhole.
    """
    book = locked_book(desk_code, year)
    require(access.can_close_book, actor, book)
    if book.closed_at:
        raise BookClosed(year=year, who=book.closed_by, day=f"{civil(book.closed_at):%d/%m/%Y}")
    last_day = last_working_day(desk_code, year, at)
    if civil_date(at) < last_day:
        raise BookTooEarly(year=year, day=f"{last_day:%d/%m/%Y}")
    last = close_series(book_series(desk_code, year), at)
    # whoever had a number in hand has it in the book by now: the counter was waited for
    lines = lines_in(desk_code, year).count()
    if last is None or lines != last:
        raise BookNotWhole(year=year, lines=lines, numbers=last or 0)
    book.closed_at, book.closed_by, book.lines = at, actor.name, last
    update(book, "closed_at", "closed_by", "lines")
    record("onestop.book_closed", book, actor=actor, at=at, lines=last)
    return book


def locked_book(desk_code: str, year: int) -> YearBook:
    """Return a book, held until the act commits. Raises NotFound."""
    book = YearBook.objects.select_for_update().filter(desk_code=desk_code, year=year).first()
    if book is None:
        raise NotFound
    return book


def last_working_day(desk_code: str, year: int, at: datetime) -> date:
    """Return the last day of the year on which the desk works: that on which it ended, when it ended before."""
    desk = find_agency(desk_code, on=civil_date(at))
    end = None if desk else _ended_on(desk_code)
    if end is not None and end.year == year:
        return end
    calendar, day = calendar_for(desk_code, at), date(year, 12, 31)
    while day.month == 12 and not calendar.hours_on(day):  # noqa: PLR2004 - December
        day -= timedelta(days=1)
    return day


def _ended_on(desk_code: str) -> date | None:
    with suppress(NotFound):
        return last_known_agency(desk_code).valid_to
    return None


@act
def keep_volume(
    book_id: UUID, number: int, lines: tuple[int, int], file: Prepared, *, actor: Actor, at: datetime
) -> None:
    """Keep a printed volume of a closed book, once: printed by two workers, the second one's is dropped."""
    require(by_system, actor)
    book = YearBook.objects.select_for_update().get(pk=book_id)
    again = book.volumes.filter(number=number).exists()
    if not again:
        document = save_made(file, purpose="book", owner=f"agency:{book.desk_code}", actor=actor, at=at)
        link_many([document.id], *book.journal_subject)
        BookVolume.objects.create(
            book=book, number=number, first=lines[0], last=lines[1], document_id=document.id, sha256=document.sha256
        )
    if lines[1] >= book.lines and not book.drawn_at:
        book.drawn_at = at
        update(book, "drawn_at")
    record("onestop.book_printed", book, actor=actor, at=at, volume=number, again=again)


@act
def note_line(desk_code: str, year: int, number: int, text: str, *, actor: Actor, at: datetime) -> BookNote:
    """Write a correction beside a line, in an open or a closed book. Raises NotFound, NoSuchLine, BadInput."""
    book = YearBook.objects.filter(desk_code=desk_code, year=year).first()
    if book is None:
        raise NotFound
    require(access.can_note_in_book, actor, book)
    if not text.strip():
        raise BadInput(faults=[Fault("/text", _("Write what is right."))])
    if not lines_in(desk_code, year).filter(form_number=number).exists():
        raise NoSuchLine(number=number, faults=[Fault("/number", _("There is no such line."))])
    note = new(BookNote, book=book, number=number, text=text.strip(), by=actor.name, at=at)
    insert(note)
    record("onestop.book_noted", book, actor=actor, at=at, number=number, text=text.strip())
    return note
