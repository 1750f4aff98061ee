"""Which system is calling, proved at the endpoints that programs use (RFC 6749, 2.3; Core 1.0, section 9)."""

from __future__ import annotations

import base64
import hmac
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, JsonResponse

from tinhso.kernel.identity.public import client_address, network_of, within
from tinhso.kernel.signon.actions.systems import digest_of
from tinhso.kernel.signon.models import ProofMethod, System
from tinhso.kernel.signon.queries import find_system

CALLS_A_MINUTE = 600
"""Calls that one address may make: a system that serves a province signs in ten people a second at most."""


class CallRefused(Exception):  # noqa: N818 - an answer to a program, not an error of ours
    """An answer of no to a program (RFC 6749, 5.2)."""

    def __init__(self, code: str, text: str, *, status: int = 400, basic: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.status, self.basic = code, text, status, basic

    def answer(self) -> JsonResponse:
        """Return it as JSON that nobody keeps."""
        response = JsonResponse({"error": self.code, "error_description": self.text}, status=self.status)
        if self.basic:
            response["WWW-Authenticate"] = 'Basic realm="tinhso"'
        return unkept(response)


def unkept(response: JsonResponse) -> JsonResponse:
    """Forbid every cache between us and the caller to keep an answer."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def calling_system(request: HttpRequest) -> System:
    """Return which system calls, by the one way it is registered with. Raises CallRefused."""
    if not within("signon", network_of(client_address(request)), CALLS_A_MINUTE, seconds=60):
        raise CallRefused("temporarily_unavailable", "too many calls; wait a minute", status=429)
    if request.content_type != "application/x-www-form-urlencoded":
        raise CallRefused("invalid_request", "send a form: application/x-www-form-urlencoded")
    if twice := [name for name, values in request.POST.lists() if len(values) > 1]:
        raise CallRefused("invalid_request", f"{twice[0]} is given twice")
    header = request.headers.get("Authorization", "")
    if header and "client_secret" in request.POST:
        raise CallRefused("invalid_request", "prove yourself in one way, not in two")
    if header:
        client_id, secret = _basic(header)
        method = ProofMethod.BASIC
        if request.POST.get("client_id", client_id) != client_id:
            raise CallRefused("invalid_request", "two client_ids")
    else:
        client_id, secret = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
        method = ProofMethod.POST if "client_secret" in request.POST else ProofMethod.NONE
    system = find_system(client_id)
    if system is None or system.proof != method or not _knows(system, secret):
        raise CallRefused(
            "invalid_client", "unknown client, or not proved as registered", status=401, basic=bool(header)
        )
    return system


def bearer_of(request: HttpRequest) -> str:
    """Return the bearer token of the header, the only place where one is looked for (RFC 6750, 2.1); empty for none."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _basic(header: str) -> tuple[str, str]:
    """Return name and secret of a Basic header; each was form-encoded before (RFC 6749, 2.3.1)."""
    scheme, _space, data = header.partition(" ")
    try:
        name, colon, secret = base64.b64decode(data.strip(), validate=True).decode().partition(":")
    except ValueError:  # not base64, letters that no header holds, or bytes that are not UTF-8
        name, colon, secret = "", "", ""
    name, secret = unquote_plus(name), unquote_plus(secret)
    if scheme.lower() != "basic" or not colon or "\x00" in name:
        raise CallRefused("invalid_client", "the Authorization header is not Basic", status=401, basic=True)
    return name, secret


def _knows(system: System, secret: str) -> bool:
    if system.proof == ProofMethod.NONE:
        return not secret
    return bool(system.secret_digest) and hmac.compare_digest(digest_of(secret), system.secret_digest)


def allow_browsers(response: Any) -> Any:
    """Let programs in browsers read an answer: none of these endpoints looks at cookies."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
