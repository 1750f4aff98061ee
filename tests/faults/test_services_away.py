"""An outside service that stalls, trickles, resets or talks rubbish ends in its own refusal, in time, and never in an error."""

from __future__ import annotations

import copy
import io
import threading
import time

import httpx
import pytest
from tests.faults import hostile

from tinhso.adapters import clamd, mail_smtp, payment_gateway
from tinhso.base.posting import post
from tinhso.kernel.casework.payments import GatewayUnavailable
from tinhso.kernel.documents.public import ScannerAway
from tinhso.kernel.identity import vneid
from tinhso.kernel.identity.protocols import MailUnavailable, OutgoingMail

WAYS = [hostile.silent, hostile.trickling, hostile.dripping, hostile.resetting, hostile.half_open, hostile.rubbish]


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Wait less than in earnest; what is tested is that the wait ends."""
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(payment_gateway, "TIMEOUT", httpx.Timeout(1.0))
    monkeypatch.setattr(payment_gateway, "WHOLE_SECONDS", 1.0)
    monkeypatch.setattr(mail_smtp, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(mail_smtp, "WHOLE_SECONDS", 1.5)
    monkeypatch.setattr(vneid, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(vneid, "WHOLE_SECONDS", 1.5)


@pytest.mark.parametrize("behave", WAYS)
def test_a_scanner_that_gives_no_clear_answer_is_away(behave):
    with hostile.server(behave) as port, pytest.raises(ScannerAway):
        clamd.ClamdScanner(f"127.0.0.1:{port}").scan(io.BytesIO(b"paper" * 50000))


@pytest.mark.parametrize("behave", [*WAYS, hostile.endless, hostile.endless_head])
def test_a_gateway_that_gives_no_whole_answer_is_unavailable(behave, settings):
    with hostile.server(behave) as port:
        settings.PAYMENT_URL = f"http://127.0.0.1:{port}"
        with pytest.raises(GatewayUnavailable):
            payment_gateway.HostedGateway().query("TS1")


@pytest.mark.parametrize(
    "behave", [hostile.silent, hostile.trickling, hostile.dripping, hostile.endless_head, hostile.packed]
)
def test_a_post_ends_in_time_and_lets_go_of_the_line(behave):
    began = time.monotonic()
    with hostile.server(behave) as port:
        with pytest.raises(httpx.HTTPError):
            post(f"http://127.0.0.1:{port}", data={}, timeout=30, seconds=1, most_bytes=1000)
        assert time.monotonic() - began < 3
        assert nobody_waits()


def test_a_post_ends_in_time_when_no_address_is_found(monkeypatch):
    found = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_given, **_named: found.wait(20) and [])
    with pytest.raises(httpx.HTTPError):
        post("http://slow.example", data={}, timeout=30, seconds=0.5, most_bytes=1000)
    found.set()


def nobody_waits():
    """Tell whether every thread that asked has ended, its line let go."""
    waiting = [thread for thread in threading.enumerate() if thread.name == "post"]
    for thread in waiting:
        thread.join(3)
    return not any(thread.is_alive() for thread in waiting)


def mail(number):
    return OutgoingMail(to="tu@example.vn", subject="Hồ sơ", body="x", message_id=f"<{number}@example.vn>")


@pytest.mark.django_db
@pytest.mark.parametrize("behave", [*WAYS, hostile.endless, hostile.endless_head])
def test_vneid_that_gives_no_whole_answer_is_away_and_holds_nobody(behave, client, settings):
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    with hostile.server(behave) as port:
        providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = f"http://127.0.0.1:{port}/"
        settings.SOCIALACCOUNT_PROVIDERS = providers
        answer = client.post("/tai-khoan/oidc/vneid/login/")
        assert (answer.status_code, "identity.vneid_away" in answer.content.decode()) == (503, True)
        assert nobody_waits()


@pytest.mark.parametrize("behave", [*WAYS, hostile.endless, hostile.dripping_later, hostile.endless_help])
@pytest.mark.parametrize("encrypted", ["", "tls", "starttls"])
def test_a_mail_server_that_says_nothing_clear_is_unavailable_and_every_mail_waits(behave, encrypted, settings):
    with hostile.server(behave) as port:
        settings.SMTP, settings.SMTP_TLS, settings.SMTP_USER = f"127.0.0.1:{port}", encrypted, ""
        answers = mail_smtp.SmtpSender().send_all([mail(1), mail(2)])
    assert [type(answer) for answer in answers] == [MailUnavailable, MailUnavailable]


def test_mails_that_were_taken_are_sent_whatever_the_server_says_to_a_goodbye(settings):
    with hostile.server(hostile.rude_goodbye) as port:
        settings.SMTP, settings.SMTP_TLS, settings.SMTP_USER = f"127.0.0.1:{port}", "", ""
        assert mail_smtp.SmtpSender().send_all([mail(1), mail(2)]) == [None, None]
