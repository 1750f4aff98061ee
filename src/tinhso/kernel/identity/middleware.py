"""The page door: reads the clock once, knows the actor, keeps sessions short, and turns every refusal into an answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from tinhso.base import clock
from tinhso.base.actors import Actor
from tinhso.base.refusals import NoRoom, NotFound, Refusal, SignInNeeded
from tinhso.base.room import is_full
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.kept import keep_form
from tinhso.kernel.identity.library_pages import is_closed
from tinhso.kernel.identity.problems import problem
from tinhso.kernel.identity.sessions import SecondFactorNeeded, actor_of, renew, seconds_left

type Next = Callable[[HttpRequest], HttpResponse]

FREE_OF_SECOND_FACTOR = (
    *(f"/tai-khoan/{page}/" for page in ("2fa", "login", "logout", "reauthenticate", "phien")),
    "/static/",
    "/giao-dien/",
    "/ngon-ngu/",
    "/suc-khoe/",
)
"""Addresses that an official without a second factor may still open: to enrol one, or to leave. Nothing of their account."""


class ActorMiddleware:
    """Set `request.at` and, lazily, `request.actor`; renew or end the session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its actor known."""
        door: Any = request
        door.at = clock.now()
        door.actor = SimpleLazyObject(lambda: actor_of(request, at=door.at))
        if request.session.session_key and "_auth_user_id" in request.session:
            if seconds_left(request.session, at=door.at) <= 0:
                self._end(request)
            else:
                renew(request, at=door.at)
                if request.session.get("needs_second_factor") and not request.path.startswith(FREE_OF_SECOND_FACTOR):
                    return _enrol(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_arguments: object) -> HttpResponse | None:
        """Close the library's pages that are not there for this actor."""
        if not is_closed(request, view):
            return None
        return problem(NotFound(), request) if wants_json(request) else refusal_page(request, NotFound())

    def _end(self, request: HttpRequest) -> None:
        """End a session that lasted too long, and say so in the journal."""
        door: Any = request
        actor: Actor = door.actor
        if request.user.is_authenticated and actor.key == request.user.subject_key:
            actions.record_sign_out(request.user, reason="too-long", actor=actor, at=door.at)
        logout(request)
        door.actor = SimpleLazyObject(lambda: actor_of(request, at=door.at))


def _enrol(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(SecondFactorNeeded(), request)
    return HttpResponseRedirect(reverse("mfa_index"))


class RefusalMiddleware:
    """Answer a refusal that no view caught: a page, or RFC 9457 JSON under `/api/` and for programs."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, no: Exception) -> HttpResponse | None:
        """Return the answer to a refusal; leave every other exception alone: that is a bug."""
        if isinstance(no, ReauthenticationRequired) and request.method == "POST":
            return _prove_again(request)
        if is_full(no) and not isinstance(no, Refusal):
            # outside of an act: a session, a count. What was in hand is undone with its transaction
            no = NoRoom()
        if not isinstance(no, Refusal):
            return None
        if wants_json(request):
            return problem(no, request)
        if isinstance(no, SignInNeeded):
            return _to_sign_in(request)
        return refusal_page(request, no)


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a program is asking: under `/api/`, or one that accepts JSON and not HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def refusal_page(request: HttpRequest, no: Refusal) -> HttpResponse:
    """Return the page that says no, why, on what law, and what to do."""
    page, *names = no.leads_to or ("",)
    onward = reverse(page, args=[no.facts[name] for name in names]) if page else ""
    response = render(request, "identity/refusal.html", {"refusal": no, "onward": onward}, status=no.status)
    wait = no.facts.get("wait_seconds")
    if wait:
        response["Retry-After"] = str(wait)
    return response


def _prove_again(request: HttpRequest) -> HttpResponse:
    """Send the reader to prove who they are and back to the page; the library would keep the posted code meanwhile."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    address = ways[0]["url"] if ways else reverse("account_login")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the reader to sign in and back; what a form held comes back too."""
    if request.user.is_authenticated:
        # signed in, and yet nobody: below the level that is demanded. The page of sign-in would send them straight back
        logout(request)
    back = request.get_full_path()
    if request.method == "POST":
        back = keep_form(request)
    elif request.headers.get("HX-Request"):
        # an address of a fragment is no page to come back to: the browser says where it stands
        back = _path_of(request.headers.get("HX-Current-URL", "")) or "/"
    address = f"{reverse('account_login')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=HTTPStatus.OK)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
