"""Hundreds of browsers keep a connection open and say nothing: whoever comes next is answered all the same."""

from __future__ import annotations

import select
import socket

import httpx
import pytest
from django.db import connection  # noqa: F401 - read by skipif
from tests.faults.tree import Tree
from tests.snapshot import province, snapshots, with_province, write_sqlite  # noqa: F401 - lent to the tests here

pytestmark = with_province
BROWSERS = 400
ASK = b"GET /suc-khoe/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


def idle(port: int) -> socket.socket:
    """Return a connection that asked once, was answered, and stays."""
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.sendall(ASK)
    told = b""
    while b"\r\n\r\n" not in told:
        told += made.recv(4096)
    assert told.startswith(b"HTTP/1.1 200")
    return made


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the site that is asked stands on a file")
@pytest.mark.django_db(transaction=True)
def test_who_comes_last_is_answered_while_the_others_stay(tmp_path):
    write_sqlite(tmp_path / "tinhso.sqlite3")
    with Tree(tmp_path, "only-for-tests-" + "x" * 40) as tree:
        open_ones = [idle(tree.port) for _browser in range(BROWSERS)]
        for made in open_ones:
            made.setblocking(False)
        assert httpx.get(f"{tree.address}/suc-khoe/", timeout=30).status_code == 200
        # nobody had to go for it: a connection that its server closed could be read to its end
        for made in open_ones:
            if readable(made):
                assert made.recv(4096), "the server closed a connection"
        for made in open_ones:
            made.close()


def readable(made: socket.socket) -> bool:
    """Tell whether there is something to read, or the end."""
    return bool(select.select([made], [], [], 0)[0])
