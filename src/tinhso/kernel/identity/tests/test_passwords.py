"""Passwords and sessions by OWASP ASVS 5.0, chapters 6 and 7, where the tests of the door do not look."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa import app_settings
from django.conf import settings as configured
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tinhso.kernel.identity import actions
from tinhso.kernel.identity.passwords import words_of_the_house
from tinhso.kernel.organisation.models import Agency
from tinhso.kernel.organisation.public import touch

from .conftest import ADMIN, AT, DEMO, PASSWORD, SECRET, code_of, enter

pytestmark = pytest.mark.django_db
LONG = "một câu dài mà chỉ mình tôi nhớ được, viết thường, không số, thêm vài chữ cho đủ dài 🐉"


@pytest.fixture
def signed_in(client, lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    return client


@pytest.mark.parametrize("password", [LONG, "chỉ toàn chữ thường thôi", "≠∞§¶•ªº–≠œ∑´®†", "a b c d e f g h i"])
def test_any_signs_make_a_password(password, lan):
    validate_password(password, lan)
    lan.set_password(password)
    assert lan.check_password(password)


def test_it_is_compared_as_it_was_given(lan):
    lan.set_password(LONG)
    assert not lan.check_password(LONG[:-1])
    assert not lan.check_password(LONG.upper())
    assert not lan.check_password(LONG + " ")


@pytest.mark.parametrize(
    "password",
    [
        *("Quang-Nam-2026-mua", "toi-lam-o-Tinh-So", "TRUNGTAM-phuc-vu-1", "d.i.c.h.v.u.c.o.n.g-9"),
        *("so tu phap dai lam", "Tu-Phap-la-nha-toi", "justice and the rest"),
    ],
)
def test_words_of_the_house_are_refused(password, lan, organisation):
    with pytest.raises(ValidationError) as no:
        validate_password(password, lan)
    assert [fault.code for fault in no.value.error_list] == ["password_is_of_the_house"]


def test_what_only_looks_like_a_word_of_the_house_is_a_password(lan, organisation):
    for password in (LONG, "so do nha cua toi", "mot con vit xoe hai canh"):
        validate_password(password, lan)
    assert {"quangnam", "tinhso", "sotuphap", "tuphap", "justice"} <= words_of_the_house()
    assert min(map(len, words_of_the_house())) >= 5


@pytest.fixture
def organisation(lan):
    """A province and two agencies of it, as a pack loads them."""
    day = AT.date()
    more = {"level": "province", "path": "H47", "valid_from": day}
    Agency.objects.create(code="H47.9", name="Sở Tư pháp", name_en="Department of Justice", kind="department", **more)
    Agency.objects.create(code="H47.8", name="Trung tâm Phục vụ", name_en="Centre", kind="centre", **more)
    Agency.objects.create(code="H47", name="UBND tỉnh Quảng Nam", name_en="Quang Nam", kind="committee", **more)
    touch()


FIRST = "abcd-efgh-jkmn-pqrs-tuvw"


def test_a_first_password_ends_unless_its_owner_chose_their_own(lan, settings, monkeypatch):
    settings.SECOND_FACTOR = False
    settings.LANGUAGE_CODE = "en"
    until = AT + timedelta(days=7)
    actions.set_password(lan, FIRST, ends_at=until, actor=ADMIN, at=AT)

    monkeypatch.setattr("tinhso.base.clock.now", lambda: until)
    late = Client(headers={"accept-language": "en"})
    said = enter(late, password=FIRST)
    assert said.status_code == 403
    assert "identity.first_password_ended" in said.content.decode()
    assert late.get("/tai-khoan/").status_code == 302

    monkeypatch.setattr("tinhso.base.clock.now", lambda: until - timedelta(seconds=1))
    client = Client(headers={"accept-language": "en"})
    assert enter(client, password=FIRST).status_code == 302
    assert "Somebody else gave you this password" in client.get("/tai-khoan/").content.decode()
    form = {"oldpassword": FIRST, "password1": LONG, "password2": LONG}
    assert client.post("/tai-khoan/password/change/", form).status_code == 302
    assert "Somebody else gave you" not in client.get("/tai-khoan/").content.decode()

    monkeypatch.setattr("tinhso.base.clock.now", lambda: until + timedelta(days=900))
    assert enter(Client(), password=LONG).status_code == 302


def test_no_password_ends_by_itself(signed_in, lan, monkeypatch):
    assert signed_in.get("/tai-khoan/").status_code == 200
    lan.refresh_from_db()
    monkeypatch.setattr("tinhso.base.clock.now", lambda: AT + timedelta(days=3650))
    assert enter(Client())["location"] == "/tai-khoan/2fa/authenticate/"


def test_a_change_asks_for_the_present_one(signed_in, lan):
    form = {"oldpassword": "sai-mat-khau-roi-1", "password1": LONG, "password2": LONG}
    assert signed_in.post("/tai-khoan/password/change/", form).status_code == 200
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)
    signed_in.post("/tai-khoan/password/change/", {**form, "oldpassword": PASSWORD})
    lan.refresh_from_db()
    assert lan.check_password(LONG)


def test_it_is_typed_unseen_and_may_be_pasted(client):
    page = client.get("/tai-khoan/login/").content.decode()
    field = re.search(r'<input[^>]*name="password"[^>]*>', page).group()
    assert 'type="password"' in field
    assert 'autocomplete="off"' not in field
    assert "onpaste" not in page


def test_recovery_codes_are_long_enough():
    assert 10**app_settings.RECOVERY_CODE_DIGITS >= 2**20


def test_a_session_has_a_new_name_after_signing_in(client, lan):
    client.get("/tai-khoan/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies[configured.SESSION_COOKIE_NAME] = before = session.session_key
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    after = client.cookies[configured.SESSION_COOKIE_NAME].value
    assert after != before
    # 32 letters and digits by `secrets`: 165 bits
    assert re.fullmatch(r"[a-z0-9]{32}", after)


def test_another_password_does_not_replace_the_second_factor(client, lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    lan.set_password(LONG)
    lan.save()
    assert enter(client, password=LONG)["location"] == "/tai-khoan/2fa/authenticate/"
    assert client.get("/tai-khoan/").status_code == 302
