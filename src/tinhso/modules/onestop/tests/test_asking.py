"""Asking without an account: by SMS and at the kiosk, the public state only; rubbish gets a short answer, strangers none."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.snapshot import with_province

from tinhso.base import clock
from tinhso.base.actors import system
from tinhso.base.text import SMS_LETTERS, sms
from tinhso.kernel.identity.public import Message
from tinhso.kernel.journal.public import Entry
from tinhso.modules.onestop import subscribers
from tinhso.modules.onestop.actions import lateness
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.asking import answer_to, code_in_message, code_scanned
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
WORKER = system("worker")


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TC H47.32.20-221128-0001", "H47.32.20-221128-0001"),
        ("tc  h47.32.20-221128 0001", "H47.32.20-2211280001"),
        ("Tc h47.32.20-221128-0001\n", "H47.32.20-221128-0001"),
        ("TC", ""),
        ("", ""),
        ("XX H47.32.20-221128-0001", ""),
        ("TC ' OR 1=1 --", ""),
        ("TC " + "9" * 200, ""),
        ("🙂🙂🙂", ""),
    ],
)
def test_what_a_message_asks_for(text, code):
    assert code_in_message(text, "TC") == code


@given(st.text(max_size=400))
def test_any_text_fits_one_short_message(text):
    said = sms(text)
    assert len(said) <= SMS_LETTERS
    assert all(" " <= letter <= "z" and letter not in "[\\]^`" for letter in said)
    assert code_in_message(text, "TC") == "" or len(code_in_message(text, "TC")) <= 60


def test_the_answer_has_no_name_and_fits(who):
    code = playing.taken(who)
    said = sms(answer_to(code))
    assert said.startswith(f"{code}: ")
    assert "Tu" not in said.replace(code, "")
    lateness.apologise_for_lateness(actor=WORKER, at=later(days=10))
    assert len(sms(answer_to(code))) < SMS_LETTERS
    assert sms(answer_to(code)) != said
    assert code not in answer_to("H47.99-000000-0001")


def sign(fields, secret):
    """Return the signature as the gateway makes it."""
    return hmac.new(secret.encode(), urlencode(sorted(fields.items())).encode(), hashlib.sha256).hexdigest()


def incoming(text, *, number="0905123456", secret="only-for-demonstration", at=None, **more):
    fields = {"id": "m1", "from": number, "text": text, "sent_at": (at or clock.now()).isoformat(), **more}
    return {**fields, "signature": sign(fields, secret)}


def test_a_message_of_our_gateway_is_answered_once_and_journalled_without_the_number(who, client):
    code, address = playing.taken(who), reverse("onestop:sms_came")
    for _twice in range(2):
        assert client.post(address, incoming(f"TC {code}")).status_code == 200
    message = Message.objects.get(channel="sms")
    assert (message.address, message.body.startswith(code)) == ("0905123456", True)
    line = Entry.objects.filter(event="onestop.asked_by_sms").first()
    assert (line.facts["code"], line.facts["number"]) == (code, "…456")
    wrong = [
        (incoming("TC X", secret="another"), 401),
        (incoming("TC X", at=clock.now() - timedelta(hours=1)), 401),
        ({**incoming("TC X"), "text": "TC Y"}, 401),
        (incoming("TC X", number="'; DROP"), 400),
        ({}, 401),
    ]
    assert [client.post(address, sent).status_code for sent, _wanted in wrong] == [wanted for _sent, wanted in wrong]
    assert client.get(address).status_code == 405
    assert Message.objects.filter(channel="sms").count() == 1


def test_a_number_that_asks_too_often_is_not_answered(client):
    answers = [
        client.post(reverse("onestop:sms_came"), incoming("rác", number="0905999999", id=f"m{n}")).status_code
        for n in range(12)
    ]
    assert answers == [200] * 10 + [429] * 2
    assert Message.objects.filter(address="0905999999").count() == 10


def test_who_gave_only_a_telephone_is_told_by_sms(who):
    code = playing.taken(who)
    Dossier.objects.filter(code=code).update(applicant_email="")
    lateness.apologise_for_lateness(actor=WORKER, at=later(days=10))
    for _twice in range(2):
        subscribers.tell_owner(view_of(playing.last_line(code), "onestop.lateness_apologised"))
    message = Message.objects.get(channel="sms")
    assert message.body.isascii()
    assert code in message.body


def view_of(entry, event):
    """Return a line of the journal as subscribers get it."""
    assert entry.event == event
    return SimpleNamespace(
        id=entry.id, event=entry.event, subject_key=entry.subject_key, facts=entry.facts, actor_key=entry.actor_key,
        delivered_at=entry.at,
    )  # fmt: skip


def test_the_kiosk_shows_public_state_forgets_it_and_keeps_no_session(who, client):
    code = playing.taken(who)
    empty = client.get(reverse("onestop:kiosk"))
    assert "Refresh" not in empty
    shown = client.get(reverse("onestop:kiosk"), {"ma": f" {code.lower()} "})
    said = shown.content.decode()
    assert code in said
    assert shown["Refresh"] == "60; url=/kiosk/"
    assert shown["Cache-Control"] == "no-store"
    assert not shown.cookies
    assert not client.cookies
    assert "Nguyễn" not in said
    assert "0905" not in said
    assert code in client.get(reverse("onestop:kiosk_slip"), {"ma": code}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/ho-so/tra-cuu/H47.32.20-221128-0001/",
        "https://evil.example",
        "http://[",
        "javascript:alert(1)",
        "00020101021238570010A000000727",
        "8934563138165",
        "\u202eABC",
        "x" * 5000,
        "H47.99-000000-0001",
    ],
)
def test_a_foreign_code_is_told_so_and_never_opened(client, typed):
    answer = client.get(reverse("onestop:kiosk"), {"ma": typed}, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "This is no code of ours" in answer.content.decode()
    assert client.get(reverse("onestop:kiosk_slip"), {"ma": typed}).status_code == 404


def test_the_address_in_our_qr_is_read(settings):
    settings.PUBLIC_URL = "https://dichvu.example"
    path = reverse("onestop:track", args=["H47.32.20-221128-0001"])
    assert code_scanned(f"https://dichvu.example{path}") == "H47.32.20-221128-0001"
    assert code_scanned("https://dichvu.example/mot-cua/") == ""


def test_a_province_may_have_no_sms(client, monkeypatch):
    from tinhso.modules.onestop.views import public

    monkeypatch.setattr(public, "rules", lambda _at: json.loads('{"look_up": false}'))
    assert client.post(reverse("onestop:sms_came"), incoming("TC X")).status_code == 404
