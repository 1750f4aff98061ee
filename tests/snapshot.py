"""
The test database with a whole province in it, made once and put back in milliseconds.

`from tests.snapshot import province` in a conftest lends the fixture; `with_province` marks a module that wants it. The
module finds the province loaded and leaves the database as empty as it was, so that no other test sees it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest
from django.core.cache import cache
from django.db import connection

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.identity import demo
from tinhso.kernel.organisation.pack import load_pack

PROVINCES = Path(__file__).parents[1] / "provinces"
LOADED_AT = datetime(2022, 11, 1, 8, 0, tzinfo=CIVIL_ZONE)
"""The day on which the pack was loaded; acts of the tests come later."""


class Snapshot(Protocol):
    """The content of the test database at one moment."""

    def put_back(self) -> None:
        """Make the database what it was then."""

    def drop(self) -> None:
        """Forget it."""


class SqliteSnapshot:
    """A copy in memory, page by page."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.kept)

    def put_back(self) -> None:
        connection.ensure_connection()
        self.kept.backup(connection.connection)

    def drop(self) -> None:
        self.kept.close()


class PostgresSnapshot:
    """A template database, from which the test database is made again."""

    def __init__(self, name: str) -> None:
        self.live = str(connection.settings_dict["NAME"])
        self.name = f"{self.live}_{name}"
        self._copy(self.live, self.name)

    def put_back(self) -> None:
        self._copy(self.name, self.live)

    def drop(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _copy(self, source: str, target: str) -> None:
        connection.close()
        connection.close_pool()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


_made: dict[str, Snapshot] = {}


def snapshot(name: str) -> Snapshot:
    """Keep what the test database holds now."""
    return PostgresSnapshot(name) if connection.vendor == "postgresql" else SqliteSnapshot()


def load_province(name: str) -> None:
    """Load a pack and open the accounts of its invented officials, as `./tinhso up` does."""
    load_pack(PROVINCES / name, actor=system("loader"), at=LOADED_AT)
    demo.load(at=LOADED_AT)


def write_sqlite(path: Path) -> None:
    """Write what the test database holds now into a file, for processes of their own. SQLite only, between transactions."""
    assert not connection.in_atomic_block, "mark the test with django_db(transaction=True)"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        connection.connection.backup(file)


@pytest.fixture(scope="session")
def snapshots(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, Snapshot]]:
    """Keep the empty database and the one with Quảng Nam in it: made once, however many conftests lend this."""
    if not _made:
        with django_db_blocker.unblock():
            _made["empty"] = snapshot("empty")
            load_province("quang-nam")
            _made["quang-nam"] = snapshot("quang_nam")
            _made["empty"].put_back()
    yield _made
    with django_db_blocker.unblock():
        while _made:
            _made.popitem()[1].drop()


@pytest.fixture(scope="module")
def province(snapshots, django_db_blocker) -> Iterator[None]:
    """Put Quảng Nam into the database for the tests of one module."""
    with django_db_blocker.unblock():
        cache.clear()
        snapshots["quang-nam"].put_back()
    yield
    with django_db_blocker.unblock():
        cache.clear()
        snapshots["empty"].put_back()


with_province = [pytest.mark.usefixtures("province"), pytest.mark.django_db, pytest.mark.xdist_group("province")]
"""`pytestmark = with_province`: one process loads the province, once."""
