"""Call-backs of the gateway over its own protocol: signed by it, and then replayed, late, doubled, out of order, forged, wrong."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here

from tinhso.base.clock import now
from tinhso.kernel.identity.public import Account
from tinhso.kernel.journal.public import entries
from tinhso.modules.onestop.actions import money, reception, supplement, transfers
from tinhso.modules.onestop.models import Dossier, MoneyState, Payment, PaymentState
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import GATEWAY, later
from tinhso.sandbox.payment.gateway import sign

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders")]
SECRET, MERCHANT = "a-secret-of-the-tests", "TINHSO"


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.PAYMENT_GATEWAY = "tinhso.adapters.payment_gateway.HostedGateway"
    settings.PAYMENT_SECRET, settings.PAYMENT_MERCHANT = SECRET, MERCHANT


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    return playing.cast()


@pytest.fixture
def order(who):
    """An order for the fee of a dossier."""
    return money.start_payment(playing.file(who.tu).code, actor=who.tu, at=later(10))


def message(order, *, secret=SECRET, **changes):
    """Return what the gateway sends about an order, as the sandbox signs it."""
    fields = {
        "merchant": MERCHANT,
        "order_code": order.order_code,
        "amount_vnd": "16000",
        "state": "paid",
        "gateway_reference": "G1",
        "paid_at": now().isoformat(),
        "refunded_vnd": "0",
        "event_id": "G1-1",
        "type": "notify",
        "sent_at": now().isoformat(),
    } | changes
    return fields | {"signature": sign(fields, secret)}


def tell(fields):
    return Client().post(reverse("onestop:payment_notice"), fields)


def stands(order):
    payment = Payment.objects.get(pk=order.pk)
    return payment.state, payment.dossier.money


PAID = (PaymentState.PAID, MoneyState.PAID)
DUE = (PaymentState.STARTED, MoneyState.DUE)


def test_the_same_notice_again_and_again_counts_once(order):
    said = message(order)
    assert [tell(said).status_code for _each in range(3)] == [200] * 3
    assert stands(order) == PAID
    assert Payment.objects.exclude(receipt_number="").count() == 1


def test_another_notice_of_the_same_payment_counts_no_second_time(order):
    tell(message(order))
    assert tell(message(order, event_id="G1-2", gateway_reference="G2")).status_code == 200
    assert Payment.objects.get().gateway_reference == "G1"


def test_a_notice_that_is_played_again_later_is_refused(order):
    old = message(order, sent_at=(now() - timedelta(minutes=16)).isoformat())
    assert tell(old).status_code == 400
    assert stands(order) == DUE


@pytest.mark.parametrize(
    "forged",
    [
        lambda order: message(order, secret="another"),
        lambda order: message(order) | {"amount_vnd": "1"},
        lambda order: message(order) | {"state": "cancelled"},
        lambda order: message(order) | {"extra": "1"},
        lambda order: {key: value for key, value in message(order).items() if key != "signature"},
        lambda order: message(order) | {"signature": ""},
        lambda order: message(order, merchant="ANOTHER"),
        lambda order: message(order, state="given"),
        lambda order: message(order, amount_vnd="x"),
        lambda order: message(order, currency="USD"),
        lambda order: message(order, amount_vnd="1" * 40),
        lambda order: message(order, sent_at="2026-01-01T00:00:00"),
        lambda order: message(order, sent_at=(now() + timedelta(minutes=16)).isoformat()),
        lambda _order: {},
    ],
)
def test_what_the_gateway_did_not_sign_changes_nothing(order, forged):
    assert tell(forged(order)).status_code == 400
    assert stands(order) == DUE


def test_the_notice_of_one_dossier_does_not_pay_another(who, order):
    """A message signed for one order cannot be turned to another: the code is among what is signed."""
    other = money.start_payment(playing.file(who.tu).code, actor=who.tu, at=later(10))
    assert tell(message(order) | {"order_code": other.order_code}).status_code == 400
    assert tell(message(order, order_code="TSNONE")).status_code == 404
    tell(message(other))
    assert (stands(order), stands(other)) == (DUE, PAID)


@pytest.mark.parametrize("amount", ["1", "15999", "16001", "-16000", "0"])
def test_another_sum_is_kept_apart_and_given_back(order, amount):
    answer = tell(message(order, amount_vnd=amount))
    # a sum that no payment has is no notice, whoever signed it
    assert answer.status_code == (200 if int(amount) > 0 else 400)
    assert Dossier.objects.get().money == MoneyState.DUE
    assert Payment.objects.get().state in (PaymentState.EXCESS, PaymentState.STARTED)
    assert not Payment.objects.get().receipt_number


def test_a_failure_after_the_payment_and_a_payment_after_the_failure(order):
    tell(message(order, state="failed", event_id="G1-0"))
    assert stands(order) == (PaymentState.FAILED, MoneyState.DUE)
    tell(message(order))
    assert stands(order) == PAID
    for late in ("failed", "cancelled", "pending"):
        assert tell(message(order, state=late, event_id=f"G1-{late}")).status_code == 200
    assert stands(order) == PAID


def test_money_that_is_told_of_after_the_withdrawal_goes_back_once(who, order):
    supplement.withdraw_dossier(order.dossier.code, actor=who.tu, at=now())
    tell(message(order))
    assert stands(order) == (PaymentState.EXCESS, MoneyState.DUE)
    money.note_refund(order.order_code, actor=GATEWAY, at=now())
    tell(message(order))
    tell(message(order, state="refunded", event_id="G1-3", refunded_vnd="16000"))
    assert Payment.objects.get().state == PaymentState.REFUNDED


def test_a_notice_after_the_refund_changes_nothing(who, order):
    tell(message(order))
    reception.refuse_dossier(order.dossier.code, reason="Trùng", actor=who.lan, at=now())
    money.note_refund(order.order_code, actor=GATEWAY, at=now())
    tell(message(order, event_id="G1-9"))
    assert stands(order) == (PaymentState.REFUNDED, MoneyState.REFUNDED)


def test_the_payer_comes_back_before_and_after_the_notice(who, order):
    account = Account.objects.create(person_id=who.tu.person_id, username="tu", added_at=playing.AT)
    browser = come_in(Client(), account)
    address = reverse("onestop:paid", args=[order.dossier.code])
    said = message(order, type="return")
    for _each in range(2):
        assert browser.get(f"{address}?{urlencode(said)}").status_code == 302
        tell(message(order))
    assert stands(order) == PAID
    assert Payment.objects.exclude(receipt_number="").count() == 1


def test_the_gateway_may_say_which_currency_it_is(order):
    assert tell(message(order, currency="VND")).status_code == 200
    assert stands(order) == PAID


@pytest.mark.parametrize("method", ["cash", "transfer"])
@pytest.mark.parametrize("said", ["paid", "failed", "refunded"])
def test_what_is_no_order_of_the_gateway_is_none_of_its_business(who, method, said):
    """A receipt of the counter, also one that was voided, and a transfer that a statement brings."""
    code = playing.file(who.tu).code
    if method == "cash":
        taken = money.take_payment(code, actor=who.hoa, at=later(12))
        money.void_receipt(taken.receipt_number, reason="Bấm nhầm", actor=who.hoa, at=later(13))
    else:
        transfers.start_transfer(code, actor=who.tu, at=later(12))
    before = Payment.objects.values().get()
    assert tell(message(Payment.objects.get(), state=said)).status_code == 404
    assert Payment.objects.values().get() == before


def test_a_refund_that_nobody_asked_for_is_journalled_once_and_moves_nothing(order):
    tell(message(order))
    for event in ("G1-5", "G1-6"):
        assert tell(message(order, state="refunded", refunded_vnd="16000", event_id=event)).status_code == 200
    assert stands(order) == PAID
    told = [line for line in entries(("dossier", order.dossier.code)) if line.event == "onestop.refund_unasked"]
    assert [line.facts.get("again", False) for line in told] == [False, True]
    assert told[0].facts["amount_vnd"] == 16_000


def test_the_gateway_s_word_is_enough_that_what_we_asked_back_went_back(who, order):
    tell(message(order))
    reception.refuse_dossier(order.dossier.code, reason="Trùng", actor=who.lan, at=now())
    assert stands(order) == (PaymentState.EXCESS, MoneyState.BACK)
    assert tell(message(order, state="refunded", refunded_vnd="100", event_id="G1-7")).status_code == 200
    assert stands(order) == (PaymentState.EXCESS, MoneyState.BACK), "a part is not all"
    assert tell(message(order, state="refunded", refunded_vnd="16000", event_id="G1-8")).status_code == 200
    assert stands(order) == (PaymentState.REFUNDED, MoneyState.REFUNDED)


def test_a_reference_longer_than_our_column_is_cut_and_the_money_counted(order):
    assert tell(message(order, gateway_reference="G" * 400)).status_code == 200
    assert stands(order) == PAID
    assert len(Payment.objects.get().gateway_reference) == 100
