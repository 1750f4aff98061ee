"""Statements that were meddled with, and closings in which somebody comes between."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.money.ledger import sound
from tests.snapshot import with_province

from tinhso.base.clock import CIVIL_ZONE
from tinhso.modules.onestop.actions import closing, money, statements, transfers
from tinhso.modules.onestop.models import (
    CashBook,
    CashLine,
    Dossier,
    Found,
    LineState,
    MoneyState,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.queries import cash
from tinhso.modules.onestop.queries.statements.lines import MOST_BYTES, BadStatement
from tinhso.modules.onestop.tests import banking, playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


@pytest.fixture
def tho(who):
    return playing.official("tho")


def take(tho, *rows, name="a.csv", at=40):
    return statements.import_statement(banking.csv_of(rows), name, playing.MINH_AN, actor=tho, at=later(at))


def prepared(who):
    code = playing.file(who.tu).code
    return transfers.start_transfer(code, actor=who.tu, at=later(10))


def test_a_line_whose_sum_was_edited_is_booked_by_nobody(who, tho):
    """The bank's file again, with one sum changed to what a dossier owes."""
    made = prepared(who)
    take(tho, banking.came(5_000, f"{made.order_code} nop phi", number="FT77"))
    take(tho, banking.came(16_000, f"{made.order_code} nop phi", number="FT77"), name="b.csv")
    first, second = StatementLine.objects.order_by("id")
    assert (first.found, second.found, second.state) == (Found.AMOUNT, Found.CHANGED, LineState.OPEN)
    assert Dossier.objects.get().money == MoneyState.DUE
    assert sound() == []


def test_several_sums_under_one_number_of_the_bank_are_one_file_s_own(who, tho):
    """Banks book a transfer and its charge under one number."""
    made = prepared(who)
    take(
        tho,
        banking.came(16_000, f"{made.order_code} nop phi", number="FT78"),
        banking.went(1_100, "phi", number="FT78"),
    )
    assert [line.found for line in StatementLine.objects.order_by("id")] == [Found.MATCHED, Found.OUT]
    assert Dossier.objects.get().money == MoneyState.PAID


def test_a_file_that_overlaps_brings_only_what_is_new(who, tho):
    rows = [banking.came(1_000 + number, "khac", number=f"FT{number}") for number in range(5)]
    take(tho, *rows[:3])
    second = take(tho, *rows[2:], name="b.csv", at=50)
    assert (StatementLine.objects.count(), second.known_before) == (5, 1)


def test_the_text_edited_under_the_same_number_is_the_same_movement(who, tho):
    made = prepared(who)
    take(tho, banking.came(16_000, "khong ro", number="FT79"))
    again = take(tho, banking.came(16_000, f"{made.order_code}", number="FT79"), name="b.csv", at=50)
    assert again.known_before == 1
    assert StatementLine.objects.count() == 1
    assert Dossier.objects.get().money == MoneyState.DUE


def test_a_file_of_the_largest_size_and_one_beyond(who, tho):
    with pytest.raises(BadStatement):
        statements.import_statement(b"x" * (MOST_BYTES + 1), "a.csv", playing.MINH_AN, actor=tho, at=later(40))
    assert not Statement.objects.exists()


@pytest.mark.parametrize("sum_", ["-16000", "=16000", "16000.5", "1e9", "0x10", "١٦٠٠٠"])
def test_a_sum_that_is_none_is_a_fault_with_its_line(who, tho, sum_):
    made = prepared(who)
    whole = take(tho, banking.came(sum_, made.order_code), banking.came(1, "khac"))
    assert [why for _number, why in whole.faults] in (["negative"], ["amount"])
    assert Dossier.objects.get().money == MoneyState.DUE


def midnight(hour, minute, second, day=28):
    return datetime(2022, 11, day, hour, minute, second, tzinfo=CIVIL_ZONE)


def test_a_receipt_a_second_before_midnight_is_of_that_day_and_one_after_of_the_next(who):
    codes = [playing.file(who.tu).code for _each in range(2)]
    money.take_payment(codes[0], actor=who.hoa, at=midnight(23, 59, 59))
    money.take_payment(codes[1], actor=who.hoa, at=midnight(0, 0, 0, 29))
    assert [str(book.day) for book in CashBook.objects.order_by("day")] == ["2022-11-28", "2022-11-29"]
    assert CashLine.objects.values("book").distinct().count() == 2


def test_yesterday_s_book_is_closed_after_midnight_with_its_own_number(who):
    code = playing.file(who.tu).code
    money.take_payment(code, actor=who.hoa, at=midnight(23, 59, 59))
    book = CashBook.objects.get()
    closed = closing.close_book(
        book.id, counted={10_000: 1, 5_000: 1, 1_000: 1}, actor=who.hoa, at=midnight(0, 5, 0, 29)
    )
    assert (str(closed.day), closed.number[:4], closed.difference_vnd) == ("2022-11-28", "CQ22", 0)


def test_who_closes_second_changes_nothing(who):
    money.take_payment(playing.file(who.tu).code, actor=who.hoa, at=later(10))
    book = CashBook.objects.get()
    closing.close_book(book.id, counted={10_000: 1, 5_000: 1, 1_000: 1}, actor=who.hoa, at=later(20))
    before = CashBook.objects.values().get()
    with pytest.raises(closing.CashBookClosed):
        closing.close_book(book.id, counted={500_000: 9}, reason="khác", actor=who.lan, at=later(20))
    assert CashBook.objects.values().get() == before
    assert cash.totals_of(CashBook.objects.get()).cash == 16_000
