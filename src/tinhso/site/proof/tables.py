"""Reading the tables of a database of either kind in one steady view, row by row: nothing is held in memory whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

import psycopg

from tinhso.site.addresses import plain

_AT_ONCE = 2000
SQLITE = "tinhso.sqlite3"


class Unreadable(Exception):  # noqa: N818 - an answer with a sentence for the reader
    """There is no database to check, or it cannot be read; the text says which and why."""


class Tables(AbstractContextManager["Tables"]):
    """
    All tables as they were at one moment, while the platform goes on working; until a `page` lets go of it.

    `address` is `sqlite` (in the data folder), `sqlite:///path` or `postgresql://…`, as TINHSO_DATABASE has it.
    Raises Unreadable.
    """

    def __init__(self, address: str, data: Path) -> None:
        self.is_postgresql = not address.startswith("sqlite")
        self._number = 0
        try:
            if self.is_postgresql:
                self._open_postgresql(address)
            else:
                path = unquote(urlsplit(address).path[1:]) if address.startswith("sqlite:///") else str(data / SQLITE)
                self._open_sqlite(Path(path))
        except (sqlite3.Error, psycopg.Error, OSError) as error:
            raise Unreadable(str(error).strip()) from error

    def _open_sqlite(self, path: Path) -> None:
        if not path.is_file():
            raise Unreadable(f"no such file: {path}")
        # not mode=ro: a database that was left with its log must be able to read the log in
        self._sqlite = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=20)
        self._sqlite.execute("PRAGMA query_only = 1")
        self._sqlite.execute("BEGIN")
        # a read transaction begins with its first read
        self._sqlite.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def _open_postgresql(self, address: str) -> None:
        self._postgresql = psycopg.connect(plain(address), application_name="tinhso check-all")
        self._postgresql.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._postgresql.read_only = True

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as they come. Our own words, never input."""
        if not self.is_postgresql:
            with closing(self._sqlite.execute(query)) as cursor:
                yield from cursor
            return
        self._number += 1
        if self._postgresql.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            # whatever zone the database, the role or the URL has: moments are compared as text of UTC. For this
            # transaction, not for the session: a pooler that hands over the connection would hand on the zone
            self._postgresql.execute("SET LOCAL TimeZone = 'UTC'")
        with self._postgresql.cursor(name=f"check_{self._number}") as server_side:
            server_side.itersize = _AT_ONCE
            server_side.execute(query)
            yield from server_side

    def page(self, query: str) -> list[tuple[Any, ...]]:
        """
        Return the rows of a query, and let go of the view: the next query sees what is there by then.

        For reading that takes as long as all files do: a view that is held for so long keeps SQLite's log growing and
        PostgreSQL's vacuum standing.
        """
        found = list(self.rows(query))
        if self.is_postgresql:
            self._postgresql.rollback()
        elif self._sqlite.in_transaction:
            self._sqlite.rollback()
        return found

    def one(self, query: str) -> Any:
        """Return the only value of a query."""
        return next(iter(self.rows(query)))[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        (self._postgresql if self.is_postgresql else self._sqlite).close()


def moment(value: Any) -> datetime | None:
    """Return a moment in UTC, as either database gives it."""
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def sure(value: Any) -> datetime:
    """Return a moment that a column cannot be without."""
    found = moment(value)
    assert found is not None
    return found


def spelled(value: Any) -> str:
    """Return a moment as the journal hashes it: UTC with microseconds and Z."""
    return f"{sure(value):%Y-%m-%dT%H:%M:%S.%f}Z"


def quoted(text: str) -> str:
    """Return a text as SQL: what came out of a table goes into the next query."""
    return "'" + text.replace("'", "''") + "'"


def key(value: Any) -> str:
    """Return an id as text with dashes: SQLite keeps 32 digits, PostgreSQL a UUID."""
    return str(value if isinstance(value, UUID) else UUID(value))


def data(value: Any) -> Any:
    """Return the content of a JSON column."""
    return json.loads(value) if isinstance(value, str) else value


def raw(value: Any) -> bytes:
    """Return the content of a column of bytes."""
    return bytes(value)
