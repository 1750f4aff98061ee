"""One writes at a time; nobody who waits is forgotten, and nobody waits for the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tinhso.base import turns
from tinhso.base.turns import Line

ROOT = Path(__file__).parents[2]
ADD = """
import sys, time
from tinhso.base.turns import Line
line, kept = Line(sys.argv[1]), open(sys.argv[1] + ".count", "r+")
for each in range(int(sys.argv[2])):
    with line.turn():
        kept.seek(0)
        number = int(kept.read())
        time.sleep(0.0005)  # long enough for another to come in between, were it let in
        kept.seek(0)
        kept.write(str(number + 1))
        kept.flush()
print("done", flush=True)
if len(sys.argv) > 3:
    with line.turn():
        print("held", flush=True)
        time.sleep(60)
"""


def run(database: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ADD, str(database), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "x.sqlite3"
    Path(f"{path}.count").write_text("0")
    return path


def test_processes_and_threads_write_one_at_a_time(database):
    others = [run(database, "100") for _process in range(2)]
    line, counted = Line(str(database)), Path(f"{database}.count")

    def add() -> None:
        for _each in range(50):
            with line.turn():
                counted.write_text(str(int(counted.read_text()) + 1))

    threads = [threading.Thread(target=add) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for each in [*threads]:
        each.join()
    assert [other.wait(60) for other in others] == [0, 0]
    assert int(counted.read_text()) == 2 * 100 + 4 * 50


def test_the_turn_of_the_dead_is_free(database):
    holder = run(database, "0", "hold")
    assert [holder.stdout.readline().strip() for _line in range(2)] == ["done", "held"]
    line = Line(str(database))
    assert not line._taken()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with line.turn():
        assert not Line(str(database))._taken()
    assert Line(str(database))._taken()


def test_who_waited_long_enough_goes_on_without(database, monkeypatch):
    monkeypatch.setattr(turns, "GIVE_UP_SECONDS", 0.05)
    stopped = Line(str(database))
    with stopped.turn(), Line(str(database)).turn():
        pass  # the second went on: SQLite itself says whether the file is free


def test_a_child_stands_in_line_for_itself(database):
    held = turns.line_before(str(database))
    with held.turn():
        child = os.fork()
        if not child:
            os._exit(0 if not turns.line_before(str(database))._taken() else 1)
        assert os.waitpid(child, 0)[1] == 0
