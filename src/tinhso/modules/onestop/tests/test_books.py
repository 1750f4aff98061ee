"""The follow-up book: entered by the act of reception, without gaps, closed once, printed, signed, never opened again."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import Forbidden, NotFound
from tinhso.kernel.documents.public import get_document, read_document, verify_pdf
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import book_signing, books, reception
from tinhso.modules.onestop.models import Counter, Dossier, YearBook
from tinhso.modules.onestop.queries import books as reads
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import PIN, later, official
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
END = datetime(2022, 12, 30, 16, 30, tzinfo=CIVIL_ZONE)
WORKER = system("worker")
DESK = "H47.32.20.01"
"""The desk of Minh An; its ward's chair heads it."""


def close(who, at=END, year=2022):
    return books.close_book(DESK, year, actor=who.minh, at=at)


def test_reception_opens_the_book_and_enters_each_line(who):
    codes = [playing.accepted(who) for _n in range(3)]
    book = YearBook.objects.get()
    assert (book.desk_code, book.year, book.opened_by) == (DESK, 2022, who.lan.name)
    page = reads.lines_of(book)
    assert [(row.form_number, row.code) for row in page.rows] == list(enumerate(codes, start=1))
    assert [row.code for row in reads.lines_of(book, month=11).rows] == codes
    assert reads.lines_of(book, month=12).rows == []
    with pytest.raises(NotFound):
        reads.lines_of(book, month=13)


def test_it_is_closed_on_the_last_working_day_by_the_head_only(who):
    playing.accepted(who)
    with pytest.raises(books.BookTooEarly) as no:
        close(who, at=END - timedelta(days=1))
    assert no.value.facts["day"] == "30/12/2022"  # the 31st is a Saturday
    for other in (who.lan, who.hung, who.admin, official("minh", level=1)):
        with pytest.raises(Forbidden):
            books.close_book(DESK, 2022, actor=other, at=END)
    with pytest.raises(NotFound):
        close(who, year=2021, at=END)


def test_closed_twice_is_closed_once_and_never_opened(who):
    playing.accepted(who)
    assert close(who).lines == 1
    before = playing.everything()
    with pytest.raises(books.BookClosed) as no:
        close(who, at=END + timedelta(minutes=1))
    assert no.value.facts["who"] == who.minh.name
    assert playing.everything() == before
    assert not [name for name in vars(books) if "reopen" in name]


def test_what_comes_after_closing_goes_to_next_years_book(who):
    playing.accepted(who)
    close(who)
    code = playing.file(who.tu, at=END).code
    reception.accept_dossier(code, actor=who.lan, at=END + timedelta(minutes=2))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.book_year, dossier.form_number, dossier.received_at.year) == (2023, 1, 2022)
    assert Counter.objects.get(series=f"form01:{DESK}:2022").value == 1
    assert YearBook.objects.get(year=2023).closed_at is None


def test_a_gap_is_refused(who):
    playing.accepted(who)
    second = playing.accepted(who)
    Dossier.objects.filter(code=second).update(book_year=0)
    before = playing.everything()
    with pytest.raises(books.BookNotWhole):
        close(who)
    assert playing.everything() == before
    assert tasks.keep_books(at=END) == 1  # what an older program received is entered
    assert close(who).lines == 2
    assert books.enter_old_receptions(actor=WORKER, at=END) == 0


def test_printed_in_volumes_signed_once_and_frozen(who, monkeypatch):
    monkeypatch.setattr(book_signing, "VOLUME", 2)
    playing.give_key(who.minh)
    codes = [playing.accepted(who) for _n in range(3)]
    note = books.note_line(DESK, 2022, 2, "Tên đúng: Nguyễn Thị Tứ", actor=who.lan, at=later(30))
    close(who)
    with pytest.raises(book_signing.BookNotPrinted):
        book_signing.sign_book(DESK, 2022, pin=PIN, actor=who.minh, at=END)
    assert book_signing.print_next_volume(actor=WORKER, at=END)
    assert tasks.keep_books(at=END) == 1  # the worker goes on where it was
    assert tasks.keep_books(at=END) == 0
    book = YearBook.objects.get(year=2022)
    first, second = book.volumes.order_by("number")
    assert [(one.first, one.last) for one in (first, second)] == [(1, 2), (3, 3)]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_of(first, who))).pages)
    assert codes[0] in text.replace("\n", "")
    assert note.text.split()[-1] in text
    signed = book_signing.sign_book(DESK, 2022, pin=PIN, actor=who.minh, at=END)
    content = pdf_of(signed, who)
    assert [report.is_good for report in verify_pdf(content)] == [True]
    closing = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")
    assert all(one.sha256[:20] in closing for one in (first, second))
    with pytest.raises(book_signing.BookSigned):
        book_signing.sign_book(DESK, 2022, pin=PIN, actor=who.minh, at=END)
    with pytest.raises(Forbidden):
        books.note_line(DESK, 2022, 2, "x", actor=who.hung, at=END)
    after = books.note_line(DESK, 2022, 2, "Ghi sau khi khóa", actor=who.lan, at=END + timedelta(days=5))
    assert after.text not in reads.volume_lines(book, 1, 2)[1][-1]
    sheet = signed_in("lan").get(reverse("onestop:book_corrections", args=[DESK, 2022])).content
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages)
    assert after.text in printed.replace("\n", " ")
    assert note.text not in printed.replace("\n", " ")
    with pytest.raises(books.NoSuchLine):
        books.note_line(DESK, 2022, 9, "x", actor=who.lan, at=END)


def pdf_of(one, who):
    return read_document(get_document(one.document_id, seen_by=who.minh))


def test_pages_and_tables(who):
    code = playing.accepted(who)
    lan, auditor = signed_in("lan"), signed_in("kiemtra")
    page = lan.get(reverse("onestop:book", args=[DESK, 2022])).content.decode()
    assert code in page
    assert reverse("onestop:book_close", args=[DESK, 2022]) not in page
    assert lan.get(reverse("onestop:book_corrections", args=[DESK, 2022])).status_code == 404
    text = b"".join(lan.get(reverse("onestop:book_export", args=[DESK, 2022, "csv"])).streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert (rows[0][0], rows[1][0], rows[1][1]) == ("TT", "1", code)
    made = b"".join(lan.get(reverse("onestop:book_export", args=[DESK, 2022, "xlsx"])).streaming_content)
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert code in sheet
    overview = auditor.get(reverse("onestop:books")).content.decode()
    assert DESK in overview
    assert auditor.get(reverse("onestop:book", args=[DESK, 2022])).status_code == 404


def test_a_new_year_has_its_book_before_anybody_comes(who):
    playing.accepted(who)
    assert tasks.keep_books(at=datetime(2023, 1, 1, 0, 10, tzinfo=CIVIL_ZONE)) == 1
    assert YearBook.objects.get(year=2023).opened_by == WORKER.name
    assert tasks.keep_books(at=datetime(2023, 1, 1, 0, 15, tzinfo=CIVIL_ZONE)) == 0
