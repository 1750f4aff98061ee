"""What ends a session from elsewhere: a changed password or factor, an administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from tinhso.base.clock import now
from tinhso.base.refusals import Forbidden
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import ApiToken
from tinhso.kernel.identity.tests.conftest import ADMIN, CITIZEN, DEMO, DESK, PASSWORD, SECRET, code_of, enter, events

OTHER = "mat-khau-khac-va-dai-2"


@pytest.fixture
def two(lan, settings):
    """Two browsers of Lan's, signed in at the door."""
    settings.SECOND_FACTOR = False
    browsers = Client(), Client()
    for browser in browsers:
        assert enter(browser).status_code == 302
        assert browser.get("/tai-khoan/").status_code == 200
    return browsers


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(two):
    here, there = two
    typed = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post("/tai-khoan/password/change/", typed).status_code == 302
    assert here.get("/tai-khoan/").status_code == 200
    assert there.get("/tai-khoan/").status_code == 302
    assert Session.objects.count() == 1, "the row itself is gone: other systems look at it"
    assert UserSession.objects.count() == 1


def test_the_pages_say_beforehand_that_other_sessions_end(lan, settings):
    settings.SECOND_FACTOR = False
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=now())
    browser = Client(headers={"accept-language": "en"})
    enter(browser)
    browser.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    browser.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    for page in ("password/change/", "2fa/", "2fa/totp/deactivate/", "2fa/webauthn/"):
        assert "you are signed out everywhere else" in browser.get(f"/tai-khoan/{page}").content.decode(), page


def test_a_second_factor_taken_away_ends_the_other_sessions(lan, settings):
    settings.SECOND_FACTOR = False
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=now())
    here, there = Client(), Client()
    for ahead, browser in enumerate((there, here)):
        enter(browser)
        browser.post("/tai-khoan/2fa/authenticate/", {"code": code_of(ahead=ahead)})
        assert browser.get("/tai-khoan/").status_code == 200
    here.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    assert here.post("/tai-khoan/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert here.get("/tai-khoan/").status_code == 200
    assert there.get("/tai-khoan/").status_code == 302


def test_a_new_password_by_an_administrator_leaves_no_session(two, lan):
    actions.set_password(lan, OTHER, actor=ADMIN, at=now())
    assert UserSession.objects.count() == 0
    assert [browser.get("/tai-khoan/").status_code for browser in two] == [302, 302]


def test_access_is_ended_by_an_administrator_only(two, lan):
    token = ApiToken.objects.create(
        account=lan, name="x", digest="d", hint="h", issued_at=now(), expires_at=now() + timedelta(days=1)
    )
    for who in (DESK, CITIZEN):
        with pytest.raises(Forbidden):
            actions.end_access(lan, reason="x", actor=who, at=now())
    assert two[0].get("/tai-khoan/").status_code == 200
    actions.end_access(lan, reason="lost telephone", actor=ADMIN, at=now())
    assert [browser.get("/tai-khoan/").status_code for browser in two] == [302, 302]
    token.refresh_from_db()
    assert token.revoked_at
    assert events()[-1] == "identity.access_ended"


def test_an_account_opened_again_brings_no_session_and_no_token_back(two, lan):
    token = ApiToken.objects.create(
        account=lan, name="x", digest="d", hint="h", issued_at=now(), expires_at=now() + timedelta(days=1)
    )
    with pytest.raises(Forbidden):
        actions.close_account(lan, reason="x", actor=DESK, at=now())
    token.refresh_from_db()
    assert token.revoked_at is None
    actions.close_account(lan, reason="token leaked", actor=ADMIN, at=now())
    actions.reopen_account(lan, actor=ADMIN, at=now())
    assert [browser.get("/tai-khoan/").status_code for browser in two] == [302, 302]
    token.refresh_from_db()
    assert token.revoked_at
    assert events()[-3:] == ["identity.access_ended", "identity.account_closed", "identity.account_reopened"]
