"""Where the forms of a page may lead besides ourselves: browsers hold CSP `form-action` against redirects too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEPT_SECONDS: Final = 1800
"""How long somebody may take over signing in, or over deciding."""
_SALT: Final = "signon.target"


def _name() -> str:
    """Return the name of the cookie, beside the session's: no row is kept of somebody who has not signed in yet."""
    return f"{settings.SESSION_COOKIE_NAME}-toi"


def on_the_way[R: HttpResponse](response: R, origin: str) -> R:
    """Remember in the browser, signed, to the system of which origin somebody who signs in is going."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_signed_cookie(
        _name(), origin, salt=_SALT, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=secure
    )
    return response


def arrived[R: HttpResponse](response: R) -> R:
    """Forget it: they are there."""
    response.delete_cookie(_name(), samesite="Lax")
    return response


def leads_to(response: HttpResponse, origin: str) -> HttpResponse:
    """Let the forms of a page lead to another origin by redirect."""
    allowed = list(cast("Iterable[str]", settings.SECURE_CSP["form-action"]))
    policy = {**settings.SECURE_CSP, "form-action": [*allowed, origin]}
    response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001 - what Django's own decorator sets
    return response


class FormTargets:
    """Middleware: while somebody signs in on the way to a system, the forms of the sign-in pages may lead there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; widen the policy of a page of sign-in."""
        response = self.get_response(request)
        if request.path.startswith("/tai-khoan/") and _name() in request.COOKIES:
            target = request.get_signed_cookie(_name(), "", salt=_SALT, max_age=KEPT_SECONDS)
            if target:
                leads_to(response, target)
        return response
