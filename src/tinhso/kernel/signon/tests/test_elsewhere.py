"""Forms posted from a page of another site, without our cookies (SameSite=Lax); and what an anonymous question costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from tests.doors import stop_counting_clock

from tinhso.kernel.signon.tests.conftest import AFTER, answer_of


def post_from_elsewhere(browser: Client, path: str, fields: dict[str, Any]) -> Any:
    """Post as a browser does it for a page of another site, and return the answer: what it sets, the browser keeps."""
    stranger = Client()
    answer = stranger.post(path, fields)
    browser.cookies.update(stranger.cookies)
    return answer


def test_a_question_posted_from_elsewhere_finds_who_is_signed_in(land, browser):
    asked = land.question(state="s" * 500, nonce="n" * 500, ui_locales=f"{'x' * 5000} en")
    sent = post_from_elsewhere(browser, "/oidc/authorize", asked)
    assert (sent.status_code, list(sent.cookies)) == (303, []), "no session is touched"
    assert len(sent["Location"]) < 2000
    said = answer_of(browser.get(sent["Location"]))
    assert said["state"] == "s" * 500
    assert land.exchange(said["code"]).status_code == 200


def test_a_wrong_question_posted_from_elsewhere_goes_back_as_one(land, browser):
    said = answer_of(post_from_elsewhere(browser, "/oidc/authorize", land.question(scope="profile")))
    assert said["error"] == "invalid_scope"
    assert post_from_elsewhere(browser, "/oidc/authorize", land.question(client_id="who")).status_code == 400
    assert "_auth_user_id" in browser.session


def test_a_question_posted_from_elsewhere_with_prompt_login_still_wants_a_new_proof(land, browser):
    sent = post_from_elsewhere(browser, "/oidc/authorize", land.question(prompt="login"))
    assert browser.get(sent["Location"])["Location"].startswith("/tai-khoan/")


def test_signing_out_posted_from_elsewhere_ends_the_session(land, browser):
    hint = land.exchange(land.code_for(browser)).json()["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "bye"}
    sent = post_from_elsewhere(browser, "/oidc/logout", asked)
    assert (sent.status_code, list(sent.cookies)) == (303, [])
    assert "_auth_user_id" in browser.session
    assert browser.get(sent["Location"])["Location"] == f"{AFTER}?state=bye"
    assert "_auth_user_id" not in browser.session
    assert browser.get(sent["Location"])["Location"] == f"{AFTER}?state=bye", "nobody is signed in any more"


def test_signing_out_posted_from_elsewhere_without_a_hint_asks_first(land, browser):
    sent = post_from_elsewhere(browser, "/oidc/logout", {"client_id": land.id, "post_logout_redirect_uri": AFTER})
    page = browser.get(sent["Location"])
    assert page.status_code == 200
    assert "_auth_user_id" in browser.session
    assert browser.post("/oidc/logout/confirm", {"kept": page.context["kept"]})["Location"] == AFTER


def test_a_way_out_that_we_did_not_sign_leads_nowhere(land, browser):
    assert browser.get("/oidc/logout", {"kept": "made-up"}).status_code == 200
    assert Client().get("/oidc/logout", {"kept": "made-up"})["Location"] == "/"
    long = {"client_id": land.id, "post_logout_redirect_uri": AFTER, "state": "x" * 501}
    assert Client().get("/oidc/logout", long)["Location"] == "/"


def test_questions_of_nobody_make_no_sessions_and_are_counted_by_network(land, monkeypatch):
    stop_counting_clock(monkeypatch)
    monkeypatch.setattr("tinhso.kernel.signon.views.authorize.ASKED_A_MINUTE", 3)
    before = Session.objects.count()
    for _time in range(3):
        assert Client().get("/oidc/authorize", land.question()).status_code == 302
    page = Client().get("/oidc/authorize", land.question())
    assert (page.status_code, "Location" in page) == (429, False)
    assert Session.objects.count() == before
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get("/oidc/authorize", land.question()).status_code == 302


@pytest.mark.parametrize("forged", ["https://evil.example", "https://evil.example:made-up:signature"])
def test_where_forms_may_lead_is_believed_only_as_we_signed_it(land, settings, forged):
    browser = Client()
    browser.cookies[f"{settings.SESSION_COOKIE_NAME}-toi"] = forged
    assert "evil.example" not in browser.get("/tai-khoan/login/")["Content-Security-Policy"]
