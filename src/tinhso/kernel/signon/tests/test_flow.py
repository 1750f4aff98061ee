"""The way through, from the question of a system to its tokens, claims and the end of the session."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from django.test import Client
from tests.doors import come_in

from tinhso.base.clock import now
from tinhso.kernel.identity.public import close_account, reopen_account
from tinhso.kernel.journal.models import Delivery
from tinhso.kernel.journal.public import dispatch
from tinhso.kernel.signon import tasks
from tinhso.kernel.signon.actions import grants
from tinhso.kernel.signon.models import Consent, Grant, LogoutNews, System
from tinhso.kernel.signon.tests.conftest import AFTER, BACK, LOADER, Program, answer_of, events, person


def test_somebody_signed_in_is_let_into_a_system_of_the_province(land, browser, tu):
    said = answer_of(browser.get("/oidc/authorize", land.question()))
    assert (said["state"], said["iss"]) == ("st-1", "https://tinh.example")
    tokens = land.exchange(said["code"])
    assert tokens.status_code == 200, tokens.json()
    assert tokens["Cache-Control"] == "no-store"
    told = tokens.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 600, "openid profile")
    assert "refresh_token" not in told
    claims = land.read(told["id_token"])
    assert claims["sub"] == str(tu.pk)
    assert (claims["aud"], claims["nonce"], claims["iss"]) == ("land-register", "no-1", "https://tinh.example")
    assert (claims["acr"], claims["amr"]) == ("urn:vn:loa:3", ["vneid"])
    assert abs(claims["auth_time"] - now().timestamp()) < 5
    assert claims["sid"] == str(Grant.objects.get().pk)
    assert events() == [
        "signon.system_registered", "signon.secret_issued", "signon.came_in", "signon.tokens_issued",
        "signon.keys_rotated",
    ]  # fmt: skip


def test_userinfo_tells_what_the_scopes_let_out_and_nothing_else(land, browser, tu):
    plain = land.exchange(land.code_for(browser, scope="openid")).json()
    assert land.userinfo(plain["access_token"]).json() == {"sub": str(tu.pk)}
    much = land.exchange(land.code_for(browser, scope="openid profile email vn.citizen_id vn.org")).json()
    told = land.userinfo(much["access_token"]).json()
    assert (told["family_name"], told["middle_name"], told["given_name"]) == ("Trần", "Thị", "Tư")
    assert told["email"] == "tu@dan.example"
    assert told["email_verified"] is False
    assert told["vn.citizen_id"] == tu.person.citizen_number
    assert "vn.org" not in told


def test_a_system_of_others_asks_for_consent_once_and_knows_people_by_another_name(bank, land, browser, tu):
    page = browser.get("/oidc/authorize", bank.question())
    assert page.status_code == 200
    assert "Ngân hàng" in page.content.decode()
    assert "https://dat.example" in page["Content-Security-Policy"]
    assert 'href="/tai-khoan/he-thong/"' in page.content.decode(), "where it is taken back"
    said = answer_of(browser.post("/oidc/consent", {"kept": page.context["kept"], "answer": "yes"}))
    claims = bank.read(bank.exchange(said["code"]).json()["id_token"])
    assert claims["sub"] not in {str(tu.pk), ""}
    assert "code" in answer_of(browser.get("/oidc/authorize", bank.question(prompt="none")))
    # more than was agreed is asked about again
    assert browser.get("/oidc/authorize", bank.question(scope="openid profile vn.citizen_id")).status_code == 200
    other = Program("bank-2", is_own=False)
    assert other.id != bank.id
    grants.give_consent(tu, System.objects.get(pk="bank-2"), ["openid", "profile"], actor=_actor(browser), at=now())
    again = bank.read(other.exchange(other.code_for(browser)).json()["id_token"])
    assert again["sub"] == claims["sub"], "one sector, one name"
    elsewhere = Program("shop", is_own=False, redirect_uris=["https://shop.example/back", BACK])
    System.objects.filter(pk="shop").update(sector="shop.example")
    grants.give_consent(tu, System.objects.get(pk="shop"), ["openid", "profile"], actor=_actor(browser), at=now())
    assert bank.read(elsewhere.exchange(elsewhere.code_for(browser)).json()["id_token"])["sub"] != claims["sub"]


def _actor(browser):
    return browser.get("/tai-khoan/").wsgi_request.actor


def test_declining_goes_back_with_access_denied(bank, browser):
    page = browser.get("/oidc/authorize", bank.question())
    said = answer_of(browser.post("/oidc/consent", {"kept": page.context["kept"], "answer": "no"}))
    assert (said["error"], said["state"]) == ("access_denied", "st-1")
    assert Consent.objects.count() == 0


def test_nobody_signs_in_first_and_comes_back_to_where_they_were_going(land, tu):
    browser = Client()
    sent = browser.get("/oidc/authorize", land.question())
    assert sent["Location"].startswith("/tai-khoan/login/?next=")
    back = sent["Location"].split("next=")[1]
    assert "https://dat.example" in browser.get(sent["Location"])["Content-Security-Policy"]
    come_in(browser, tu)
    assert "code" in answer_of(browser.get(unquote(back)))


def test_prompt_login_wants_a_proof_younger_than_the_question(land, tu):
    browser = come_in(Client(), tu, at=now() - timedelta(minutes=30))
    sent = browser.get("/oidc/authorize", land.question(prompt="login"))
    assert sent["Location"].startswith("/tai-khoan/oidc/vneid/login/")
    back = unquote(sent["Location"].split("next=")[1])
    assert browser.get(back)["Location"].startswith("/tai-khoan/"), "not proved again yet"
    come_in(browser, tu, at=now() + timedelta(seconds=1))
    assert "code" in answer_of(browser.get(back))


def test_max_age_counts_from_the_last_proof(land, tu):
    browser = come_in(Client(), tu, at=now() - timedelta(minutes=30))
    assert "code" in answer_of(browser.get("/oidc/authorize", land.question(max_age="3600")))
    asked = land.question(max_age="60")
    assert browser.get("/oidc/authorize", asked)["Location"].startswith("/tai-khoan/")
    assert answer_of(browser.get("/oidc/authorize", asked | {"prompt": "none"}))["error"] == "login_required"


@pytest.mark.parametrize("max_age", ["0", "1"])
def test_a_max_age_shorter_than_the_way_back_is_met_by_the_proof_it_asked_for(land, tu, max_age):
    browser = come_in(Client(), tu, at=now() - timedelta(minutes=30))
    sent = browser.get("/oidc/authorize", land.question(max_age=max_age))
    back = unquote(sent["Location"].split("next=")[1])
    assert browser.get(back)["Location"].startswith("/tai-khoan/"), "not proved again yet"
    come_in(browser, tu)
    with patch("tinhso.base.clock.now", return_value=now() + timedelta(seconds=20)):
        assert "code" in answer_of(browser.get(back))
    assert browser.get("/oidc/authorize", land.question(max_age="0"))["Location"].startswith("/tai-khoan/")


def test_a_question_may_be_left_ahead(land, browser):
    pushed = land.call("par", **{k: v for k, v in land.question().items() if k != "client_id"})
    assert pushed.status_code == 201, pushed.json()
    asked = {"client_id": land.id, "request_uri": pushed.json()["request_uri"]}
    said = answer_of(browser.get("/oidc/authorize", asked))
    assert land.exchange(said["code"]).status_code == 200


def test_a_refresh_token_is_given_only_for_offline_access_and_renews_without_a_nonce(land, browser):
    told = land.exchange(land.code_for(browser, scope="openid profile offline_access")).json()
    again = land.renew(told["refresh_token"], scope="openid").json()
    assert again["refresh_token"] != told["refresh_token"]
    assert again["scope"] == "openid"
    assert "nonce" not in land.read(again["id_token"])
    assert land.renew(again["refresh_token"]).json()["scope"] == "openid profile offline_access"


def test_signing_out_ends_the_tokens_at_once_and_the_system_is_told(land, browser, httpserver_lines):
    System.objects.update(backchannel_uri=httpserver_lines.url)
    access = land.exchange(land.code_for(browser)).json()["access_token"]
    assert land.userinfo(access).status_code == 200
    browser.post("/tai-khoan/logout/")
    assert land.userinfo(access).status_code == 401
    assert tasks.leave_sessions(at=now()) == 1
    httpserver_lines.status = 503
    assert tasks.tell_logouts(at=now()) == 0
    assert tasks.tell_logouts(at=now()) == 0
    assert len(httpserver_lines.got) == 1, "it waits before it tries again"
    httpserver_lines.status = 200
    assert tasks.tell_logouts(at=now() + timedelta(minutes=2)) == 1
    claims = land.read(httpserver_lines.got[-1]["logout_token"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in claims
    assert claims["sid"] == str(Grant.objects.get().pk)
    assert LogoutNews.objects.get().state == "told"


def test_tokens_that_last_outlive_the_session_but_not_the_account(land, browser, tu):
    told = land.exchange(land.code_for(browser, scope="openid offline_access")).json()
    browser.post("/tai-khoan/logout/")
    tasks.leave_sessions(at=now())
    again = land.renew(told["refresh_token"])
    assert again.status_code == 200
    close_account(tu, reason="test", actor=LOADER, at=now())
    assert land.renew(again.json()["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.userinfo(again.json()["access_token"]).status_code == 401
    dispatch(at=now())
    reopen_account(tu, actor=LOADER, at=now())
    assert land.renew(again.json()["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.userinfo(again.json()["access_token"]).status_code == 401


def test_access_ends_for_who_never_came_into_another_system(tu):
    dispatch(at=now())
    close_account(tu, reason="test", actor=LOADER, at=now())
    dispatch(at=now())
    assert not Delivery.objects.filter(subscriber="signon.end_with_access").exists()


def test_consent_taken_back_ends_everything(bank, browser, tu):
    page = browser.get("/oidc/authorize", bank.question(scope="openid offline_access"))
    code = answer_of(browser.post("/oidc/consent", {"kept": page.context["kept"], "answer": "yes"}))["code"]
    told = bank.exchange(code).json()
    assert "Ngân hàng" in browser.get("/tai-khoan/he-thong/").content.decode()
    assert browser.post("/tai-khoan/he-thong/bank/thu-hoi/").status_code == 302
    assert bank.userinfo(told["access_token"]).status_code == 401
    assert bank.renew(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert answer_of(browser.get("/oidc/authorize", bank.question(prompt="none")))["error"] == "consent_required"


def test_a_system_hands_out_a_way_to_leave(land, browser):
    told = land.exchange(land.code_for(browser)).json()
    asked = {"id_token_hint": told["id_token"], "post_logout_redirect_uri": AFTER, "state": "bye"}
    assert browser.get("/oidc/logout", asked)["Location"] == f"{AFTER}?state=bye"
    assert "_auth_user_id" not in browser.session


def test_keys_two_are_published_and_an_old_one_stays_until_its_tokens_are_over(land, browser):
    told = land.exchange(land.code_for(browser)).json()
    first = [key["kid"] for key in land.http.get("/oidc/jwks.json").json()["keys"]]
    assert len(first) == 2
    assert tasks.rotate(at=now()) is None
    assert tasks.rotate(at=now() + timedelta(days=91)) == first[1]
    kids = [key["kid"] for key in land.http.get("/oidc/jwks.json").json()["keys"]]
    assert kids[0] == first[1]
    assert set(first) < set(kids)
    assert land.read(told["id_token"])["aud"] == land.id
    assert tasks.withdraw(at=now() + timedelta(days=91, minutes=1)) == 0
    assert tasks.withdraw(at=now() + timedelta(days=92)) == 1
    assert first[0] not in str(land.http.get("/oidc/jwks.json").json())


def test_introspection_tells_the_system_about_its_own_tokens_only(land, bank, browser):
    access = land.exchange(land.code_for(browser)).json()["access_token"]
    assert land.call("introspect", token=access).json()["active"] is True
    assert bank.call("introspect", token=access).json() == {"active": False}
    assert land.call("revoke", token=access).status_code == 200
    assert land.call("introspect", token=access).json() == {"active": False}


def test_discovery_names_addresses_that_answer(land):
    said = land.http.get("/.well-known/openid-configuration").json()
    assert said["issuer"] == "https://tinh.example"
    assert said == land.http.get("/.well-known/oauth-authorization-server").json()
    for name, address in said.items():
        if name.endswith("_endpoint"):
            path = address.removeprefix("https://tinh.example")
            assert land.http.post(path).status_code in (200, 303, 400, 401), name


@pytest.fixture
def httpserver_lines():
    """A server of a system that takes news of sign-outs."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from urllib.parse import parse_qsl

    class Lines:
        got: list[dict[str, str]]
        status = 200

    lines = Lines()
    lines.got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            lines.got.append(dict(parse_qsl(body)))
            self.send_response(lines.status)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lines.url = f"http://127.0.0.1:{server.server_port}/left"
    yield lines
    server.shutdown()
    server.server_close()


def test_another_persons_code_in_the_same_browser_is_their_own(land):
    one, two = person("Lê Văn Một"), person("Lê Văn Hai")
    browser = come_in(Client(), one)
    first = land.code_for(browser)
    come_in(browser, two)
    second = land.code_for(browser)
    assert land.read(land.exchange(second).json()["id_token"])["sub"] == str(two.pk)
    # the session of the first is over: its code is worth nothing
    assert land.exchange(first).json()["error"] == "invalid_grant"
