"""
Pages that say no or sorry: what happened, what to do, the time and a code to read out to the hotline.

`site/urls.py` names `handler400` … `handler500` from here; settings name `csrf_failure`. A page of failure needs no
database and no province: what it cannot get it leaves out.
"""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.base import clock
from tinhso.base.refusals import NoRoom
from tinhso.base.room import is_full
from tinhso.web import look
from tinhso.web.away import AGAIN_AFTER_SECONDS, is_away

log = logging.getLogger(__name__)
LETTERS = "23456789ACDEFGHJKLMNPQRTUVWXY"
"""Signs that nobody confuses on the telephone: no 0 O, 1 I, 5 S, 8 B and Z 2 pairs."""


def new_code() -> str:
    """Return a code like `K7P-4QX` that finds this failure in the log."""
    letters = "".join(secrets.choice(LETTERS) for _place in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def page(request: HttpRequest, template: str, status: int, **facts: Any) -> HttpResponse:
    """Render a page that needs nothing that could be broken, and log its code."""
    code, at = new_code(), getattr(request, "at", None) or clock.now()
    level = logging.ERROR if status >= 500 else logging.INFO  # noqa: PLR2004 - our fault or theirs
    log.log(level, "page %s code %s: %s %s", status, code, request.method, request.path)
    context = {
        "province": look.province_or_neutral(get_language() or settings.LANGUAGE_CODE),
        "code": code,
        "at": at,
        "path": request.path,
        "status": status,
        "request": request,
        **facts,
    }
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Answer 400."""
    return page(
        request,
        "web/400.html",
        400,
        title=_("We could not read the request"),
        text=_("The address or the form is incomplete. Go back, check it, then send again."),
    )


def forbidden(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:
    """Answer 403: say who can open it."""
    return page(
        request,
        "web/403.html",
        403,
        title=_("You may not open this page"),
        text=str(exception or "")
        or _("Your account may not open it. Ask your administrator who can, or sign in with another account."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Answer 404: offer the way home and the search."""
    return page(
        request,
        "web/404.html",
        404,
        title=_("We cannot find this page"),
        text=_("Check the address or the code you typed. If you followed a link, the page may have moved."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: nothing was lost that was answered as done; 503 while the database is away, 507 with no room."""
    error = sys.exception()
    if is_full(error):
        return no_room(request)
    if is_away(error):
        return away(request)
    return page(
        request,
        "web/500.html",
        500,
        title=_("Something broke on our side"),
        text=_("Wait a moment, then try again. What you had sent and saw confirmed is safe."),
    )


def no_room(request: HttpRequest) -> HttpResponse:
    """Answer 507: somebody must free space; what is there can be read."""
    return page(request, "web/500.html", NoRoom.status, title=_("The server has no room left"), text=str(NoRoom()))


def away(request: HttpRequest) -> HttpResponse:
    """Answer 503: it comes back by itself, and when to look again."""
    answer = page(
        request,
        "web/500.html",
        503,
        title=_("The site is resting for a moment"),
        text=_("Wait half a minute, look whether it went through, then send again. What you saw confirmed is safe."),
    )
    answer["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came without its token: the page was open too long, or cookies are off."""
    return page(
        request,
        "web/csrf.html",
        403,
        title=_("This form was open too long"),
        text=_("Go back, load the page again, then send. If it happens again, allow cookies for this site."),
        reason=reason,
    )
