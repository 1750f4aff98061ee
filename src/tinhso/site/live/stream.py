"""
The door of the live process (ASGI): `GET /truc-tiep/` is a stream of server-sent events (HTML Living Standard §9.2).

    event: work          a topic
    data: 2              how many changes since this page was told last; 0: not known, look again
    id: 3f2a…-118        sent back as Last-Event-ID by a browser that lost its connection

`event: end` says that the session is over: the browser does not come back.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from tinhso.site.live.asking import Heard, NoAnswer, Pages, Refused
from tinhso.site.live.hub import Hub, Listener

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Source = Callable[[Hub], Coroutine[Any, Any, None]]

PATH = "/truc-tiep/"
ALIVE_SECONDS = 20.0
CHECK_SECONDS = 60.0
AGAIN_SECONDS = 5.0
"""When the pages do not answer they are asked once more after this, then the stream ends."""
SLOW_SECONDS = 10.0
"""A reader who takes nothing for so long is dropped."""
RETRY_MS = 3000
_CODE = re.compile(r"[\w./\-]{1,100}", re.ASCII)
"""A dossier's code as provinces make them; nothing that could end a line of a request."""
_HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many open streams there may be."""

    per_account: int = 12
    per_address: int = 400
    in_all: int = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    headers: dict[str, str]
    address: str
    about: str
    """The code of the dossier that the page shows, or nothing."""
    since: float


class Live:
    """The application."""

    def __init__(self, pages: Pages, *, source: Source | None = None, limits: Limits | None = None) -> None:
        """Ask `pages` who may hear; `source` feeds the hub for as long as the process runs."""
        self.pages, self.source, self.limits = pages, source, limits or Limits()
        self.hub = Hub()
        self.accounts: Counter[str] = Counter()
        self.addresses: Counter[str] = Counter()
        self.is_ending = False

    def end(self) -> None:
        """End every stream in order: the process is about to stop, the browsers come again."""
        self.is_ending = True
        for some in self.hub.listeners.values():
            for listener in some:
                listener.woken.set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        feeding = asyncio.create_task(self.source(self.hub)) if self.source else None
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if feeding:
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await _say(send, HTTPStatus.OK)
        elif scope["path"] != PATH:
            await _say(send, HTTPStatus.NOT_FOUND)
        elif scope["method"] != "GET":
            await _say(send, HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            await self._stream(asked_in(scope), receive, send)

    async def _stream(self, asked: Asked, receive: Receive, send: Send) -> None:
        lines = self.addresses
        if lines[asked.address] >= self.limits.per_address or lines.total() >= self.limits.in_all:
            await _say(send, HTTPStatus.TOO_MANY_REQUESTS)
            return
        lines[asked.address] += 1
        try:
            heard = await self.pages.ask(asked.headers, asked.address, asked.about)
            await self._serve(asked, heard, receive, send)
        except Refused:
            await _say(send, HTTPStatus.NO_CONTENT)
        except NoAnswer:
            await _say(send, HTTPStatus.SERVICE_UNAVAILABLE)
        finally:
            _leave(lines, asked.address)

    async def _serve(self, asked: Asked, heard: Heard, receive: Receive, send: Send) -> None:
        if self.accounts[heard.account] >= self.limits.per_account:
            await _say(send, HTTPStatus.TOO_MANY_REQUESTS)
            return
        self.accounts[heard.account] += 1
        serving = asyncio.create_task(_Stream(self, asked, heard, send).run())
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            _leave(self.accounts, heard.account)
            for task in (serving, leaving):
                task.cancel()
            await asyncio.gather(serving, leaving, return_exceptions=True)


class _Stream:
    """One open stream."""

    def __init__(self, live: Live, asked: Asked, heard: Heard, send: Send) -> None:
        self.live, self.asked, self.send = live, asked, send
        self.account = heard.account
        self.listener = Listener(heard.topics, asked.since)

    async def run(self) -> None:
        """Tell what changes until the session, the reader or their patience ends."""
        hub = self.live.hub
        hub.add(self.listener, self.asked.headers.get("last-event-id", ""))
        try:
            await self.send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": _HEAD})
            await self._write(f"retry: {RETRY_MS}\nid: {hub.last_id}\n\n")
            # without an "end" the browser comes again: nobody knows whether they may still hear
            with suppress(NoAnswer):
                await self._tell()
                if not self.live.is_ending:
                    await self._write("event: end\ndata: 0\n\n")
            await self.send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            return  # too slow: uvicorn breaks the connection off
        finally:
            hub.remove(self.listener)

    async def _tell(self) -> None:
        check_at = time.monotonic() + _spread(CHECK_SECONDS)
        while True:
            patience = min(ALIVE_SECONDS, max(0.0, check_at - time.monotonic()))
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self.listener.woken.wait()
            if self.live.is_ending:
                return
            if time.monotonic() >= check_at:
                if not await self._may_still_hear():
                    return
                check_at = time.monotonic() + _spread(CHECK_SECONDS)
            told = self.listener.take()
            number = self.live.hub.last_id
            events = (f"event: {topic}\ndata: {count}\nid: {number}\n\n" for topic, count in sorted(told.items()))
            await self._write("".join(events) or ": \n\n")

    async def _may_still_hear(self) -> bool:
        """Ask again; what may be heard no more is silent from now on. Raises NoAnswer."""
        try:
            heard = await self._ask()
        except Refused:
            return False
        if heard.account != self.account:
            return False
        if heard.topics != self.listener.topics:
            hub, before = self.live.hub, self.listener
            hub.remove(before)
            waiting = {topic: count for topic, count in before.waiting.items() if topic in heard.topics}
            self.listener = Listener(heard.topics, time.time(), waiting)
            hub.add(self.listener, hub.last_id)
        return True

    async def _ask(self) -> Heard:
        asked = self.asked
        try:
            return await self.live.pages.ask(asked.headers, asked.address, asked.about)
        except NoAnswer:
            await asyncio.sleep(AGAIN_SECONDS)
            return await self.live.pages.ask(asked.headers, asked.address, asked.about)

    async def _write(self, text: str) -> None:
        async with asyncio.timeout(SLOW_SECONDS):
            await self.send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def asked_in(scope: Message) -> Asked:
    """Read a request. Who speaks from this machine is a proxy of ours, and names the reader's address."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    peer = (scope.get("client") or ("", 0))[0]
    if peer in {"127.0.0.1", "::1", ""}:
        peer = headers.get("x-forwarded-for", peer).rpartition(",")[2].strip()
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    about = query.get("ho-so", [""])[-1]
    since = query.get("tu", [""])[-1]
    return Asked(
        headers=headers,
        address=peer if re.fullmatch(r"[0-9a-fA-F.:]{0,45}", peer) else "",
        about=about if _CODE.fullmatch(about) else "",
        since=int(since) / 1000 if since.isdecimal() and len(since) < 16 else time.time(),  # noqa: PLR2004 - milliseconds
    )


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: HTTPStatus) -> None:
    headers = [(b"cache-control", b"no-store"), (b"content-length", b"0")]
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers.append((b"retry-after", b"10"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _leave(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]


def _spread(seconds: float) -> float:
    return seconds * random.uniform(0.9, 1.0)  # noqa: S311 - spread, not secrecy
