"""A system, people who sign in to it, and the program that it runs."""

from __future__ import annotations

import base64
import hashlib
import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.doors import come_in

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity.public import Account, add_account, add_person
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.signon.actions import systems

BACK = "https://dat.example/oidc/back"
AFTER = "https://dat.example/goodbye"
LOADER = system("loader")
EVERYTHING = ("openid", "profile", "email", "phone", "address", "vn.citizen_id", "vn.org", "offline_access")
VERIFIER = "v" * 64
_NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def fresh(settings, db):
    cache.clear()
    settings.PUBLIC_URL = "https://tinh.example"


def challenge_of(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Program:
    """What a system runs: it sends people to us and calls our endpoints."""

    def __init__(self, system_id: str, *, secret: bool = True, **more: Any) -> None:
        given: dict[str, Any] = {
            "name": "Đất đai", "name_en": "Land", "redirect_uris": [BACK], "post_logout_uris": [AFTER],
            "scopes": EVERYTHING, "is_own": True,
        }  # fmt: skip
        systems.register_system(system_id, **(given | more), actor=LOADER, at=now())
        self.id, self.http = system_id, Client()
        self.secret = systems.issue_secret(system_id, actor=LOADER, at=now()) if secret else ""

    def question(self, **more: Any) -> dict[str, Any]:
        """Return a right question, changed as told; None leaves a field out."""
        right = {
            "client_id": self.id, "response_type": "code", "redirect_uri": BACK, "scope": "openid profile",
            "state": "st-1", "nonce": "no-1", "code_challenge": challenge_of(), "code_challenge_method": "S256",
        }  # fmt: skip
        return {name: value for name, value in (right | more).items() if value is not None}

    def code_for(self, browser: Client, **more: Any) -> str:
        """Return the code that somebody brings back."""
        return answer_of(browser.get("/oidc/authorize", self.question(**more)))["code"]

    def call(self, path: str, **fields: Any) -> Any:
        """Call an endpoint, proved by Basic."""
        headers = {}
        if self.secret:
            proof = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {proof}"
        else:
            fields["client_id"] = self.id
        return self.post(path, fields, headers)

    def post(self, path: str, fields: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        form = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.http.post(
            f"/oidc/{path}", form, content_type="application/x-www-form-urlencoded", headers=headers or {}
        )

    def exchange(self, code: str, /, **more: Any) -> Any:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.call("token", **(fields | more))

    def renew(self, refresh: str, **more: Any) -> Any:
        return self.call("token", grant_type="refresh_token", refresh_token=refresh, **more)

    def userinfo(self, access: str) -> Any:
        return self.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {access}"})

    def read(self, token: str) -> dict[str, Any]:
        """Return what a signed token of ours says, checked with the published keys."""
        keys = KeySet.import_key_set(self.http.get("/oidc/jwks.json").json())
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def answer_of(response: Any) -> dict[str, str]:
    """Return what a redirect brings back to the system."""
    assert response.status_code == 302, response.content.decode()
    assert response["Location"].startswith(BACK), response["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


@pytest.fixture
def land():
    """A system of the province."""
    return Program("land-register")


@pytest.fixture
def bank():
    """A system of others."""
    return Program("bank", is_own=False, name="Ngân hàng", name_en="Bank")


def person(name: str = "Trần Thị Tư") -> Account:
    made = add_person(
        citizen_number=f"0491650{next(_NUMBERS):05d}", full_name=name, email="tu@dan.example", actor=LOADER, at=now()
    )
    return add_account(f"dan-{made.pk.hex[-8:]}", person=made, actor=LOADER, at=now())


@pytest.fixture
def tu():
    return person()


@pytest.fixture
def browser(tu):
    """Bà Tư's browser, signed in by VNeID."""
    return come_in(Client(), tu)


def events() -> list[str]:
    return list(Entry.objects.filter(event__startswith="signon.").order_by("id").values_list("event", flat=True))
