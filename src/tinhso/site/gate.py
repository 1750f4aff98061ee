"""
A web process works on few requests at once; who comes beside them waits a little, and is then told when to come again.

More at once is not more done: the cores and the database are shared, and each waits longer for the other. Without a gate a
rush makes everybody wait until their browser gives up, and the work done for them is lost. Nothing was begun for whoever is
turned away, so that sending the same again is safe.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from http import HTTPStatus
from threading import Event, Lock
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.problems import MEDIA_TYPE, problem_of
from tinhso.site.threads import SPARE, THREADS
from tinhso.site.watch.counting import count

type Start = Callable[..., Any]
type Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

ALWAYS_OPEN = frozenset({"/suc-khoe/", "/healthz", "/readyz", "/metrics", "/truc-tiep/quyen/"})
"""
Who asks how we are must hear it when there is a rush. The last is asked by the live process while a stream that this process
carries holds a place and waits for it: with all places held so, nobody would ever be answered. It asks for few at once.
"""
COME_AGAIN_SECONDS = 5
TITLE = _("Many people are here just now")


class Crowded(Refusal):
    """There is a rush: nothing was begun."""

    code = "site.crowded"
    text = _("Nothing was done with what you sent. Wait a few seconds, then send it again.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Places:
    """So many places, and a line before them: who came first is next, and who finds the line too long does not join it."""

    def __init__(self, places: int, *, most_waiting: int) -> None:
        """Begin with all places free."""
        self._free, self._most_waiting = places, most_waiting
        self._line: deque[Event] = deque()
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """Return how many stand in line."""
        return len(self._line)

    def take(self, patience_seconds: float) -> bool:
        """Take a place, if need be after a wait; tell whether there was one."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._line) >= self._most_waiting:
                return False
            my_turn = Event()
            self._line.append(my_turn)
        if my_turn.wait(patience_seconds):
            return True
        with self._lock:
            if my_turn.is_set():  # in the last moment
                return True
            self._line.remove(my_turn)
            return False

    def give_back(self) -> None:
        """Hand the place to whoever is next."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


class Gate:
    """The application behind a gate with so many places."""

    def __init__(self, application: Application, *, places: int, patience_seconds: float) -> None:
        """Let `places` in at once; the others wait up to `patience_seconds`, as long as there are threads to wait in."""
        self.application = application
        self.patience_seconds = patience_seconds
        self._places = Places(places, most_waiting=max(1, THREADS - SPARE - places))
        self._page, self._problem = _page(), _problem()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer, or say that there is a rush (503 with Retry-After)."""
        path = environ.get("PATH_INFO", "")
        if path in ALWAYS_OPEN:
            return self.application(environ, start_response)
        if not self._places.take(self.patience_seconds):
            return self._turn_away(path, start_response)
        try:
            return self.application(environ, start_response)
        finally:
            self._places.give_back()

    def _turn_away(self, path: str, start_response: Start) -> Iterable[bytes]:
        is_api = path.startswith("/api/")
        count("tinhso_turned_away_total", asked_by="program" if is_api else "person")
        body = self._problem if is_api else self._page
        start_response(
            f"{HTTPStatus.SERVICE_UNAVAILABLE.value} {HTTPStatus.SERVICE_UNAVAILABLE.phrase}",
            [
                ("Content-Type", MEDIA_TYPE if is_api else "text/html; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Retry-After", str(COME_AGAIN_SECONDS)),
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", "default-src 'none'"),
            ],
        )
        return [body]


def _said(language: str) -> tuple[str, str]:
    with override(language):
        return str(TITLE), str(Crowded())


def _page() -> bytes:
    """Return a page in both languages, made once: in a rush nothing is looked up."""
    parts = [
        f'<div lang="{language}"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>'
        for language, (title, text) in ((language, _said(language)) for language in ("vi", "en"))
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    title = escape(_said("vi")[0])
    return f'<!doctype html><html lang="vi">{head}<title>{title}</title>{"".join(parts)}</html>'.encode()


def _problem() -> bytes:
    with override("vi"):
        return json.dumps(problem_of(Crowded()), ensure_ascii=False).encode()
