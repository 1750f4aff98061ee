"""
The program of before goes on working while the new one changes the tables under it, on both databases.

Which one that is says `oldest.yaml`; its code comes out of the history of this checkout. It runs with the packages of today.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from tests import clusters
from tests.upgrade.rules import oldest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WHOLE = 2
"""So many dossiers the old program carries to their end before the change, and again after it."""

pytestmark = pytest.mark.xdist_group("clusters")


@pytest.fixture(scope="module")
def old_code(tmp_path_factory):
    """The old program, as it was committed."""
    commit = oldest()["commit"]
    given = subprocess.run(
        ["git", "archive", commit, "src", "provinces"], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    if given.returncode:
        told = f"this checkout does not reach back to {commit[:10]} (oldest.yaml)"
        is_whole = subprocess.run(
            ["git", "rev-parse", "--is-shallow-repository"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()
        # a whole history without it names a program that nobody has: then nothing is tested, and that must be seen
        (pytest.fail if is_whole == "false" else pytest.skip)(told)
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(fileobj=io.BytesIO(given.stdout)) as archive:
        archive.extractall(folder, filter="data")
    (folder / "build").symlink_to(ROOT / "build")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request, tmp_path):
    """Return what both programs are told: the same data folder, the same database."""
    if request.param == "postgresql" and (reason := clusters.why_not()):
        pytest.skip(reason)
    with clusters.primary() if request.param == "postgresql" else nullcontext() as cluster:
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")},
            "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
            "TINHSO_DATA": str(tmp_path),
            "TINHSO_DATABASE": cluster.url() if cluster else "sqlite",
            "TINHSO_SECRET_KEY": "only-for-tests-" + "x" * 40,
        }


class OldProgram:
    """The old program at work, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[tuple[str, str]] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            self.lines.append((word, rest))

    def said(self, word: str) -> list[str]:
        return [rest for each, rest in list(self.lines) if each == word]

    def wait_for(self, word: str, count: int = 1) -> None:
        until = time.monotonic() + 180
        while len(self.said(word)) < count and self.said("failed") == []:
            assert self.process.poll() is None, self.lines[-3:]
            assert time.monotonic() < until, (word, self.lines[-3:])
            time.sleep(0.05)

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("stop\n")
        self.process.stdin.flush()
        self.process.wait(60)
        self.reader.join(10)


@contextmanager
def at_work(code: Path, environment: dict[str, str], log: Path) -> Iterator[OldProgram]:
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "old_program.py"), str(code / "provinces" / "quang-nam")],
            cwd=code,
            env={**environment, "PYTHONPATH": str(code / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield OldProgram(process)
        finally:
            process.kill()
            process.wait()


def new(environment: dict[str, str], *command: str) -> str:
    """Run the new program and return what it says."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_no_act_of_the_old_program_fails_and_the_new_one_reads_all(old_code, environment, tmp_path):
    with at_work(old_code, environment, tmp_path / "errors") as old:
        old.wait_for("did", WHOLE)
        before = len(old.said("did"))
        new(environment, "-m", "django", "migrate", "--verbosity", "0")
        # the new pack marks what is sensitive; nothing is sealed before the old program is gone
        filed = new(environment, str(HERE / "mark_form.py"), str(ROOT / "provinces" / "quang-nam"))
        before = len(old.said("did"))
        old.wait_for("did", before + WHOLE)
        old.stop()
    assert old.said("failed") == []
    assert old.said("over") == [""]
    assert "Resealed" in new(environment, "-m", "django", "keys", "rotate")
    stations = dict(line.split(" ") for line in old.said("made"))
    found = json.loads(new(environment, str(HERE / "new_program.py"), json.dumps(stations)))
    assert found["broken"] == []
    assert found["sealed"] == found["rows"]["journal.Entry"]
    assert set(found["codes"]) > {*stations.values(), *old.said("did")}
    assert len(found["codes"]) == len(stations) + len(old.said("did")) + 2
    assert filed in found["codes"]
    # those of the old program under the form of before as well, and all of the draft and the dossier
    assert found["answers_sealed"] == found["answers"] > len(old.said("did"))
    assert bool(found["years"]) == environment["TINHSO_DATABASE"].startswith("postgresql")
