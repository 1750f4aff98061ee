"""The cash book of a desk: nothing between the count and the closing, two hands, numbers without gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError
from tests.snapshot import with_province

from tinhso.base.actors import Holding
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.modules.onestop.actions import closing, money, supplement
from tinhso.modules.onestop.models import BookState, CashBook, CashLine, Dossier, MoneyState, Payment, PaymentState
from tinhso.modules.onestop.queries import cash, settlement
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later, official

pytestmark = with_province
DESK = "H47.32.20.01"
EXACT = {10_000: 1, 5_000: 1, 1_000: 1}
"""16,000 đ, the fee of two copies."""


@pytest.fixture
def taken(who):
    """A dossier whose fee was taken in cash on the first morning."""
    code = playing.file(who.tu).code
    money.take_payment(code, actor=who.hoa, at=later(10))
    return code


def book():
    return CashBook.objects.get()


def close(who, *, counted=None, at=None, actor=None, **more):
    return closing.close_book(
        book().id, counted=EXACT if counted is None else counted, actor=actor or who.hoa, at=at or later(400), **more
    )


def test_the_first_receipt_opens_the_book_of_the_day_and_the_float_is_said_once(who, taken):
    kept = book()
    assert (kept.desk_code, kept.agency_code, kept.day) == (DESK, "H47.32.20", date(2022, 11, 28))
    assert (kept.state, kept.float_vnd) == (BookState.OPEN, None)
    closing.open_book(DESK, float_vnd=200_000, actor=who.hoa, at=later(11))
    with pytest.raises(closing.FloatSaid):
        closing.open_book(DESK, float_vnd=1, actor=who.lan, at=later(12))
    with pytest.raises(Forbidden):
        closing.open_book(DESK, float_vnd=1, actor=who.ha, at=later(12))
    with pytest.raises(BadInput):
        closing.open_book(DESK, float_vnd=-1, actor=who.hoa, at=later(12))
    assert cash.expected_in(book()) == 216_000


def test_a_closing_is_counted_numbered_and_signed_by_two(who, taken):
    closed = close(who)
    assert (closed.number, closed.expected_vnd, closed.difference_vnd) == (f"CQ22-{DESK}-0001", 16_000, 0)
    assert (closed.closed_by, closed.state) == (who.hoa.name, BookState.CLOSED)
    for nobody in (who.hung, who.tu):
        with pytest.raises(NotFound):
            closing.sign_book(closed.id, actor=nobody, at=later(410))
    for other in (who.hoa, who.lan, official("minh", level=1), playing.narrowed(who.minh, "dossier:write")):
        with pytest.raises((Forbidden, NotFound)):
            closing.sign_book(closed.id, actor=other, at=later(410))
    signed = closing.sign_book(closed.id, actor=who.minh, at=later(411))
    assert (signed.state, signed.signed_by) == (BookState.SIGNED, who.minh.name)
    with pytest.raises(closing.NotClosed):
        closing.sign_book(closed.id, actor=who.minh, at=later(412))


def test_who_has_a_hand_in_a_book_does_not_countersign_it_whatever_posts_they_hold(who, taken):
    heads = Holding("H47.32.20", ("H47", "H47.32", "H47.32.20"), "H47.32.20/x", frozenset({"head"}))
    hoa, lan = (replace(actor, holdings=(*actor.holdings, heads)) for actor in (who.hoa, who.lan))
    closed = close(who, actor=who.lan)
    for hand in (hoa, lan):  # one took the money, the other closed
        with pytest.raises(closing.SameHand):
            closing.sign_book(closed.id, actor=hand, at=later(410))


def test_a_difference_needs_a_reason(who, taken):
    with pytest.raises(closing.CountDiffers) as no:
        close(who, counted={10_000: 1})
    assert no.value.facts == {"counted": "10.000\u00a0đ", "expected": "16.000\u00a0đ"}
    assert book().state == BookState.OPEN
    closed = close(who, counted={10_000: 1}, reason="Thối nhầm 6.000 đ")
    assert (closed.difference_vnd, closed.reason) == (-6_000, "Thối nhầm 6.000 đ")


@pytest.mark.parametrize("counted", [{3: 1}, {10_000: -1}, {10_000: 10**9}])
def test_notes_that_cannot_be_are_not_counted(who, taken, counted):
    with pytest.raises(BadInput):
        close(who, counted=counted)
    assert book().state == BookState.OPEN


def test_who_is_second_is_told_who_closed(who, taken):
    close(who)
    with pytest.raises(closing.CashBookClosed) as no:
        close(who, actor=who.lan, at=later(401))
    assert no.value.facts["by"] == who.hoa.name
    assert no.value.facts["number"] == f"CQ22-{DESK}-0001"


def test_after_the_closing_money_goes_into_the_book_of_the_next_working_day(who, taken):
    close(who)
    second, third = playing.file(who.tu).code, playing.file(who.tu).code
    money.take_payment(second, actor=who.hoa, at=later(420))
    money.take_payment(third, actor=who.hoa, at=later(421))
    assert [(each.day, each.lines.count()) for each in CashBook.objects.order_by("day")] == [
        (date(2022, 11, 28), 1),
        (date(2022, 11, 29), 2),
    ]
    friday = later(days=4)
    code = playing.file(who.tu, at=friday).code
    money.take_payment(code, actor=who.hoa, at=friday)
    kept = CashBook.objects.get(day=date(2022, 12, 2))
    closing.close_book(kept.id, counted=EXACT, actor=who.hoa, at=friday)
    closing.open_book(DESK, float_vnd=5, actor=who.hoa, at=friday)
    assert CashBook.objects.latest("day").day == date(2022, 12, 5)


def test_a_receipt_is_voided_before_closing_and_keeps_its_number(who, taken):
    number = Payment.objects.get().receipt_number
    with pytest.raises(BadInput):
        money.void_receipt(number, reason=" ", actor=who.hoa, at=later(20))
    with pytest.raises(Forbidden):
        money.void_receipt(number, reason="Nhầm", actor=who.ha, at=later(20))
    money.void_receipt(number, reason="Thu nhầm hồ sơ", actor=who.hoa, at=later(20))
    assert (Payment.objects.get().state, Payment.objects.get().receipt_number) == (PaymentState.VOIDED, number)
    assert Dossier.objects.get().money == MoneyState.DUE
    assert cash.expected_in(book()) == 0
    with pytest.raises(money.NotVoidable):
        money.void_receipt(number, reason="Lần nữa", actor=who.hoa, at=later(21))
    again = money.take_payment(taken, actor=who.hoa, at=later(22))
    assert again.receipt_number == "BL22-H47.32.20-000002"
    (share,) = settlement.shares_of(DESK, date(2022, 10, 1), date(2022, 12, 31))
    assert (share.receipts, share.cash) == (1, 16_000)
    close(who)


def test_nothing_is_voided_after_the_closing_or_once_the_result_is_out(who, taken):
    close(who)
    with pytest.raises(closing.CashBookClosed):
        money.void_receipt(Payment.objects.get().receipt_number, reason="Muộn", actor=who.hoa, at=later(401))
    code = playing.paid(who)
    number = Payment.objects.get(dossier__code=code).receipt_number
    with pytest.raises(money.ReceiptUsed):
        money.void_receipt(number, reason="Muộn", actor=who.hoa, at=later(402))


def test_money_given_back_leaves_the_drawer_of_the_day_on_which_it_is_given(who, taken):
    close(who)
    supplement.withdraw_dossier(taken, actor=who.tu, at=later(410))
    closing.open_book(DESK, float_vnd=100_000, actor=who.hoa, at=later(days=1))
    money.return_cash(taken, actor=who.hoa, at=later(5, days=1))
    tuesday = CashBook.objects.get(day=date(2022, 11, 29))
    assert cash.expected_in(tuesday) == 84_000


def test_a_forgotten_closing_is_seen_the_next_morning(who, taken):
    assert cash.waiting_books(who.hoa, later(60)) == []
    for actor in (who.hoa, who.minh, official("tho")):
        assert cash.waiting_books(actor, later(days=1)) == [book()]
    assert cash.waiting_books(who.hung, later(days=1)) == []
    assert close(who, at=later(days=1)).day == date(2022, 11, 28)


def test_transfers_noted_at_the_counter_are_not_in_the_drawer(who):
    code = playing.file(who.tu).code
    money.take_payment(code, method="transfer", actor=who.hoa, at=later(10))
    totals = cash.totals_of(book())
    assert (totals.transfers, totals.cash, totals.receipts) == (16_000, 0, 1)


def test_the_database_keeps_a_line_once(who, taken):
    line = CashLine.objects.get()
    line.pk = None
    with pytest.raises(DatabaseError):
        CashLine.objects.bulk_create([line])
