"""
Systems written by others sign people in through us, over the wire: Authlib, mozilla-django-oidc, npm openid-client.

Each brings its own checks of discovery, keys, signatures, nonce, issuer and PKCE; nothing of ours stands in for them. The
person is an official who signs in with password and one-time code, or a citizen who came by VNeID.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from authlib.integrations.httpx_client import OAuth2Client
from django.core.cache import cache
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.doors import come_in

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity import actions as identity
from tinhso.kernel.identity.public import add_account, add_person
from tinhso.kernel.organisation.public import add_official
from tinhso.kernel.signon.actions import systems

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOADER = system("loader")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "mat-khau-dai-va-kho-1"
BACK = "http://127.0.0.1:8299/back"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issuer(live_server, settings):
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    return live_server.url


@pytest.fixture
def lan(db):
    """An official with a password and one-time codes."""
    official = add_official("CB900", "Nguyễn Thị Lan", email="lan@tinh.example", actor=LOADER, at=now())
    account = add_account("lan.nt", official_id=official.pk, password=PASSWORD, actor=LOADER, at=now())
    identity.enrol_totp(account, SECRET, actor=LOADER, at=now())
    return account


@pytest.fixture
def tu(db):
    made = add_person(
        citizen_number="049165000123", full_name="Trần Thị Tư", email="tu@dan.example", actor=LOADER, at=now()
    )
    return add_account("tu", person=made, actor=LOADER, at=now())


class Browser:
    """Follows redirects, keeps cookies, fills in forms; stops when it is sent to the system that is being signed in to."""

    def __init__(self, issuer: str) -> None:
        # a connection that stays open would outlive the test and its database
        self.issuer, self.http = issuer, httpx.Client(timeout=20, headers={"Connection": "close"})

    def cookies_of(self, account) -> Browser:
        """Bring the session of somebody who came by VNeID."""
        self.http.cookies.set("phien", come_in(Client(), account).cookies["phien"].value)
        return self

    def go(self, address: str, *, until: str) -> str:
        """Follow an address, filling in what is asked, and return where it leads to once that is `until`…"""
        answer = self.http.get(address)
        for _step in range(12):
            while answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(until):
                    return target
                answer = self.http.get(target)
            assert answer.status_code == 200, answer.text[:2000]
            if str(answer.url).startswith(until):
                return str(answer.url)
            answer = self._fill_in(answer)
        raise AssertionError(f"never came to {until}: {answer.url}")

    def _fill_in(self, page: httpx.Response) -> httpx.Response:
        forms = re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL)
        form = next(one for one in forms if re.search(r'name="(login|code|kept)"', one))
        fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        fields |= {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]}
        if 'name="login"' in form:
            fields |= {"login": "lan.nt", "password": PASSWORD}
        elif 'name="code"' in form:
            fields |= {"code": _code()}
        else:
            fields |= {"answer": "yes"}
        action = re.search(r'<form[^>]*action="([^"]*)"', form)
        where = urljoin(str(page.url), action[1].replace("&amp;", "&")) if action else str(page.url)
        return self.http.post(where, data=fields, headers={"Referer": str(page.url)})


def _code() -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(SECRET, counters[len(counters) // 2]))


def registered(system_id: str, back: str, **more) -> str:
    given = {
        "name": "Đất đai", "name_en": "Land", "redirect_uris": [back], "post_logout_uris": [back],
        "scopes": ["profile", "email", "vn.org", "offline_access"], "is_own": True,
    }  # fmt: skip
    systems.register_system(system_id, **(given | more), actor=LOADER, at=now())
    return systems.issue_secret(system_id, actor=LOADER, at=now())


def test_authlib_signs_an_official_in_through_password_and_code(issuer, lan):
    secret = registered("authlib", BACK)
    said = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
    with OAuth2Client(
        "authlib", secret, scope="openid profile offline_access", redirect_uri=BACK, code_challenge_method="S256"
    ) as relying:
        verifier = "authlib-" + "v" * 50
        address, state = relying.create_authorization_url(
            said["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
        )
        back = Browser(issuer).go(address, until=BACK)
        told = relying.fetch_token(
            said["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        keys = KeySet.import_key_set(httpx.get(said["jwks_uri"]).json())
        claims = jwt.decode(told["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["nonce"], claims["aud"], claims["sub"]) == ("n-1", "authlib", str(lan.pk))
        assert (claims["acr"], claims["amr"]) == ("urn:vn:loa:3", ["pwd", "otp", "mfa"])
        assert relying.get(said["userinfo_endpoint"]).json()["name"] == "Nguyễn Thị Lan"
        before = told["refresh_token"]
        again = relying.refresh_token(said["token_endpoint"], refresh_token=before)
        assert again["refresh_token"] != before
        asked = relying.introspect_token(said["introspection_endpoint"], token=again["access_token"])
        assert asked.json()["active"] is True
        assert relying.revoke_token(said["revocation_endpoint"], token=again["refresh_token"]).status_code == 200
        assert relying.get(said["userinfo_endpoint"]).status_code == 401


@pytest.mark.skipif(not (ROOT / "node_modules" / "openid-client").exists(), reason="npm packages are not installed")
def test_openid_client_goes_through_par_consent_tokens_and_sign_out(issuer, tu):
    secret = registered("node", BACK, is_own=False)
    command = [shutil.which("node") or "node", str(HERE / "relying.mjs"), issuer, "node", secret, BACK]
    scope = "openid profile email offline_access"
    with subprocess.Popen(
        [*command, scope], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as ran:
        first = ran.stdout.readline()
        assert first, ran.stderr.read()
        browser = Browser(issuer).cookies_of(tu)
        back = browser.go(json.loads(first)["go"], until=BACK)
        out, fault = ran.communicate(f"{back}\n", timeout=60)
    assert out, fault
    told = json.loads(out)
    assert told["claims"]["amr"] == ["vneid"]
    assert told["claims"]["sub"] != str(tu.pk), "a system of others knows people by a name of its own"
    assert told["userinfo"]["email"] == "tu@dan.example"
    assert (told["known"], told["after"]) == (True, False)
    assert browser.go(told["leave"], until=BACK) == BACK
    assert browser.http.get(f"{issuer}/tai-khoan/").is_redirect, "signed out here too"


def test_a_django_site_signs_people_in_by_mozilla_django_oidc(issuer, lan, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    secret = registered("mozilla", f"{site}/oidc/callback/")
    given = {"id": "mozilla", "secret": secret, "issuer": issuer, "database": str(tmp_path / "small.sqlite3")}
    with subprocess.Popen([sys.executable, str(HERE / "relying_site.py"), str(port), json.dumps(given)]) as ran:
        try:
            _wait_for(f"{site}/me")
            browser = Browser(issuer)
            assert browser.http.get(f"{site}/me").json() == {"in": False, "email": ""}
            browser.go(f"{site}/oidc/authenticate/", until=f"{site}/me")
            assert browser.http.get(f"{site}/me").json() == {"in": True, "email": "lan@tinh.example"}
        finally:
            ran.terminate()


def _wait_for(address: str) -> None:
    for _try in range(200):
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} never answered")
