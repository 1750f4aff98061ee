"""
Killed at any moment: whatever was answered “done” is there, once; whatever was not is there whole or not at all.

The short run of every test round; the long one is `./tinhso faults` (docs/reference/faults.md). On a PostgreSQL of its own
where `FAULTS_POSTGRESQL` says so.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import psycopg
import pytest
from tests.faults.cluster import PROGRAMS, Cluster
from tests.faults.house import SECRET
from tests.faults.load import Ledger, Load
from tests.faults.tree import Tree, kind_of

KILLS = int(os.environ.get("FAULTS_KILLS", "6"))
SECONDS = float(os.environ.get("FAULTS_SECONDS", "60"))
SEED = int(os.environ.get("FAULTS_SEED", "47"))
ON_POSTGRESQL = os.environ.get("FAULTS_POSTGRESQL") == "1"
WITH_SANDBOX = os.environ.get("FAULTS_SANDBOX") == "1"
CLIENTS = 2
AFTERWARDS = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from tinhso.base.clock import now
from tinhso.kernel.journal.public import dispatch, seal
later = now() + timedelta(minutes=2)  # what a killed worker had claimed comes back after a minute
while dispatch(at=later):
    pass
while seal(later):
    pass
call_command("journal", "verify")
call_command("documents", "check")
"""


class Killer:
    """Ends something at random: a process of the tree, the whole tree, a backend of the database, the database."""

    def __init__(self, tree: Tree, cluster: Cluster | None, chance: random.Random) -> None:
        self.tree, self.cluster, self.chance = tree, cluster, chance

    def strike(self) -> None:
        """End one thing, and have it run again where nobody else would."""
        draw = self.chance.random()
        if draw < 0.03:
            self.tree.kill_all()
        elif self.cluster and draw < 0.08:
            self._kill_database(self.cluster)
        elif self.cluster and draw < 0.35:
            if backends := self.cluster.backends():
                self.tree.kills.append("database backend")
                self.cluster.kill(self.chance.choice(backends))
                # one that was killed takes all others with it: the server begins anew by itself
                self._wait(self.cluster)
        else:
            self.tree.kill_one(self.chance)

    def _kill_database(self, cluster: Cluster) -> None:
        self.tree.kills.append("database")
        cluster.kill(cluster.pid)
        time.sleep(1)
        cluster.rise()

    def _wait(self, cluster: Cluster) -> None:
        for _each in range(100):
            try:
                psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.2)
            else:
                return


@pytest.fixture
def cluster(pg_home):
    """A PostgreSQL of our own, where it is wanted."""
    if not ON_POSTGRESQL:
        yield None
        return
    assert PROGRAMS, "no PostgreSQL server is installed here"
    with Cluster(pg_home / "pg").make() as made:
        with psycopg.connect(made.url("postgres"), autocommit=True) as base:
            base.execute("CREATE DATABASE tinhso")
        yield made


def test_nothing_is_left_to_hold_the_port_when_all_above_it_are_killed(tmp_path):
    """The web's own process ends with the one above it: else nobody could start the site again."""
    data = tmp_path / "data"
    data.mkdir()
    tree = Tree(data, SECRET)
    with tree:
        (web,) = (pid for pid in tree.children() if kind_of(pid, tree.parent.pid) == "web parent")
        for pid in (tree.parent.pid, web):
            os.kill(pid, signal.SIGKILL)
        tree.parent.wait()
        end = time.monotonic() + 30
        while tree.left_behind() and time.monotonic() < end:
            time.sleep(0.1)
        left = tree.left_behind()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert left == []


def test_whatever_was_answered_done_survives_being_killed(tmp_path, cluster):
    data = tmp_path / "data"
    data.mkdir()
    chance = random.Random(SEED)
    tree = Tree(data, SECRET, database=cluster.url("tinhso") if cluster else "sqlite", empty=not WITH_SANDBOX)
    made = tree.run("-m", "tests.faults.house")
    assert made.returncode == 0, made.stderr
    ledger = tmp_path / "answered.jsonl"
    began = time.monotonic()
    with tree, closing(Ledger(ledger)) as written:
        load = Load(tree.address, json.loads(made.stdout), written)
        stop = threading.Event()
        threads = [
            threading.Thread(target=load.work, args=[stop, SEED + number], daemon=True) for number in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        killer = Killer(tree, cluster, chance)
        while time.monotonic() < began + SECONDS and not (len(tree.kills) >= KILLS and load.done["propose"] >= 2):
            time.sleep(chance.uniform(0.2, 2.5))
            # mostly somebody is at work when it strikes; now and then it strikes while things are starting
            if chance.random() < 0.8:
                tree.wait_ready(120)
            if len(tree.kills) < KILLS:
                killer.strike()
        stop.set()
        for thread in threads:
            thread.join(load.patience + 60)
        tree.wait_ready(60)
    assert tree.children() == []
    assert not tree.left_behind()
    caught_up = tree.run("-c", AFTERWARDS)
    assert caught_up.returncode == 0, caught_up.stdout[-1000:] + caught_up.stderr[-2000:]
    figures = {
        "seconds": round(time.monotonic() - began),
        "kills": Counter(tree.kills),
        "acts": load.done,
        "asked again": load.asked_again,
        "given up": load.given_up,
        "answers": load.seen,
        "slowest": round(load.longest, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    check = ["-m", "tinhso.site.launch", "check-all", "--answered", str(ledger), "--drained"]
    said = tree.run(*check)
    assert said.returncode == 0, f"{said.stdout}{said.stderr}{figures}"
    # a kill between the rename and the commit leaves a file that nothing names: swept after a day
    orphans = tree.run(*check, "--grace", "-1").stdout.count("file_orphaned: ")
    assert orphans <= len(tree.kills)
    assert load.wrong == []
    assert len(tree.kills) >= min(KILLS, 3)
    assert load.done["propose"]
