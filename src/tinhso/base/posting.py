"""
Asking a system of somebody else, which may be slow or send without end: it takes as long as we say, no longer.

`ask` and `post` for whatever speaks HTTP; `Cut` for a library that opens a connection of its own.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import httpx


_OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def post(url: str, *, timeout: Any, seconds: float, most_bytes: int, **given: Any) -> httpx.Response:
    """Post as `ask` does."""
    return ask("POST", url, timeout=timeout, seconds=seconds, most_bytes=most_bytes, **given)


def ask(method: str, url: str, *, timeout: Any, seconds: float, most_bytes: int, **given: Any) -> httpx.Response:
    """
    Ask, and return the whole answer: within `seconds` in all, finding the address too, and of `most_bytes` at most.

    `timeout` is httpx's, for each piece; `given` is what else its `request` takes. Nobody is sent on to another address.
    Raises httpx.HTTPError, httpx.InvalidURL.
    """
    import httpx  # half a second of a process that may never have to tell anybody anything

    # a time limit of httpx is for each piece, and none holds for the look-up of a name: another thread waits for those
    call = _Call(lambda trace: _read(method, url, timeout, most_bytes, {**given, "extensions": {"trace": trace}}))
    call.start()
    call.join(seconds)
    if call.is_alive():
        call.cut()
        raise httpx.ReadTimeout("the answer does not come to an end")
    if call.fault:
        raise call.fault
    assert call.answer is not None
    return call.answer


def _read(method: str, url: str, timeout: Any, most_bytes: int, given: dict[str, Any]) -> httpx.Response:
    import httpx

    # as it is: a packed answer of one kilobyte unpacks to a gigabyte before anybody can count it
    headers = {**given.pop("headers", {}), "Accept-Encoding": "identity"}
    with httpx.Client(timeout=timeout) as client, client.stream(method, url, headers=headers, **given) as response:
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise httpx.DecodingError("the answer is packed, which it was not to be", request=response.request)
        content = b""
        for piece in response.iter_raw(8192):
            content += piece
            if len(content) > most_bytes:
                raise httpx.ReadError("the answer is too long", request=response.request)
    heads = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_WAY]
    return httpx.Response(response.status_code, headers=heads, content=content, request=response.request)


class _Call(threading.Thread):
    """One question in hand. A daemon: the process need not wait for what nobody waits for any more."""

    def __init__(self, ask: Callable[[Callable[[str, Any], None]], httpx.Response]) -> None:
        super().__init__(name="post", daemon=True)
        self._ask = ask
        self._socket: socket.socket | None = None
        self._is_cut = False
        self.answer: httpx.Response | None = None
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self.answer = self._ask(self._note)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the one who waits raises it
            self.fault = fault

    def cut(self) -> None:
        """Shut the connection, so that whoever reads from it ends at once."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _note(self, event: str, info: Any) -> None:
        """Take the connection as it is made, and again when it is encrypted."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_cut:
                self.cut()


class Cut:
    """
    Shuts a connection after so many seconds, whoever reads from it or writes to it then. Use it in a `with`.

    For libraries whose time limits are for each piece: `watch` the socket as soon as it is connected, before it is encrypted.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_over = False
        """The time was over before the work was."""

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        with self._lock:
            for line in self._watched:
                line.close()
            self._watched = []

    def watch(self, line: socket.socket) -> None:
        """Take a connected socket; encryption may take it over, it is the same connection."""
        with self._lock:
            # by number: a line that is encrypted already does not lend itself to be doubled otherwise
            self._watched.append(socket.socket(fileno=os.dup(line.fileno())))
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            for line in self._watched:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
