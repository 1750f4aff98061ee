"""
A platform to measure: a data folder with the real province loaded, and a cast of people who may act in it.

Every benchmark calls `open_world()` before it imports anything that needs Django. The folder may be kept and used again
(`--data`); without one it is a temporary folder, or a scratch database on PostgreSQL, that is gone when the run ends.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinhso.base.actors import Actor

ROOT = Path(__file__).resolve().parents[1]
COMMUNE = "H47.32.20"
"""Minh An in Hội An: the commune whose people are invented in the pack."""
STAFF = {"reception": "QN-001", "leader": "QN-002", "processor": "QN-003", "clerk": "QN-005"}
SERVICE = "1.001193"
"""Birth registration: online, free, within the commune."""


def parser(purpose: str) -> argparse.ArgumentParser:
    """Return the options that all benchmarks share."""
    made = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--data", type=Path, help="data folder to keep and use again; a temporary one without it")
    made.add_argument("--database", default="sqlite", help="sqlite (in the data folder) or postgresql://…")
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return made


def open_world(data: Path | None, database: str = "sqlite") -> Path:
    """Set the settings, make the tables, load the pack; return the data folder. Call it once, first."""
    folder = data or Path(tempfile.mkdtemp(prefix="tinhso-bench-"))
    if data is None:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    if str(ROOT / "src") not in sys.path:
        sys.path.insert(0, str(ROOT / "src"))
    os.environ["TINHSO_DATA"] = str(folder)
    os.environ["TINHSO_DATABASE"] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_once")
    return folder


@contextmanager
def scratch_postgresql(server: str = "postgresql:///test") -> Iterator[str]:
    """Make an empty database beside the one named, give its URL, drop it afterwards. Raises when there is no server."""
    name = f"tinhso_bench_{os.getpid()}"
    head, _slash, _old = server.rpartition("/")
    _psql(server, f"CREATE DATABASE {name}")
    try:
        yield f"{head}/{name}"
    finally:
        _psql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _psql(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@dataclass(frozen=True)
class Cast:
    """Who acts: the applicant and the four posts of a commune, on one day."""

    citizen: Actor
    reception: Actor
    processor: Actor
    leader: Actor
    clerk: Actor


def cast(at: datetime) -> Cast:
    """Return the cast as it is on a day; the citizen is made known if need be."""
    from tinhso.base.actors import Actor, ActorKind, system
    from tinhso.base.clock import civil_date
    from tinhso.kernel.identity.public import find_or_add_person
    from tinhso.kernel.organisation.public import find_official, holdings_of

    def official(code: str) -> Actor:
        found = find_official(code)
        return Actor(
            kind=ActorKind.OFFICIAL,
            key=f"official:{found.id}",
            name=found.full_name,
            assurance="password+totp",
            level=2,
            holdings=holdings_of(found.id, civil_date(at)),
        )

    person = find_or_add_person(
        citizen_number="049195001234", full_name="Nguyễn Thị Tư", phone="0905123456", actor=system("demo"), at=at
    )
    citizen = Actor(ActorKind.CITIZEN, f"person:{person.id}", person.full_name, "vneid:2", 2, person_id=str(person.id))
    return Cast(citizen, **{name: official(code) for name, code in STAFF.items()})


def birth_answers(at: datetime) -> dict[str, Any]:
    """Return answers to the form of birth registration that hold on a day."""
    home = {"line": "12 Trần Phú", "unit": "20398"}
    parent = {"known": True, "born_on": "1995", "ethnicity": "01", "nationality": "Việt Nam", "address": home}
    return {
        "applicant": {
            "full_name": "Nguyễn Thị Tư",
            "citizen_number": "049195001234",
            "address": home,
            "phone": "0905123456",
            "relation": "mother",
        },
        "child": {
            "full_name": "Trần Bảo An",
            "born_on": f"{at:%Y-%m-01}",
            "sex": "female",
            "ethnicity": "01",
            "nationality": "Việt Nam",
            "birth_place": "Bệnh viện Đa khoa thành phố Hội An",
            "home_town": "Phường Minh An, thành phố Hội An, tỉnh Quảng Nam",
        },
        "mother": {**parent, "full_name": "Nguyễn Thị Tư"},
        "father": {**parent, "full_name": "Trần Văn Nam"},
        "papers": {"proof": "certificate", "number": "GCS-0042", "married": True},
        "wishes": {"wants_copies": False},
    }


@dataclass
class Timing:
    """Wall and CPU milliseconds of one kind of work, one value a round."""

    wall: list[float]
    cpu: list[float]

    @property
    def median(self) -> float:
        """Return the median wall time."""
        return statistics.median(self.wall)

    @property
    def p95(self) -> float:
        """Return the 95th percentile of the wall time (nearest rank)."""
        ordered = sorted(self.wall)
        return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]

    def facts(self) -> dict[str, float]:
        """Return what is printed, rounded."""
        return {
            "median_ms": round(self.median, 2),
            "p95_ms": round(self.p95, 2),
            "cpu_ms": round(statistics.median(self.cpu), 2),
        }


class Stopwatch:
    """Timings by name."""

    def __init__(self) -> None:
        self.timings: dict[str, Timing] = {}

    def run[T](self, name: str, work: Callable[[], T]) -> T:
        """Return what the work returns; note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        timing = self.timings.setdefault(name, Timing([], []))
        timing.cpu.append((time.process_time() - cpu) * 1000)
        timing.wall.append((time.perf_counter() - wall) * 1000)
        return made


def table(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as aligned text; the first row is the heading."""
    words = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in words) for column in range(len(words[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in words
    )


def machine() -> dict[str, Any]:
    """Return what the figures were measured on: cores, load, versions."""
    import sqlite3

    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "commit": commit,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
    }


def report(options: argparse.Namespace, facts: dict[str, Any], text: str) -> None:
    """Print the readable text, or the JSON alone when it was asked for."""
    print(json.dumps(facts, ensure_ascii=False, indent=1) if options.json else text)
