"""
One act, always the same way: one transaction, a permission asked, a line journalled — or BrokenAct.

`@act` is the only place that opens a transaction. `require()` is the only place that says no to an actor.
The journal hooks in with `before_commit`, so that its rows are written once, at the end, in the same transaction.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import OperationalError, connection, transaction

from tinhso.base import later
from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import Forbidden, NoRoom, SignInNeeded, TokenTooNarrow
from tinhso.base.replica import refuse_here
from tinhso.base.room import is_full
from tinhso.base.turns import turn_to_write

log = logging.getLogger(__name__)
DEADLOCK = "40P01"
TIMES = 3
"""How often an act is tried when others stand in its way and it in theirs."""


class BrokenAct(RuntimeError):  # noqa: N818 - the name says what is broken
    """An action ended without asking a permission or without leaving a line in the journal: a bug, never an answer."""


@dataclass(slots=True)
class Running:
    """The act in progress: what it has asked and recorded, and what must be written before it commits."""

    name: str
    asked: bool = False
    recorded: int = 0
    entries: list[Any] = field(default_factory=list)
    """The entries it journalled, as `kernel.journal` made them."""
    began: int = field(default_factory=time.perf_counter_ns)
    failure: BaseException | None = None
    """What it ended with, None when it was done."""
    finishers: list[Callable[[], None]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    notes: dict[str, Any] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    """Names of the acts that it called, in order: what an act that only guards another is about."""


observers: list[Callable[[Running], None]] = []
"""Told of each act when it has ended, done or not, outside of its transaction. What they raise is logged."""
when_denied: list[Callable[[Actor, str], None]] = []
"""Told of each Forbidden: who was refused, and by which predicate."""
_running: ContextVar[Running | None] = ContextVar("tinhso_act", default=None)


def running() -> Running:
    """Return the act in progress. Raises BrokenAct outside of one: nothing is written except by an act."""
    current = _running.get()
    if current is None:
        raise BrokenAct("this is only allowed inside an @act")
    return current


def act[**P, R](action: Callable[P, R]) -> Callable[P, R]:
    """
    Run the action as one act: one transaction; a permission asked and a line journalled, or BrokenAct.

    An act called by another act joins it: same transaction, same obligations, met by either of them. When PostgreSQL ends
    it because two acts wait for each other, nothing of it is left, and it is done again.
    """
    name = f"{action.__module__}.{action.__qualname__}"

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if (current := _running.get()) is not None:
            current.joined.append(name)
            return action(*args, **kwargs)
        refuse_here()
        for _time in range(TIMES - 1):
            try:
                return _once(name, lambda: action(*args, **kwargs))
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) != DEADLOCK or connection.in_atomic_block:
                    raise
                log.warning("%s met another act head-on, and is done again", name)
        return _once(name, lambda: action(*args, **kwargs))

    run.is_act = True  # type: ignore[attr-defined]
    return run


def _once[R](name: str, action: Callable[[], R]) -> R:
    """Do it in one transaction, and tell the observers how it ended."""
    current = Running(name=name)
    token = _running.set(current)
    try:
        with _a_full_disk_is_a_refusal(), turn_to_write(), transaction.atomic(), later.together():
            result = action()
            _check_obligations(current)
            for finish in current.finishers:
                finish()
            return result
    except BaseException as error:
        current.failure = error
        raise
    finally:
        _running.reset(token)
        for observe in observers:
            try:
                observe(current)
            except Exception:  # the act is done or not: what is noted about it changes nothing of that
                log.exception("an observer of %s", name)


def _check_obligations(act: Running) -> None:
    if not act.asked:
        raise BrokenAct(f"{act.name} asked no permission")
    if not act.recorded:
        raise BrokenAct(f"{act.name} left no line in the journal")


@contextmanager
def _a_full_disk_is_a_refusal() -> Iterator[None]:
    """Turn SQLite's SQLITE_FULL and PostgreSQL's disk_full (53100) into NoRoom; every other error stays what it is."""
    try:
        yield
    except OperationalError as error:
        if is_full(error.__cause__):
            raise NoRoom from error
        raise


def before_commit(key: str, finish: Callable[[], None]) -> None:
    """Have `finish` called once, at the end of the running act, inside its transaction. Same key, once."""
    current = running()
    if key not in current.keys:
        current.keys.add(key)
        current.finishers.append(finish)


def count_record(entry: Any) -> None:
    """Tell the running act that a line was journalled. Called by `kernel.journal` only."""
    act = running()
    act.recorded += 1
    act.entries.append(entry)


def require(may: Callable[..., bool], actor: Actor, *subjects: Any) -> None:
    """
    Go on only if `may(actor, *subjects)`. Raises SignInNeeded for nobody, Forbidden for somebody, TokenTooNarrow.

    TokenTooNarrow: the account may, and only the scopes of its token stand in the way.

    A system actor passes when the predicate lets it (see `by_system`): nobody passes by default.
    """
    current = _running.get()
    if current is not None:
        current.asked = True
    if may(actor, *subjects):
        return
    if actor.kind is ActorKind.ANONYMOUS:
        raise SignInNeeded
    for tell in when_denied:
        tell(actor, f"{may.__module__}.{getattr(may, '__name__', 'may')}")
    # the account may, its token may not: whoever wrote the program must know which of the two it is
    if actor.scopes is not None and may(replace(actor, scopes=None), *subjects):
        raise TokenTooNarrow(scopes=", ".join(sorted(actor.scopes)))
    raise Forbidden


def by_system(actor: Actor, *_subjects: Any) -> bool:
    """Let only our own doors through: worker, loader, sealer, demonstration."""
    return actor.kind is ActorKind.SYSTEM


def anyone(_actor: Actor, *_subjects: Any) -> bool:
    """Let everybody through, on purpose and in writing."""
    return True
