"""The database stops for a while: pages say so and when to come back, nothing is half done, and it comes back by itself."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import closing, suppress

import httpx
import psycopg
import pytest
from django.db import OperationalError
from tests.faults.cluster import PROGRAMS, Cluster
from tests.faults.house import SECRET
from tests.faults.load import Ledger, Load
from tests.faults.test_killed import AFTERWARDS
from tests.faults.tree import Tree

from tinhso.web.away import is_away

AWAY_SECONDS = float(os.environ.get("FAULTS_AWAY", "5"))


def raised(cause: Exception) -> OperationalError:
    error = OperationalError("x")
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> Exception:
    import sqlite3

    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("cause", "away"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.errors.AdminShutdown("ending"), True),
        (psycopg.errors.CannotConnectNow("beginning"), True),
        (psycopg.errors.TooManyConnections("full"), True),
        (psycopg.errors.DeadlockDetected("ours"), False),
        (psycopg.errors.QueryCanceled("ours"), False),
        (sqlite_error(5), True),
        (sqlite_error(5 | 2 << 8), True),
        (sqlite_error(1), False),
        (sqlite_error(11), False),
    ],
)
def test_what_is_away_and_what_is_a_fault_of_ours(cause, away):
    assert is_away(raised(cause)) is away


def test_another_error_is_not_the_database_s():
    assert not is_away(None)
    assert not is_away(ValueError())


def until(address, wanted, seconds=60):
    """Ask a page until it answers so; return the answer."""
    end = time.monotonic() + seconds
    while True:
        with suppress(httpx.TransportError):
            answer = httpx.get(address, timeout=30, headers={"Accept-Language": "vi"})
            if answer.status_code == wanted:
                return answer
            assert answer.status_code in (200, 503), answer.text[:500]
        assert time.monotonic() < end, f"{address} did not answer {wanted}"
        time.sleep(0.2)


@pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL server is installed here")
def test_the_database_stops_and_comes_back(tmp_path, pg_home):
    data = tmp_path / "data"
    data.mkdir()
    ledger = tmp_path / "answered.jsonl"
    with Cluster(pg_home / "pg").make() as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as base:
            base.execute("CREATE DATABASE tinhso")
        tree = Tree(data, SECRET, database=cluster.url("tinhso"))
        made = tree.run("-m", "tests.faults.house")
        assert made.returncode == 0, made.stderr
        with tree, closing(Ledger(ledger)) as written:
            load = Load(tree.address, json.loads(made.stdout), written)
            stop = threading.Event()
            worker = threading.Thread(target=load.work, args=[stop, 1], daemon=True)
            worker.start()
            until(f"{tree.address}/", 200)
            while not load.done["file"]:
                time.sleep(0.2)
            cluster.stop("fast")
            gone = time.monotonic()
            page = until(f"{tree.address}/thu-tuc/", 503)
            assert page.headers["Retry-After"] == "10"
            assert "Trang tạm nghỉ trong giây lát" in page.text
            told = until(f"{tree.address}/api/procedures", 503)
            assert told.headers["Retry-After"] == "10"
            assert told.json()["code"] == "api.away"
            while time.monotonic() < gone + AWAY_SECONDS:
                until(f"{tree.address}/thu-tuc/", 503)
            cluster.start()
            for path in ("/thu-tuc/", "/api/procedures"):
                until(f"{tree.address}{path}", 200)
            before = load.done["file"]
            while load.done["file"] < before + 2 and not load.wrong:
                time.sleep(0.2)
            stop.set()
            worker.join(load.patience)
        assert tree.kills == []
        caught_up = tree.run("-c", AFTERWARDS)
        assert caught_up.returncode == 0, caught_up.stdout + caught_up.stderr
        said = tree.run("-m", "tinhso.site.launch", "check-all", "--answered", str(ledger), "--drained")
        assert said.returncode == 0, said.stdout
        assert load.wrong == []
        assert load.given_up == 0
