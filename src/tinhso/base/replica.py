"""
Reading from a copy of the database (`TINHSO_DATABASE_REPLICA`), only where a query says that it may be some seconds old.

`@from_replica` marks such a query: it reads, returns what it has read (no lazy QuerySet), and nobody acts on the answer.
Everything else reads what was written, from the one database. The copy is left alone inside of a transaction, when it is
away, when it lags more than `settings.REPLICA_LAG` seconds, and when it is no copy any more. Nothing is written in there.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "replica"
_LOOK_AGAIN = 1.0
"""Seconds for which what was found out about the copy is believed."""
_AWAY = 15.0
"""Seconds for which a copy that was away, or too far behind, is not asked again: whoever asks waits half a second for it."""
_LAG = """
SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN NULL
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""
"""Seconds behind: 0 while it is connected and has replayed all, else since the last replayed commit; NULL for no copy."""

_log = logging.getLogger(__name__)
_chosen: ContextVar[str] = ContextVar("tinhso_replica", default="")
"""What the running query reads: ALIAS, DEFAULT_DB_ALIAS (whatever is marked inside), or nothing said."""


class WriteOnReplica(RuntimeError):  # noqa: N818 - named for what was tried
    """A query that may be answered by a copy tried to write: a bug, never an answer."""


class _Standing:
    """What this process knows of the copy. Two threads that look at once do no harm."""

    usable = False
    until = 0.0

    def ask(self) -> bool:
        """Tell whether the copy may be read now."""
        if time.monotonic() >= self.until:
            lag = _lag()
            self.usable = lag is not None and lag <= settings.REPLICA_LAG
            self.until = time.monotonic() + (_LOOK_AGAIN if self.usable else _AWAY)
            if not self.usable:
                _log.warning("the replica is not read: %s", "away" if lag is None else f"{lag:.0f} s behind")
        return self.usable

    def lose(self) -> None:
        """Leave the copy alone for a while."""
        self.usable, self.until = False, time.monotonic() + _AWAY

    def forget(self) -> None:
        """Find out anew at the next question."""
        self.until = 0.0


standing = _Standing()


def from_replica[**P, R](query: Callable[P, R]) -> Callable[P, R]:
    """
    Let a query be answered by the copy, some seconds old; by the database itself wherever that cannot be.

    When the copy goes away meanwhile, the query is asked again from the beginning: it only reads.
    """

    @functools.wraps(query)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _chosen.get() or not _may_read():
            return query(*args, **kwargs)
        token = _chosen.set(ALIAS)
        try:
            return query(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            _log.warning("the replica did not answer: %s", error)
            standing.lose()
            connections[ALIAS].close()
        finally:
            _chosen.reset(token)
        return query(*args, **kwargs)

    return run


@contextmanager
def from_primary() -> Iterator[None]:
    """Read from the database itself, whoever calls: what is remembered beyond this query must not be old."""
    token = _chosen.set(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        _chosen.reset(token)


def reading() -> BaseDatabaseWrapper:
    """Return the connection for a SELECT in our own words: what the ORM would use here."""
    return connections[_chosen.get() or DEFAULT_DB_ALIAS]


def refuse_here() -> None:
    """Raise WriteOnReplica where a copy may be read: what is decided on old facts must not be written."""
    if _chosen.get() == ALIAS:
        raise WriteOnReplica("a query marked @from_replica only reads")


def _may_read() -> bool:
    if ALIAS not in connections.settings or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return False
    return standing.ask()


def _lag() -> float | None:
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(_LAG)
            found = cursor.fetchone()[0]
    except (OperationalError, InterfaceError) as error:
        _log.info("the replica did not answer: %s", error)
        connections[ALIAS].close()
        return None
    return None if found is None else float(found)


class ReplicaRouter:
    """Django's way to choose: reads as marked, writes and tables in the database itself."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """Return the copy where the query is marked. Never by where an object came from: it may be saved next."""
        return _chosen.get() or DEFAULT_DB_ALIAS

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return the database. Raises WriteOnReplica inside of a marked query."""
        refuse_here()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Let objects of both meet: they are the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Change tables in the database only; the copy follows."""
        return db != ALIAS
