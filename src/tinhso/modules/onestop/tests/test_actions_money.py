"""Paying the fee: once, whoever tells of it, with receipts whose numbers have no gap."""

from __future__ import annotations

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden, SignInNeeded
from tinhso.kernel.journal.public import entries
from tinhso.modules.onestop.actions import money, processing, reception, supplement
from tinhso.modules.onestop.models import Dossier, MoneyState, Payment, PaymentMethod, PaymentState
from tinhso.modules.onestop.queries import upkeep
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import GATEWAY, later

pytestmark = with_province


@pytest.fixture
def code(who):
    return playing.file(who.tu).code


def order(who, code, *, at=None):
    return money.start_payment(code, actor=who.tu, at=at or later(10))


def settle(payment, **changes):
    given = {"amount_vnd": 16_000, "reference": "VCB-1", "actor": GATEWAY, "at": later(12)}
    return money.settle_payment(payment.order_code, **{**given, **changes})


def test_start_payment_asks_what_is_due(who, code):
    payment = order(who, code)
    kept = Payment.objects.get()
    assert (kept.amount_vnd, kept.method, kept.state) == (16_000, PaymentMethod.GATEWAY, PaymentState.STARTED)
    assert (kept.payer_name, kept.receipt_number) == (who.tu.name, "")
    assert kept.order_code.startswith("TS")
    assert playing.last_line(code).facts == {"order": payment.order_code, "amount_vnd": 16_000}
    assert Dossier.objects.get().money == MoneyState.DUE


def test_who_comes_back_soon_goes_on_with_the_same_order(who, code):
    first = order(who, code)
    assert order(who, code, at=later(12)) == first  # the gateway has not answered yet, and may know it
    money.note_gateway(first.order_code, reference="R", pay_url="https://pay.example/1", actor=who.tu, at=later(12))
    assert order(who, code, at=later(13)).pay_url == "https://pay.example/1"
    assert order(who, code, at=later(26)) != first


def test_an_order_for_another_sum_is_not_gone_on_with(who, code):
    first = order(who, code)
    Dossier.objects.update(fee_vnd=24_000)
    assert order(who, code, at=later(12)).amount_vnd == 24_000
    assert Payment.objects.get(pk=first.pk).amount_vnd == 16_000


def test_note_gateway_keeps_where_to_pay(who, code):
    payment = order(who, code)
    money.note_gateway(
        payment.order_code, reference="VCB-1", pay_url="https://pay.example/1", actor=who.tu, at=later(10)
    )
    kept = Payment.objects.get()
    assert (kept.gateway_reference, kept.pay_url) == ("VCB-1", "https://pay.example/1")
    with pytest.raises(Forbidden):
        money.note_gateway(payment.order_code, reference="X", pay_url="", actor=who.neighbour, at=later(10))
    assert Payment.objects.get().gateway_reference == "VCB-1"


def test_settled_by_notice_and_by_return_counts_once(who, code):
    payment = order(who, code)
    first = settle(payment)
    again = settle(payment, at=later(13), reference="VCB-2")
    assert (first.receipt_number, again.receipt_number) == ("BL22-H47.32.20-000001",) * 2
    kept = Payment.objects.get()
    assert (kept.state, kept.settled_at, kept.gateway_reference) == (PaymentState.PAID, later(12), "VCB-1")
    assert Dossier.objects.get().money == MoneyState.PAID
    settled = [line for line in playing.told("dossier", code) if line[0] == "onestop.payment_settled"]
    assert settled == [("onestop.payment_settled", "system:payment")] * 2
    assert playing.last_line(code).facts == {"order": payment.order_code, "again": True}


@pytest.mark.parametrize("amount", [1, 15_999, 160_000])
def test_another_sum_is_not_taken_for_the_fee_but_given_back(who, code, amount):
    payment = order(who, code)
    kept = settle(payment, amount_vnd=amount)
    assert (kept.state, kept.amount_vnd, kept.receipt_number) == (PaymentState.EXCESS, amount, "")
    assert Dossier.objects.get().money == MoneyState.DUE
    line = playing.last_line(code)
    assert (line.event, line.facts["amount_vnd"]) == ("onestop.payment_excess", amount)
    assert settle(payment, at=later(13)).state == PaymentState.EXCESS  # said again, it is still not the fee
    assert settle(order(who, code, at=later(14))).state == PaymentState.PAID


