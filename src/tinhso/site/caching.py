"""
The cache of one machine: a small SQLite file beside the database, shared by all processes that use the data folder.

Rate limits are counted here, so nothing goes before its time: an entry ends when it said it would, never because others
came. Counting is one statement and exact, also between processes. Nothing waits for the disk (WAL, `synchronous=NORMAL`):
after a power cut the last moments may be missing, the file is whole.
"""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value, until REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_until ON kept (until) WHERE until IS NOT NULL;
"""
_SWEEP_EVERY: Final = 200
_SWEEP_MOST: Final = 2000
"""Entries that have ended are taken away by the writers: more at a time than came since the last time."""
_BUSY_SECONDS: Final = 5

_log = logging.getLogger(__name__)


class _File:
    """One connection of this process, used by one thread at a time: an operation takes some 20 µs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.process = 0
        self.writes = 0
        self.connections: list[sqlite3.Connection] = []

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement, which commits at once, and return its rows."""
        with self.lock:
            return self._connected().execute(sql, values).fetchall()

    def sweep(self, now: float) -> None:
        """Take away entries that have ended, now and then."""
        self.writes += 1
        if self.writes % _SWEEP_EVERY == 0:
            ended = "SELECT key FROM kept WHERE until <= ? LIMIT ?"
            self.run(f"DELETE FROM kept WHERE key IN ({ended})", now, _SWEEP_MOST)  # noqa: S608 - our own words

    def close(self) -> None:
        """Close what this process opened."""
        if self.process == os.getpid() and self.connections:
            self.connections.pop().close()
        self.process = 0

    def _connected(self) -> sqlite3.Connection:
        # a forked process opens its own and leaves its parent's alone, neither using nor closing it
        if self.process != os.getpid():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            made = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=NORMAL")
            made.executescript(_TABLE)
            self.connections.append(made)
            self.process = os.getpid()
        return self.connections[-1]


_files: dict[str, _File] = {}
_files_lock = threading.Lock()


def _file_of(location: str) -> _File:
    with _files_lock:
        if location not in _files:
            _files[location] = _File(Path(location))
            atexit.register(_files[location].close)
        return _files[location]


class SqliteCache(BaseCache):
    """Django's cache over that file. Whole numbers are kept as such, everything else pickled."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        """Open nothing yet: settings alone write nothing."""
        super().__init__(params)
        self._file = _file_of(location)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept, `default` for nothing."""
        alive = "SELECT value FROM kept WHERE key = ? AND (until IS NULL OR until > ?)"
        found = self._file.run(alive, self.make_key(key, version=version), time.time())
        return _unpacked(found[0][0]) if found else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value for so long."""
        put = (
            "INSERT INTO kept (key, value, until) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until"
        )
        self._write(put, self.make_key(key, version=version), _packed(value), self.get_backend_timeout(timeout))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value if the place is free and tell whether it was; of two at once exactly one is told so."""
        put = (
            "INSERT INTO kept (key, value, until) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until WHERE kept.until <= ?"
            " RETURNING 1"
        )
        until = self.get_backend_timeout(timeout)
        return bool(self._write(put, self.make_key(key, version=version), _packed(value), until, time.time()))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let an entry last so long from now; tell whether there is one."""
        until, now = self.get_backend_timeout(timeout), time.time()
        put = "UPDATE kept SET until = ? WHERE key = ? AND (until IS NULL OR until > ?) RETURNING 1"
        return bool(self._write(put, until, self.make_key(key, version=version), now))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget an entry; tell whether there was one."""
        return bool(self._write("DELETE FROM kept WHERE key = ? RETURNING 1", self.make_key(key, version=version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a kept number, which ends when it would have, and return the sum. Raises ValueError for no number."""
        add = (
            "UPDATE kept SET value = value + ? WHERE key = ? AND (until IS NULL OR until > ?)"
            " AND typeof(value) = 'integer' RETURNING value"
        )
        found = self._write(add, delta, self.make_key(key, version=version), time.time())
        if not found:
            raise ValueError(f"Key {key!r} not found")
        return int(found[0][0])

    def clear(self) -> None:
        """Forget everything."""
        self._write("DELETE FROM kept")

    def _write(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            found = self._file.run(sql, *values)
            self._file.sweep(time.time())
        except sqlite3.OperationalError:
            # a full disk, or a neighbour that holds the file: who counts or locks is told that it did not happen
            _log.warning("the cache could not be written", exc_info=True)
            return []
        return found


def _packed(value: Any) -> int | bytes:
    return value if type(value) is int else pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _unpacked(value: Any) -> Any:
    return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301 - our own file, as private as the database
