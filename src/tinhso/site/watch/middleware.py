"""The outermost layer: answers probes, gives each request its id, and notes how it went."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

from tinhso.base.actors import Actor
from tinhso.base.watching import Watched, watching
from tinhso.kernel.identity.public import client_address
from tinhso.site.watch import probes, traces

FORM = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9._-]{8,64}", re.ASCII)
"""What an id from outside may look like; a letter at least: no citizen's number passes for one."""
HEADER = "X-Request-Id"


class WatchMiddleware:
    """Begin and end what is noted about a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if probe := probes.answer(request):
            return probe
        given = request.headers.get(HEADER, "")
        seen = Watched("request", "unknown", given if FORM.fullmatch(given) else uuid.uuid4().hex)
        seen.method = str(request.method)
        seen.who = lambda: actor_of(request)
        seen.address = lambda: client_address(request)
        seen.traceparent, seen.parent = traces.taken_in(request.headers.get("traceparent", ""))
        with watching(seen):
            seen.status = HTTPStatus.INTERNAL_SERVER_ERROR
            response = self.get_response(request)
            seen.status, seen.name = response.status_code, route_of(request)
        response[HEADER] = seen.id
        return response


def route_of(request: HttpRequest) -> str:
    """Return the name of the route: never the address, which may hold what is nobody's business."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or "unnamed"
    return "static" if request.path_info.startswith("/static/") else "none"


def actor_of(request: HttpRequest) -> tuple[str, str]:
    """Return kind and key of the actor if somebody asked who it is; asking would cost a page its statements."""
    held: Any = getattr(request, "actor", None)
    if isinstance(held, SimpleLazyObject):
        held = held._wrapped  # noqa: SLF001 - looking must not wake it up
    if held is empty or not isinstance(held, Actor):
        return "", ""
    return held.kind.value, held.key
