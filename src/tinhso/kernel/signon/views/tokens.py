"""Endpoints that programs call: token, userinfo, introspection, revocation, pushed requests."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.base.actors import system as system_actor
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.signon import asking, queries
from tinhso.kernel.signon.actions import tokens as acts
from tinhso.kernel.signon.callers import CallRefused, allow_browsers, bearer_of, calling_system, unkept
from tinhso.kernel.signon.claims import claims_of
from tinhso.kernel.signon.models import Grant, System, Token, TokenKind
from tinhso.kernel.signon.scopes import ACCESS_LIVES
from tinhso.kernel.signon.signing import identity_token, issuer
from tinhso.kernel.signon.subjects import subject_of

ACTOR = system_actor("sign-on")


def _for_programs(view: Callable[[ActorRequest, System], HttpResponse]) -> Callable[[ActorRequest], HttpResponse]:
    """Find out which system calls; answer a no as JSON; let no cache keep anything."""

    @csrf_exempt
    @require_POST
    @sensitive_post_parameters()
    @functools.wraps(view)
    def door(request: ActorRequest) -> HttpResponse:
        try:
            response = view(request, calling_system(request))
        except CallRefused as no:
            response = no.answer()
        return allow_browsers(unkept(response))  # type: ignore[arg-type,no-any-return]

    return door


@_for_programs
def token(request: ActorRequest, system: System) -> HttpResponse:
    """Exchange a code, or a refresh token, for tokens (RFC 6749, 4.1.3 and 6)."""
    kind = request.POST.get("grant_type", "")
    if kind == "authorization_code":
        issued, renewed = _by_code(request, system), False
    elif kind == "refresh_token":
        issued, renewed = _by_refresh(request, system), True
    elif kind:
        raise CallRefused("unsupported_grant_type", "grant_type is authorization_code or refresh_token")
    else:
        raise CallRefused("invalid_request", "grant_type is missing")
    told: dict[str, Any] = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": acts.seconds(ACCESS_LIVES),
        "scope": " ".join(issued.scopes),
    }
    if "openid" in issued.scopes:
        told["id_token"] = identity_token(issued, request.at, renewed=renewed)
    if issued.refresh:
        told["refresh_token"] = issued.refresh
    return JsonResponse(told)


def _by_code(request: ActorRequest, system: System) -> acts.Issued:
    given = {name: request.POST.get(name, "") for name in ("code", "redirect_uri", "code_verifier")}
    if missing := [name for name, value in given.items() if not value]:
        raise CallRefused("invalid_request", f"{missing[0]} is missing")
    grant = queries.find_grant(given["code"])
    # one answer for all: a stranger does not learn what was wrong with the code
    no = CallRefused("invalid_grant", "the code is unknown, expired, used, or was not made for this request")
    if grant is None or grant.system_id != system.pk or grant.redirect_uri != given["redirect_uri"]:
        raise no
    if grant.code_used_at is None and not _may_exchange(grant, given["code_verifier"], request.at):
        raise no
    issued = acts.exchange_code(grant, actor=ACTOR, at=request.at)
    if issued is None:
        raise no
    return issued


def _may_exchange(grant: Grant, verifier: str, at: datetime) -> bool:
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    right = hmac.compare_digest(made, grant.code_challenge)
    return right and grant.code_until > at and queries.is_alive(grant) and queries.has_session(grant, at)


def _by_refresh(request: ActorRequest, system: System) -> acts.Issued:
    text = request.POST.get("refresh_token", "")
    if not text:
        raise CallRefused("invalid_request", "refresh_token is missing")
    no = CallRefused("invalid_grant", "the refresh token is unknown, expired, used, or was given to another client")
    found = queries.find_token(text, TokenKind.REFRESH)
    if found is None or found.grant.system_id != system.pk:
        raise no
    if not found.used_at and not queries.is_worth(found, request.at):
        raise no
    may = queries.allowed(found.scopes, system)
    scopes = request.POST.get("scope", "").split() or may
    if not set(scopes) <= set(may):
        raise CallRefused("invalid_scope", "more than was granted")
    issued = acts.renew(found, list(scopes), actor=ACTOR, at=request.at)
    if issued is None:
        raise no
    return issued


def _worth(text: str, at: datetime) -> Token | None:
    found = queries.find_token(text) if text else None
    return found if found and queries.is_worth(found, at) else None


@csrf_exempt
@require_http_methods(["GET", "POST", "OPTIONS"])
def userinfo(request: ActorRequest) -> HttpResponse:
    """Tell the holder of an access token what its scopes let out (Core 1.0, 5.3)."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Headers"] = "Authorization"
        return allow_browsers(response)  # type: ignore[no-any-return]
    found = _worth(bearer_of(request), request.at)
    if found is None or found.kind != TokenKind.ACCESS:
        return _bearer_no("invalid_token", 401)
    account, system = found.grant.account, found.grant.system
    scopes = queries.allowed(found.scopes, system)
    if "openid" not in scopes:
        return _bearer_no("insufficient_scope", 403)
    told = {"sub": subject_of(account, system), **claims_of(account, scopes, at=request.at)}
    return allow_browsers(unkept(JsonResponse(told)))  # type: ignore[no-any-return]


def _bearer_no(code: str, status: int) -> HttpResponse:
    response = unkept(JsonResponse({"error": code}, status=status))
    response["WWW-Authenticate"] = f'Bearer error="{code}"'
    return allow_browsers(response)  # type: ignore[no-any-return]


@_for_programs
def introspect(request: ActorRequest, system: System) -> HttpResponse:
    """Tell a system whether a token of its own is good for something (RFC 7662)."""
    if not system.secret_digest:
        raise CallRefused("invalid_client", "a client without a secret may not ask", status=401)
    found = _worth(request.POST.get("token", ""), request.at)
    if found is None or found.grant.system_id != system.pk:
        return JsonResponse({"active": False})
    return JsonResponse(
        {
            "active": True,
            "iss": issuer(),
            "sub": subject_of(found.grant.account, system),
            "aud": system.pk,
            "client_id": system.pk,
            "scope": " ".join(queries.allowed(found.scopes, system)),
            "token_type": "Bearer" if found.kind == TokenKind.ACCESS else "refresh_token",
            "iat": int(found.issued_at.timestamp()),
            "exp": int(found.expires_at.timestamp()),
            "acr": found.grant.acr,
        }
    )


@_for_programs
def revoke(request: ActorRequest, system: System) -> HttpResponse:
    """Take back a token that a system needs no more; whatever else it sends is answered alike (RFC 7009, 2.2)."""
    text = request.POST.get("token", "")
    if not text:
        raise CallRefused("invalid_request", "token is missing")
    found = queries.find_token(text)
    if found is not None and found.grant.system_id == system.pk:
        acts.give_back(found, actor=ACTOR, at=request.at)
    return JsonResponse({})


@_for_programs
def par(request: ActorRequest, system: System) -> HttpResponse:
    """Take a request ahead of the person who brings it (RFC 9126)."""
    try:
        uri = asking.push(request.POST, system)
    except asking.AskRefused as no:
        raise CallRefused(no.code, no.text) from no
    except asking.Lost as no:
        raise CallRefused("invalid_request", str(no)) from no
    return JsonResponse({"request_uri": uri, "expires_in": asking.PUSHED_LIVES}, status=201)
