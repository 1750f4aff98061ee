"""Streams that a web process carries itself, where no proxy does."""

from __future__ import annotations

import http.server
import select
import threading
import time
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from tinhso.base.actors import ActorKind
from tinhso.site.live import views
from tinhso.site.live.stream import Limits


class Stream(http.server.BaseHTTPRequestHandler):
    """A live process that says one word and goes on listening; it lets in as many of one account as ours does."""

    def do_GET(self) -> None:
        inside = self.server.inside
        time.sleep(0.05)  # the pages are asked who it is, and may be asked for a while
        if len(inside) >= Limits().per_account:
            self.send_error(429)
            return
        inside.add(self)
        try:
            self._stream()
        finally:
            inside.discard(self)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: 3000\n\n")
        self.wfile.flush()
        while not self.server.over.is_set() and not select.select([self.connection], [], [], 0.01)[0]:
            pass  # until its reader went away

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def door(settings):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    server.over, server.inside = threading.Event(), set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.LIVE_DOOR = f"http://127.0.0.1:{server.server_port}"
    yield
    server.over.set()
    server.shutdown()
    server.server_close()
    views._relays.clear()


def opened(session="s"):
    request = RequestFactory().get("/truc-tiep/")
    request.actor = SimpleNamespace(kind=ActorKind.CITIZEN, session=session)
    response = views.stream(request)
    pieces = iter(response)
    assert next(pieces) == b"retry: 3000\n\n"
    return pieces


@pytest.mark.usefixtures("door")
def test_an_answer_that_the_collector_ends_in_the_midst_of_another_holds_nobody_up():
    """The collector runs at any line, also where the list of relays is held: it ended a stream there, and all after it hung."""
    left = [opened()]

    def collected_while_held():
        with views._room:
            left.clear()

    thread = threading.Thread(target=collected_while_held, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert views._relays == []
    opened("another")
    assert views._relays == []


@pytest.mark.usefixtures("door")
def test_the_oldest_stream_of_a_session_ends_when_there_are_too_many():
    first, *others = [opened() for _ in range(views.MOST_OF_A_SESSION + 1)]
    assert list(first) == []
    assert len(views._relays) == views.MOST_OF_A_SESSION
    del others
    assert views._relays == []


@pytest.mark.usefixtures("door")
def test_who_left_many_pages_open_is_heard_on_the_newest():
    """All that one web process carries may be of one account: the thirteenth was told to come again, and never did."""
    left = [opened(f"session {number}") for number in range(views.MOST_RELAYED + 3)]
    assert len(views._relays) == views.MOST_RELAYED
    assert list(left[0]) == []
