"""Posting to a system of somebody else, which may be slow or send without end: it takes as long as we say, no longer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


def post(url: str, *, timeout: Any, seconds: float, most_bytes: int, **given: Any) -> httpx.Response:
    """
    Post, and return the whole answer: within `seconds` in all, finding the address too, and of `most_bytes` at most.

    `timeout` is httpx's, for each piece; `given` is what else its `post` takes. Raises httpx.HTTPError, httpx.InvalidURL.
    """
    import httpx  # half a second of a process that may never have to tell anybody anything

    # a time limit of httpx is for each piece, and none holds for the look-up of a name: another thread waits for those
    call = _Call(lambda trace: _read(url, timeout, most_bytes, {**given, "extensions": {"trace": trace}}))
    call.start()
    call.join(seconds)
    if call.is_alive():
        call.cut()
        raise httpx.ReadTimeout("the answer does not come to an end")
    if call.fault:
        raise call.fault
    assert call.answer is not None
    return call.answer


def _read(url: str, timeout: Any, most_bytes: int, given: dict[str, Any]) -> httpx.Response:
    import httpx

    with httpx.Client(timeout=timeout) as client, client.stream("POST", url, **given) as response:
        content = b""
        for piece in response.iter_bytes(8192):
            content += piece
            if len(content) > most_bytes:
                raise httpx.ReadError("the answer is too long", request=response.request)
    return httpx.Response(response.status_code, content=content, request=response.request)


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
