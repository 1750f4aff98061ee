"""Servers that behave as badly as a network can: silent, trickling, resetting, hanging up half way."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


def silent(line: socket.socket, stop: threading.Event) -> None:
    """Take everything, say nothing."""
    line.settimeout(0.1)
    while not stop.is_set():
        with suppress(TimeoutError):
            if not line.recv(65536):
                return


def trickling(line: socket.socket, stop: threading.Event) -> None:
    """Begin to answer, then one byte at a time, for ever."""
    line.sendall(ANSWER)
    while not stop.wait(0.1):
        line.sendall(b" ")


def dripping(line: socket.socket, stop: threading.Event) -> None:
    """Answer in no protocol at all, one byte at a time, for ever."""
    while not stop.wait(0.1):
        line.sendall(b"2")


def endless(line: socket.socket, stop: threading.Event) -> None:
    """Answer as fast as the line takes it, for ever."""
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not stop.is_set():
        line.sendall(b" " * 65536)


def packed(line: socket.socket, stop: threading.Event) -> None:
    """Answer in brief what unpacks to sixteen megabytes, asked to or not."""
    body = gzip.compress(b" " * (16 << 20))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    line.sendall(head.encode() + body)
    stop.wait(5)


def endless_head(line: socket.socket, stop: threading.Event) -> None:
    """Begin to answer, and say one header after the other."""
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stop.wait(0.1):
        line.sendall(b"X-More: yes\r\n")


def resetting(line: socket.socket, _stop: threading.Event) -> None:
    """Hang up in the middle of an answer, with a reset."""
    line.recv(100)
    line.sendall(ANSWER[:40])
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_open(line: socket.socket, stop: threading.Event) -> None:
    """Say that no more will come, and stay."""
    line.shutdown(socket.SHUT_WR)
    silent(line, stop)


def rubbish(line: socket.socket, _stop: threading.Event) -> None:
    """Answer something else."""
    line.recv(100)
    line.sendall(b"\xff\xfe\x00garbage\r\n\r\n" * 10)


def dripping_later(line: socket.socket, stop: threading.Event) -> None:
    """Greet as SMTP does, then one byte at a time, for ever."""
    line.sendall(b"220 mail\r\n")
    line.recv(100)
    dripping(line, stop)


def endless_help(line: socket.socket, stop: threading.Event) -> None:
    """Greet as SMTP does, and go on greeting: every line says that another comes."""
    while not stop.wait(0.01):
        line.sendall(b"220-mail\r\n")


def rude_goodbye(line: socket.socket, _stop: threading.Event) -> None:
    """Take mails as SMTP does, and answer the goodbye with an error."""
    line.sendall(b"220 mail\r\n")
    with line.makefile("rb") as words:
        for word in words:
            if word.lower().startswith(b"data"):
                line.sendall(b"354 go on\r\n")
                while words.readline() != b".\r\n":
                    pass
            line.sendall(b"421 no\r\n" if word.lower().startswith(b"quit") else b"250 ok\r\n")


@contextmanager
def server(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Serve every connection so; return the port."""
    stop = threading.Event()

    def one(line: socket.socket) -> None:
        with suppress(OSError), line:
            behave(line, stop)

    def serve(listening: socket.socket) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                line, _who = listening.accept()
                threading.Thread(target=one, args=[line], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        thread = threading.Thread(target=serve, args=[listening], daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()
