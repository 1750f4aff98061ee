"""
What a system asks of the authorization endpoint, read strictly (Core 1.0, 3.1.2; RFC 7636; RFC 9126; RFC 9700).

Which system asks, and where the answer goes, is settled first: as long as it is not, nobody is sent anywhere (`Lost`).
After that, a no travels back to the system (`AskRefused`).
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import Unsealable, seal, unseal
from tinhso.kernel.signon.models import System
from tinhso.kernel.signon.queries import allowed, find_system

PUSHED: Final = "urn:ietf:params:oauth:request_uri:"
PUSHED_LIVES: Final = 60
"""Seconds in which a pushed request is taken up."""
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})
LONGEST: Final = 500
LONGEST_TAG: Final = 35
"""Letters of a language's tag (RFC 5646, 4.4.1)."""
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Lost(Refusal):
    """Nobody knows to whom an answer would go."""

    code = "signon.lost"
    text = _(
        "You cannot sign in to the other system: {reason}. Go back to it and begin again, or tell those who run it."
    )
    status = 400


class AskedTooOften(Refusal):
    """One network asks more often than people sign in."""

    code = "signon.asked_too_often"
    text = _("Too many people sign in from your network at once. Wait a minute, then try again.")
    status = 429


class AskRefused(Exception):  # noqa: N818 - an answer to a program, not an error of ours
    """An answer of no that goes back to the system (RFC 6749, 4.1.2.1)."""

    def __init__(self, code: str, text: str, *, redirect_uri: str = "", state: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.redirect_uri, self.state = code, text, redirect_uri, state


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered."""

    system: System
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    state: str = ""
    nonce: str = ""
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    """Seconds since the person proved who they are; None for no limit."""
    locales: tuple[str, ...] = field(default=())

    def packed(self) -> dict[str, Any]:
        """Return it as JSON values, to travel sealed through the pages of sign-in."""
        return {
            **{name: value for name, value in asdict(self).items() if name != "system"},
            "system": self.system.pk,
            "prompts": sorted(self.prompts),
        }


def unpacked(kept: Mapping[str, Any]) -> Asked:
    """Return what `packed` was given, as far as its system may still ask it, and still is at that address. Raises Lost."""
    system = _system(str(kept["system"]))
    _check_redirect(system, kept["redirect_uri"])
    given = {**kept, "system": system, "prompts": frozenset(kept["prompts"])}
    return Asked(**{**given, "scopes": tuple(allowed(kept["scopes"], system)), "locales": tuple(kept["locales"])})


def read(params: QueryDict) -> Asked:
    """Return what was asked by query, form or pushed request. Raises Lost, AskRefused."""
    client_id = _only(params, "client_id")
    system = _system(client_id)
    if "request_uri" in params:
        params = _pulled(_only(params, "request_uri"), system)
    redirect_uri = _only(params, "redirect_uri")
    _check_redirect(system, redirect_uri)
    try:
        return _read(params, system, redirect_uri)
    except AskRefused as no:
        no.redirect_uri = redirect_uri
        states = params.getlist("state")
        no.state = states[0] if len(states) == 1 else ""
        raise


def push(params: QueryDict, system: System) -> str:
    """Check a request that a system sends ahead and return its `request_uri` (RFC 9126). Raises Lost, AskRefused."""
    if "request_uri" in params:
        raise AskRefused("invalid_request", "a pushed request holds no request_uri")
    _check_redirect(system, _only(params, "redirect_uri"))
    _read(params, system, _only(params, "redirect_uri"))
    fields = {name: values for name, values in params.lists() if name != "client_secret"}
    kept = {"for": system.pk, "until": int(time.time()) + PUSHED_LIVES, "fields": fields, "once": secrets.token_hex(8)}
    return PUSHED + seal(json.dumps(kept))


def _pulled(uri: str, system: System) -> QueryDict:
    try:
        kept = json.loads(unseal(uri.removeprefix(PUSHED)))
    except (Unsealable, ValueError):
        raise Lost(reason=_("its request is not one that it left here")) from None
    if kept["for"] != system.pk or kept["until"] < time.time():
        raise Lost(reason=_("its request has expired"))
    params = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        params.setlist(name, values)
    return params


def _read(params: QueryDict, system: System, redirect_uri: str) -> Asked:
    for name in params:
        if len(params.getlist(name)) > 1:
            raise AskRefused("invalid_request", f"{name} is given twice")
    for name in ("request", "registration"):
        if name in params:
            raise AskRefused(f"{name}_not_supported", f"{name} is not supported")
    if params.get("response_type") != "code":
        raise AskRefused("unsupported_response_type", "response_type must be code")
    if params.get("response_mode", "query") != "query":
        raise AskRefused("invalid_request", "response_mode must be query")
    challenge = params.get("code_challenge", "")
    if params.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise AskRefused("invalid_request", "PKCE is required: code_challenge of 43 characters, by S256")
    return Asked(
        system=system,
        redirect_uri=redirect_uri,
        scopes=_scopes(params, system),
        challenge=challenge,
        state=_short(params, "state"),
        nonce=_short(params, "nonce"),
        prompts=_prompts(params),
        max_age=_max_age(params),
        locales=tuple(tag for tag in params.get("ui_locales", "").split()[:5] if len(tag) <= LONGEST_TAG),
    )


def _scopes(params: QueryDict, system: System) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(params.get("scope", "").split()))
    if "openid" not in wanted:
        raise AskRefused("invalid_scope", "scope must hold openid")
    if strange := [scope for scope in wanted if scope not in system.scopes]:
        raise AskRefused("invalid_scope", f"not registered for this client: {' '.join(strange)[:100]}")
    return wanted


def _prompts(params: QueryDict) -> frozenset[str]:
    prompts = frozenset(params.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise AskRefused("invalid_request", "prompt is none, or some of login, consent, select_account")
    return prompts


def _max_age(params: QueryDict) -> int | None:
    text = params.get("max_age", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - thirty years of seconds
        raise AskRefused("invalid_request", "max_age is a number of seconds")
    return int(text)


def _short(params: QueryDict, name: str) -> str:
    text = str(params.get(name, ""))
    if len(text) > LONGEST:
        raise AskRefused("invalid_request", f"{name} is longer than {LONGEST} characters")
    return text


def _system(client_id: str) -> System:
    system = find_system(client_id)
    if system is None:
        raise Lost(reason=_("it is not registered here"))
    return system


def _check_redirect(system: System, uri: str) -> None:
    # letter by letter: whatever is "almost the same" address is somebody else's (RFC 9700, 4.1.3)
    if uri not in system.redirect_uris:
        raise Lost(reason=_("the address to return to is not one of its own"))


def _only(params: QueryDict, name: str) -> str:
    values = params.getlist(name)
    if len(values) != 1:
        raise Lost(reason=_("its request lacks {name}, or holds it twice").format(name=name))
    return str(values[0])
