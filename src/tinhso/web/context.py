"""What every template gets: `province`, `menus`, `actor`, `account` links. Nothing is computed until it is printed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from tinhso.base.actors import ActorKind
from tinhso.web import look
from tinhso.web.menus import Menus, actor_of

SESSION_WARNING_SECONDS = 300
"""How long before the end of the session the reader is warned (WCAG 2.2, 2.2.1)."""


def address_named(name: str) -> str:
    """Return the address of a URL name or path from settings; empty when nothing answers there."""
    if not name:
        return ""
    if name.startswith("/"):
        return name
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Account:
    """The links around the account, and when the session ends."""

    def __init__(self, request: HttpRequest) -> None:
        """Remember the request."""
        self._request = request
        self.actor = actor_of(request)

    @property
    def signed_in(self) -> bool:
        """Tell whether somebody is signed in."""
        return self.actor.kind is not ActorKind.ANONYMOUS

    @property
    def sign_in(self) -> str:
        """Return the address of the sign-in page."""
        return address_named(str(settings.LOGIN_URL))

    @property
    def sign_out(self) -> str:
        """Return the address that signs out by POST."""
        return address_named(getattr(settings, "WEB_SIGN_OUT", ""))

    @property
    def session_seconds(self) -> int | None:
        """Return how many seconds the session still lasts, or None when nobody is signed in."""
        session = getattr(self._request, "session", None)
        return session.get_expiry_age() if self.signed_in and session is not None else None


def live_address(request: HttpRequest) -> str:
    """Return where this page hears that something changed since now; empty when nobody is signed in or nothing tells."""
    at = getattr(request, "at", None)
    if at is None or not getattr(settings, "LIVE_DOOR", "") or actor_of(request).kind is ActorKind.ANONYMOUS:
        return ""
    return f"{address_named(settings.WEB_LIVE)}?tu={int(at.timestamp() * 1000)}"


def page(request: HttpRequest) -> dict[str, Any]:
    """Give a template the province's look, the menus and the account, all lazily (a context processor)."""
    return {
        "province": SimpleLazyObject(lambda: look.province(get_language() or settings.LANGUAGE_CODE)),
        "menus": SimpleLazyObject(lambda: Menus(request)),
        "account": Account(request),
        "actor": actor_of(request),
        # an applicant's page says so itself where it has a place that shows what it hears
        "hears": actor_of(request).kind is ActorKind.OFFICIAL,
        "live": SimpleLazyObject(lambda: live_address(request)),
        "is_demonstration": getattr(settings, "DEMONSTRATION", False),
    }
