"""What the sandbox keeps between restarts: mails, short messages, payment orders and what the national portal was told, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

TABLES = """
CREATE TABLE IF NOT EXISTS mail (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
  message_id TEXT NOT NULL, body TEXT NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS mail_by_recipient ON mail (recipient, id);
CREATE TABLE IF NOT EXISTS sms (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, number TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS national_dossier (
  code TEXT PRIMARY KEY, day TEXT NOT NULL, data TEXT NOT NULL, central INTEGER NOT NULL, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS national_step (
  code TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (code, at, who, what));
CREATE TABLE IF NOT EXISTS payment_order (
  reference TEXT PRIMARY KEY, merchant TEXT NOT NULL, order_code TEXT NOT NULL, amount_vnd INTEGER NOT NULL,
  description TEXT NOT NULL, return_url TEXT NOT NULL, notify_url TEXT NOT NULL, state TEXT NOT NULL,
  refunded_vnd INTEGER NOT NULL DEFAULT 0, expires_at TEXT NOT NULL, paid_at TEXT NOT NULL DEFAULT '',
  events INTEGER NOT NULL DEFAULT 0, UNIQUE (merchant, order_code));
CREATE TABLE IF NOT EXISTS payment_refund (
  reference TEXT NOT NULL, refund_id TEXT NOT NULL, amount_vnd INTEGER NOT NULL, PRIMARY KEY (reference, refund_id));
CREATE TABLE IF NOT EXISTS payment_callback (
  event_id TEXT PRIMARY KEY, reference TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  next_at REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
"""


class Store:
    """One connection shared by all threads, one at a time: this is a sandbox, not a bank."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. `:memory:` works too."""
        self._lock = RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(TABLES)

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def run(self, sql: str, *values: object) -> int:
        """Carry out one statement and return how many rows it touched."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """Carry out several statements as one."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
