"""Our gateway adapter against the sandbox's gateway: orders, callbacks forged, late, twice, refunds, bad days."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.base.clock import now
from tinhso.kernel.casework.payments import (
    GatewayUnavailable,
    OrderRefused,
    PaymentState,
    SignatureRefused,
    payment_gateway,
)
from tinhso.sandbox.payment import qr
from tinhso.sandbox.payment.gateway import sign


class Merchant:
    """A small server that takes callbacks and answers what it is told to."""

    def __init__(self):
        self.got, self.answers = [], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.got.append(dict(parse_qsl(body, keep_blank_values=True)))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notify"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def wait(self, count):
        end = time.monotonic() + 5
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.got

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def merchant():
    made = Merchant()
    yield made
    made.close()


@pytest.fixture
def gateway(at_sandbox):
    at_sandbox.gateway.mode = "normal"
    yield payment_gateway()
    at_sandbox.gateway.mode = "normal"


def order(gateway, merchant, code, amount=50_000):
    return gateway.create_order(
        code, amount_vnd=amount, description="Lệ phí hồ sơ thử", return_url="http://site.example/back",
        notify_url=merchant.url,
    )  # fmt: skip


def answer(redirect, what="pay"):
    back = httpx.post(redirect.url, data={"answer": what}, trust_env=False)
    return dict(parse_qsl(urlsplit(back.headers["location"]).query, keep_blank_values=True))


def test_paying_tells_the_merchant_and_brings_the_payer_back(gateway, merchant):
    opened = order(gateway, merchant, "DON-1")
    assert "50.000\u00a0đ" in httpx.get(opened.url, trust_env=False).text
    returned = answer(opened)
    told = merchant.wait(1)[0]
    payment = gateway.check_signature(told, at=now())
    assert (payment.order_code, payment.amount_vnd, payment.state) == ("DON-1", 50_000, PaymentState.PAID)
    assert payment.paid_at is not None
    assert gateway.check_signature(returned, at=now()).event_id == payment.event_id
    asked = gateway.query("DON-1")
    assert (asked.state, asked.event_id) == (PaymentState.PAID, payment.event_id)


@pytest.mark.parametrize(("what", "state"), [("cancel", "cancelled"), ("fail", "failed")])
def test_not_paying(gateway, merchant, what, state):
    answer(order(gateway, merchant, f"DON-{what}"), what)
    assert gateway.check_signature(merchant.wait(1)[0], at=now()).state == state


def test_same_order_again_is_the_same_order(gateway, merchant):
    assert order(gateway, merchant, "DON-2").url == order(gateway, merchant, "DON-2").url
    with pytest.raises(OrderRefused):
        order(gateway, merchant, "DON-2", amount=60_000)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_vnd": "1"},
        {"order_code": "DON-other"},
        {"state": "paid"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"extra": "x"},
    ],
)
def test_forged_callback_is_refused(gateway, merchant, change):
    told = answer(order(gateway, merchant, "DON-3"), "fail")
    with pytest.raises(SignatureRefused):
        gateway.check_signature({**told, **change}, at=now())


def test_unsigned_callback_is_refused(gateway):
    with pytest.raises(SignatureRefused):
        gateway.check_signature({}, at=now())


def test_old_callback_is_refused_however_well_signed(gateway, merchant):
    told = answer(order(gateway, merchant, "DON-4"))
    gateway.check_signature(told, at=now() + timedelta(minutes=14))
    with pytest.raises(SignatureRefused):
        gateway.check_signature(told, at=now() + timedelta(minutes=16))


def test_callback_of_another_merchant_is_refused(gateway, merchant, settings):
    told = answer(order(gateway, merchant, "DON-5"))
    settings.PAYMENT_MERCHANT = "OTHER"
    with pytest.raises(SignatureRefused):
        gateway.check_signature(told, at=now())


def test_callback_comes_again_until_it_is_taken_with_the_same_event(gateway, merchant):
    merchant.answers = [500, 503]
    answer(order(gateway, merchant, "DON-6"))
    told = merchant.wait(3)
    assert len(told) == 3
    assert len({one["event_id"] for one in told}) == 1
    time.sleep(0.4)
    assert len(merchant.got) == 3


def test_callback_twice_carries_one_event(gateway, merchant, at_sandbox):
    at_sandbox.gateway.mode = "twice"
    answer(order(gateway, merchant, "DON-7"))
    assert len({one["event_id"] for one in merchant.wait(2)}) == 1
    assert len(merchant.got) == 2


def test_silent_gateway_is_asked(gateway, merchant, at_sandbox):
    at_sandbox.gateway.mode = "silent"
    answer(order(gateway, merchant, "DON-8"))
    assert merchant.got == []
    assert gateway.query("DON-8").state is PaymentState.PAID


def test_second_answer_changes_nothing(gateway, merchant):
    opened = order(gateway, merchant, "DON-9")
    answer(opened)
    assert answer(opened, "cancel")["state"] == "paid"
    assert gateway.query("DON-9").state is PaymentState.PAID


def test_refund_once_and_never_more_than_was_paid(gateway, merchant):
    opened = order(gateway, merchant, "DON-10")
    with pytest.raises(OrderRefused):
        gateway.refund("DON-10", amount_vnd=50_000, reason="chưa trả")
    answer(opened)
    part = gateway.refund("DON-10", amount_vnd=20_000, reason="nhầm")
    assert (part.state, part.refunded_vnd) == (PaymentState.PAID, 20_000)
    assert gateway.refund("DON-10", amount_vnd=20_000, reason="nhầm").refunded_vnd == 20_000
    with pytest.raises(OrderRefused):
        gateway.refund("DON-10", amount_vnd=40_000, reason="quá")
    rest = gateway.refund("DON-10", amount_vnd=30_000, reason="phần còn lại")
    assert (rest.state, rest.refunded_vnd) == (PaymentState.REFUNDED, 50_000)


def test_unknown_order(gateway):
    with pytest.raises(OrderRefused):
        gateway.query("KHONG-CO")


def test_failing_gateway(gateway, merchant, at_sandbox):
    at_sandbox.gateway.mode = "failing"
    with pytest.raises(GatewayUnavailable):
        order(gateway, merchant, "DON-11")


def test_nobody_there(gateway, merchant, settings):
    settings.PAYMENT_URL = "http://127.0.0.1:9/payment"
    with pytest.raises(GatewayUnavailable):
        order(gateway, merchant, "DON-12")


@pytest.fixture
def strange(settings):
    """A gateway that signs what it says, and says what we cannot read."""
    said = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(said | {"signature": sign(said, settings.PAYMENT_SECRET)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.PAYMENT_URL = f"http://127.0.0.1:{server.server_address[1]}"
    yield said
    server.shutdown()
    server.server_close()


READABLE = {
    "order_code": "DON-14",
    "amount_vnd": "50000",
    "state": "paid",
    "gateway_reference": "R",
    "event_id": "R-1",
    "pay_url": "http://pay.example/R",
    "expires_at": "2026-01-01T00:00:00+07:00",
}
UNREADABLE = [
    {"state": "held_for_review"},
    {"amount_vnd": "50.000"},
    {"paid_at": "yesterday"},
    {"order_code": "DON-other"},
    {"event_id": None},
]


@pytest.mark.parametrize("change", UNREADABLE)
def test_what_cannot_be_read_is_no_answer(strange, change):
    """Nothing is known then: whoever asks, asks again."""
    said = {**READABLE, **change}
    strange.update({name: value for name, value in said.items() if value is not None})
    for ask in (
        lambda gateway: gateway.query("DON-14"),
        lambda gateway: gateway.refund("DON-14", amount_vnd=50_000, reason="x"),
    ):
        with pytest.raises(GatewayUnavailable):
            ask(payment_gateway())


@pytest.mark.parametrize("change", [{"expires_at": "soon"}, {"pay_url": None}])
def test_an_order_whose_page_cannot_be_read_is_not_known_to_be_open(strange, merchant, change):
    said = {**READABLE, **change}
    strange.update({name: value for name, value in said.items() if value is not None})
    with pytest.raises(GatewayUnavailable):
        order(payment_gateway(), merchant, "DON-14")


def test_what_can_be_read_is_an_answer(strange):
    strange.update(READABLE)
    assert payment_gateway().query("DON-14").state is PaymentState.PAID


def test_wrong_key_is_refused_by_the_gateway(gateway, merchant, settings):
    settings.PAYMENT_SECRET = "another"
    with pytest.raises(OrderRefused):
        order(gateway, merchant, "DON-13")


def test_crc_of_the_standard_check_value():
    assert qr.crc16(b"123456789") == 0x29B1


def test_vietqr_payload_reads_back():
    text = qr.payload(50_000, "Lệ phí hồ sơ H47.12-260316-0001 dài")
    fields, at = {}, 0
    while at < len(text):
        tag, size = text[at : at + 2], int(text[at + 2 : at + 4])
        fields[tag] = text[at + 4 : at + 4 + size]
        at += 4 + size
    assert (fields["53"], fields["54"], fields["58"]) == ("704", "50000", "VN")
    assert fields["38"].startswith("0010A00000072701")
    assert fields["62"] == "0825Le phi ho so H47.12-26031"
    assert int(fields["63"], 16) == qr.crc16(text[:-4].encode())


@given(st.integers(1, 10**12), st.text(max_size=60))
def test_vietqr_is_always_plain_ascii_that_fits(amount, purpose):
    text = qr.payload(amount, purpose)
    assert text.isascii()
    assert int(text[-4:], 16) == qr.crc16(text[:-4].encode())
