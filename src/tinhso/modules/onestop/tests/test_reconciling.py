"""The worker and the gateway: every order is asked about in its turn, and none that is stuck holds up another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.snapshot import with_province

from tinhso.kernel.casework.payments import GatewayUnavailable, OrderRefused, PayRedirect
from tinhso.kernel.casework.payments import Payment as Said
from tinhso.kernel.casework.payments import PaymentState as Told
from tinhso.kernel.identity.public import Account
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import money, paying, reception, turns
from tinhso.modules.onestop.models import Dossier, MoneyState, Payment, PaymentMethod, PaymentState
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import GATEWAY, later
from tinhso.modules.onestop.tests.test_plans import plans

pytestmark = with_province


class Gateway:
    """A gateway that says what a test wrote down, and keeps what it was asked."""

    says: dict = {}
    asked: list = []

    def create_order(self, order_code, **_given):
        type(self).asked.append(order_code)
        self._raise(self.says.get("create"))
        return PayRedirect(f"https://pay.example/{order_code}", "R", later(60))

    def query(self, order_code):
        type(self).asked.append(order_code)
        said = self.says.get(order_code, self.says.get("query", Told.PENDING))
        self._raise(said)
        return Said(order_code, Payment.objects.get(order_code=order_code).amount_vnd, said, "R", "e")

    def refund(self, order_code, *, amount_vnd, **_given):
        type(self).asked.append(order_code)
        self._raise(self.says.get(order_code))
        return Said(order_code, amount_vnd, Told.REFUNDED, "R", "e", refunded_vnd=amount_vnd)

    def _raise(self, said):
        if isinstance(said, Exception) or (isinstance(said, type) and issubclass(said, Exception)):
            raise said


@pytest.fixture
def gateway(settings):
    settings.PAYMENT_GATEWAY = f"{__name__}.Gateway"
    Gateway.says, Gateway.asked = {}, []
    return Gateway


@pytest.fixture
def code(who):
    return playing.file(who.tu).code


def order(code, name, at, state=PaymentState.STARTED):
    """Write an order down as if its payer had gone."""
    return Payment.objects.create(
        dossier=Dossier.objects.get(code=code), order_code=name, amount_vnd=16_000, method=PaymentMethod.GATEWAY,
        state=state, created_at=at, next_at=at + money.ASK_AFTER,
    )  # fmt: skip


def run(hours, *, job=tasks.reconcile_payments):
    """Run a job of the worker every five minutes from one hour to another."""
    return sum(job(at=later(minute)) for minute in range(60 * hours[0], 60 * hours[1], 5))


def test_a_paid_order_is_found_behind_abandoned_ones(gateway, code):
    for number in range(60):
        order(code, f"A{number}", later(number / 10))
    order(code, "LOST", later(30))
    gateway.says = {"LOST": Told.PAID}
    assert run((0, 2)) == 1
    assert Payment.objects.get(order_code="LOST").state == PaymentState.PAID
    assert Dossier.objects.get().money == MoneyState.PAID


def test_nobody_is_asked_about_before_ten_minutes(gateway, who, code):
    money.start_payment(code, actor=who.tu, at=later(0))
    tasks.reconcile_payments(at=later(9))
    assert gateway.asked == []
    tasks.reconcile_payments(at=later(10))
    assert len(gateway.asked) == 1


def test_an_open_order_is_asked_about_less_and_less_often_and_given_up_after_two_days(gateway, code):
    order(code, "A", later(0))
    moments = []
    for minute in range(0, 60 * 56, 5):
        tasks.reconcile_payments(at=later(minute))
        moments += [minute] * (len(gateway.asked) - len(moments))
    assert moments[:6] == [10, 20, 40, 80, 160, 320]
    assert all(after - before == 360 for before, after in pairwise(moments[7:]))
    assert (len(moments), Payment.objects.get().state) == (14, PaymentState.FAILED)


@pytest.mark.parametrize("fault", [GatewayUnavailable, KeyError("event_id")])
def test_an_order_that_cannot_be_read_holds_up_no_other(gateway, code, fault):
    bad = [f"BAD{number}" for number in range(tasks.ROUND + 1)]
    for name in bad:
        order(code, name, later(0))
    order(code, "LOST", later(5))
    gateway.says = dict.fromkeys(bad, fault) | {"LOST": Told.PAID}
    assert run((0, 1)) == 1
    assert set(gateway.asked) == {*bad, "LOST"}


def test_an_order_of_which_nothing_is_known_is_never_given_up(gateway, code):
    order(code, "A", later(0))
    gateway.says = {"A": GatewayUnavailable}
    run((0, 96))
    assert Payment.objects.get().state == PaymentState.STARTED
    gateway.says = {"A": Told.PAID}
    run((96, 103))
    assert Dossier.objects.get().money == MoneyState.PAID


def test_an_order_that_the_gateway_does_not_know_is_given_up_after_two_days(gateway, code):
    order(code, "A", later(0))
    gateway.says = {"A": OrderRefused(reason="unknown")}
    run((0, 47))
    assert Payment.objects.get().state == PaymentState.STARTED
    run((47, 56))
    assert Payment.objects.get().state == PaymentState.FAILED


def test_a_gateway_that_is_away_holds_the_worker_up_by_one_round(gateway, code):
    for number in range(40):
        order(code, f"A{number}", later(0))
    gateway.says = {"query": GatewayUnavailable}
    tasks.reconcile_payments(at=later(60))
    assert len(gateway.asked) == tasks.ROUND


def test_a_refund_that_the_gateway_refuses_holds_up_no_other(gateway, who):
    stuck = [playing.file(who.tu).code for _each in range(3)]
    for number in range(60):
        order(stuck[0], f"BAD{number}", later(number / 10), PaymentState.EXCESS)
    code = playing.file(who.tu).code
    paid = money.start_payment(code, actor=who.tu, at=later(1))
    money.settle_payment(paid.order_code, amount_vnd=16_000, reference="R", actor=GATEWAY, at=later(2))
    reception.refuse_dossier(code, reason="Sai nơi nộp", actor=who.lan, at=later(30))
    gateway.says = {f"BAD{number}": OrderRefused(reason="too_much") for number in range(60)}
    assert run((1, 2), job=tasks.give_back_excess) == 1
    assert Dossier.objects.get(code=code).money == MoneyState.REFUNDED
    before = len(gateway.asked)
    run((2, 26), job=tasks.give_back_excess)
    assert len(gateway.asked) - before < 60 * 10  # each some times a day, not every five minutes


def test_what_is_to_go_back_goes_at_once_however_often_the_order_was_asked_about(gateway, who, code):
    paid = money.start_payment(code, actor=who.tu, at=later(0))
    run((0, 12))
    money.settle_payment(paid.order_code, amount_vnd=1, reference="R", actor=GATEWAY, at=later(60 * 12))
    assert Payment.objects.get().tries == 0
    assert tasks.give_back_excess(at=later(60 * 12 + 1)) == 1


def test_two_workers_do_not_take_the_same_order(gateway, code):
    order(code, "A", later(0))
    assert [
        each.order_code for each in turns.take_turns(PaymentState.STARTED, actor=GATEWAY, at=later(20), limit=5)
    ] == ["A"]
    assert turns.take_turns(PaymentState.STARTED, actor=GATEWAY, at=later(20), limit=5) == []


def test_an_order_of_code_that_knows_no_turns_is_asked_about(gateway, code):
    """While the new version rolls out, the old one still opens orders."""
    order(code, "A", later(0))
    with connections["default"].cursor() as cursor:
        columns = [
            field.column for field in Payment._meta.fields if field.name not in ("id", "order_code", "next_at", "tries")
        ]
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO onestop_payment (id, order_code, {names}) SELECT %s, 'OLD', {names} FROM onestop_payment",
            ["0" * 31 + "1"],
        )
    tasks.reconcile_payments(at=later(20))
    assert sorted(gateway.asked) == ["A", "OLD"]


def test_the_turn_is_found_by_its_index(gateway, code):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables")
    order(code, "A", later(0))
    for job in (tasks.reconcile_payments, tasks.give_back_excess):
        steps = [step for sql, found in plans(lambda job=job: job(at=later(5))) for step in found if "payment" in sql]
        assert any("onestop_payment_turn" in step for step in steps), steps
        assert not any("SCAN" in step or "TEMP B-TREE" in step for step in steps), steps


# --- taking an order to the gateway --------------------------------------------------------------------------------


def send(payment, who, at=None):
    return paying.send_to_gateway(
        payment.order_code, return_url="https://x/", notify_url="https://x/", actor=who.tu, at=at or later(10)
    )


def test_an_order_that_may_live_at_the_gateway_stays_open(gateway, who, code):
    """The gateway took it and its answer was lost: the payer pays there, and the worker finds the money."""
    payment = money.start_payment(code, actor=who.tu, at=later(9))
    gateway.says = {"create": GatewayUnavailable}
    with pytest.raises(GatewayUnavailable):
        send(payment, who)
    assert Payment.objects.get().state == PaymentState.STARTED
    gateway.says = {"query": Told.PAID}
    assert tasks.reconcile_payments(at=later(30)) == 1
    assert Dossier.objects.get().money == MoneyState.PAID


def test_an_order_that_the_gateway_refuses_has_failed(gateway, who, code):
    payment = money.start_payment(code, actor=who.tu, at=later(9))
    gateway.says = {"create": OrderRefused(reason="no")}
    with pytest.raises(OrderRefused):
        send(payment, who)
    assert Payment.objects.get().state == PaymentState.FAILED
    gateway.says = {}
    send(payment, who)  # asked again, it takes it: it can be paid
    kept = Payment.objects.get()
    assert (kept.state, kept.settled_at, kept.next_at) == (PaymentState.STARTED, None, later(10) + money.ASK_AFTER)


def test_an_order_whose_page_is_known_is_not_taken_there_again(gateway, who, code):
    payment = money.start_payment(code, actor=who.tu, at=later(9))
    page = send(payment, who)
    gateway.says = {"create": OrderRefused(reason="exists")}
    assert send(payment, who) == page == f"https://pay.example/{payment.order_code}"
    assert (len(gateway.asked), Payment.objects.get().state) == (1, PaymentState.STARTED)


@pytest.fixture
def tu_signed_in(who):
    account = Account.objects.create(person_id=who.tu.key.partition(":")[2], username="tu", added_at=playing.AT)
    client = Client()
    come_in(client, account)
    return client


def test_the_page_that_pays_leaves_an_unanswered_order_open(gateway, code, tu_signed_in):
    address = reverse("onestop:pay", args=[code])
    gateway.says = {"create": GatewayUnavailable}
    assert tu_signed_in.post(address).headers["location"] == address
    assert "Cổng thanh toán không trả lời" in tu_signed_in.get(address).content.decode()
    assert Payment.objects.get().state == PaymentState.STARTED
    gateway.says = {}
    assert tu_signed_in.post(address).headers["location"].startswith("https://pay.example/")
    assert Payment.objects.count() == 1
