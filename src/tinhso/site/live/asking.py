"""Asking the pages, over HTTP on this machine and with the browser's own cookie, what it may hear of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from tinhso.site.live.hub import Topics

SECONDS = 5.0
AT_ONCE = 16
_LONGEST = 256 * 1024
PATH = "/truc-tiep/quyen/"
CARRIED = ("cookie", "host", "x-forwarded-proto", "user-agent")


@dataclass(frozen=True, slots=True)
class Heard:
    """Who it is and what they may hear of."""

    account: str
    topics: Topics


class Refused(Exception):  # noqa: N818 - an answer
    """Nobody is signed in, or they may hear of nothing."""


class NoAnswer(Exception):  # noqa: N818 - an answer
    """The pages did not answer, or not as they should."""


class Pages:
    """The web that knows sessions and permissions."""

    def __init__(self, url: str) -> None:
        """Take its address: `http://host:port`."""
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self._places = asyncio.Semaphore(AT_ONCE)

    async def ask(self, headers: Mapping[str, str], address: str, about: str) -> Heard:
        """Ask for one browser. Raises Refused, NoAnswer."""
        try:
            async with asyncio.timeout(SECONDS), self._places:
                status, body = await self._get(headers, address, about)
        except (OSError, ValueError, LookupError, TimeoutError) as error:
            raise NoAnswer from error
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise Refused
        if status != HTTPStatus.OK:
            raise NoAnswer
        try:
            told = json.loads(body)
            topics = {str(key): frozenset(map(str, names)) for key, names in told["topics"].items()}
            return Heard(str(told["account"]), topics)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoAnswer from error

    async def _get(self, headers: Mapping[str, str], address: str, about: str) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=_LONGEST)
        try:
            lines = [f"GET {PATH}?ho-so={about} HTTP/1.0", "Accept: application/json", f"X-Forwarded-For: {address}"]
            # a page that waits is not its reader at work: the session is not made longer
            lines += ["X-Passive: 1", *(f"{name}: {headers[name]}" for name in CARRIED if name in headers)]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            await writer.drain()
            answer = await reader.read(_LONGEST)
            while more := await reader.read(_LONGEST):
                answer += more
                if len(answer) > _LONGEST:
                    raise ValueError("too long")
        finally:
            writer.close()
        head, _blank, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body
