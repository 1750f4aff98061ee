"""
What is noted about a request or a task of the worker while it runs: its id, its statements, the entries it wrote.

The doors (`site.watch` for requests, the worker's loop for tasks) begin and end it; whoever wants to know appends a
function to `when_ended`. Nothing here holds personal data: ids, names of routes and acts, and statements without values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

from tinhso.base import acts
from tinhso.base.acts import Running
from tinhso.base.refusals import Refusal

MOST_SLOW = 20
"""Slow statements noted of one request: more of them say the same."""


@dataclass(slots=True)
class Watched:
    """One request or task, from its beginning to its end."""

    kind: str
    """`request` or `task`."""
    name: str
    """Name of the route or key of the task; a route is known only at the end."""
    id: str
    began: int = field(default_factory=time.perf_counter_ns)
    """Nanoseconds of a clock that only tells how long something took."""
    who: Callable[[], tuple[str, str]] = lambda: ("", "")
    """Kind and key of the actor, empty while nobody asked who it is."""
    status: int = 0
    method: str = ""
    address: Callable[[], str] = str
    """Network address of whoever asks: for security events alone, no other line shows it."""
    traceparent: str = ""
    """W3C Trace Context as it goes on to others; empty when nobody traces."""
    parent: str = ""
    """Id of the span that called us, empty for none."""
    failure: BaseException | None = None
    took: float = 0.0
    """Seconds, once it has ended."""
    statements: int = 0
    entries: list[str] = field(default_factory=list)
    """Ids of the journal's entries that it wrote, of acts that were done."""
    has_below: bool = False
    """An act inside it was traced: its own span must be sent too, or that one hangs in the air."""
    slow: list[tuple[str, float]] = field(default_factory=list)
    """Statements without their values that took longer than `TINHSO_SLOW_MS`, with their seconds."""


_watched: ContextVar[Watched | None] = ContextVar("tinhso_watched", default=None)
when_began: list[Callable[[Watched], None]] = []
"""Told of each request and task before it begins."""
when_ended: list[Callable[[Watched], None]] = []
"""Told of each request and task when it has ended. A function here must not raise."""


def watched() -> Watched | None:
    """Return what is noted about the request or task in progress, None outside of one."""
    return _watched.get()


@contextmanager
def watching(seen: Watched) -> Iterator[Watched]:
    """Note what goes on inside, then tell whoever listens; an error passes through, noted."""
    for tell in when_began:
        tell(seen)
    token = _watched.set(seen)
    try:
        yield seen
    except BaseException as error:
        seen.failure = error
        raise
    finally:
        seen.took = (time.perf_counter_ns() - seen.began) / 1e9
        try:
            for tell in when_ended:
                tell(seen)
        finally:
            _watched.reset(token)


def passed_on() -> dict[str, str]:
    """Return the headers that calls to other systems carry, so that a trace goes on there."""
    seen = _watched.get()
    return {"traceparent": seen.traceparent} if seen and seen.traceparent else {}


def outcome_of(failure: BaseException | None) -> str:
    """
    Return how an act ended: `done`, `refused` (an answer), `undone` (it found nothing to do) or `broken` (a bug).

    An act that finds nothing to do leaves by an exception of its own module, whose name begins with an underscore.
    """
    if failure is None:
        return "done"
    if type(failure).__name__.startswith("_"):
        return "undone"
    return "refused" if isinstance(failure, Refusal) else "broken"


def _note_act(act: Running) -> None:
    seen = _watched.get()
    if seen is not None and act.failure is None:
        seen.entries += [str(entry.id) for entry in act.entries]


def _count_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    seen = _watched.get()
    if seen is None:
        return execute(sql, params, many, context)
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seen.statements += 1
        took = time.perf_counter() - began
        if took * 1000 >= settings.SLOW_MS and len(seen.slow) < MOST_SLOW:
            seen.slow.append((str(sql), took))


def _watch_connection(connection: Any, **_kwargs: Any) -> None:
    if _count_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count_statement)


def listen() -> None:
    """Join acts and database connections to what is noted. Called once, by the app."""
    acts.observers.append(_note_act)
    connection_created.connect(_watch_connection, dispatch_uid="tinhso-watching")
