"""What was typed when the session had ended: no secrets, not much, not for long, not for everybody at once."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from tests.doors import come_in, stop_counting_clock

from tinhso.base import clock
from tinhso.kernel.identity import actions, kept, tasks
from tinhso.kernel.identity.kept import MOST_BYTES, MOST_OF_ADDRESS, is_secret
from tinhso.kernel.journal.public import Entry

from .conftest import AT, DEMO, SECRET, code_of, enter

pytestmark = pytest.mark.django_db
FORM = "/tai-khoan/ma-truy-cap/"


@pytest.fixture
def enrolled(lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    return lan


def back_of(answer):
    return unquote(re.search(r"next=(\S+)", answer["location"])[1])


def everything_kept():
    return [session.get_decoded() for session in Session.objects.all()]


def test_what_proves_who_one_is_is_never_kept(client, enrolled):
    typed = {"pin": "246810", "sign-pin": "135790", "password": "mat-khau-1", "x.otp": "654321", "code": "H47-1"}
    answer = client.post(FORM, typed)
    (session,) = everything_kept()
    assert session["kept_form"]["fields"] == [["code", "H47-1"]]
    assert not any(value in str(session) for name, value in typed.items() if name != "code")
    come_in(client, enrolled)
    page = client.get(back_of(answer)).content.decode()
    assert "Mã PIN hoặc mật khẩu không được giữ lại" in page
    assert 'value="H47-1"' in page


@pytest.mark.parametrize(
    ("name", "secret"),
    [("pin", True), ("form-0-PIN", True), ("oldpassword", True), ("code", False), ("copies.count", False)],
)
def test_secret_names(name, secret):
    assert is_secret(name) is secret


def test_nothing_secret_means_no_warning(client, enrolled):
    answer = client.post(FORM, {"name": "x"})
    come_in(client, enrolled)
    assert "không được giữ lại" not in client.get(back_of(answer)).content.decode()


def test_a_large_form_is_not_kept(client, db):
    assert back_of(client.post(FORM, {"name": "ô" * (MOST_BYTES // 2)})) == FORM
    assert back_of(client.post(f"{FORM}?x={'a' * 4000}", {"name": "o" * (MOST_BYTES - 2000)})).startswith(f"{FORM}?x=")
    assert Session.objects.count() == 0
    assert back_of(client.post(FORM, {"name": "ô" * (MOST_BYTES // 2 - 100)})) != FORM


def test_one_address_gets_so_many(db, monkeypatch):
    stop_counting_clock(monkeypatch)
    monkeypatch.setattr(kept, "MOST_OF_ADDRESS", 3)
    for number in range(6):
        Client(REMOTE_ADDR="10.0.0.1").post(FORM, {"name": f"{number}"})
    assert Session.objects.count() == 3
    Client(REMOTE_ADDR="10.0.0.2").post(FORM, {"name": "x"})
    assert Session.objects.count() == 4
    assert MOST_OF_ADDRESS * MOST_BYTES < 2_000_000


def test_it_ends_after_half_an_hour_also_for_who_signed_in_meanwhile(client, enrolled, monkeypatch):
    start = clock.now()
    answer = client.post(FORM, {"name": "x"})
    (row,) = Session.objects.all()
    assert row.expire_date <= start + timedelta(minutes=31)
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    assert client.session.get_expiry_age() > 31 * 60
    assert "kept_form" in client.session
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=31))
    client.get("/tai-khoan/")
    assert "kept_form" not in client.session
    assert client.get(back_of(answer)).status_code == 302


def test_a_code_posted_before_proving_oneself_again_is_not_kept(client, enrolled):
    come_in(client, enrolled)
    answer = client.post("/tai-khoan/2fa/totp/activate/", {"code": "864213"})
    assert (answer.status_code, answer["location"]) == (
        302,
        "/tai-khoan/reauthenticate/?next=%2Ftai-khoan%2F2fa%2Ftotp%2Factivate%2F",
    )
    assert "864213" not in str(everything_kept())


def test_sessions_that_ended_are_deleted_in_batches(client, enrolled, monkeypatch):
    now = clock.now()
    monkeypatch.setattr("tinhso.kernel.identity.actions.sign_in.CLEANED_AT_ONCE", 2)
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    for number in range(5):
        Client().post(FORM, {"name": f"{number}"})
    assert (Session.objects.count(), UserSession.objects.count()) == (6, 1)
    assert tasks.clean_sessions(at=now) == 0
    assert tasks.clean_sessions(at=now + timedelta(minutes=35)) == 5
    assert client.get("/tai-khoan/").status_code == 200
    assert tasks.clean_sessions(at=now + timedelta(hours=13)) == 2
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)
    lines = Entry.objects.filter(event="identity.cleaned").order_by("id")
    assert [entry.facts["gone"] for entry in lines] == [2, 2, 1, 1]


def test_a_round_takes_no_more_than_it_may(monkeypatch):
    monkeypatch.setattr("tinhso.kernel.identity.actions.sign_in.CLEANED_AT_ONCE", 2)
    for number in range(7):
        Session.objects.create(session_key=f"{number}", session_data="", expire_date=AT)
    assert actions.clean_sessions(actor=DEMO, at=AT + timedelta(hours=1), most=4) == 4
