"""A reform is loaded on a province full of running dossiers, killed again and again, and at the end nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIES, SEED = 150, 20250701
IN_FLIGHT = (1, 2, 4, 5, 6)
DECIDE = """
from tinhso.kernel.organisation.reform_models import ReformQuestion
from tinhso.base.clock import now
from tinhso.kernel.identity.public import Account, actor_for
from tinhso.kernel.organisation.public import decide_question

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models import Dossier
admin = actor_for(Account.objects.get(username="quantri"), assurance="password+totp", level=2, at=now())
for row in ReformQuestion.objects.select_related("reform"):
    decide_question(row, answer=row.proposal or row.candidates[0], reason="đã đối chiếu", actor=admin, at=now())
made = []
for row in list(Dossier.objects.filter(state__in=(1, 2, 4, 5, 6))):
    for n in range({copies}):
        made.append(Dossier(**{{f.attname: getattr(row, f.attname) for f in Dossier._meta.concrete_fields}}))
        made[-1].id, made[-1].code, made[-1].case_id, made[-1].filed_from = new_id(), f"{{row.code}}-{{n}}", None, None
Dossier.objects.bulk_create(made, batch_size=200)
"""


def test_a_reform_that_is_killed_at_any_moment_ends_as_one_that_was_not(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    assert run(data, "prepare").returncode == 0
    assert run(data, "load", "provinces/da-nang-2026").returncode == 2
    decided = run(data, "shell", "-c", DECIDE.format(copies=COPIES))
    assert decided.returncode == 0, decided.stderr
    before = codes_of(data)
    kills = kill_until_done(data, random.Random(SEED))
    assert kills >= 2, "it was never killed half way"
    assert codes_of(data) == before
    check(data)


def kill_until_done(data: Path, chance: random.Random) -> int:
    """Load, and kill it some batches later each time, until one run comes to its end; return how often it was killed."""
    for kills in range(40):
        loading = subprocess.Popen(
            command("load", "provinces/da-nang-2026"), env=env(data), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        goal = handed(data) + chance.randint(1, 500)
        # once within the act that puts it in force, then between and within batches
        until = time.monotonic() + (chance.uniform(3, 6) if not kills else 120)
        while loading.poll() is None and handed(data) < goal and time.monotonic() < until:
            time.sleep(0.02)
        if loading.poll() is not None:
            assert loading.returncode == 0
            return kills
        os.kill(loading.pid, signal.SIGKILL)
        loading.wait()
    pytest.fail("it never came to its end")


def check(data: Path) -> None:
    """Look at the tables themselves, not through the program."""
    with closing(sqlite3.connect(data / "tinhso.sqlite3")) as base:
        living = {code for (code,) in base.execute(
            "SELECT code FROM organisation_agency WHERE withdrawn_at IS NULL AND valid_from <= '2025-07-01'"
            " AND (valid_to IS NULL OR valid_to >= '2025-07-01')"
        )}  # fmt: skip
        rows = base.execute(
            f"SELECT id, code, agency_code, desk_code, office_code FROM onestop_dossier WHERE state IN {IN_FLIGHT}"
        ).fetchall()
        moved = base.execute("SELECT dossier_id, count(*) FROM onestop_agencychange GROUP BY dossier_id").fetchall()
        lines = base.execute(
            "SELECT subject_key, count(*) FROM journal_entry WHERE event = 'onestop.dossier_handed_on' GROUP BY subject_key"
        ).fetchall()
        tasks = base.execute(
            "SELECT DISTINCT agency_code FROM casework_task WHERE state IN ('open', 'taken')"
        ).fetchall()
        state, done = base.execute(
            "SELECT state, json_extract(handed, '$.\"onestop.dossiers\"') FROM organisation_reform"
        ).fetchone()
    assert len(rows) > COPIES
    assert all({agency, desk, office} <= living for _id, _code, agency, desk, office in rows)
    assert {code for (code,) in tasks} <= living
    assert {count for _id, count in moved} == {1}
    assert {row[0] for row in rows} <= {dossier for dossier, _count in moved}
    assert dict(lines).keys() >= {row[1] for row in rows}
    assert {count for _code, count in lines} == {1}
    assert (state, done) == ("done", len(moved))


def codes_of(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "tinhso.sqlite3")) as base:
        return [code for (code,) in base.execute("SELECT code FROM onestop_dossier ORDER BY code")]


def handed(data: Path) -> int:
    with closing(sqlite3.connect(data / "tinhso.sqlite3", timeout=30)) as base:
        return int(base.execute("SELECT count(*) FROM onestop_agencychange").fetchone()[0])


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "django", *words]


def env(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINHSO_", "DJANGO_"))}
    own = {"TINHSO_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "TINHSO_SECRET_KEY": "reform-" * 8}
    return {**kept, **own, "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev"}


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), env=env(data), cwd=ROOT, capture_output=True, text=True, check=False)
