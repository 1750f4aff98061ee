"""Many rows in one INSERT. The ORM builds an object, a field and a parameter at a time; here a row costs a tuple."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.base import later

_ROWS = 400
"""Rows in one statement: with 14 columns well below SQLite's 32,766 parameters."""


def is_postgresql() -> bool:
    """Tell whether the database is PostgreSQL."""
    return connection.vendor == "postgresql"


def uuid_value(value: UUID) -> UUID | str:
    """Return the id as the database stores it: SQLite has no type for it and keeps 32 hex digits."""
    return value if is_postgresql() else value.hex


def moment_value(value: datetime) -> Any:
    """Return the moment as the database stores it."""
    return connection.ops.adapt_datetimefield_value(value)


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, tail: str = "") -> int:
    """
    Insert the rows and return how many went in. `tail` is appended, e.g. `ON CONFLICT DO NOTHING`.

    Table, columns and tail are our own words, never input. Raises what the database raises.
    """
    written = 0
    with connection.cursor() as cursor:
        for words, values in _statements(table, columns, rows, tail):
            cursor.execute(words, values)
            written += cursor.rowcount
    return written


def insert_later(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows within an act, together with what else it writes (`base.later`)."""
    for words, values in _statements(table, columns, rows, ""):
        later.write(words, values)


def _statements(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], tail: str
) -> Iterator[tuple[str, list[Any]]]:
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        yield _words(table, tuple(columns), len(part), tail), [value for row in part for value in row]


@lru_cache(maxsize=128)
def _words(table: str, columns: tuple[str, ...], rows: int, tail: str) -> str:
    one = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * rows)} {tail}"  # noqa: S608 - our own words
