"""Two officers, one task, one moment: exactly one of them gets it, on SQLite in a file and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tinhso.kernel.casework.tests.race import PUBLISHERS, ROUNDS, WORKERS

SERVERS = ("postgresql:///postgres", "postgresql://postgres@127.0.0.1/postgres")


def run(database: str, folder: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
        "TINHSO_DATA": str(folder),
        "TINHSO_DATABASE": database,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tinhso.kernel.casework.tests.race"],
        env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def check(found: dict[str, Any]) -> None:
    assert len(found["taken"]) == len(found["joined"]) == ROUNDS
    for each in found["taken"]:
        winners = [told for told in each["told"] if told.startswith("taken:")]
        assert winners == [f"taken:{each['has']}"]
        others = [told for told in each["told"] if told not in winners]
        assert others == [f"casework.taken_already:{each['has']}"] * (WORKERS - 1)
    for each in found["joined"]:
        assert each == {"open": ["After"], "done": WORKERS, "tokens": 1}
    changed = found["changed"]
    assert changed["worked"] == [[True, "done"]] * (WORKERS * ROUNDS)
    assert changed["refused"] == []
    numbers, files = zip(*changed["versions"], strict=True)
    assert numbers == tuple(range(1, len(numbers) + 1))
    assert len(set(files)) == PUBLISHERS * ROUNDS
    assert all(one != after for one, after in pairwise(files))
    assert changed["in_force"] == 1


def test_on_sqlite(tmp_path: Path) -> None:
    check(run(f"sqlite:///{tmp_path / 'race.sqlite3'}", tmp_path))


@pytest.fixture
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL database of the test's own; skip where there is no server."""
    name = f"casework_race_{uuid4().hex[:12]}"
    for server in SERVERS:
        try:
            connection = psycopg.connect(server, autocommit=True, connect_timeout=2)
        except psycopg.OperationalError:
            continue
        with connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        yield server.rsplit("/", 1)[0] + "/" + name
        with psycopg.connect(server, autocommit=True) as closing:
            closing.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        return
    pytest.skip("no PostgreSQL server")


@pytest.mark.postgres
def test_on_postgresql(postgres: str, tmp_path: Path) -> None:
    check(run(postgres, tmp_path))
