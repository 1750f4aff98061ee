"""What the pages answer about live screens: who may hear of what; and the stream itself where no proxy carries it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from threading import RLock
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from tinhso.base.actors import ActorKind
from tinhso.base.live import LiveTopic
from tinhso.base.registry import registry
from tinhso.kernel.identity.public import ActorRequest
from tinhso.site.live.asking import CARRIED

MOST_RELAYED, MOST_OF_A_SESSION = 12, 3
"""
Streams that one web process carries itself, each in a thread: for trying out. On a server nginx carries them. A thread does
not see that its browser went to the next page; so the oldest ends when there are too many. It ends before the new one is
asked for: all may be of one account, and the live process lets in no more than so many of one.
"""
_CONNECT_SECONDS, _READ_SECONDS = 6, 60


@require_safe
def may_hear(request: ActorRequest) -> HttpResponse:
    """Tell the live process who this is and which parts they may hear of; 401 for nobody."""
    if request.actor.kind is ActorKind.ANONYMOUS:
        return _unlogged(HttpResponse(status=HTTPStatus.UNAUTHORIZED))
    about = request.GET.get("ho-so", "")[:100]
    topics = {
        topic.key: [f"{topic.key}:{part}" for part in topic.may_hear(request.actor, about)]
        for topic in registry.of(LiveTopic)
    }
    told = {"account": request.actor.key, "topics": {key: parts for key, parts in topics.items() if parts}}
    response = JsonResponse(told)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def stream(request: ActorRequest) -> HttpResponseBase:
    """Carry a stream of the live process. Where a proxy does (deploy/nginx), nobody comes here."""
    if request.actor.kind is ActorKind.ANONYMOUS:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if not settings.LIVE_DOOR:
        return _unlogged(HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE))
    try:
        relay = _Relay(request)
    except (OSError, http.client.HTTPException):
        return _unlogged(HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"}))
    response = StreamingHttpResponse(relay, status=relay.answer.status)
    for name in ("Content-Type", "Cache-Control", "X-Accel-Buffering"):
        if value := relay.answer.getheader(name):
            response[name] = value
    return response


class _Relay:
    """An open line to the live process, read piece by piece."""

    def __init__(self, request: ActorRequest) -> None:
        parts = urlsplit(settings.LIVE_DOOR)
        self.session = request.actor.session
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_CONNECT_SECONDS)
        carried = (*CARRIED, "last-event-id")
        headers = {name: request.headers[name] for name in carried if name in request.headers}
        headers["X-Forwarded-For"] = request.META.get("REMOTE_ADDR", "")
        try:
            self._line.connect()
            self._socket: socket.socket = self._line.sock
            _make_room(self)
            self._line.request("GET", request.get_full_path(), headers=headers)
            self.answer = self._line.getresponse()
        except BaseException:
            self._leave()
            raise
        self._socket.settimeout(_READ_SECONDS)

    def __iter__(self) -> Iterator[bytes]:
        """Return what comes, as it comes, until either side ends."""
        try:
            while piece := self.answer.read1(4096):
                yield piece
        except (OSError, http.client.HTTPException):
            return
        finally:
            self.close()

    def end(self) -> None:
        """Have whoever reads it find its end."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the line; twice is once."""
        self.answer.close()
        self._leave()

    def _leave(self) -> None:
        with _room:
            if self in _relays:
                _relays.remove(self)
        self._line.close()


_relays: list[_Relay] = []
_room = RLock()
"""
The thread that holds it may come again: an answer that was left half read is closed by the collector, at any line of ours.
With a plain lock that thread would wait for itself, and every stream after it for ever.
"""


def _make_room(relay: _Relay) -> None:
    """Take in a relay, the newest; end the oldest where there are too many."""
    with _room:
        _relays.append(relay)
        known = tuple(_relays)
        of_session = [one for one in known if one.session == relay.session]
        too_many = {*known[:-MOST_RELAYED], *of_session[:-MOST_OF_A_SESSION]}
        _relays[:] = [one for one in tuple(_relays) if one not in too_many]
    for one in too_many:
        one.end()


def _unlogged(response: HttpResponse) -> HttpResponse:
    # a browser that is told no is an answer: Django would log each as an error of ours
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - as Django marks what it has logged
    return response
