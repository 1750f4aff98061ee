"""What a platform left behind: a dossier at every station, everything caught up, to be checked, damaged, backed up."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.snapshot import write_sqlite

from tinhso.kernel.journal.public import dispatch, seal
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import applications, filing, processing, rating, supplement
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later
from tinhso.site.proof.checking import Wanted, check_all

COPY = f"tinhso_checked_{os.getpid()}"


@dataclass(frozen=True)
class Left:
    """What a platform left behind, to be damaged."""

    wanted: Wanted
    data: Path

    def damage(self, statement: str) -> None:
        """Do to a copy what no program of ours would: no trigger, no constraint stands in the way."""
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.data / "tinhso.sqlite3")) as base, base:
                base.execute("PRAGMA ignore_check_constraints = 1")
                for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    base.execute(f"DROP TRIGGER {name}")
                base.execute(statement.replace("{no}", "0"))
        else:
            with psycopg.connect(self.wanted.database) as base:
                base.execute("SET session_replication_role = replica")
                for name, table in base.execute(
                    "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'c'"
                    " AND connamespace = 'public'::regnamespace"
                ).fetchall():
                    base.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                base.execute(statement.replace("{no}", "false"))

    def kinds(self, **changed: object) -> set[str]:
        return {finding.kind for finding in check_all(replace(self.wanted, **changed))}


def play() -> list[dict[str, object]]:
    """Bring a dossier to every station, one of them back from a supplement, one postponed; return what was answered."""
    who = playing.cast()
    for station in playing.STATIONS.values():
        station(who)
    back = playing.waiting(who)
    supplement.answer_supplement(back, files=[("UQ", playing.document(who.tu, width=301))], actor=who.tu, at=later(600))
    # limits are of one day here: a new date may only be given before the last day
    Dossier.objects.filter(code=(late := playing.taken(who))).update(limit_amount=1)
    when = later(60)
    processing.postpone_result(late, to=(AT + timedelta(days=3)).date(), reason="Mưa lũ", actor=who.minh, at=when)
    seal(later(days=59))  # so that there is more than one root
    draft = playing.start(who.tu)
    paper = playing.document(who.tu, width=302)
    applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    code = filing.file_application(draft.id, filing.Applicant.of(people.applicant(who.tu)), actor=who.tu, at=AT).code
    rated = Dossier.objects.get(state=10).code
    rating.rate_dossier(rated, score=5, actor=who.tu, at=later(30))
    catch_up()
    answered: list[dict[str, object]] = [
        {"done": True, "event": "onestop.dossier_filed", "type": "dossier", "key": each, "state": state}
        for each, state in Dossier.objects.values_list("code", "state")
    ]
    answered.append({"done": False, "event": "onestop.dossier_accepted", "type": "dossier", "key": code})
    answered.append({"done": True, "document": str(paper.id), "sha256": paper.sha256})
    return answered


def catch_up() -> None:
    tasks.count_results(at=later(1440 + 1440))
    while dispatch(at=later(days=60)):
        pass
    while seal(later(days=60)):
        pass


@pytest.fixture
def _loaded(province, snapshots, django_db_blocker):
    """Put the province back for each test: one that commits leaves an empty database behind."""
    with django_db_blocker.unblock():
        snapshots["quang-nam"].put_back()


@pytest.fixture
def left(_loaded, own_folders, tmp_path):
    """What a platform left in which a dossier stands at every station, and everything caught up."""
    answered = play()
    ledger = tmp_path / "answered.jsonl"
    ledger.write_text("".join(json.dumps(line) + "\n" for line in answered) + '{"done": tr')
    data = Path(settings.DATA_DIR)
    for file in (data / "files" / "sha256").glob("??/??/*"):
        file.chmod(0o600)
    address = "sqlite"
    if connection.vendor == "postgresql":
        address = f"postgresql://{connection.settings_dict['HOST'] or '127.0.0.1'}:{connection.settings_dict['PORT'] or 5432}/{COPY}"
    wanted = Wanted(address, data, later(days=60), ledger, drained=True, grace=-1, secrets=(settings.SECRET_KEY,))
    return Left(wanted, data)


def fresh_copies(left):
    """Yield again and again: each time the database lies there as it was left."""
    if connection.vendor == "sqlite":
        write_sqlite(left.data / "sound.sqlite3")
        sound = (left.data / "sound.sqlite3").read_bytes()
        (left.data / "sound.sqlite3").unlink()
        while True:
            (left.data / "tinhso.sqlite3").write_bytes(sound)
            yield
    live = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    try:
        while True:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{COPY}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{COPY}" TEMPLATE "{live}"')
            yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{COPY}" WITH (FORCE)')


def take_out_a_year(left) -> int:
    """Take the first year out of the journal of a copy, which holds all of its lines; return the year."""
    with psycopg.connect(left.wanted.database) as base:
        (table,) = base.execute("SELECT tableoid::regclass::text FROM journal_entry LIMIT 1").fetchone()
        base.execute(f"ALTER TABLE journal_entry DETACH PARTITION {table}")
    return int(table.rpartition("_")[2])
