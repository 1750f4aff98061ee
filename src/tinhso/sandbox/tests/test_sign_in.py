"""Our site signs citizens in at the sandbox's VNeID: the real protocol over real connections."""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.doors import stop_counting_clock

from tinhso.base.actors import system
from tinhso.kernel.identity.public import Account, Business, Person, find_or_add_person
from tinhso.kernel.journal.public import Entry

from .conftest import prove, sign_in

pytestmark = pytest.mark.django_db
TU = "049165000101"


def test_first_sign_in_makes_person_and_account(client, browser, at_sandbox):
    answer = sign_in(client, browser, at_sandbox, TU)
    assert (answer.status_code, answer["location"]) == (302, "/tai-khoan/")
    person = Person.objects.get()
    assert (person.citizen_number, person.full_name, person.verified_by) == (TU, "Trần Thị Tư", "vneid:2")
    assert (f"{person.birth_on:%d/%m/%Y}", person.sex) == ("12/04/1965", "female")
    page = client.get("/tai-khoan/")
    actor = page.wsgi_request.actor
    assert (actor.key, actor.assurance, actor.level) == (f"person:{person.pk}", "vneid:2", 2)
    assert actor.person_id == str(person.pk)
    assert "Trần Thị Tư" in page.content.decode()
    events = list(Entry.objects.order_by("id").values_list("event", flat=True))
    assert events == [
        "identity.person_added",
        "identity.person_changed",
        "identity.account_added",
        "identity.signed_in",
    ]


def test_second_sign_in_finds_the_same_person(client, browser, at_sandbox):
    sign_in(client, browser, at_sandbox, TU)
    client.post("/tai-khoan/logout/")
    sign_in(client, browser, at_sandbox, TU)
    assert (Person.objects.count(), Account.objects.count()) == (1, 1)


def test_only_subject_and_level_are_kept_however_often_they_come(client, browser, at_sandbox):
    for _time in range(3):
        sign_in(client, browser, at_sandbox, TU)
        client.post("/tai-khoan/logout/")
        (kept,) = SocialAccount.objects.all()
        assert kept.extra_data == {"level": 2}
        assert TU not in str(SocialAccount.objects.values()) + kept.uid


def test_a_refused_sign_in_keeps_nothing_either(client, browser, at_sandbox, settings):
    sign_in(client, browser, at_sandbox, TU)
    client.post("/tai-khoan/logout/")
    settings.VNEID_LEVEL = 3
    assert sign_in(client, browser, at_sandbox, TU).status_code == 403
    assert SocialAccount.objects.get().extra_data == {}


def test_an_errand_of_the_library_is_a_sign_in_like_any(client, browser, at_sandbox):
    sign_in(client, browser, at_sandbox, TU)
    start = client.post("/tai-khoan/oidc/vneid/login/", {"process": "connect"})
    back = urlsplit(prove(browser, at_sandbox, start["location"], "049092000102/4009999009"))
    client.get(f"{back.path}?{back.query}")
    assert client.get("/tai-khoan/").wsgi_request.actor.kind == "business"
    assert sorted(SocialAccount.objects.values_list("user__person__citizen_number", flat=True), key=str) == [TU, None]


@pytest.fixture
def lead_to(settings):
    """Return a function that sets where VNeID is looked for."""

    def point(url):
        providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
        providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = url
        settings.SOCIALACCOUNT_PROVIDERS = providers

    return point


def away(answer):
    assert (answer.status_code, "identity.vneid_away" in answer.content.decode()) == (503, True)


def test_nobody_there(client, lead_to):
    lead_to("http://127.0.0.1:9/vneid")
    away(client.post("/tai-khoan/oidc/vneid/login/"))
    away(client.get("/tai-khoan/oidc/vneid/login/callback/?code=x&state=y&iss=z"))


@pytest.mark.parametrize("said", [b"hello", b"[1]", b'{"issuer": "x"}'])
def test_somebody_there_who_is_not_vneid(client, lead_to, said):
    with answering(said) as address:
        lead_to(address)
        away(client.post("/tai-khoan/oidc/vneid/login/"))
        away(client.get("/tai-khoan/oidc/vneid/login/callback/?code=x&state=y&iss=z"))


@pytest.mark.parametrize("lost", ["everything", "token_endpoint", "userinfo_endpoint", "jwks_uri"])
def test_lost_half_way(client, browser, at_sandbox, lead_to, lost):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    back = urlsplit(prove(browser, at_sandbox, start["location"], TU))
    if lost == "everything":
        lead_to("http://127.0.0.1:9/vneid")
        away(client.get(f"{back.path}?{back.query}"))
    else:
        described = browser.get(f"{at_sandbox.config.issuer}/.well-known/openid-configuration").json()
        with answering(json.dumps({**described, lost: "http://127.0.0.1:9/"}).encode()) as address:
            lead_to(address)
            away(client.get(f"{back.path}?{back.query}"))
    assert Account.objects.count() == 0


def test_keys_that_are_none(client, browser, at_sandbox, lead_to):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    back = urlsplit(prove(browser, at_sandbox, start["location"], TU))
    described = browser.get(f"{at_sandbox.config.issuer}/.well-known/openid-configuration").json()
    with answering(b"hello") as keys, answering(json.dumps({**described, "jwks_uri": keys}).encode()) as address:
        lead_to(address)
        away(client.get(f"{back.path}?{back.query}"))


