"""Transfers whose text bears a dossier's code typed by hand: booked where nothing is in doubt, else put before a person."""

from __future__ import annotations

import pytest
from tests.money.ledger import sound
from tests.snapshot import with_province

from tinhso.modules.onestop.actions import differences, money, statements, supplement, transfers
from tinhso.modules.onestop.models import Dossier, Found, LineState, MoneyState, Payment, StatementLine
from tinhso.modules.onestop.queries.statements import books, overview
from tinhso.modules.onestop.tests import banking, playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


@pytest.fixture
def tho(who):
    return playing.official("tho")


@pytest.fixture
def code(who):
    """A dossier of Nguyễn Thị Tư that owes 16,000 đ."""
    return playing.file(who.tu).code


def take(tho, *rows, name="a.csv", at=40):
    statements.import_statement(banking.csv_of(rows), name, playing.MINH_AN, actor=tho, at=later(at))
    return list(StatementLine.objects.order_by("id"))


def typed(code, name="NGUYEN THI TU"):
    return f"MBVCB.31 nop le phi {code.replace('.', ' ').lower().replace('-', '')} {name} chuyen tien"


def test_code_sum_and_name_book_it_with_a_receipt(who, tho, code):
    (line,) = take(tho, banking.came(16_000, typed(code)))
    assert (line.found, line.state, line.proposed) == (Found.MATCHED, LineState.SETTLED, [code])
    paid = Payment.objects.get()
    assert (paid.pk, paid.method, paid.amount_vnd) == (line.payment_id, "transfer", 16_000)
    assert paid.receipt_number
    assert Dossier.objects.get().money == MoneyState.PAID
    assert sound() == []


def test_it_takes_the_place_of_the_transfer_that_was_prepared(who, tho, code):
    made = transfers.start_transfer(code, actor=who.tu, at=later(10))
    (line,) = take(tho, banking.came(16_000, typed(code)))
    assert line.payment_id == made.pk
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "name"),
    [
        pytest.param(16_000, "LE VAN XOM", id="somebody else pays: a slip of the finger names another's dossier"),
        pytest.param(16_000, "", id="nobody is named"),
        pytest.param(15_000, "NGUYEN THI TU", id="less than the fee"),
        pytest.param(32_000, "NGUYEN THI TU", id="more than the fee"),
    ],
)
def test_in_doubt_a_person_looks_with_the_proposal(who, tho, code, amount, name):
    (line,) = take(tho, banking.came(amount, typed(code, name)))
    assert (line.found, line.state, line.proposed, line.payment_id) == (Found.NAMED, LineState.OPEN, [code], None)
    assert Dossier.objects.get().money == MoneyState.DUE
    assert not Payment.objects.exists()
    assert overview.proposed_for(line) == [{"code": code, "owed": 16_000, "fits": amount == 16_000}]


def test_the_person_attaches_it(who, tho, code):
    (line,) = take(tho, banking.came(16_000, typed(code, "LE VAN XOM")))
    differences.resolve_line(
        line.pk, "attached", reason="Con trai nộp thay", dossier_code=code, actor=tho, at=later(50)
    )
    assert Dossier.objects.get().money == MoneyState.PAID
    assert sound() == []


def test_two_dossiers_in_one_text_are_for_a_person(who, tho, code):
    other = playing.file(who.tu).code
    (line,) = take(tho, banking.came(16_000, f"{code} va {other} NGUYEN THI TU"))
    assert (line.found, line.proposed) == (Found.NAMED, [code, other])
    assert not Payment.objects.exists()


def test_the_second_transfer_of_a_dossier_pays_nothing(who, tho, code):
    first, second = take(
        tho, banking.came(16_000, typed(code), number="1"), banking.came(16_000, typed(code), number="2")
    )
    assert (first.state, second.found, second.state) == (LineState.SETTLED, Found.NAMED, LineState.OPEN)
    third = take(tho, banking.came(16_000, typed(code), number="3"), name="b.csv", at=60)[-1]
    assert (third.found, third.state) == (Found.NAMED, LineState.OPEN)
    assert overview.proposed_for(third)[0]["owed"] == 0
    assert Payment.objects.count() == 1
    assert sound() == []


def test_a_transfer_that_the_counter_noted_for_it_is_that_one(who, tho, code):
    other = playing.file(who.tu).code
    noted = [money.take_payment(one, method="transfer", actor=who.hoa, at=later(20)) for one in (code, other)]
    (line,) = take(tho, banking.came(16_000, typed(code, "")))
    assert (line.found, line.payment_id) == (Found.MATCHED, noted[0].pk), "by sum and day alone there were two"


def test_what_is_over_owes_nothing(who, tho, code):
    supplement.withdraw_dossier(code, actor=who.tu, at=later(20))
    (line,) = take(tho, banking.came(16_000, typed(code)))
    assert (line.found, line.state) == (Found.NAMED, LineState.OPEN)


def test_a_code_that_nobody_has_is_no_reference(who, tho, code):
    (line,) = take(tho, banking.came(16_000, typed(code[:-4] + "0999")))
    assert (line.found, line.proposed) == (Found.UNNAMED, None)


def test_a_dossier_whose_fees_go_to_another_account_is_not_proposed(who, tho, code, monkeypatch):
    monkeypatch.setattr(books, "_account", lambda *_given: "another")
    (line,) = take(tho, banking.came(16_000, typed(code)))
    assert (line.found, line.proposed) == (Found.UNNAMED, None)
    assert not Payment.objects.exists()


def test_money_that_left_is_never_booked_by_a_code(who, tho, code):
    (line,) = take(tho, banking.went(16_000, typed(code)))
    assert (line.found, line.state) == (Found.OUT, LineState.OPEN)
