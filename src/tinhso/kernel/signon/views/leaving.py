"""Signing out at the wish of a system (RP-Initiated Logout 1.0)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.identity.public import Account, ActorRequest
from tinhso.kernel.signon import queries
from tinhso.kernel.signon.form_targets import leads_to
from tinhso.kernel.signon.models import System
from tinhso.kernel.signon.signing import read_hint
from tinhso.kernel.signon.views.authorize import KEPT_SECONDS, Redirect, origin_of, with_query

_SALT = "signon.logout"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: ActorRequest) -> HttpResponse:
    """Sign out who is named by the hint; without one, or with somebody else's, ask first."""
    given = request.POST if request.method == "POST" else request.GET
    hint = read_hint(given.get("id_token_hint", ""))
    system = _system(given, hint)
    target = _target(given, system)
    if not isinstance(request.user, Account):
        return _away(target)
    if system and hint and _is_about(hint, request.user, system):
        get_adapter(request).logout(request)
        return _away(target)
    kept = signing.dumps({"target": target, "session": request.session.session_key}, salt=_SALT, compress=True)
    page = render(request, "signon/logout.html", {"system": system, "kept": kept})
    return leads_to(page, origin_of(target)) if target else page


@never_cache
@require_POST
def confirm(request: ActorRequest) -> HttpResponse:
    """Sign out, the reader having said so."""
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return redirect("/")
    if isinstance(request.user, Account) and kept["session"] == request.session.session_key:
        get_adapter(request).logout(request)
    return _away(kept["target"])


def _system(given: QueryDict, hint: dict[str, Any] | None) -> System | None:
    """Return which system asks: what the hint was made for; the two named differently, none."""
    named = given.get("client_id", "") or (str(hint["aud"]) if hint else "")
    if hint and named != hint["aud"]:
        return None
    return queries.find_system(named)


def _target(given: QueryDict, system: System | None) -> str:
    """Return where to go afterwards: only to an address that the system registered, letter by letter."""
    uri = given.get("post_logout_redirect_uri", "")
    if system is None or uri not in system.post_logout_uris:
        return ""
    return with_query(uri, state=given.get("state", ""))


def _is_about(hint: dict[str, Any], account: Account, system: System) -> bool:
    known = queries.known_subject(account, system)
    return bool(known) and hint.get("sub") == known


def _away(target: str) -> HttpResponse:
    return Redirect(target) if target else redirect("/")
