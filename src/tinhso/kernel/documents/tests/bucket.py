"""A bucket of real S3 over HTTP (moto, written by others), and a line to it that can be cut, stalled or spoiled."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

SECRET = "s3cret/with+signs"


@contextmanager
def s3_server():
    """Serve S3 on a free port; return host:port."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield "{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()


def url_of(address: str, bucket: str) -> str:
    return f"s3://us%65r:s3cret%2Fwith%2Bsigns@{address}/{bucket}?region=ap-southeast-1&secure=0"


def client_of(address: str):
    """Another client than ours, to look into the bucket with."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=f"http://{address}",
        aws_access_key_id="user",
        aws_secret_access_key=SECRET,
        region_name="ap-southeast-1",
    )


def make_bucket(address: str, name: str) -> None:
    where = {"LocationConstraint": "ap-southeast-1"}
    client_of(address).create_bucket(Bucket=name, CreateBucketConfiguration=where)


@dataclass
class Line:
    """A TCP proxy on the way to the server."""

    target: str
    cut_after: int = -1
    """Bytes of what the client sends after which everything breaks; -1: never."""
    cut_answer_after: int = -1
    is_stalled: bool = False
    spoil: tuple[bytes, bytes] | None = None
    """What is replaced in answers by something of the same length."""
    answer: bytes = b""
    """Sent instead of asking the server."""
    asked: bytearray = field(default_factory=bytearray)
    """What went to the server."""
    address: str = ""
    open_lines: list[socket.socket] = field(default_factory=list)

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _peer = door.accept()
            except OSError:
                return
            host, port = self.target.split(":")
            server = socket.create_connection((host, int(port)))
            self.open_lines += [caller, server]
            threading.Thread(target=self.carry, args=(caller, server, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(server, caller, False), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket, is_asking: bool) -> None:
        carried = 0
        try:
            while piece := source.recv(65536):
                if self.is_stalled:
                    continue
                if is_asking and self.answer:
                    source.sendall(self.answer)
                    break
                carried += len(piece)
                limit = self.cut_after if is_asking else self.cut_answer_after
                if 0 <= limit < carried:
                    break
                if self.spoil and not is_asking:
                    piece = piece.replace(*self.spoil)
                sink.sendall(piece)
                if is_asking:
                    self.asked += piece
        except OSError:
            pass
        for line in (source, sink):
            line.close()


@contextmanager
def line_to(address: str):
    door = socket.create_server(("127.0.0.1", 0))
    line = Line(address, address="{}:{}".format(*door.getsockname()))
    threading.Thread(target=line.serve, args=(door,), daemon=True).start()
    try:
        yield line
    finally:
        door.close()
        for one in line.open_lines:
            one.close()