@pytest.mark.parametrize("path", ["login/", "login/callback/", "login/callback/?code=x&state=y&iss=z"])
def test_a_provider_that_nobody_knows_is_not_found(client, path):
    assert client.get(f"/tai-khoan/oidc/nosuch/{path}").status_code == 404
    assert client.post(f"/tai-khoan/oidc/nosuch/{path}").status_code == 404


def test_one_address_begins_so_many_sign_ins_a_minute(client, at_sandbox, monkeypatch):
    stop_counting_clock(monkeypatch)
    monkeypatch.setattr("tinhso.kernel.identity.vneid.BEGUN_A_MINUTE", 2)
    statuses = [Client().post("/tai-khoan/oidc/vneid/login/").status_code for _time in range(4)]
    assert statuses == [302, 302, 429, 429]
    elsewhere = Client(REMOTE_ADDR="10.0.0.2").post("/tai-khoan/oidc/vneid/login/")
    assert elsewhere.status_code == 302


@contextmanager
def answering(said):
    """Answer every request with these bytes, on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/.well-known/x"
        finally:
            server.shutdown()
            thread.join()


def test_person_known_from_the_counter_is_linked(client, browser, at_sandbox):
    at = datetime(2026, 3, 16, tzinfo=UTC)
    known = find_or_add_person(citizen_number=TU, full_name="Trần thị tư", actor=system("demo"), at=at)
    sign_in(client, browser, at_sandbox, TU)
    known.refresh_from_db()
    assert Account.objects.get().person == known
    assert known.full_name == "Trần Thị Tư"


def test_business_comes_by_its_representative(client, browser, at_sandbox):
    sign_in(client, browser, at_sandbox, "049092000102/4009999009")
    business = Business.objects.get()
    assert (business.tax_code, business.representative.citizen_number) == ("4009999009", "049092000102")
    assert client.get("/tai-khoan/").wsgi_request.actor.key == f"business:{business.pk}"


def test_refusing_consent_signs_nobody_in(client, browser, at_sandbox):
    answer = sign_in(client, browser, at_sandbox, TU, answer="no")
    assert answer.status_code == 302
    assert "cancelled" in answer["location"]
    assert Person.objects.count() == 0


def test_level_one_is_not_enough(client, browser, at_sandbox):
    answer = sign_in(client, browser, at_sandbox, "049200000109")
    assert answer.status_code == 403
    assert "identity.level_too_low" in answer.content.decode()
    assert Account.objects.count() == 0
    assert client.get("/tai-khoan/").status_code == 302


def test_answer_played_into_another_browser_is_refused(client, browser, at_sandbox):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    back = urlsplit(prove(browser, at_sandbox, start["location"], TU))
    thief = Client()
    thief.post("/tai-khoan/oidc/vneid/login/")
    answer = thief.get(f"{back.path}?{back.query}")
    assert answer.status_code == 401
    assert "socialaccount/authentication_error.html" in [t.name for t in answer.templates]
    assert Account.objects.count() == 0


def test_answer_played_twice_is_refused(client, browser, at_sandbox):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    back = urlsplit(prove(browser, at_sandbox, start["location"], TU))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    client.post("/tai-khoan/logout/")
    again = client.get(f"{back.path}?{back.query}")
    assert "socialaccount/authentication_error.html" in [t.name for t in again.templates]
    assert client.get("/tai-khoan/").status_code == 302


def test_answer_of_another_issuer_is_refused(client, browser, at_sandbox):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    back = prove(browser, at_sandbox, start["location"], TU)
    query = parse_qs(urlsplit(back).query)
    query["iss"] = ["http://elsewhere.example"]
    answer = client.get(urlsplit(back).path, {name: values[0] for name, values in query.items()})
    assert answer.status_code == 400
    assert "identity.vneid_refused" in answer.content.decode()


def test_id_token_with_another_nonce_is_refused(client, browser, at_sandbox):
    start = client.post("/tai-khoan/oidc/vneid/login/")
    asked = parse_qs(urlsplit(start["location"]).query)
    forged = start["location"].replace(asked["nonce"][0], "A" * 32)
    back = urlsplit(prove(browser, at_sandbox, forged, TU))
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.status_code == 400
    assert Account.objects.count() == 0


@pytest.mark.parametrize("kind", ["none", "other key", "other audience", "expired"])
def test_forged_id_token_is_refused(client, browser, at_sandbox, kind, monkeypatch):
    keys, real = at_sandbox.provider.keys, at_sandbox.provider.keys.sign
    other = RSAKey.generate_key(2048, parameters={"kid": keys.public()["keys"][0]["kid"]})

    def forge(claims):
        if kind == "none":
            return jwt.encode({"alg": "none"}, claims, other, algorithms=["none"])
        if kind == "other key":
            return jwt.encode({"alg": "RS256", "kid": other.kid}, claims, other)
        if kind == "other audience":
            return real({**claims, "aud": "somebody-else"})
        return real({**claims, "exp": claims["iat"] - 3600, "iat": claims["iat"] - 7200})

    monkeypatch.setattr(keys, "sign", forge)
    answer = sign_in(client, browser, at_sandbox, TU)
    assert "socialaccount/authentication_error.html" in [t.name for t in answer.templates]
    assert Account.objects.count() == 0


def test_request_carries_pkce_nonce_state_and_level(client, at_sandbox):
    asked = parse_qs(urlsplit(client.post("/tai-khoan/oidc/vneid/login/")["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["acr_values"] == ["urn:vn:vneid:2"]
    assert set(asked) >= {"nonce", "state", "code_challenge", "scope", "client_id", "redirect_uri"}
