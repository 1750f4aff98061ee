"""
The power goes: the files of SQLite are copied at any instant under load, one after the other in the worst order, and what
had been answered before the copy began is there when they are opened.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import threading
import time
from contextlib import closing

from tests.faults.house import SECRET
from tests.faults.load import Ledger, Load
from tests.faults.tree import Tree

COPIES = int(os.environ.get("FAULTS_COPIES", "4"))
DATABASE = "tinhso.sqlite3"


def snapshot(data, home, chance):
    """
    Copy the data folder as a dying machine leaves it; the files of documents last, for they were on disk before their rows.

    A power cut keeps what was forced to disk: the log (`-wal`) at least up to what was answered, perhaps cut off anywhere
    behind that, and the main file with any part of a checkpoint. No checkpoint runs here between the two copies, else
    the pair is of two moments, which no power cut makes.
    """
    for _try in range(50):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        before = (data / DATABASE).stat().st_mtime_ns, header(data)
        # the log before the main file or after it: both orders happen on a disk
        for name in chance.sample([DATABASE, f"{DATABASE}-wal"], 2):
            shutil.copy(data / name, home / name)
        if ((data / DATABASE).stat().st_mtime_ns, header(data)) == before:
            break
    else:
        raise AssertionError("no quiet instant between two checkpoints")
    # the index of the log lives in memory and is worth nothing after a cut: there is rubbish, or nothing
    if chance.random() < 0.5:
        (home / f"{DATABASE}-shm").write_bytes(os.urandom(32768))
    # a write that was under way when the power went: half of it is in the log
    with (home / f"{DATABASE}-wal").open("ab") as log:
        log.write(os.urandom(chance.randrange(0, 9000)))
    shutil.copytree(data / "files", home / "files", ignore=shutil.ignore_patterns("incoming"))
    if (data / "published-roots.jsonl").exists():
        shutil.copy(data / "published-roots.jsonl", home)


def header(data):
    with (data / f"{DATABASE}-wal").open("rb") as log:
        return log.read(32)


def test_what_was_answered_before_the_power_went_is_there(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    chance = random.Random(11)
    tree = Tree(data, SECRET)
    made = tree.run("-m", "tests.faults.house")
    assert made.returncode == 0, made.stderr
    ledger = tmp_path / "answered.jsonl"
    copies = []
    with tree, closing(Ledger(ledger)) as written:
        load = Load(tree.address, json.loads(made.stdout), written)
        stop = threading.Event()
        clients = [threading.Thread(target=load.work, args=[stop, number], daemon=True) for number in range(2)]
        for client in clients:
            client.start()
        while not load.done["accept"]:
            time.sleep(0.1)
        for number in range(COPIES):
            time.sleep(chance.uniform(0.2, 1.5))
            told = tmp_path / f"told {number}.jsonl"
            shutil.copy(ledger, told)
            home = tmp_path / f"copy {number}"
            snapshot(data, home, chance)
            copies.append((home, told, without_states(told)))
        stop.set()
        for client in clients:
            client.join(load.patience)
    assert load.wrong == []
    for home, _told, loose in copies:
        with closing(sqlite3.connect(home / DATABASE)) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        said = tree.run("-m", "tinhso.site.launch", "check-all", "--data", str(home), "--answered", str(loose))
        # roots are published after they are committed: what the copy of the file says more was published meanwhile
        left = [line for line in said.stdout.splitlines()[:-1] if "older than what was published" not in line]
        assert left == [], said.stdout


def without_states(told):
    """Return the ledger for a copy made a little later: an act of after may have moved a dossier on, or come twice."""
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    for line in lines:
        line.pop("state", None)
    # take happens twice for one dossier: what was sent meanwhile may be there
    again = [{**line, "done": False} for line in lines if line.get("event") == "onestop.task_taken"]
    loose = told.with_suffix(".loose")
    loose.write_text("".join(json.dumps(line) + "\n" for line in [*lines, *again]))
    return loose
