"""The guide to upgrade and roll back, followed to the letter: its commands, on a release with one more migration."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.journeys.house import ROOT, environment_of, prepared
from tests.operating import proxy

GUIDE = ROOT / "docs" / "how-to" / "upgrade.md"
MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("journal", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE journal_trial (id integer)", "DROP TABLE journal_trial")]
"""
SYSTEMCTL = """#!{python}
import json, os, signal, subprocess, sys, time, urllib.request
from pathlib import Path
verb, unit = sys.argv[1:]
folder = Path({folder!r})
assert verb == "restart", verb
name = unit.partition("@")[0].removeprefix("tinhso-")
number = unit.partition("@")[2]
pids = folder / (unit + ".pid")
if pids.exists():
    pid = int(pids.read_text())
    os.kill(pid, signal.SIGTERM)
    while Path("/proc", str(pid)).exists() and "Z" not in Path("/proc", str(pid), "stat").read_text().rpartition(")")[2][:3]:
        time.sleep(0.05)
ports = {ports!r}
command = [str(folder / "opt" / "current" / "tinhso"), name]
if name == "web":
    command += ["--port", str(ports[int(number) - 1]), "--name", number, "--workers", "1", "--drain", "0.5"]
with (folder / (unit + ".log")).open("ab") as out:
    pids.write_text(str(subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True).pid))
with (folder / "restarted").open("a") as told:
    told.write(unit + " " + os.readlink(folder / "opt" / "current") + "\\n")
end = time.monotonic() + 90
while name == "web" and time.monotonic() < end:
    try:
        with urllib.request.urlopen("http://127.0.0.1:%s/readyz" % ports[int(number) - 1], timeout=5):
            sys.exit(0)
    except OSError:
        time.sleep(0.1)
sys.exit(name == "web")
"""
VERSION = "9.9.9"


class Machine:
    """A folder that stands for the machine: releases, the service manager, the data."""

    def __init__(self, folder: Path) -> None:
        """Lay out an old release and a new one, which has a migration more."""
        self.folder = folder
        self.ports = proxy.free_ports(2)
        data = folder / "data"
        shutil.copytree(prepared("quang-nam"), data)
        for name in ("old", "new"):
            self.release(folder / "opt" / "releases" / name)
        new = folder / "opt" / "releases" / "new" / "src" / "tinhso"
        migrations = new / "kernel" / "journal" / "migrations"
        last = max(path.stem for path in migrations.glob("0*.py"))
        (migrations / "0999_trial.py").write_text(MIGRATION.format(last=last))
        about = new / "__init__.py"
        about.write_text(
            re.sub(r'__version__ = "[^"]+"', f'__version__ = "{VERSION}"', about.read_text(encoding="utf-8"))
        )
        (folder / "opt" / "current").symlink_to(folder / "opt" / "releases" / "old")
        shim = folder / "bin" / "systemctl"
        shim.parent.mkdir()
        shim.write_text(SYSTEMCTL.format(python=sys.executable, folder=str(folder), ports=self.ports))
        shim.chmod(0o755)
        kept = {name: value for name, value in environment_of("quang-nam", data, 8000).items() if name != "PYTHONPATH"}
        self.environment = kept | {"PATH": f"{shim.parent}:{os.environ['PATH']}"}

    def release(self, folder: Path) -> None:
        """Put our own state there, with what was installed and built."""
        folder.mkdir(parents=True)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("tests", "__pycache__"))
        shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        # our own builds only: a build of a copy must not write into ours
        shutil.copytree(ROOT / "build", folder / "build", ignore=shutil.ignore_patterns("journeys", "debian"))
        for name in ("tinhso", "package.json", "package-lock.json", ".python-version", ".npmrc", "pyproject.toml"):
            shutil.copy(ROOT / name, folder / name)
        for name in ("requirements", "provinces", ".venv", ".boot", "node_modules"):
            (folder / name).symlink_to(ROOT / name)

    def follow(self, commands: str) -> None:
        """Carry out what the guide says, in a shell that stops at the first failure."""
        said = commands.replace("/opt/tinhso", str(self.folder / "opt"))
        done = subprocess.run(
            ["/bin/sh", "-ec", said], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def ask(self, name: str) -> httpx.Response:
        """Ask an instance whether it is ready."""
        return httpx.get(f"http://127.0.0.1:{self.ports[int(name) - 1]}/readyz", timeout=10)

    def versions(self) -> set[str]:
        """Return the versions that web processes say they are."""
        beats = (self.folder / "data" / "run").glob("web-*.beat")
        return {json.loads(path.read_text())["version"] for path in beats if alive(path.stem)}

    def tables(self) -> set[str]:
        with sqlite3.connect(self.folder / "data" / "tinhso.sqlite3") as database:
            return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def stop(self) -> None:
        pids = [int(path.read_text()) for path in self.folder.glob("*.pid")]
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 30
        while time.monotonic() < end and any(Path("/proc", str(pid)).exists() for pid in pids):
            time.sleep(0.1)


def alive(beat: str) -> bool:
    return Path("/proc", beat.rpartition("-")[2]).exists()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Give the machine with the old release running."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    try:
        for unit in ("tinhso-web@1", "tinhso-web@2", "tinhso-worker@1"):
            made.follow(f"systemctl restart {unit}")
        yield made
    finally:
        made.stop()


def guide() -> list[str]:
    """Return the two blocks of the guide that this test follows."""
    text = GUIDE.read_text(encoding="utf-8")
    return re.findall(r"<!-- followed by tests/operating/test_upgrade.py -->\n```sh\n(.*?)```", text, re.DOTALL)


def test_the_guide_upgrades_and_rolls_back(machine: Machine):
    upgrade, back = guide()
    assert machine.ask("1").json()["failing"] == []
    (old,) = machine.versions()
    assert "journal_trial" not in machine.tables()

    machine.follow(upgrade)
    assert "journal_trial" in machine.tables()
    assert machine.versions() == {VERSION}
    assert [machine.ask(name).status_code for name in ("1", "2")] == [200, 200]

    machine.follow(back)
    assert machine.versions() == {old}
    assert "journal_trial" in machine.tables()
    assert [machine.ask(name).json()["failing"] for name in ("1", "2")] == [[], []]
    told = (machine.folder / "restarted").read_text().split()[6:]
    units = told[::2]
    assert units == [f"tinhso-{unit}" for unit in ("web@1", "web@2", "worker@1", "worker@1", "web@1", "web@2")]


def test_what_the_old_program_does_on_the_new_tables_is_done(machine: Machine):
    """After the rolling back: pages open, and the worker seals."""
    assert httpx.get(f"http://127.0.0.1:{machine.ports[0]}/thu-tuc/", timeout=20).status_code == 200
    done = subprocess.run(
        [str(machine.folder / "opt" / "current" / "tinhso"), "journal", "verify"],
        env=machine.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
