"""The cache of several machines: a Redis counts as the file of one machine does, and its absence shuts nobody out."""

from __future__ import annotations

import os
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tinhso.kernel.identity import limits
from tinhso.site.shared_cache import SharedCache

SERVER = os.environ.get("TINHSO_TEST_CACHE", "redis://127.0.0.1:6379")


def answers(url):
    host, _, port = url.removeprefix("redis://").partition(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, int(port or 6379))) == 0


@pytest.fixture
def cache():
    if not answers(SERVER):
        pytest.skip(f"no Redis answers at {SERVER}")
    return SharedCache(f"{SERVER}/15", {"KEY_PREFIX": secrets.token_hex(8), "TIMEOUT": 60})


@pytest.fixture
def away():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield SharedCache(f"redis://127.0.0.1:{probe.getsockname()[1]}/0", {})


def test_it_keeps_adds_and_forgets(cache):
    assert cache.add("a", [1, "ô"], 60)
    assert not cache.add("a", 2, 60)
    assert cache.get("a") == [1, "ô"]
    assert cache.touch("a", 60)
    assert (cache.delete("a"), cache.delete("a"), cache.get("a", "none")) == (True, False, "none")
    assert not cache.touch("a", 60)


def test_an_entry_ends_when_it_said(cache):
    assert cache.add("a", 1, 1)
    assert cache.incr("a") == 2
    until = time.monotonic() + 20
    while cache.get("a") is not None and time.monotonic() < until:
        time.sleep(0.1)
    assert cache.add("a", 1, 1)


def test_many_at_once_count_together_and_one_is_first(cache):
    cache.set("n", 0, 60)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: cache.add(f"code {number % 50}", 1, 60), range(400)))
        list(pool.map(lambda _each: cache.incr("n"), range(400)))
    assert (sum(won), cache.get("n")) == (50, 400)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nobody")


def test_limits_are_counted_there(cache, monkeypatch):
    monkeypatch.setattr(limits, "cache", cache)
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.0)
    assert [limits.within("asking", "lan", 3, seconds=60) for _each in range(5)] == [True, True, True, False, False]
    assert limits.within("asking", "minh", 3, seconds=60)


def test_one_that_is_away_shuts_nobody_out(away, monkeypatch, caplog):
    monkeypatch.setattr(limits, "cache", away)
    assert limits.within("asking", "lan", 1, seconds=60)
    assert limits.within("asking", "lan", 1, seconds=60)
    away.set("a", 1)
    assert (away.get("a", "none"), away.add("a", 1), away.delete("a"), away.touch("a")) == ("none", False, False, False)
    assert "did not answer" in caplog.text
