"""Where the forms of a page may lead besides ourselves: browsers hold CSP `form-action` against redirects too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

TARGET: Final = "signon_target"
"""In the session of somebody who signs in on the way to another system: the origin of that system."""


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
        if request.path.startswith("/tai-khoan/") and (target := request.session.get(TARGET)):
            leads_to(response, target)
        return response
