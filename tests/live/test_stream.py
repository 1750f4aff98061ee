"""The live process over real HTTP: who hears what, who comes back, who is dropped. The pages are played by a small server."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import uvicorn

from tinhso.site.addresses import plain
from tinhso.site.live import sources, stream
from tinhso.site.live.asking import Pages
from tinhso.site.live.hub import Hub, Listener
from tinhso.site.live.stream import Limits, Live


class Answers:
    """What the pages say about each cookie."""

    def __init__(self):
        self.by_cookie = {
            "phien=lan": {
                "account": "official:lan",
                "topics": {"work": ["work:H1:reception"], "notices": ["notices:lan"]},
            },
            "phien=ha": {"account": "official:ha", "topics": {"work": ["work:H1:processor"]}},
        }
        self.asked = []

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        self.asked.append((head.split()[1], headers))
        told = self.by_cookie.get(headers.get("cookie", ""))
        if told == "away":
            writer.close()
            return
        body = json.dumps(told or {}).encode()
        status = "200 OK" if told else "401 Unauthorized"
        writer.write(f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(limits=None, *, buffer=None):
    """The live process in this loop, behind a real socket that buffers so many bytes; yields (live, answers, port)."""
    answers = Answers()
    pages = await asyncio.start_server(answers.serve, "127.0.0.1", 0)
    live = Live(Pages(f"http://127.0.0.1:{pages.sockets[0].getsockname()[1]}"), limits=limits)
    door = socket.create_server(("127.0.0.1", 0))
    if buffer:
        # Linux hands both on to the connections
        for side in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            door.setsockopt(socket.SOL_SOCKET, side, buffer)
    config = uvicorn.Config(live, log_level="error", http="h11", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    running = asyncio.create_task(server.serve(sockets=[door]))
    await until(lambda: server.started)
    try:
        yield live, answers, door.getsockname()[1]
    finally:
        server.should_exit = True
        await running
        pages.close()


class Browser:
    """One open stream."""

    def __init__(self, port, cookie="phien=lan", *, last_id="", query="", address="10.0.0.1", buffer=None):
        self.port, self.query, self.buffer = port, query, buffer
        self.headers = {"Host": "x", "Cookie": cookie, "X-Forwarded-For": address}
        if last_id:
            self.headers["Last-Event-ID"] = last_id

    async def __aenter__(self):
        line = socket.socket()
        if self.buffer:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self.port))
        self.reader, self.writer = await asyncio.open_connection(sock=line, limit=self.buffer or 2**16)
        lines = [f"GET /truc-tiep/{self.query} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(head.split()[1])
        self.head = head
        return self

    async def __aexit__(self, *_error):
        self.writer.close()

    async def next(self, within=5.0):
        """Return the next event as a dictionary; None at the end of the stream."""
        async with asyncio.timeout(within):
            while True:
                size = int((await self.reader.readline() or b"0").strip() or b"0", 16)
                if not size:
                    return None
                text = (await self.reader.readexactly(size + 2)).decode()
                for block in filter(None, text.strip("\r\n").split("\n\n")):
                    found = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
                    if found:
                        return found


def run(test):
    """Run a coroutine to its end: in a thread, since playwright leaves a loop of its own in ours."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(asyncio.wait_for(test(), 60))).result()


async def until(true):
    while not true():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.01)


def now():
    return time.time() + 1


def test_each_hears_of_its_own_and_only_how_many():
    async def test():
        async with serving() as (live, _answers, port), Browser(port) as lan, Browser(port, "phien=ha") as ha:
            assert (lan.status, "text/event-stream" in lan.head, "no-store" in lan.head) == (200, True, True)
            assert (await lan.next())["retry"] == "3000"
            await ha.next()
            live.hub.tell("work:H1:processor", now())
            live.hub.tell("work:H1:reception", now())
            live.hub.tell("notices:lan", now())
            assert {(one["event"], one["data"]) for one in (await lan.next(),)} <= {("notices", "1"), ("work", "1")}
            told = await ha.next()
            assert (told["event"], told["data"]) == ("work", "1")
            assert set(told) == {"event", "data", "id"}, "no name, no content"

    run(test)