def test_only_the_gateway_says_that_it_was_paid(who, code):
    payment = order(who, code)
    before = playing.everything()
    for actor, no in ((who.nobody, SignInNeeded), (who.tu, Forbidden), (who.hoa, Forbidden), (system("x"), Forbidden)):
        with pytest.raises(no):
            settle(payment, actor=actor)
        with pytest.raises(no):
            money.fail_payment(payment.order_code, reason="x", actor=actor, at=later(12))
    assert playing.everything() == before


def test_paid_at_the_counter_and_online_is_paid_once(who, code):
    payment = order(who, code)
    taken = money.take_payment(code, actor=who.hoa, at=later(11))
    assert (taken.method, taken.taken_by, taken.receipt_number) == ("cash", who.hoa.name, "BL22-H47.32.20-000001")
    with pytest.raises(money.NothingToPay):
        money.take_payment(code, actor=who.lan, at=later(11))
    with pytest.raises(money.NothingToPay):
        order(who, code)
    assert settle(payment).state == PaymentState.EXCESS  # it came too late: to be refunded, never counted twice
    assert list(Payment.objects.filter(state=PaymentState.PAID)) == [taken]


def test_two_orders_one_payment(who, code):
    first, second = order(who, code), order(who, code, at=later(30))
    settle(second)
    assert settle(first).state == PaymentState.EXCESS
    assert Payment.objects.filter(state=PaymentState.PAID).count() == 1


def test_an_order_that_failed_leaves_the_fee_due(who, code):
    payment = order(who, code)
    money.fail_payment(payment.order_code, reason="cancelled", actor=GATEWAY, at=later(12))
    assert Payment.objects.get().state == PaymentState.FAILED
    assert Dossier.objects.get().money == MoneyState.DUE
    assert playing.last_line(code).facts == {"order": payment.order_code, "reason": "cancelled"}
    settle(order(who, code, at=later(13)))
    assert Dossier.objects.get().money == MoneyState.PAID


def test_a_failure_that_comes_after_the_money_changes_nothing(who, code):
    payment = order(who, code)
    settle(payment)
    money.fail_payment(payment.order_code, reason="timeout", actor=GATEWAY, at=later(14))
    assert Payment.objects.get().state == PaymentState.PAID
    assert Dossier.objects.get().money == MoneyState.PAID


def test_money_that_comes_after_the_withdrawal_is_known(who, code):
    """It was paid at the bank: it is given back."""
    payment = order(who, code)
    supplement.withdraw_dossier(code, actor=who.tu, at=later(11))
    settle(payment)
    assert Payment.objects.get().state == PaymentState.EXCESS
    for minute in (12, 13):
        money.note_refund(payment.order_code, actor=GATEWAY, at=later(minute))
    assert Payment.objects.get().state == PaymentState.REFUNDED


def test_a_fee_paid_online_goes_back_when_the_dossier_is_refused(who, code):
    payment = order(who, code)
    settle(payment)
    reception.refuse_dossier(code, reason="Sai nơi nộp", actor=who.lan, at=later(20))
    assert (Dossier.objects.get().money, Payment.objects.get().state) == (MoneyState.BACK, PaymentState.EXCESS)
    told = next(line for line in entries(("dossier", code)) if line.event == "onestop.payment_due_back")
    assert told.facts == {
        "order": payment.order_code,
        "amount_vnd": 16_000,
        "law": "Luật Phí và lệ phí 97/2015/QH13 Đ.3",
    }
    with pytest.raises(money.NothingToGiveBack):
        money.return_cash(code, actor=who.hoa, at=later(21))
    money.note_refund(payment.order_code, actor=GATEWAY, at=later(22))
    assert (Dossier.objects.get().money, Payment.objects.get().state) == (MoneyState.REFUNDED, PaymentState.REFUNDED)
    with pytest.raises(money.NothingToPay):
        money.start_payment(code, actor=who.tu, at=later(23))


