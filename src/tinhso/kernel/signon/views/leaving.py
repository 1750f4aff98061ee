"""Signing out at the wish of a system (RP-Initiated Logout 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.identity.public import Account, ActorRequest
from tinhso.kernel.signon import queries
from tinhso.kernel.signon.asking import LONGEST
from tinhso.kernel.signon.form_targets import KEPT_SECONDS, leads_to
from tinhso.kernel.signon.models import System
from tinhso.kernel.signon.signing import read_hint
from tinhso.kernel.signon.views.authorize import Redirect, came_without_cookies, origin_of, with_query

_SALT, _WISH = "signon.logout", "signon.logout.wish"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a system wishes: where to go afterwards, and whose session ends."""

    system: System | None
    target: str
    sub: str = ""
    """How the system knows whom its hint is about; empty without a hint of its own."""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: ActorRequest) -> HttpResponse:
    """Sign out who is named by the hint; without one, or with somebody else's, ask first."""
    wish = _kept(request.GET["kept"]) if "kept" in request.GET else _read(request)
    if came_without_cookies(request):
        return Redirect(with_query(reverse("signon:logout"), kept=_packed(wish)), status=303)
    if not isinstance(request.user, Account):
        return _away(wish.target)
    if wish.system and wish.sub and wish.sub == queries.known_subject(request.user, wish.system):
        get_adapter(request).logout(request)
        return _away(wish.target)
    kept = signing.dumps({"target": wish.target, "session": request.session.session_key}, salt=_SALT, compress=True)
    page = render(request, "signon/logout.html", {"system": wish.system, "kept": kept})
    return leads_to(page, origin_of(wish.target)) if wish.target else page


def _read(request: ActorRequest) -> Wish:
    given = request.POST if request.method == "POST" else request.GET
    hint = read_hint(given.get("id_token_hint", ""))
    system = _system(given, hint)
    return Wish(system, _target(given, system), str(hint["sub"]) if hint and system else "")


def _packed(wish: Wish) -> str:
    """Return a wish signed, to go on by GET: the hint it was read from may be longer than an address."""
    kept = {"system": wish.system.pk if wish.system else "", "target": wish.target, "sub": wish.sub}
    return signing.dumps(kept, salt=_WISH, compress=True)


def _kept(text: str) -> Wish:
    """Return a wish that `_packed` signed; one that it did not, or that is old, leads nowhere."""
    try:
        kept = signing.loads(text, salt=_WISH, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return Wish(None, "")
    system = queries.find_system(kept["system"])
    return Wish(system, kept["target"] if system else "", kept["sub"])


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
    state = given.get("state", "")
    if system is None or uri not in system.post_logout_uris or len(state) > LONGEST:
        return ""
    return with_query(uri, state=state)


def _away(target: str) -> HttpResponse:
    return Redirect(target) if target else redirect("/")
