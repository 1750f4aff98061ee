"""The provider against a client that does everything right, then against each thing a client may do wrong."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tinhso.sandbox.config import Config
from tinhso.sandbox.people import everybody
from tinhso.sandbox.vneid.keys import Keys
from tinhso.sandbox.vneid.provider import Provider
from tinhso.sandbox.web import Request

from .conftest import prove, ticket_of

BACK = "http://client.example/cb"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
TU = "049165000101"
BASIC = ("tinhso", "only-for-demonstration")


def asking(sandbox, **changes):
    values = {
        "client_id": "tinhso", "redirect_uri": BACK, "response_type": "code", "scope": "openid profile vn.citizen_id",
        "state": "s-1", "nonce": "n-1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    } | changes  # fmt: skip
    return f"{sandbox.config.issuer}/authorize?" + urlencode({k: v for k, v in values.items() if v is not None})


def fields_of(location):
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def code_for(browser, sandbox, **changes):
    return fields_of(prove(browser, sandbox, asking(sandbox, **changes), TU))["code"]


def change(sandbox, code, *, auth=BASIC, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER} | changes
    form = {name: value for name, value in form.items() if value is not None}
    return httpx.post(f"{sandbox.config.issuer}/token", data=form, auth=auth, trust_env=False)


def test_whole_flow(browser, sandbox):
    found = httpx.get(f"{sandbox.config.issuer}/.well-known/openid-configuration", trust_env=False).json()
    assert found["issuer"] == sandbox.config.issuer
    back = fields_of(prove(browser, sandbox, asking(sandbox), TU))
    assert (back["state"], back["iss"]) == ("s-1", found["issuer"])
    answer = change(sandbox, back["code"])
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "openid profile vn.citizen_id")
    keys = KeySet.import_key_set(httpx.get(found["jwks_uri"], trust_env=False).json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    claims = token.claims
    assert token.header["kid"] == keys.keys[0].kid
    assert (claims["aud"], claims["nonce"], claims["acr"]) == ("tinhso", "n-1", "urn:vn:vneid:2")
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = httpx.get(found["userinfo_endpoint"], headers=bearer, trust_env=False).json()
    assert (told["sub"], told["citizen_id"], told["name"]) == (claims["sub"], TU, "Trần Thị Tư")
    assert "email" not in told
    assert "phone_number" not in told


@pytest.mark.parametrize("changes", [{"client_id": "x"}, {"redirect_uri": BACK + "/"}, {"redirect_uri": None}])
def test_wrong_client_or_address_is_never_redirected(browser, sandbox, changes):
    answer = browser.get(asking(sandbox, **changes))
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://a"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
    ],
)
def test_faults_go_back_with_state_and_issuer(browser, sandbox, changes, error):
    back = fields_of(browser.get(asking(sandbox, **changes)).headers["location"])
    assert (back["error"], back["state"], back["iss"]) == (error, "s-1", sandbox.config.issuer)


def test_parameter_given_twice_is_refused(browser, sandbox):
    back = fields_of(browser.get(asking(sandbox) + "&scope=openid").headers["location"])
    assert back["error"] == "invalid_request"


def test_code_works_once_and_a_second_use_takes_the_token_back(browser, sandbox):
    code = code_for(browser, sandbox)
    token = change(sandbox, code).json()["access_token"]
    again = change(sandbox, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    bearer = {"Authorization": f"Bearer {token}"}
    told = httpx.get(f"{sandbox.config.issuer}/userinfo", headers=bearer, trust_env=False)
    assert told.status_code == 401
    assert 'error="invalid_token"' in told.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_grant"),
        ({"redirect_uri": BACK + "/"}, 400, "invalid_grant"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "only-for-demonstration"}, 400, "invalid_request"),
        ({"auth": ("tinhso", "wrong")}, 401, "invalid_client"),
        ({"auth": ("other", "only-for-demonstration")}, 401, "invalid_client"),
        ({"auth": None}, 401, "invalid_client"),
    ],
)
def test_token_faults(browser, sandbox, changes, status, error):
    code = changes.pop("code", None) or code_for(browser, sandbox)
    answer = change(sandbox, code, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_failed_try_does_not_use_the_code_up(browser, sandbox):
    code = code_for(browser, sandbox)
    assert change(sandbox, code, code_verifier="w" * 64).status_code == 400
    assert change(sandbox, code).status_code == 200


def test_prompt_none_answers_silently_after_consent(browser, sandbox):
    code_for(browser, sandbox)
    back = fields_of(browser.get(asking(sandbox, prompt="none")).headers["location"])
    assert change(sandbox, back["code"]).status_code == 200


def test_prompt_login_asks_again_who_it_is(browser, sandbox):
    code_for(browser, sandbox)
    assert "/vneid/consent" in browser.get(asking(sandbox)).text
    assert "/vneid/login" in browser.get(asking(sandbox, prompt="login")).text


def test_somebody_else_at_the_same_browser(browser, sandbox):
    code_for(browser, sandbox)
    asked = browser.get(asking(sandbox))
    consent = f"{sandbox.config.issuer}/consent"
    offered = browser.post(consent, data={"ticket": ticket_of(asked), "answer": "other"})
    assert "/vneid/login" in offered.text
    login = f"{sandbox.config.issuer}/login"
    assert "Võ Minh Khôi" in browser.post(login, data={"ticket": ticket_of(offered), "number": "049200000109"}).text


def test_refused_consent(browser, sandbox):
    assert fields_of(prove(browser, sandbox, asking(sandbox), TU, answer="no"))["error"] == "access_denied"


def test_typed_number(browser, sandbox):
    ticket = ticket_of(browser.get(asking(sandbox)))
    login = f"{sandbox.config.issuer}/login"
    assert browser.post(login, data={"ticket": ticket, "number": "12"}).status_code == 422
    assert "Người Thử Nghiệm 9876" in browser.post(login, data={"ticket": ticket, "number": "049199009876"}).text


@dataclass
class Hands:
    """A clock whose hands we move."""

    at: float = 1_000_000.0

    def __call__(self):
        return self.at


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400)])
def test_code_lives_one_minute(tmp_path, seconds, status):
    hands = Hands()
    config = Config(url="http://p", issuer="http://p/vneid", data=tmp_path, redirect_uris=(BACK,))
    provider = Provider(config, Keys(tmp_path), clock=hands)

    def send(act, *, query=(), form=(), cookies=None, headers=None):
        method = "GET" if query else "POST"
        return act(Request(method, "/", list(query), headers or {}, urlencode(list(form)).encode(), cookies or {}))

    url = asking(SimpleNamespace(config=config))
    asked = [(name, values[0]) for name, values in parse_qs(urlsplit(url).query).items()]
    ticket = ticket_of(SimpleNamespace(text=send(provider.authorize, query=asked).body))
    login = send(provider.login, form=[("ticket", ticket), ("person", TU)])
    sid = dict(login.headers)["Set-Cookie"].split(";")[0].split("=")[1]
    back = send(provider.consent, form=[("ticket", ticket), ("answer", "yes")], cookies={"vneid_phien": sid})
    code = fields_of(dict(back.headers)["Location"])["code"]
    hands.at += seconds
    form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]
    basic = "Basic " + base64.b64encode(b"tinhso:only-for-demonstration").decode()
    assert send(provider.token, form=form, headers={"authorization": basic}).status == status


def test_logout_goes_only_to_a_registered_address(browser, sandbox):
    tokens = change(sandbox, code_for(browser, sandbox)).json()
    at = f"{sandbox.config.issuer}/logout"
    wrong = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://evil.example/"}
    assert browser.get(at, params=wrong).status_code == 400
    assert browser.get(at, params={"id_token_hint": tokens["id_token"] + "x"}).status_code == 400
    right = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://testserver/", "state": "q"}
    assert browser.get(at, params=right).headers["location"] == "http://testserver/?state=q"
    assert fields_of(browser.get(asking(sandbox, prompt="none")).headers["location"])["error"] == "login_required"


def test_key_survives_a_restart(tmp_path):
    assert Keys(tmp_path).public() == Keys(tmp_path).public()
    assert set(Keys(tmp_path).public()["keys"][0]) == {"kty", "kid", "use", "alg", "n", "e"}


def test_subject_is_stable_and_tells_nothing(browser, sandbox):
    first = sandbox.provider._sub(everybody()[0])
    assert first == sandbox.provider._sub(everybody()[0])
    assert TU not in first
    assert len({sandbox.provider._sub(one) for one in everybody()}) == len(everybody())