def test_a_fee_paid_in_cash_goes_back_at_the_counter_once(who, code):
    money.take_payment(code, actor=who.hoa, at=later(10))
    supplement.withdraw_dossier(code, actor=who.tu, at=later(11))
    assert not upkeep.payments_due(PaymentState.EXCESS, at=later(12)).exists()
    with pytest.raises(Forbidden):
        money.return_cash(code, actor=who.ha, at=later(12))
    money.return_cash(code, actor=who.hoa, at=later(12))
    assert (Dossier.objects.get().money, Payment.objects.get().state) == (MoneyState.REFUNDED, PaymentState.REFUNDED)
    assert playing.last_line(code).event == "onestop.payment_refunded"
    with pytest.raises(money.NothingToGiveBack):
        money.return_cash(code, actor=who.hoa, at=later(13))


def test_a_fee_goes_back_when_a_dossier_is_stopped_that_was_never_received(who, code):
    money.take_payment(code, actor=who.hoa, at=later(10))
    supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.lan, at=later(11))
    processing.stop_dossier(code, reason="Không bổ sung", actor=who.minh, at=later(days=60))
    assert (Dossier.objects.get().money, Payment.objects.get().state) == (MoneyState.BACK, PaymentState.EXCESS)


MORE_COPIES = [{"pointer": "/copies/count", "reason": "wrong", "text": "Ghi đúng số bản"}]


def mend_copies(who, code, count):
    reception.accept_dossier(code, actor=who.lan, at=later(20))
    processing.take_dossier(code, playing.first_task(code).id, actor=who.ha, at=later(21))
    supplement.ask_for_supplement(code, MORE_COPIES, actor=who.ha, at=later(22))
    supplement.answer_supplement(code, answers={"copies": {"count": count}}, actor=who.tu, at=later(23))


def test_a_fee_that_is_due_follows_the_answers(who, code):
    payment = order(who, code)
    mend_copies(who, code, 5)
    dossier = Dossier.objects.get()
    assert (dossier.fee_vnd, dossier.money) == (40_000, MoneyState.DUE)
    assert "5" in dossier.fee_steps[0]["vi"]
    # the order of before is for another sum: what comes by it goes back whole
    assert settle(payment).state == PaymentState.EXCESS
    assert Dossier.objects.get().money == MoneyState.DUE
    again = order(who, code, at=later(24))
    assert (again.amount_vnd, again.order_code != payment.order_code) == (40_000, True)
    assert settle(again, amount_vnd=40_000).state == PaymentState.PAID


def test_a_fee_of_a_dossier_that_was_received_is_kept(who, code):
    settle(order(who, code))
    reception.accept_dossier(code, actor=who.lan, at=later(13))
    supplement.withdraw_dossier(code, actor=who.tu, at=later(14))
    assert (Dossier.objects.get().money, Payment.objects.get().state) == (MoneyState.PAID, PaymentState.PAID)


def test_money_that_came_twice_goes_back_and_the_fee_stays_paid(who, code):
    first, second = order(who, code), order(who, code, at=later(30))
    settle(second, at=later(31))
    settle(first, at=later(32))
    money.note_refund(first.order_code, actor=GATEWAY, at=later(33))
    assert Dossier.objects.get().money == MoneyState.PAID


def test_numbers_of_receipts_have_no_gap(who):
    codes = [playing.file(who.tu).code for _each in range(3)]
    given = []
    for code in codes:
        settle(order(who, code), amount_vnd=1)  # given back: it takes no number
        given.append(settle(order(who, code, at=later(11))).receipt_number)
    assert given == [f"BL22-H47.32.20-{number:06d}" for number in (1, 2, 3)]


def test_an_order_that_nobody_opened_is_not_settled(who, code):
    """The notice of a gateway that mistakes us for another is refused, not an error."""
    from tinhso.base.refusals import NotFound

    for call in (
        lambda: money.settle_payment("TSNONE", amount_vnd=1, reference="", actor=GATEWAY, at=later(1)),
        lambda: money.fail_payment("TSNONE", reason="", actor=GATEWAY, at=later(1)),
        lambda: money.note_gateway("TSNONE", reference="", pay_url="", actor=who.tu, at=later(1)),
    ):
        with pytest.raises(NotFound):
            call()
