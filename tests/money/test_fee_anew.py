"""A fee that changes after it was paid: what it rose by is paid once more, what it fell by goes back; no receipt is changed."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from tests.money.ledger import LATER, clocks, rule, sound
from tests.snapshot import with_province

from tinhso.kernel.journal.public import entries
from tinhso.law.states import NationalState
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import (
    demands,
    money,
    owing,
    processing,
    reception,
    results,
    statements,
    supplement,
    transfers,
)
from tinhso.modules.onestop.models import CashLine, Dossier, FeeDemand, MoneyState, Payment, PaymentState
from tinhso.modules.onestop.queries import dossiers, fees, shown, working
from tinhso.modules.onestop.queries.papers import choosing
from tinhso.modules.onestop.tests import banking, playing
from tinhso.modules.onestop.tests.playing import GATEWAY, later
from tinhso.modules.onestop.tests.test_actions_money import MORE_COPIES, order, settle

pytestmark = with_province
DESK = "H47.32.20.01"


@pytest.fixture
def code(who):
    """A dossier of two copies, 16,000 đ."""
    return playing.file(who.tu).code


def pay(who, code, at):
    """Pay at the gateway what is owed."""
    payment = order(who, code, at=at)
    return settle(payment, amount_vnd=payment.amount_vnd, at=at)


def copies(who, code, count, at=20, *, begin=True):
    """Have the applicant mend how many copies they want, by a supplement."""
    if begin:
        reception.accept_dossier(code, actor=who.lan, at=later(at))
        processing.take_dossier(code, playing.first_task(code).id, actor=who.ha, at=later(at + 1))
    supplement.ask_for_supplement(code, MORE_COPIES, actor=who.ha, at=later(at + 2))
    supplement.answer_supplement(code, answers={"copies": {"count": count}}, actor=who.tu, at=later(at + 3))


def state():
    dossier = Dossier.objects.get()
    return dossier.fee_vnd, dossier.money, fees.owed(dossier)


def test_what_a_paid_fee_rises_by_is_demanded_and_paid_with_a_receipt_of_its_own(who, code):
    first = pay(who, code, later(10))
    copies(who, code, 5)
    assert state() == (40_000, MoneyState.DUE, 24_000)
    changed = next(line for line in entries(("dossier", code)) if line.event == "onestop.fee_changed")
    assert changed.facts == {"was": 16_000, "fee_vnd": 40_000, "paid_vnd": 16_000, "owed_vnd": 24_000, "back_vnd": 0}
    view = dossiers.view_dossier(code, seen_by=who.tu)
    asked = next(each for each in shown.todo(view) if "24.000" in each["title"])
    assert "40.000" in asked["items"][0]
    assert settle(first, at=later(30)).state == PaymentState.PAID, "the first, told again, is the first"
    assert state()[2] == 24_000
    view = dossiers.view_dossier(code, seen_by=who.hoa)
    assert [paid.pk for paid in view.receipts] == [first.pk], "what was paid is known while more is owed"
    assert choosing.papers_there(view, own=True)[-1][0] == "receipt"
    assert working.may(view, who.hoa)["see_receipts"]
    second = pay(who, code, later(31))
    view = dossiers.view_dossier(code, seen_by=who.hoa)
    assert [paid.pk for paid in view.receipts] == [first.pk, second.pk]
    assert (second.amount_vnd, second.demand, second.state) == (24_000, 1, PaymentState.PAID)
    assert state() == (40_000, MoneyState.PAID, 0)
    assert second.receipt_number != Payment.objects.get(pk=first.pk).receipt_number
    assert sound() == []
    view = dossiers.view_dossier(code, seen_by=who.tu)
    names = [name for name, _title in choosing.papers_there(view, own=True)]
    assert names[-2:] == ["receipt-1", "receipt"]
    for name, amount in (("receipt-1", 16_000), ("receipt", 24_000)):
        paper = choosing.paper_of(name, Dossier.objects.get(), later(40))
        assert str(amount)[:2] in str(paper), name


def test_the_result_waits_for_what_the_fee_rose_by(who, code):
    pay(who, code, later(10))
    copies(who, code, 3)
    processing.propose_result(code, actor=who.ha, at=later(30))
    playing.sign_plainly(code, actor=who.minh, at=later(31))
    results.issue_result(code, actor=who.ngoc, at=later(32))
    with pytest.raises(reception.MoneyFirst):
        reception.return_result(code, actor=who.lan, at=later(33))
    taken = money.take_payment(code, actor=who.hoa, at=later(34))
    assert taken.amount_vnd == 8_000
    assert CashLine.objects.get().amount_vnd == 8_000
    reception.return_result(code, actor=who.lan, at=later(35))
    assert sound() == []


def test_an_order_of_before_the_rise_pays_nothing_and_goes_back(who, code):
    stale = order(who, code)
    pay(who, code, later(26))
    copies(who, code, 4, 40)
    kept = settle(stale, at=later(50))
    assert kept.state == PaymentState.EXCESS, "as much as is owed, but on the demand of before"
    assert state() == (32_000, MoneyState.DUE, 16_000)


def test_a_transfer_pays_what_it_rose_by(who, code):
    pay(who, code, later(10))
    copies(who, code, 5)
    made = transfers.start_transfer(code, actor=who.tu, at=later(30))
    assert made.amount_vnd == 24_000
    rows = banking.csv_of([banking.came(24_000, f"{made.order_code} nop phi")])
    tho = playing.official("tho")
    statements.import_statement(rows, "a.csv", playing.MINH_AN, actor=tho, at=later(40))
    assert state() == (40_000, MoneyState.PAID, 0)
    assert sound() == []


def test_what_a_fee_paid_online_falls_by_goes_back_by_the_gateway_of_its_order(who, monkeypatch):
    code = playing.file(who.tu, copies=5).code
    paid = pay(who, code, later(10))
    copies(who, code, 2)
    assert state() == (16_000, MoneyState.BACK, 0)
    back = Payment.objects.get(of=paid)
    assert (back.amount_vnd, back.state, back.method) == (24_000, PaymentState.EXCESS, "gateway")
    assert sound() == []
    asked = []
    monkeypatch.setattr(
        tasks, "payment_gateway",
        lambda: SimpleNamespace(refund=lambda order, **given: asked.append((order, given["amount_vnd"], given["reason"]))),
    )  # fmt: skip
    assert tasks.give_back_excess(at=later(60)) == 1
    assert asked == [(paid.order_code, 24_000, f"not due {back.order_code}")]
    assert state() == (16_000, MoneyState.PAID, 0)
    money.note_refund(back.order_code, actor=GATEWAY, at=later(61))
    assert sound() == []


def test_what_a_fee_paid_at_the_counter_falls_by_is_given_back_there(who):
    code = playing.file(who.tu, copies=5).code
    money.take_payment(code, actor=who.hoa, at=later(10))
    copies(who, code, 2)
    view = dossiers.view_dossier(code, seen_by=who.tu)
    assert any("24.000" in each["title"] for each in shown.todo(view))
    assert code in [row.code for row in dossiers.money_waiting(who.hoa).rows]
    back = money.return_cash(code, actor=who.hoa, at=later(40))
    assert (back.amount_vnd, state()) == (24_000, (16_000, MoneyState.PAID, 0))
    assert [(line.kind, line.amount_vnd) for line in CashLine.objects.order_by("id")][-1] == ("back", 24_000)
    with pytest.raises(money.NothingToGiveBack):
        money.return_cash(code, actor=who.hoa, at=later(41))
    assert sound() == []


def test_while_money_is_on_its_way_back_the_fee_stays(who):
    code = playing.file(who.tu, copies=5).code
    money.take_payment(code, actor=who.hoa, at=later(10))
    copies(who, code, 2)
    with pytest.raises(owing.FeeSettled) as no:
        copies(who, code, 3, 40, begin=False)
    assert [fault.pointer for fault in no.value.faults] == ["/copies/count"]
    assert state() == (16_000, MoneyState.BACK, 0)


def test_a_rise_that_was_not_paid_can_fall_again(who, code):
    pay(who, code, later(10))
    copies(who, code, 5)
    copies(who, code, 3, 40, begin=False)
    assert state() == (24_000, MoneyState.DUE, 8_000)
    copies(who, code, 2, 60, begin=False)
    assert state() == (16_000, MoneyState.PAID, 0)
    copies(who, code, 4, 80, begin=False)
    assert state() == (32_000, MoneyState.DUE, 16_000)
    assert sound() == []


def test_a_voided_receipt_of_one_demand_leaves_the_others_paid(who, code):
    first = money.take_payment(code, actor=who.hoa, at=later(10))
    copies(who, code, 5)
    second = money.take_payment(code, actor=who.hoa, at=later(30))
    money.void_receipt(second.receipt_number, reason="Bấm nhầm", actor=who.hoa, at=later(31))
    assert state() == (40_000, MoneyState.DUE, 24_000)
    third = money.take_payment(code, actor=who.hoa, at=later(32))
    assert (third.amount_vnd, state()[1]) == (24_000, MoneyState.PAID)
    money.void_receipt(first.receipt_number, reason="Bấm nhầm", actor=who.hoa, at=later(33))
    assert state() == (40_000, MoneyState.DUE, 16_000)
    assert money.take_payment(code, actor=who.hoa, at=later(34)).amount_vnd == 16_000
    assert sound() == []


def test_who_withdraws_before_reception_gets_all_of_it_back(who, code):
    pay(who, code, later(10))
    supplement.ask_for_supplement(code, MORE_COPIES, actor=who.lan, at=later(12))
    supplement.answer_supplement(code, answers={"copies": {"count": 5}}, actor=who.tu, at=later(13))
    money.take_payment(code, actor=who.hoa, at=later(14))
    supplement.withdraw_dossier(code, actor=who.tu, at=later(15))
    assert state() == (40_000, MoneyState.BACK, 0)
    assert sorted((row.amount_vnd, row.state) for row in Payment.objects.all()) == [
        (16_000, "excess"),
        (24_000, "excess"),
    ]
    money.return_cash(code, actor=who.hoa, at=later(16))
    assert state()[1] == MoneyState.BACK, "the gateway still has its part"
    money.note_refund(Payment.objects.get(method="gateway").order_code, actor=GATEWAY, at=later(17))
    assert state()[1] == MoneyState.REFUNDED
    assert sound() == []


@pytest.mark.parametrize("seed", range(10))
def test_however_it_goes_on_nothing_is_paid_twice_or_lost(who, seed):
    """A walk of changes, demands, payments by every way, refunds and voids: after each step the check of the platform finds nothing."""
    chance = random.Random(seed)
    rule(playing.COPY, later=LATER)
    code = playing.file(who.tu).code
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    processing.take_dossier(code, playing.first_task(code).id, actor=who.ha, at=later(6))
    at = 10.0
    for _step in range(24):
        at += chance.choice([20, 20, 1440])
        _some_step(who, code, chance, at)
        dossier = Dossier.objects.get()
        assert sound() == []
        assert clocks() == []
        if dossier.money in (MoneyState.PAID, MoneyState.BACK):
            assert owing.paid_net(dossier) == dossier.fee_vnd
        else:
            assert owing.paid_net(dossier) + fees.owed(dossier) == dossier.fee_vnd


def _some_step(who, code, chance, at):
    dossier = Dossier.objects.get()
    owes = fees.owed(dossier)
    if dossier.money == MoneyState.BACK:
        for back in Payment.objects.filter(state=PaymentState.EXCESS):
            if back.method == "gateway":
                money.note_refund(back.order_code, actor=GATEWAY, at=later(at))
            else:
                money.return_cash(code, actor=who.hoa, at=later(at))
        return
    live = list(FeeDemand.objects.exclude(state="withdrawn"))
    drawn = chance.random()
    if owes and drawn < 0.4:
        paid = pay(who, code, later(at)) if drawn < 0.2 else money.take_payment(code, actor=who.hoa, at=later(at))
        assert paid.amount_vnd == owes
    elif live and drawn < 0.5:
        demands.withdraw_demand(code, chance.choice(live).number, reason="Tính nhầm", actor=who.ha, at=later(at))
    elif drawn < 0.6 and (taken := Payment.objects.filter(state="paid", method="cash", backs=None).first()):
        money.void_receipt(taken.receipt_number, reason="Bấm nhầm", actor=who.hoa, at=later(at))
    elif drawn < 0.85:
        item = chance.choice(
            [one for one in LATER if one["code"] not in {each.item for each in live if each.is_open}] or [None]
        )
        if item is not None:
            sums = {"amount_vnd": chance.randrange(1, 500_000), "value_vnd": chance.randrange(1_000, 10**8)}
            demands.demand_fee(code, item["code"], basis="Biên bản", actor=who.ha, at=later(at), **sums)
    elif dossier.state == NationalState.PROCESSING:
        known = dossier.answers["copies"]["count"]
        copies(who, code, chance.choice([n for n in range(1, 10) if n != known]), at, begin=False)
