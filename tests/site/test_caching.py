"""The cache that rate limits are counted in: nothing goes before its time, and of two at once each counts."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tinhso.site import caching
from tinhso.site.caching import SqliteCache


@pytest.fixture
def cache(tmp_path):
    made = SqliteCache(str(tmp_path / "cache.sqlite3"), {})
    yield made
    caching._files.pop(str(tmp_path / "cache.sqlite3")).close()


def test_an_entry_stays_however_many_come(cache):
    assert cache.add("used-code", "y", 300)
    for number in range(1000):
        cache.set(f"caller {number}", 1, 300)
    assert cache.get("used-code") == "y"
    assert not cache.add("used-code", "y", 300)


def test_an_entry_ends_when_it_said(cache, monkeypatch):
    now = time.time()
    cache.set("a", [1, "ô"], 60)
    cache.set("b", 1, None)
    monkeypatch.setattr(caching.time, "time", lambda: now + 59)
    assert cache.get("a") == [1, "ô"]
    assert cache.touch("a", 60)
    monkeypatch.setattr(caching.time, "time", lambda: now + 130)
    assert (cache.get("a"), cache.get("a", "none"), cache.get("b")) == (None, "none", 1)
    assert not cache.touch("a", 60)
    assert cache.add("a", 2, 60)
    assert cache.get("a") == 2


def test_counting_keeps_the_end(cache, monkeypatch):
    now = time.time()
    cache.set("n", 1, 60)
    monkeypatch.setattr(caching.time, "time", lambda: now + 59)
    assert cache.incr("n", 4) == 5
    assert cache.decr("n") == 4
    monkeypatch.setattr(caching.time, "time", lambda: now + 61)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nobody")


def test_what_has_ended_is_taken_away(cache, monkeypatch):
    now = time.time()
    for number in range(500):
        cache.set(f"old {number}", number, 60)
    monkeypatch.setattr(caching.time, "time", lambda: now + 61)
    for number in range(caching._SWEEP_EVERY):
        cache.set(f"new {number}", number, 60)
    assert cache._file.run("SELECT count(*) FROM kept WHERE key LIKE '%old%'") == [(0,)]


def test_deleting_and_clearing(cache):
    cache.set_many({"a": True, "b": 2.5})
    assert cache.get_many(["a", "b"]) == {"a": True, "b": 2.5}
    assert (cache.delete("a"), cache.delete("a")) == (True, False)
    cache.clear()
    assert cache.get("b") is None


COUNT = """
import sys
from tinhso.site.caching import SqliteCache
cache = SqliteCache(sys.argv[1], {})
won = sum(cache.add(f"code {number}", 1, 60) for number in range(300))
for number in range(300):
    cache.incr("n")
print(won)
"""


def test_processes_and_threads_count_together(cache, tmp_path):
    cache.set("n", 0, 60)
    path = str(tmp_path / "cache.sqlite3")
    command = [sys.executable, "-c", COUNT, path]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _each in range(3)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _each: cache.incr("n"), range(400)))
    won = sum(int(process.communicate()[0]) for process in running)
    assert won == 300
    assert cache.get("n") == 3 * 300 + 400


def test_a_file_that_cannot_be_written_is_not_counted_in(cache, caplog):
    cache.set("n", 1, 60)
    (pages,) = cache._file.run("PRAGMA page_count")[0]
    cache._file.run(f"PRAGMA max_page_count = {pages}")
    assert not all(cache.add(f"x{number}", "y" * 200, 60) for number in range(200))
    assert "could not be written" in caplog.text
    assert cache.get("n") == 1
