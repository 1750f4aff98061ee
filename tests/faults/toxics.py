"""A line to a real service that can be made slow, narrow, chopped, cut or dead: what toxiproxy calls toxics, by the same names."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Toxics:
    """What is wrong with the line; changed at any moment, for what passes from then on. It holds for answers."""

    latency: float = 0.0
    """Seconds that each piece is kept back."""
    bandwidth: int = 0
    """Bytes a second; 0: all."""
    slicer: int = 0
    """Pieces are cut into so many bytes each; 0: as they come."""
    slow_close: float = 0.0
    """Seconds after which the end is passed on."""
    timeout: bool = False
    """Nothing passes any more, and nothing is closed."""
    reset_peer: bool = False
    """The next piece is not passed on: the line ends with a reset."""
    limit_data: int = -1
    """Bytes after which the line is closed; -1: none."""
    address: tuple[str, int] = ("", 0)
    lines: list[socket.socket] = field(default_factory=list)

    def carry(self, source: socket.socket, sink: socket.socket, *, is_answer: bool) -> None:
        """Pass on what comes until it ends."""
        passed = 0
        with suppress(OSError):
            while piece := source.recv(65536):
                while self.timeout:
                    time.sleep(0.02)
                if not is_answer:
                    sink.sendall(piece)
                    continue
                if self.reset_peer:
                    sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
                time.sleep(self.latency)
                left = piece if self.limit_data < 0 else piece[: max(self.limit_data - passed, 0)]
                self._slowly(left, sink)
                passed += len(left)
                if len(left) < len(piece):
                    break
        if is_answer:
            time.sleep(self.slow_close)
        for line in (source, sink):
            with suppress(OSError):
                line.close()

    def _slowly(self, piece: bytes, sink: socket.socket) -> None:
        size = self.slicer or max(self.bandwidth // 20, 1 if self.bandwidth else 0) or len(piece) or 1
        for begin in range(0, len(piece), size):
            part = piece[begin : begin + size]
            sink.sendall(part)
            if self.bandwidth:
                time.sleep(len(part) / self.bandwidth)


@contextmanager
def line_to(host: str, port: int) -> Iterator[Toxics]:
    """Serve a line to that service on a port of this machine."""
    door = socket.create_server(("127.0.0.1", 0))
    toxics = Toxics(address=door.getsockname())

    def serve() -> None:
        while True:
            try:
                caller, _who = door.accept()
            except OSError:
                return
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            service = socket.create_connection((host, port))
            toxics.lines += [caller, service]
            for source, sink, is_answer in ((caller, service, False), (service, caller, True)):
                threading.Thread(
                    target=toxics.carry, args=(source, sink), kwargs={"is_answer": is_answer}, daemon=True
                ).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield toxics
    finally:
        toxics.timeout = False
        door.close()
        for line in toxics.lines:
            with suppress(OSError):
                line.close()
