"""Authorization requests: read, checked in the order the standard wants, and their codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tinhso.sandbox.config import Config

SCOPES = ("openid", "profile", "email", "phone", "address", "vn.citizen_id", "vn.org")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class BadClient(Exception):  # noqa: N818 - an answer, not our error
    """Client or redirect address is not right: tell the reader, never redirect."""


class Refused(Exception):  # noqa: N818
    """A fault the client must hear about, by redirect."""

    def __init__(self, asked: Asked, error: str, description: str) -> None:
        """Keep what was asked, so that the answer can go back."""
        super().__init__(error)
        self.asked, self.error, self.description = asked, error, description


@dataclass(frozen=True, slots=True)
class Asked:
    """One authorization request whose client and redirect address are right."""

    client_id: str
    redirect_uri: str
    state: str = ""
    nonce: str = ""
    scopes: tuple[str, ...] = ()
    challenge: str = ""
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None

    def answer(self, issuer: str, **fields: str) -> str:
        """Return the address that brings an answer back to the client, with state and issuer."""
        values = {**fields, **({"state": self.state} if self.state else {}), "iss": issuer}
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode(values)}"


def read_asked(pairs: list[tuple[str, str]], config: Config) -> Asked:
    """Return the request. Raises BadClient, then Refused."""
    values = dict(pairs)
    if values.get("client_id") != config.client_id:
        raise BadClient("client_id")
    if values.get("redirect_uri") not in config.redirect_uris:
        raise BadClient("redirect_uri")
    asked = Asked(
        client_id=values["client_id"],
        redirect_uri=values["redirect_uri"],
        state=values.get("state", ""),
        nonce=values.get("nonce", ""),
        scopes=tuple(scope for scope in values.get("scope", "").split() if scope in SCOPES),
        challenge=values.get("code_challenge", ""),
        prompts=frozenset(values.get("prompt", "").split()),
        max_age=int(values["max_age"]) if values.get("max_age", "").isdigit() else None,
    )
    fault = _fault(asked, values, len(pairs))
    if fault:
        raise Refused(asked, *fault)
    return asked


def _fault(asked: Asked, values: dict[str, str], count: int) -> tuple[str, str] | None:
    """Return error and description of the first fault, None when there is none."""
    checks = (
        (count != len(values), "invalid_request", "a parameter is given twice"),
        ("request" in values, "request_not_supported", "request objects are not supported"),
        ("request_uri" in values, "request_uri_not_supported", "request_uri is not supported"),
        ("registration" in values, "registration_not_supported", "registration is not supported"),
        (values.get("response_type") != "code", "unsupported_response_type", "only code is supported"),
        (values.get("response_mode", "query") != "query", "invalid_request", "only response_mode query is supported"),
        ("openid" not in asked.scopes, "invalid_scope", "scope must hold openid"),
        (values.get("code_challenge_method") != "S256", "invalid_request", "code_challenge_method must be S256"),
        (not _CHALLENGE.fullmatch(asked.challenge), "invalid_request", "code_challenge is missing or malformed"),
        (not asked.prompts <= PROMPTS, "invalid_request", "prompt is not known"),
        ("none" in asked.prompts and len(asked.prompts) > 1, "invalid_request", "prompt none stands alone"),
        (not values.get("max_age", "0").isdigit(), "invalid_request", "max_age is not a number"),
    )
    return next(((error, said) for wrong, error, said in checks if wrong), None)


@dataclass(slots=True)
class Session:
    """A browser in which somebody signed in to the provider."""

    person: str
    signed_in_at: int
    consented: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Code:
    """An authorization code: once, within a minute, for one client, address and challenge."""

    asked: Asked
    person: str
    signed_in_at: int
    session: str
    until: float
    used: bool = False
    access_token: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """An access token: opaque, short-lived."""

    person: str
    scopes: tuple[str, ...]
    until: float
