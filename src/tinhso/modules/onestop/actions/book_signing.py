"""A closed book is printed volume by volume by the worker, and its closing page signed by the head of the desk (ADR 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import Refusal
from tinhso.base.rows import update
from tinhso.kernel.documents.public import (
    Prepared,
    link_many,
    prepare_made,
    render_pdf,
    save_made,
    sign_pdf,
    signing_key_of,
)
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.books import keep_volume, locked_book
from tinhso.modules.onestop.models import BookVolume, YearBook
from tinhso.modules.onestop.queries.books import VOLUME, books_to_print, get_book
from tinhso.modules.onestop.queries.papers.books import closing_paper, volume_paper


class BookNotPrinted(Refusal):
    """What is signed must be there."""

    code = "onestop.book_not_printed"
    text = _("The book of {year} is still being printed. Sign it in some minutes.")


class BookSigned(Refusal):
    """A book is signed once."""

    code = "onestop.book_signed"
    text = _("The book of {year} was signed by {who}.")


class BookOpen(Refusal):
    """First it is closed, then it is signed."""

    code = "onestop.book_open"
    text = _("Close the book of {year} first.")


@dataclass(frozen=True, slots=True)
class SignedClosing:
    """The closing page, signed and on disk, of no book yet."""

    file: Prepared
    volumes: tuple[str, ...]


def print_next_volume(*, actor: Actor, at: datetime) -> bool:
    """
    Print one volume of a closed book and tell whether there was one: set outside of any act, kept in a short one.

    Broken off, it goes on with the volume that is missing.
    """
    for book in books_to_print(1):
        number = book.volumes.count() + 1
        first = (number - 1) * VOLUME + 1
        last = min(number * VOLUME, book.lines)
        assert book.closed_at is not None
        template, data = volume_paper(book, number, first, last)
        name = f"so-theo-doi-{book.desk_code}-{book.year}-{number:02d}.pdf"
        file = prepare_made(render_pdf(template, data, at=book.closed_at), name=name)
        keep_volume(book.pk, number, (first, last), file, actor=actor, at=at)
        return True
    return False


def sign_book(desk_code: str, year: int, *, pin: str, actor: Actor, at: datetime) -> YearBook:
    """
    Sign the closing page of a printed book: it bears the hash of every volume, so that one signature holds them all.

    Raises NotFound, Forbidden, BookOpen, BookNotPrinted, BookSigned, documents' NoKey, WrongPin, KeyBlocked.
    """
    book = get_book(desk_code, year, seen_by=actor)
    require(access.can_close_book, actor, book)
    volumes = _volumes_to_sign(book)
    key = signing_key_of(actor, pin=pin, at=at)
    template, data = closing_paper(book, volumes, signer=actor.name)
    pdf = render_pdf(template, data, at=at)
    signed = sign_pdf(pdf, key=key, reason=f"Khóa sổ theo dõi hồ sơ năm {year}", location=data["head"]["name"], at=at)
    file = prepare_made(signed, name=f"khoa-so-{desk_code}-{year}.pdf")
    closing = SignedClosing(file, tuple(volume.sha256 for volume in volumes))
    return keep_signed_book(desk_code, year, closing, actor=actor, at=at)


def _volumes_to_sign(book: YearBook) -> list[BookVolume]:
    if not book.closed_at:
        raise BookOpen(year=book.year)
    if book.signed_at:
        raise BookSigned(year=book.year, who=book.signed_by)
    if not book.drawn_at:
        raise BookNotPrinted(year=book.year)
    return list(book.volumes.order_by("number"))


@act
def keep_signed_book(desk_code: str, year: int, closing: SignedClosing, *, actor: Actor, at: datetime) -> YearBook:
    """Keep the signed closing page; its hash and those of the volumes stand in the journal. Raises BookSigned."""
    book = locked_book(desk_code, year)
    require(access.can_close_book, actor, book)
    _volumes_to_sign(book)
    document = save_made(closing.file, purpose="book", owner=f"agency:{desk_code}", actor=actor, at=at)
    link_many([document.id], *book.journal_subject)
    book.document_id, book.sha256 = document.id, document.sha256
    book.signed_at, book.signed_by = at, actor.name
    update(book, "document_id", "sha256", "signed_at", "signed_by")
    record("onestop.book_signed", book, actor=actor, at=at, sha256=document.sha256, volumes=list(closing.volumes))
    return book
