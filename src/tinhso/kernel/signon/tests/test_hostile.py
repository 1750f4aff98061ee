"""Everything that must not work, in one table: what is sent, and what comes back."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.doors import come_in

from tinhso.base.clock import now
from tinhso.kernel.signon.models import Grant, Token
from tinhso.kernel.signon.tests.conftest import AFTER, BACK, EVERYTHING, VERIFIER, Program, answer_of, events, person

REDIRECTS = [
    f"{BACK}/", BACK.upper(), BACK.replace("https", "http"), f"{BACK}?x=1", f"{BACK}#x", "https://evil.example/",
    "https://dat.example.evil.example/oidc/back", "https://dat.example@evil.example/oidc/back", "//dat.example/oidc/back",
    "javascript:alert(1)", "https://dat.example/oidc/../oidc/back", "https://dat.example:443/oidc/back", "",
]  # fmt: skip


@pytest.mark.parametrize("uri", REDIRECTS)
def test_an_address_that_is_not_registered_letter_by_letter_is_never_gone_to(land, browser, uri):
    answer = browser.get("/oidc/authorize", land.question(redirect_uri=uri))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert Grant.objects.count() == 0


@pytest.mark.parametrize("field", ["client_id", "nonce", "state", "redirect_uri", "ui_locales", "login_hint"])
def test_nul_is_refused_in_a_question_and_in_a_form(land, browser, field):
    asked = land.question(**{field: "a\x00b"})
    assert browser.get("/oidc/authorize", asked).status_code == 400
    assert browser.post("/oidc/authorize", asked).status_code == 400
    assert land.call("par", **{**asked, field: "a%00b"}).status_code == 400
    assert land.exchange("a%00b").status_code == 400


def test_an_unknown_or_closed_system_is_never_gone_back_to(land, browser):
    assert browser.get("/oidc/authorize", land.question(client_id="who")).status_code == 400
    assert browser.get("/oidc/authorize", land.question(client_id=None)).status_code == 400


QUESTIONS = {
    "no PKCE": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "PKCE in plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "PKCE without method": ({"code_challenge_method": None}, "invalid_request"),
    "a short challenge": ({"code_challenge": "abc"}, "invalid_request"),
    "implicit": ({"response_type": "token"}, "unsupported_response_type"),
    "hybrid": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "no openid": ({"scope": "profile"}, "invalid_scope"),
    "a scope not registered": ({"scope": "openid everything"}, "invalid_scope"),
    "a request object": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "prompt none and login": ({"prompt": "none login"}, "invalid_request"),
    "a strange prompt": ({"prompt": "trust-me"}, "invalid_request"),
    "a strange age": ({"max_age": "-1"}, "invalid_request"),
    "a long state": ({"state": "x" * 501}, "invalid_request"),
    "two nonces": ({"nonce": ["a", "b"]}, "invalid_request"),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_wrong_question_goes_back_as_an_error(land, browser, case):
    changed, error = QUESTIONS[case]
    said = answer_of(browser.get("/oidc/authorize", land.question(**changed)))
    assert said["error"] == error
    assert said["iss"] == "https://tinh.example"
    assert "code" not in said


def test_a_request_object_elsewhere_is_not_fetched(land, browser):
    asked = {"client_id": land.id, "request_uri": "https://evil.example/request.jwt"}
    assert browser.get("/oidc/authorize", asked).status_code == 400


def test_a_pushed_request_of_another_system_or_too_old_is_worth_nothing(land, bank, browser, monkeypatch):
    pushed = land.call("par", **{k: v for k, v in land.question().items() if k != "client_id"}).json()["request_uri"]
    assert browser.get("/oidc/authorize", {"client_id": bank.id, "request_uri": pushed}).status_code == 400
    later = now().timestamp() + 61
    monkeypatch.setattr("tinhso.kernel.signon.asking.time.time", lambda: later)
    assert browser.get("/oidc/authorize", {"client_id": land.id, "request_uri": pushed}).status_code == 400


def test_without_state_and_nonce_nothing_is_made_up_and_pkce_still_holds(land, browser):
    said = answer_of(browser.get("/oidc/authorize", land.question(state=None, nonce=None)))
    assert "state" not in said
    assert land.exchange(said["code"], code_verifier="w" * 64).json()["error"] == "invalid_grant"
    assert "nonce" not in land.read(land.exchange(said["code"]).json()["id_token"])


def test_nobody_without_a_session_learns_anything(land):
    assert answer_of(Client().get("/oidc/authorize", land.question(prompt="none")))["error"] == "login_required"


EXCHANGES = {
    "a wrong verifier": ({"code_verifier": "w" * 64}, "invalid_grant"),
    "no verifier": ({"code_verifier": ""}, "invalid_request"),
    "the challenge as verifier": ({"code_verifier": "plain"}, "invalid_grant"),
    "another address": ({"redirect_uri": f"{BACK}/"}, "invalid_grant"),
    "no address": ({"redirect_uri": ""}, "invalid_request"),
    "an invented code": ({"code": "abc"}, "invalid_grant"),
    "a password": ({"grant_type": "password"}, "unsupported_grant_type"),
    "no grant type": ({"grant_type": ""}, "invalid_request"),
}


@pytest.mark.parametrize("case", EXCHANGES)
def test_a_wrong_exchange_gives_nothing(land, browser, case):
    changed, error = EXCHANGES[case]
    answer = land.exchange(land.code_for(browser), **changed)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert Token.objects.count() == 0


def test_a_code_used_twice_ends_what_it_gave(land, browser):
    code = land.code_for(browser)
    access = land.exchange(code).json()["access_token"]
    assert land.exchange(code).json()["error"] == "invalid_grant"
    assert land.userinfo(access).status_code == 401
    assert "signon.misused" in events()


def test_a_code_lives_a_minute(land, browser):
    code = land.code_for(browser)
    Grant.objects.update(code_until=now() - timedelta(seconds=1))
    assert land.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_of_another_system_is_worth_nothing_and_hurts_nobody(land, browser):
    thief = Program("thief")
    code = land.code_for(browser)
    assert thief.exchange(code).json()["error"] == "invalid_grant"
    assert land.exchange(code).status_code == 200


def test_a_refresh_token_used_twice_ends_the_family(land, browser):
    told = land.exchange(land.code_for(browser, scope="openid offline_access")).json()
    again = land.renew(told["refresh_token"]).json()
    assert land.renew(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.renew(again["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.userinfo(again["access_token"]).status_code == 401


def test_a_refresh_token_of_another_system_or_for_more_is_refused(land, browser):
    told = land.exchange(land.code_for(browser, scope="openid offline_access")).json()
    assert Program("thief").renew(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.renew(told["refresh_token"], scope="openid vn.citizen_id").json()["error"] == "invalid_scope"
    assert land.renew(told["access_token"]).json()["error"] == "invalid_grant"
    assert land.renew(told["refresh_token"]).status_code == 200


def _basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def test_a_system_proves_itself_in_its_one_way(land):
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK, "code_verifier": VERIFIER}
    wrong = land.post("token", form, _basic(land.id, "wrong"))
    assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, 'Basic realm="tinhso"')
    in_form = form | {"client_id": land.id, "client_secret": land.secret}
    assert land.post("token", in_form).status_code == 401, "registered with Basic"
    both = land.post("token", in_form, _basic(land.id, land.secret))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")
    assert land.post("token", form | {"client_id": land.id}).status_code == 401, "no proof at all"
    other = land.post("token", form | {"client_id": "bank"}, _basic(land.id, land.secret))
    assert other.status_code == 400
    assert land.post("token", form, {"Authorization": "Basic %%%"}).status_code == 401
    for strange in ("Basic é", "Basic \xff\xff", "Basic 4pi6", "Basic"):
        assert land.post("token", form, {"Authorization": strange}).status_code == 401
    for name in ("land\x00", "land%00"):
        assert land.post("token", form, _basic(name, land.secret)).status_code == 401
    assert land.http.post("/oidc/token", form, content_type="application/json").status_code == 400
    assert land.http.get("/oidc/token").status_code == 405


def test_a_system_whose_secret_was_never_issued_has_no_empty_one():
    bare = Program("bare", secret=False)
    answer = bare.post("token", {"grant_type": "refresh_token", "refresh_token": "x"}, _basic("bare", ""))
    assert answer.status_code == 401


def test_a_program_without_a_secret_needs_pkce_and_asks_nothing_about_tokens(browser):
    app = Program("app", proof="none", secret=False)
    told = app.exchange(app.code_for(browser))
    assert told.status_code == 200, told.json()
    assert app.call("introspect", token=told.json()["access_token"]).status_code == 401


TOKENS = ["", "x", "Bearer", "é"]


@pytest.mark.parametrize("text", TOKENS)
def test_userinfo_is_told_to_nobody_without_a_token(land, text):
    answer = land.userinfo(text)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_other_tokens_open_nothing_at_userinfo(land, browser):
    told = land.exchange(land.code_for(browser, scope="openid offline_access")).json()
    assert land.userinfo(told["refresh_token"]).status_code == 401
    assert land.userinfo(told["id_token"]).status_code == 401
    assert land.http.get("/oidc/userinfo", {"access_token": told["access_token"]}).status_code == 401
    Token.objects.update(expires_at=now() - timedelta(seconds=1))
    assert land.userinfo(told["access_token"]).status_code == 401


def test_an_access_token_without_openid_may_not_ask_who(land, browser):
    told = land.exchange(land.code_for(browser, scope="openid profile offline_access")).json()
    narrow = land.renew(told["refresh_token"], scope="profile").json()
    assert "id_token" not in narrow
    assert land.userinfo(narrow["access_token"]).status_code == 403


def _unsigned(claims: dict[str, object]) -> str:
    import json

    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def test_a_hint_that_we_did_not_sign_signs_nobody_out(land, browser, tu):
    right = {"iss": "https://tinh.example", "sub": str(tu.pk), "aud": land.id, "exp": 2**31}
    stranger = RSAKey.generate_key(2048, auto_kid=True)
    forged = [_unsigned(right), jwt.encode({"alg": "RS256", "kid": stranger.kid}, right, stranger), "x.y.z"]
    land.http.get("/oidc/jwks.json")
    for hint in forged:
        answer = browser.get("/oidc/logout", {"id_token_hint": hint, "post_logout_redirect_uri": AFTER})
        assert answer.status_code == 200, "asked, not done"
        assert AFTER not in answer.content.decode()
    assert "_auth_user_id" in browser.session


def test_somebody_elses_hint_signs_nobody_out(land, browser):
    other = come_in(Client(), person("Lê Văn Hai"))
    hint = land.exchange(land.code_for(other)).json()["id_token"]
    assert browser.get("/oidc/logout", {"id_token_hint": hint}).status_code == 200
    assert "_auth_user_id" in browser.session


@pytest.mark.parametrize("uri", [f"{AFTER}/", "https://evil.example", BACK, "//evil.example", "javascript:alert(1)"])
def test_signing_out_leads_nowhere_that_is_not_registered(land, browser, uri):
    hint = land.exchange(land.code_for(browser)).json()["id_token"]
    answer = browser.get("/oidc/logout", {"id_token_hint": hint, "post_logout_redirect_uri": uri})
    assert answer["Location"] == "/"
    assert Client().get("/oidc/logout", {"client_id": land.id, "post_logout_redirect_uri": uri})["Location"] == "/"


def test_a_hint_for_one_system_does_not_serve_another(land, bank, browser):
    hint = land.exchange(land.code_for(browser)).json()["id_token"]
    asked = {"id_token_hint": hint, "client_id": bank.id, "post_logout_redirect_uri": AFTER}
    assert browser.get("/oidc/logout", asked).status_code == 200
    assert "_auth_user_id" in browser.session


def test_consent_cannot_be_given_by_a_foreign_page_nor_by_somebody_else(bank, browser):
    page = browser.get("/oidc/authorize", bank.question())
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = browser.cookies
    assert foreign.post("/oidc/consent", {"kept": page.context["kept"], "answer": "yes"}).status_code == 403
    other = come_in(Client(), person("Lê Văn Hai"))
    assert other.post("/oidc/consent", {"kept": page.context["kept"], "answer": "yes"}).status_code == 400
    assert browser.post("/oidc/consent", {"kept": "made-up", "answer": "yes"}).status_code == 400
    assert Grant.objects.count() == 0


def test_no_secret_code_or_token_is_kept_or_journalled_as_it_is(land, browser):
    from tinhso.kernel.journal.public import Entry
    from tinhso.kernel.signon.models import SigningKey, System

    code = land.code_for(browser, scope=" ".join(EVERYTHING))
    told = land.exchange(code).json()
    kept = str(
        [*System.objects.values(), *Grant.objects.values(), *Token.objects.values(), *SigningKey.objects.values()]
    )
    kept += str(list(Entry.objects.values()))
    for secret in (land.secret, code, told["access_token"], told["refresh_token"], "PRIVATE KEY"):
        assert secret not in kept
