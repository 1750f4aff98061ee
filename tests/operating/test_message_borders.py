"""
Where one request ends and the next begins: nginx as we ship it and our page server never see two where the other sees one.

Every shape by which requests are smuggled (RFC 9112, 6.1 and 11.2) is sent raw to the page server alone and through nginx.
The program behind counts the requests that it was given: of what is refused it sees none, of what is taken exactly one.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.operating import proxy

from tinhso.site.launch.up import ROOT, granian

COUNTER = """
import json, os
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(json.dumps([environ["PATH_INFO"], body.decode("latin-1")]) + "\\n")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
"""
INNER = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = f"0\r\n\r\n{INNER}"


def asked(*heads: str, body: str = "") -> str:
    return "\r\n".join(["POST /told HTTP/1.1", "Host: localhost", *heads, "", body])


SHAPES = {
    "both lengths": asked(f"Content-Length: {len(CHUNKED)}", "Transfer-Encoding: chunked", body=CHUNKED),
    "chunked, then a short length": asked(
        "Transfer-Encoding: chunked", "Content-Length: 4", body=f"2\r\nab\r\n{CHUNKED}"
    ),
    "two lengths": asked("Content-Length: 0", f"Content-Length: {len(INNER)}", body=INNER),
    "a list of lengths": asked(f"Content-Length: 0, {len(INNER)}", body=INNER),
    "a length with a sign": asked(f"Content-Length: +{len(INNER)}", body=INNER),
    "a length below nothing": asked("Content-Length: -1", body=INNER),
    "a length in hexadecimal": asked(f"Content-Length: {len(INNER):#x}", body=INNER),
    "a size that is none": asked("Transfer-Encoding: chunked", body=f"zz\r\n{INNER}"),
    "a size that overflows": asked("Transfer-Encoding: chunked", body=f"10000000000000002\r\nab\r\n{CHUNKED}"),
    "a piece longer than its size": asked("Transfer-Encoding: chunked", body=f"1\r\nabc\r\n{CHUNKED}"),
    "an encoding nobody knows": asked("Transfer-Encoding: xchunked", f"Content-Length: {len(CHUNKED)}", body=CHUNKED),
    "chunked not last": asked("Transfer-Encoding: chunked, identity", body=CHUNKED),
    "chunked twice": asked("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=CHUNKED),
    "a space before the colon": asked("Transfer-Encoding : chunked", f"Content-Length: {len(CHUNKED)}", body=CHUNKED),
    "a folded head": asked("X-A: b", " Transfer-Encoding: chunked", f"Content-Length: {len(CHUNKED)}", body=CHUNKED),
    "a vertical tab before the value": asked(
        "Transfer-Encoding:\x0bchunked", f"Content-Length: {len(CHUNKED)}", body=CHUNKED
    ),
}
WHOLE = {
    "by length": asked("Content-Length: 5", "Connection: close", body="hello"),
    "in pieces": asked("Transfer-Encoding: chunked", "Connection: close", body="3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
}


class Door:
    """A place to speak to, and what the program behind it was given."""

    def __init__(self, ports: dict[str, int], seen: Path) -> None:
        """Keep the ports and the file in which the program counts."""
        self.ports, self.seen = ports, seen

    def say(self, where: str, text: str) -> list[str]:
        """Send raw text over one connection and return the status of each answer until it ends or says no more."""
        self.seen.write_text("")
        with socket.create_connection(("127.0.0.1", self.ports[where]), timeout=5) as plain:
            line: socket.socket = plain
            if where == "nginx":
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                line = context.wrap_socket(plain, server_hostname="localhost")
            line.sendall(text.encode("latin-1"))
            line.settimeout(3)
            heard = b""
            try:
                while part := line.recv(65536):
                    heard += part
            except (TimeoutError, OSError):
                pass
        return [part.split(b" ")[0].decode() for part in heard.split(b"HTTP/1.1 ")[1:]]

    def given(self) -> list[tuple[str, str]]:
        """Return the path and the body of every request that the program was given."""
        return [tuple(json.loads(line)) for line in self.seen.read_text().splitlines()]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("borders")
    (folder / "counter.py").write_text(COUNTER)
    seen = folder / "seen"
    http, https, page = proxy.free_ports(3)
    command = [
        "counter:application" if word == "tinhso.site.wsgi:application" else word
        for word in granian("127.0.0.1", page, 1)
    ]
    assert "counter:application" in command
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT / 'src'}", "SEEN": str(seen)}
    server = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        for _try in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", page)):
                    break
            time.sleep(0.1)
        main = proxy.configure(folder, folder / "run", http, https, (page, page))
        with proxy.serving(main, https):
            yield Door({"page server": page, "nginx": https}, seen)
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize("where", ["page server", "nginx"])
@pytest.mark.parametrize("shape", WHOLE)
def test_a_whole_request_is_given_once(door: Door, where: str, shape: str):
    assert door.say(where, WHOLE[shape]) == ["200"]
    assert door.given() == [("/told", "hello")]


@pytest.mark.parametrize("where", ["page server", "nginx"])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_request_hides_in_another(door: Door, where: str, shape: str):
    answers = door.say(where, SHAPES[shape])
    assert "/hidden" not in [path for path, _body in door.given()], (answers, door.given())
    assert answers[1:] == []