def test_who_comes_back_hears_what_was_missed_and_no_more():
    async def test():
        async with serving() as (live, _answers, port):
            async with Browser(port) as lan:
                await lan.next()
                live.hub.tell("work:H1:reception", now())
                last = (await lan.next())["id"]
            live.hub.tell("work:H1:reception", now())
            live.hub.tell("work:H1:processor", now())
            live.hub.tell("work:H1:reception", now())
            async with Browser(port, last_id=last) as lan:
                await lan.next()
                assert (await lan.next())["data"] == "2"
            for stale in ("0123abcd-1", "nonsense", f"{last.partition('-')[0]}-999999999999999999"):
                async with Browser(port, last_id=stale) as lan:
                    await lan.next()
                    assert (await lan.next())["data"] == "0", "nobody knows: look again"

    run(test)


def test_what_the_page_shows_already_is_not_told():
    async def test():
        async with serving() as (live, _answers, port):
            made = time.time() + 5
            async with Browser(port, query=f"?tu={int(made * 1000)}") as lan:
                await lan.next()
                live.hub.tell("work:H1:reception", made - 1)
                live.hub.tell("work:H1:reception", made + 1)
                assert (await lan.next())["data"] == "1"
            live.hub.tell("work:H1:reception", made + 2)
            async with Browser(port, query=f"?tu={int(made * 1000)}") as lan:
                await lan.next()
                assert (await lan.next())["data"] == "2", "between the making of the page and its connection"

    run(test)


def test_nobody_without_a_session_gets_a_stream():
    async def test():
        async with serving() as (live, _answers, port), Browser(port, "phien=gone") as nobody:
            assert nobody.status == 204
            assert not live.addresses

    run(test)


def test_the_pages_are_asked_with_the_cookie_and_no_renewal():
    async def test():
        async with serving() as (_live, answers, port), Browser(port, query="?ho-so=H1-260101-0001"):
            [(path, headers)] = answers.asked
            assert path == "/truc-tiep/quyen/?ho-so=H1-260101-0001"
            assert (headers["cookie"], headers["X-Passive"], headers["X-Forwarded-For"]) == (
                "phien=lan",
                "1",
                "10.0.0.1",
            )
        async with serving() as (_live, answers, port), Browser(port, query="?ho-so=Y90.1/2026-000004"):
            assert answers.asked[0][0].endswith("?ho-so=Y90.1/2026-000004"), "some provinces' codes have a stroke"
        async with serving() as (_live, answers, port), Browser(port, query="?ho-so=a%0d%0aX-Evil:1"):
            assert answers.asked[0][0].endswith("?ho-so="), "nothing that is not a code goes further"

    run(test)


def test_a_session_that_ends_ends_the_stream(monkeypatch):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.2)

    async def test():
        async with serving() as (live, answers, port), Browser(port) as lan:
            await lan.next()
            answers.by_cookie.pop("phien=lan")
            assert (await lan.next())["event"] == "end"
            assert await lan.next() is None
            await until(lambda: not live.accounts and not live.addresses and not live.hub.listeners)

    run(test)


def test_a_process_that_stops_ends_its_streams_in_order():
    async def test():
        async with serving() as (live, _answers, port), Browser(port) as lan:
            await lan.next()
            live.end()
            assert await lan.next() is None, "no end is said: the browser comes again"

    run(test)


def test_a_permission_that_is_lost_silences_its_topic_and_leaves_the_others(monkeypatch):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.2)

    async def test():
        async with serving() as (live, answers, port), Browser(port) as lan:
            await lan.next()
            answers.by_cookie["phien=lan"]["topics"].pop("work")
            await until(lambda: "work:H1:reception" not in live.hub.listeners)
            live.hub.tell("work:H1:reception", now())
            live.hub.tell("notices:lan", now())
            assert (await lan.next())["event"] == "notices"

    run(test)


def test_pages_that_do_not_answer_end_the_stream_and_let_nobody_in(monkeypatch):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.2)
    monkeypatch.setattr(stream, "AGAIN_SECONDS", 0.1)

    async def test():
        async with serving() as (_live, answers, port), Browser(port) as lan:
            await lan.next()
            answers.by_cookie["phien=lan"] = "away"
            assert await lan.next() is None, "no end is said: a browser tries again"
            async with Browser(port) as again:
                assert again.status == 503

    run(test)


