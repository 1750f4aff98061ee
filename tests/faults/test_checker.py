"""The checker sees what is broken: else the test of kills proves nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from tests.faults.checker import check
from tests.snapshot import province, snapshots, with_province, write_sqlite  # noqa: F401 - lent to the tests here

from tinhso.kernel.journal.public import dispatch, seal
from tinhso.modules.onestop.actions import applications, filing, reception
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import AT, later

pytestmark = with_province
BREAKS = {
    "a lost dossier": "DELETE FROM onestop_dossier",
    "a dossier twice": "UPDATE onestop_dossier SET code = 'H47.32.20-221128-0002'",
    "an acceptance undone": "UPDATE onestop_dossier SET received_at = NULL, due_at = NULL",
    "no step at hand": "UPDATE casework_task SET state = 'done'",
    "a case of nothing": "UPDATE onestop_dossier SET case_id = NULL",
    "a draft still open": "UPDATE onestop_application SET state = 'draft'",
    "a number lost": "UPDATE onestop_counter SET value = value + 1",
    "told twice": "INSERT INTO identity_notice SELECT id || 'x', id, recipient, text, facts, link, at, read_at FROM identity_notice",
    "never told": "DELETE FROM identity_notice",
    "left in the outbox": "INSERT INTO journal_queued (purpose, entry_id) SELECT 1, id FROM journal_entry",
    "a document lost": "DELETE FROM documents_document",
}


@pytest.fixture
def left(own_folders, tmp_path):  # noqa: F811
    """A data folder with one accepted dossier, everything caught up, and what was answered about it."""
    if connection.vendor != "sqlite":
        pytest.skip("starts from a copy of the SQLite database")
    who = playing.cast()
    draft = playing.start(who.tu)
    paper = playing.document(who.tu)
    applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    applicant = filing.Applicant.of(people.applicant(who.tu))
    code = filing.file_application(draft.id, applicant, actor=who.tu, at=AT).code
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    while dispatch(at=later(10)):
        pass
    while seal(later(10)):
        pass
    write_sqlite(tmp_path / "tinhso.sqlite3")
    answered = {"filed": {str(draft.id): code}, "accepted": [code], "files": {str(paper.id): paper.sha256}}
    assert Dossier.objects.count() == 1
    return tmp_path, answered


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_damage_is_seen(left):
    data, answered = left
    sound = (data / "tinhso.sqlite3").read_bytes()
    assert check(data, answered) == []
    unseen = []
    for what, statement in BREAKS.items():
        (data / "tinhso.sqlite3").write_bytes(sound)
        with closing(sqlite3.connect(data / "tinhso.sqlite3")) as base, base:
            base.execute("PRAGMA ignore_check_constraints = 1")
            base.execute(statement)
        if not check(data, answered):
            unseen.append(what)
    assert unseen == []
    (data / "tinhso.sqlite3").write_bytes(sound)
    (file,) = (data / "files" / "sha256").glob("??/??/*")
    content = file.read_bytes()
    file.chmod(0o600)
    for damage in (content[:-1], content[:-1] + b"x"):
        file.write_bytes(damage)
        assert check(data, answered)
    file.unlink()
    assert check(data, answered)
