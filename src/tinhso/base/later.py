"""
Writes of an act for whose outcome nobody waits: on PostgreSQL they go to the database together, in one message.

An act writes six to ten rows in as many tables, and each statement sent alone is a message there and back, two wake-ups and
a cursor: more than the writing itself. What is given to `write()` waits until the act asks the database anything else, or
ends; then it is sent in the order in which it was given. So whoever reads sees what was written, a savepoint stands where
it should, and an error comes before the act is answered, only not from the line that wrote.

SQLite has no messages: there each statement is run at once. So it is outside of an act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

MOST = 64
"""Statements that wait at once: an act over thousands of rows does not hold them all in memory."""

type Otherwise = Callable[[], Exception]


@dataclass(frozen=True, slots=True)
class _Statement:
    words: str
    values: Sequence[Any]
    rows: int = -1
    """How many it must write; -1: as many as it will."""
    otherwise: Otherwise | None = None


_waiting: ContextVar[list[_Statement] | None] = ContextVar("tinhso_later", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let writes wait for each other inside; all are sent before this ends, none when it ends with an exception."""
    if connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        yield
        return
    token = _waiting.set([])
    try:
        yield
        send()
    finally:
        _waiting.reset(token)


def write(words: str, values: Sequence[Any], *, rows: int = -1, otherwise: Otherwise | None = None) -> None:
    """
    Run a statement whose result nobody looks at, now or with others; `words` are our own, never input.

    With `rows` and `otherwise` it must write so many rows, or that is raised when it is sent. What is raised (IntegrityError
    as well) may come from a later line of the act: who must know at once calls `run`.
    """
    statement = _Statement(words, values, rows, otherwise)
    waiting = _waiting.get()
    if waiting is None:
        _run([statement])
        return
    waiting.append(statement)
    if len(waiting) >= MOST:
        send()


def run(words: str, values: Sequence[Any]) -> int:
    """Run a statement now, behind what waits and in one message with it; return how many rows it wrote."""
    waiting = _waiting.get()
    statements = [*(waiting or ()), _Statement(words, values)]
    if waiting:
        waiting.clear()
    return _run(statements)


def send() -> None:
    """Send what waits. Raises what the database raises, and what a statement was to raise otherwise."""
    waiting = _waiting.get()
    if waiting:
        statements = list(waiting)
        waiting.clear()  # before it is sent: sending is a statement as well, and what fails is not sent again
        _run(statements)


def _run(statements: Sequence[_Statement]) -> int:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            ";\n".join(each.words for each in statements), [value for each in statements for value in each.values]
        )
        for place, statement in enumerate(statements):
            if place:
                cursor.nextset()
            if statement.otherwise and cursor.rowcount != statement.rows:
                _spoil()
                raise statement.otherwise()
        return int(cursor.rowcount)


def _spoil() -> None:
    """Have Django refuse every further statement: whoever catches what is raised shall not commit what is left."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        connection.needs_rollback = True


def _send_first(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    waiting = _waiting.get()
    if waiting and context["connection"].alias == DEFAULT_DB_ALIAS:
        if str(sql).startswith("ROLLBACK TO"):
            waiting.clear()  # all of it was given after the savepoint, which was a statement itself
        else:
            send()
    return execute(sql, params, many, context)


def _join(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _send_first not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _send_first)


def listen() -> None:
    """Have every statement of a PostgreSQL connection send first what waits. Called once, by the app."""
    connection_created.connect(_join, dispatch_uid="tinhso-later")
