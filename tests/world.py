"""
The province with its people, for tests that come from outside: over HTTP, in threads, with tokens.

The database comes from `tests.snapshot`, the cast and the main job from `onestop.tests.playing`; here is what a client
needs besides.

    from tests.world import at_now, province, racing, snapshots      # in a conftest.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from tests.snapshot import load_province, province, snapshots, with_province, write_sqlite

from tinhso.base import clock
from tinhso.base.actors import Actor, system
from tinhso.kernel.identity.public import Account, Person, add_account, find_account, find_or_add_person, issue_token
from tinhso.kernel.organisation.public import Official
from tinhso.modules.onestop.tests.playing import AT, COPY, MINH_AN, citizen, file, official

__all__ = [
    "AT",
    "COPY",
    "DELIVERY",
    "MINH_AN",
    "Citizen",
    "account_of",
    "at_now",
    "file_one",
    "known_citizen",
    "load_province",
    "official",
    "province",
    "racing",
    "snapshots",
    "token",
    "with_province",
]
DEMO = system("demo")
DELIVERY = {"result_way": "online", "phone": "0905123456"}
file_one = file


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person with an account, and the actor they are after VNeID."""

    person: Person
    account: Account
    actor: Actor


def known_citizen(name: str = "Nguyễn Thị Tư", number: str = "049185000123", *, at: datetime = AT) -> Citizen:
    """Return a citizen who is known to the portal and has an account."""
    actor = citizen(name, number)
    person = find_or_add_person(citizen_number=number, full_name=name, actor=DEMO, at=at)
    username = f"vneid-{number}"
    return Citizen(person, find_account(username) or add_account(username, person=person, actor=DEMO, at=at), actor)


def account_of(username: str) -> Account:
    """Return the account of an invented official."""
    found = find_account(username)
    assert found is not None, username
    assert isinstance(found.official, Official)
    return found


def token(account: Account, *scopes: str) -> str:
    """Return a fresh access token of an account; with both scopes of dossiers unless told."""
    wanted, at = scopes or ("dossier:read", "dossier:write"), clock.now()
    _row, text = issue_token(
        account, name="test", scopes=wanted, expires_at=at + timedelta(days=300), actor=system("command-line"), at=at
    )
    return text


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets what the doors read from the clock; it starts at AT."""

    def turn(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    turn(AT)
    return turn


@pytest.fixture
def racing(province: None, snapshots: Any, django_db_blocker: Any) -> Iterator[Callable[..., list[Any]]]:
    """
    Return `together(n, work)`: call `work(0…n-1)` in threads that start at one moment, each with its own connection.

    Commits are real here: SQLite works on a file of its own (WAL, as in production), PostgreSQL is put back afterwards.
    """
    with django_db_blocker.unblock(), _on_a_file() if connection.vendor == "sqlite" else _put_back(snapshots):
        yield _together


@contextmanager
def _on_a_file() -> Iterator[None]:
    from tinhso.site.settings.base import database

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "race.sqlite3"
        write_sqlite(path)
        before, described = connections["default"], connections.settings["default"]
        connections.settings["default"] = {**described, **database(f"sqlite:///{path}")}
        connections["default"] = connections.create_connection("default")
        cache.clear()
        try:
            yield
        finally:
            connections["default"].close()
            connections.settings["default"] = described
            connections["default"] = before


@contextmanager
def _put_back(snapshots: Any) -> Iterator[None]:
    try:
        yield
    finally:
        snapshots["quang-nam"].put_back()
        cache.clear()


def _together(number: int, work: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(number)

    def one(which: int) -> Any:
        try:
            barrier.wait()
            return work(which)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))