def test_an_account_and_an_address_have_only_so_many_lines():
    async def test():
        limits = Limits(per_account=2, per_address=3)
        async with (
            serving(limits) as (_live, _answers, port),
            Browser(port, address="10.0.0.1") as one,
            Browser(port, address="10.0.0.2") as two,
            Browser(port, address="10.0.0.3") as three,
            Browser(port, "phien=ha", address="10.0.0.1") as four,
            Browser(port, "phien=ha", address="10.0.0.1") as five,
            Browser(port, "phien=ha", address="10.0.0.1") as six,
        ):
            assert [one.status, two.status, three.status, four.status, five.status, six.status] == [
                200, 200, 429, 200, 200, 429,
            ]  # fmt: skip

    run(test)


def test_a_reader_who_takes_nothing_is_dropped(monkeypatch):
    monkeypatch.setattr(stream, "SLOW_SECONDS", 0.2)
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.0)

    async def test():
        # the buffers of a connection hold megabytes of signs of life: minutes on a busy machine
        async with serving(buffer=4096) as (live, _answers, port), Browser(port, buffer=4096):
            await until(lambda: live.accounts)
            await until(lambda: not live.accounts)

    run(test)


def test_what_waits_for_a_slow_reader_is_one_number_a_topic():
    hub = Hub()
    listener = Listener({"work": frozenset({"a", "b"})}, 0.0)
    hub.add(listener, hub.last_id)
    for _ in range(1000):
        hub.tell("a", 1.0)
        hub.tell("c", 1.0)
    assert listener.take() == {"work": 1000}
    hub.lose()
    hub.tell("a", 1.0)
    assert listener.take() == {"work": 0}
    hub.remove(listener)
    hub.remove(listener)
    assert hub.listeners == {}


def test_the_socket_carries_changes_and_what_is_not_ours_is_as_good_as_lost(tmp_path):
    async def test():
        hub, where = Hub(), str(sources.socket_in(tmp_path))
        listener = Listener({"work": frozenset({"work:a"})}, 0.0)
        hub.add(listener, hub.last_id)
        listening = asyncio.create_task(sources.listen(hub, where, ""))
        await until(lambda: listener.waiting)
        assert listener.take() == {"work": 0}, "what came before nobody heard"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(json.dumps([["work:a", 1.0], ["work:b", 1.0]]).encode(), where)
            await until(lambda: listener.waiting)
            assert listener.take() == {"work": 1}
            line.sendto(b"[1]", where)
            await until(lambda: listener.waiting)
            assert listener.take() == {"work": 0}
        listening.cancel()

    run(test)


def test_the_process_imports_neither_django_nor_our_modules():
    code = (
        "import sys; import tinhso.site.launch.live, tinhso.site.live.stream, tinhso.site.live.sources;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg', 'redis')"
        " or name.startswith(('tinhso.kernel', 'tinhso.modules'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["redis", "postgresql"])
def test_a_redis_and_a_postgresql_carry_changes(kind):
    """Real servers of this machine; skipped where none answers."""
    where = {
        "redis": os.environ.get("TINHSO_TEST_CACHE", "redis://127.0.0.1:6379"),
        "postgresql": os.environ.get("TINHSO_TEST_LIVE", "postgresql://127.0.0.1:5432/postgres?transaction_pooling=1"),
    }[kind]
    publish = {"redis": publish_by_redis, "postgresql": publish_by_postgresql}[kind]
    channel = f"tinhso_live_test_{uuid4().hex[:8]}"
    try:
        publish(where, channel, "[]")
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        pytest.skip(f"no {kind} here: {error}")

    async def test():
        hub = Hub()
        listener = Listener({"work": frozenset({"work:a"})}, 0.0)
        hub.add(listener, hub.last_id)
        listening = asyncio.create_task(sources.listen(hub, where, channel))
        await until(lambda: listener.waiting)
        assert listener.take() == {"work": 0}, "what came before nobody heard"
        await asyncio.to_thread(publish, where, channel, json.dumps([["work:a", 1.0], ["work:b", 1.0]]))
        await until(lambda: listener.waiting)
        assert listener.take() == {"work": 1}
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    run(test)


def publish_by_redis(where, channel, message):
    from redis import Redis

    with Redis.from_url(where, socket_connect_timeout=1) as server:
        server.publish(channel, message)


def publish_by_postgresql(where, channel, message):
    import psycopg

    with psycopg.connect(plain(where), autocommit=True, connect_timeout=1) as line:
        line.execute("SELECT pg_notify(%s, %s)", [channel, message])
