"""Real services behind a bad line: what is slow or chopped is waited for, what is cut or dead ends in words and in time."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
import uuid
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.faults.toxics import line_to

from tinhso.adapters import amqp
from tinhso.kernel.documents.tests import bucket as storage
from tinhso.site.proof import places
from tinhso.site.settings.base import database
from tinhso.site.shared_cache import SharedCache

REDIS = os.environ.get("TINHSO_TEST_CACHE", "redis://127.0.0.1:6379")
BROKER = os.environ.get("TINHSO_TEST_BROKER", "amqp://guest:guest@127.0.0.1:5672/")
POSTGRESQL = os.environ.get("TINHSO_TEST_DATABASE", "postgresql://127.0.0.1:5432/postgres")
SLOW = [{"latency": 0.1}, {"bandwidth": 20_000}, {"slicer": 1}, {"slow_close": 0.3}]
"""Answers come late or in crumbs, and whole."""
DEAD = [{"timeout": True}, {"reset_peer": True}, {"limit_data": 3}]
"""Answers do not come, or not whole."""


def named(toxic):
    return next(iter(toxic))


@pytest.fixture
def line(request):
    """A line to the service whose URL the test names, or no test where nobody answers."""
    address = urlsplit(request.param)
    host, port = address.hostname or "127.0.0.1", address.port or 0
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((host, port)):
            pytest.skip(f"nobody answers at {host}:{port}")
    with line_to(host, port) as made:
        yield made


def poison(line, toxic):
    for name, value in toxic.items():
        setattr(line, name, value)


@pytest.mark.parametrize("toxic", SLOW, ids=named)
@pytest.mark.parametrize("line", [REDIS], indirect=True)
def test_a_redis_behind_a_slow_line_counts_right(line, toxic):
    cache = SharedCache(f"redis://127.0.0.1:{line.address[1]}/15", {"KEY_PREFIX": secrets.token_hex(8)})
    poison(line, toxic)
    assert cache.add("n", 1, 60)
    assert [cache.incr("n") for _each in range(3)] == [2, 3, 4]


@pytest.mark.parametrize("toxic", DEAD, ids=named)
@pytest.mark.parametrize("line", [REDIS], indirect=True)
def test_a_redis_behind_a_dead_line_shuts_nobody_out_and_counts_on_when_it_lives(line, toxic, monkeypatch):
    monkeypatch.setattr("tinhso.site.shared_cache.SECONDS", 0.5)
    cache = SharedCache(f"redis://127.0.0.1:{line.address[1]}/15", {"KEY_PREFIX": secrets.token_hex(8)})
    assert cache.add("n", 1, 60)
    poison(line, toxic)
    began = time.monotonic()
    assert cache.get("n", "none") == "none"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")
    assert time.monotonic() - began < 20
    poison(line, {"timeout": False, "reset_peer": False, "limit_data": -1})
    # what was asked meanwhile may have arrived: the count goes on from one or two
    assert cache.incr("n") in {2, 3}


@pytest.fixture
def broker(line, monkeypatch):
    monkeypatch.setattr(amqp, "EXCHANGE", f"tinhso.test.{uuid.uuid4().hex}")
    monkeypatch.setattr(amqp, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(amqp, "WHOLE_SECONDS", 2.0)
    made = amqp.AmqpBroker(BROKER.replace(urlsplit(BROKER).netloc.rpartition("@")[2], f"127.0.0.1:{line.address[1]}"))
    yield made
    made.close()


EVENT = [{"type": "vn.tinhso.onestop.x", "id": "1"}]


@pytest.mark.parametrize("toxic", [*SLOW[2:], {"latency": 0.02}], ids=named)
@pytest.mark.parametrize("line", [BROKER], indirect=True)
def test_a_broker_behind_a_slow_line_confirms(line, broker, toxic):
    poison(line, toxic)
    broker.send(EVENT)


@pytest.mark.parametrize("toxic", DEAD, ids=named)
@pytest.mark.parametrize("line", [BROKER], indirect=True)
def test_a_broker_behind_a_line_that_dies_holds_the_worker_no_longer_than_we_say(line, broker, toxic):
    broker.send(EVENT)
    poison(line, toxic)
    began = time.monotonic()
    with pytest.raises(amqp.BrokerAway):
        broker.send(EVENT)
    assert time.monotonic() - began < 20
    poison(line, {"timeout": False, "reset_peer": False, "limit_data": -1})
    broker.send(EVENT)


@pytest.fixture(scope="module")
def s3():
    with storage.s3_server() as address:
        storage.make_bucket(address, "behind-a-line")
        yield address


CONTENT = b"paper " * 20_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def bucket(s3, tmp_path, monkeypatch):
    """A bucket with one content, and a line to it."""
    monkeypatch.setattr(places, "ANSWER_WITHIN", places.timedelta(seconds=3))
    (tmp_path / "content").write_bytes(CONTENT)
    places.Bucket(storage.url_of(s3, "behind-a-line")).put(DIGEST, tmp_path / "content")
    host, _colon, port = s3.partition(":")
    with line_to(host, int(port)) as made:
        yield made, places.Bucket(storage.url_of(f"127.0.0.1:{made.address[1]}", "behind-a-line"))


@pytest.mark.parametrize(
    "toxic", [{"latency": 0.1}, {"bandwidth": 400_000}, {"slicer": 1000}, {"slow_close": 0.3}], ids=named
)
def test_storage_behind_a_slow_line_gives_the_whole(bucket, toxic):
    line, place = bucket
    poison(line, toxic)
    assert b"".join(place.read(DIGEST)) == CONTENT


@pytest.mark.parametrize("toxic", [*DEAD, {"limit_data": 50_000}, {"bandwidth": 100}], ids=named)
def test_storage_behind_a_dead_line_is_away_and_never_half_read(bucket, toxic):
    line, place = bucket
    poison(line, toxic)
    began = time.monotonic()
    with pytest.raises(places.Away):
        b"".join(place.read(DIGEST))
    assert time.monotonic() - began < 30


def postgresql(line):
    parts = urlsplit(POSTGRESQL)
    who = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"postgresql://{who}127.0.0.1:{line.address[1]}{parts.path}?connect_timeout=2"


@pytest.mark.parametrize("toxic", SLOW, ids=named)
@pytest.mark.parametrize("line", [POSTGRESQL], indirect=True)
def test_a_database_behind_a_slow_line_answers_whole(line, toxic):
    poison(line, toxic)
    with psycopg.connect(postgresql(line)) as base:
        assert base.execute("SELECT sum(n) FROM generate_series(1, 300) n").fetchone() == (45150,)


@pytest.mark.parametrize("toxic", DEAD, ids=named)
@pytest.mark.parametrize("line", [POSTGRESQL], indirect=True)
def test_a_database_behind_a_dead_line_is_not_connected_to_for_ever(line, toxic):
    poison(line, toxic)
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgresql(line))
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("line", [POSTGRESQL], indirect=True)
def test_a_database_whose_machine_vanishes_is_noticed_by_the_line_itself(line):
    """The system gives a dead line two hours; ours is asked for every few seconds."""
    options = dict(database("postgresql://h/x")["OPTIONS"])
    del options["pool"]
    with (
        psycopg.connect(postgresql(line), **{**options, "connect_timeout": "2"}) as base,
        socket.socket(fileno=os.dup(base.fileno())) as seen,
    ):
        assert seen.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        asked = [socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT]
        assert [seen.getsockopt(socket.IPPROTO_TCP, name) for name in asked] == [20, 5, 4, 40_000]
