"""The checker finds a sound platform sound, and names each kind of damage: else what it proves is nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from tests.marked import publish_marked
from tests.proof.world import COPY, fresh_copies, take_out_a_year
from tests.snapshot import with_province

from tinhso.base.sealing import add_key
from tinhso.modules.onestop.tests.playing import AT
from tinhso.site.proof import command, files
from tinhso.site.proof.checking import Wanted, check_all
from tinhso.site.proof.tables import Tables, Unreadable

pytestmark = with_province
JOURNAL = ("journal_entry", "journal_leaf", "journal_node", "journal_root")
SOME = "(SELECT min(code) FROM onestop_dossier WHERE {})"
RETURNED, WAITING, FILED = (SOME.format(f"state = {state}") for state in (10, 5, 1))
A_LEAF = "(SELECT max(number) / 2 FROM journal_leaf)"
A_BLOB = "(SELECT min(sha256) FROM documents_blob)"
DAMAGES = {
    "entry_changed": "UPDATE journal_entry SET actor_name = 'Ai đó' WHERE id = (SELECT entry_id FROM journal_leaf WHERE number = 3)",
    "entry_missing": "DELETE FROM journal_entry WHERE id = (SELECT entry_id FROM journal_leaf WHERE number = 3)",
    "leaf_changed": f"UPDATE journal_leaf SET hash = (SELECT hash FROM journal_leaf WHERE number = 1) WHERE number = {A_LEAF}",
    "leaf_missing": f"DELETE FROM journal_leaf WHERE number = {A_LEAF}",
    "node_changed": "UPDATE journal_node SET hash = (SELECT hash FROM journal_node WHERE number = 1) WHERE number = 4",
    "node_missing": "DELETE FROM journal_node WHERE number = 4",
    "node_unlisted": "INSERT INTO journal_node SELECT number + 1000000, hash FROM journal_node WHERE number = 1",
    "root_changed": "UPDATE journal_root SET hash = (SELECT hash FROM journal_leaf WHERE number = 1) WHERE size = (SELECT max(size) FROM journal_root)",
    "chain_broken": "UPDATE journal_root SET previous = hash WHERE size = (SELECT max(size) FROM journal_root)",
    "published_differs": "UPDATE journal_root SET chain = hash WHERE size = (SELECT max(size) FROM journal_root)",
    "root_missing": "DELETE FROM journal_root WHERE size = (SELECT max(size) FROM journal_root)",
    "entry_unlisted": "DELETE FROM journal_leaf WHERE number = 2",
    "outbox_left": "INSERT INTO journal_queued (purpose, entry_id) SELECT 2, entry_id FROM journal_leaf WHERE number = 1",
    "outbox_of_nothing": "INSERT INTO journal_queued (purpose, entry_id) VALUES (2, '0000000000000000000000000000000a')",
    "dead_letter": "INSERT INTO journal_delivery (entry_id, subscriber, subject_type, subject_key, attempts, error, next_at, dead_at)"
    " SELECT entry_id, 'x.y', 'dossier', 'D', 9, '', '2022-11-28 09:00:00', '2022-11-28 10:00:00' FROM journal_leaf WHERE number = 1",
    "delivery_left": "INSERT INTO journal_delivery (entry_id, subscriber, subject_type, subject_key, attempts, error, next_at)"
    " SELECT entry_id, 'x.y', 'dossier', 'D', 2, '', '2022-11-28 09:00:00' FROM journal_leaf WHERE number = 1",
    "told_of_nothing": "UPDATE identity_notice SET event_id = '0000000000000000000000000000000a' WHERE id = (SELECT id FROM identity_notice ORDER BY id LIMIT 1)",
    "told_never": "DELETE FROM identity_notice",
    "line_missing": f"UPDATE onestop_dossier SET code = 'H47.32.20-221128-9999' WHERE code = {FILED}",
    "line_too_many": f"UPDATE onestop_dossier SET returned_at = NULL WHERE code = {RETURNED}",
    "filing_of_nothing": f"DELETE FROM onestop_dossier WHERE code = {FILED}",
    "receipt_wrong": "UPDATE onestop_dossier SET receipt_entry = (SELECT entry_id FROM journal_leaf WHERE number = 1)"
    f" WHERE code = {FILED}",
    "dossier_without_case": f"UPDATE onestop_dossier SET case_id = NULL WHERE code = {FILED}",
    "case_without_dossier": f"UPDATE onestop_dossier SET case_id = NULL WHERE code = {RETURNED}",
    "case_shared": f"UPDATE onestop_dossier SET case_id = (SELECT case_id FROM onestop_dossier WHERE code = {FILED})"
    f" WHERE code = {RETURNED}",
    "draft_half_filed": "UPDATE onestop_application SET state = 'draft' WHERE state = 'filed'",
    "over_with_work": "UPDATE casework_task SET state = 'open' WHERE state = 'done'",
    "open_without_step": "UPDATE casework_task SET state = 'done' WHERE state IN ('open', 'taken')",
    "task_adrift": "UPDATE casework_task SET token_id = NULL",
    "case_adrift": "DELETE FROM casework_token",
    "waits_in_closed_case": "INSERT INTO casework_job (id, case_id, token_number, node_id, due_at, tries, problem, is_dead, service)"
    " SELECT id, id, 1, 'x', '2022-11-28 09:00:00', 0, '', {no}, 'x' FROM casework_case WHERE state = 'ended'",
    "state_wrong": f"UPDATE onestop_dossier SET finished_at = submitted_at WHERE code = {FILED}",
    "event_untold": "DELETE FROM journal_entry WHERE event = 'onestop.dossier_rated'",
    "declared_changed": f"UPDATE onestop_dossier SET applicant_phone = '0900' WHERE code = {RETURNED}",
    "proposed_changed": "UPDATE onestop_result SET reason = 'khác'",
    "draft_document_missing": "UPDATE onestop_applicationfile SET document_id = '0000000000000000000000000000000a'",
    "clock_start": "UPDATE onestop_dossier SET clock_from = submitted_at WHERE received_at IS NOT NULL",
    "clock_due": "UPDATE onestop_dossier SET due_at = submitted_at WHERE received_at IS NOT NULL",
    "clock_history": "UPDATE onestop_duechange SET was = at",
    "clock_paused": f"UPDATE onestop_dossier SET paused_at = NULL WHERE code = {WAITING}",
    "step_due_late": "UPDATE casework_task SET due_at = '2032-11-28 09:00:00' WHERE state IN ('open', 'taken')",
    "number_gap": "UPDATE onestop_dossier SET form_number = form_number + 100 WHERE form_number = 2",
    "number_twice": "UPDATE onestop_dossier SET form_number = 1 WHERE form_number = 2",
    "number_untold": "UPDATE onestop_result SET number = '99/UBND', dossier_id ="
    f" (SELECT id FROM onestop_dossier WHERE code = {FILED}) WHERE number = (SELECT max(number) FROM onestop_result)",
    "counter_wrong": "UPDATE onestop_counter SET value = value + 1 WHERE series LIKE 'dossier:%'",
    "paid_without_payment": "UPDATE onestop_payment SET amount_vnd = amount_vnd + 1 WHERE state = 'paid'",
    "payment_not_counted": "UPDATE onestop_dossier SET money = 'due' WHERE money = 'paid'",
    "fee_wrong": "UPDATE onestop_dossier SET fee_vnd = 0 WHERE money = 'due'",
    "back_without_payment": "UPDATE onestop_dossier SET money = 'back' WHERE money = 'due'",
    "refund_without_payment": "UPDATE onestop_dossier SET money = 'refunded' WHERE money = 'due'",
    "handed_unpaid": f"UPDATE onestop_dossier SET money = 'due' WHERE code = {RETURNED}",
    "payment_untold": "UPDATE onestop_payment SET dossier_id ="
    f" (SELECT id FROM onestop_dossier WHERE code = {FILED}) WHERE state = 'paid'",
    "receipt_given_twice": "INSERT INTO onestop_payment (id, order_code, amount_vnd, method, state, gateway_reference, pay_url,"
    " payer_name, taken_by, receipt_number, created_at, dossier_id, next_at, tries) SELECT dossier_id, 'X', 1, 'cash', 'refunded',"
    " '', '', '', '', receipt_number, created_at, dossier_id, next_at, 0 FROM onestop_payment WHERE state = 'paid'",
    "payment_unsettled": "UPDATE onestop_payment SET settled_at = NULL",
    "figures_wrong": "UPDATE onestop_dayfigures SET online = online + 1 WHERE received > 0",
    "document_missing": "UPDATE onestop_dossierfile SET document_id = '0000000000000000000000000000000a'",
    "document_differs": "UPDATE onestop_dossierfile SET sha256 = 'ab'",
    "result_missing": "UPDATE onestop_result SET signed_sha256 = 'ab' WHERE signed_document_id IS NOT NULL",
    "link_missing": "DELETE FROM documents_documentlink",
    "content_missing": f"DELETE FROM documents_blob WHERE sha256 = {A_BLOB}",
    "file_missing": "INSERT INTO documents_blob (sha256, size_bytes, media_type, scanned_with, stored_at)"
    f" VALUES ('{'e' * 64}', 9, 'x', '', '2022-11-28 09:00:00')",
    "file_orphaned": f"DELETE FROM documents_blob WHERE sha256 = {A_BLOB}",
    "answered_missing": f"DELETE FROM onestop_dossier WHERE code = {FILED}",
    "answered_twice": "UPDATE journal_entry SET event = 'onestop.dossier_filed' WHERE event = 'onestop.dossier_accepted'",
    "answered_undone": f"UPDATE onestop_dossier SET state = 4 WHERE code = {FILED}",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_sound_platform_is_found_sound_and_every_kind_of_damage_is_named(left, capsys):
    copies = fresh_copies(left)
    next(copies)
    assert [str(finding) for finding in check_all(left.wanted)] == []
    unseen = {}
    for kind, statement in DAMAGES.items():
        next(copies)
        left.damage(statement)
        if kind not in (found := left.kinds()):
            unseen[kind] = found
    assert unseen == {}
    next(copies)
    files_are_looked_at(left)
    the_door_says_it(left, copies, capsys)
    copies.close()


def files_are_looked_at(left):
    (file, *_others) = sorted((left.data / "files" / "sha256").glob("??/??/*"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"x")
    assert left.kinds() == {"file_corrupt"}
    assert left.kinds(quick=True) == set()
    file.write_bytes(content[:-1])
    assert left.kinds(quick=True) == {"file_corrupt"}
    file.write_bytes(content)
    stray = file.with_name(file.name[:4] + "f" * 60)
    stray.write_bytes(b"x")
    assert left.kinds() == {"file_orphaned"}
    assert left.kinds(grace=3600.0) == set()
    stray.unlink()
    published = left.data / "published-roots.jsonl"
    lines = published.read_text()
    published.write_text("nothing\n" + lines)
    assert left.kinds() == {"published_damaged"}
    published.unlink()
    assert left.kinds() == {"published_missing"}
    tomorrow = left.wanted.at + timedelta(days=1)
    whole = lines.splitlines(keepends=True)
    for cut, kinds in (
        (whole, set()),
        ([], {"published_gap"}),
        (whole[1:], {"published_gap"}),
        (whole[:-1], {"published_gap"}),
    ):
        published.write_text("".join(cut))
        assert left.kinds(at=tomorrow) == kinds
    # sealed a moment ago: a backup may hold a root that its file of published ones does not
    assert left.kinds() == set()
    # the last line cut short by a power cut is written again by the next seal
    published.write_text(lines + '{"size": 9')
    assert left.kinds() == set()


def the_door_says_it(left, copies, capsys):
    words = ["--data", str(left.data), "--database", left.wanted.database]
    next(copies)
    assert command.run("check-all", words) == 0
    assert "All is well" in capsys.readouterr().out
    left.damage(DAMAGES["file_missing"])
    assert command.run("check-all", [*words, "--json"]) == 1
    found, total = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert found["kind"] == "file_missing"
    assert "e" * 64 in found["row"]
    assert total == {"ok": False, "found": {"file_missing": 1}}


@pytest.mark.django_db(transaction=True)
def test_a_torn_sqlite_file_is_named(left):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps checksums of its own")
    next(fresh_copies(left))
    path = left.data / "tinhso.sqlite3"
    with closing(sqlite3.connect(path)) as base:
        (page,) = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'onestop_dossier_number'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096 + 8)
        file.write(b"\xff" * 400)
    assert next(check_all(left.wanted)).kind == "database_damaged"
    assert command.run("check-all", ["--data", str(left.data)]) in (1, 2)


@pytest.mark.django_db(transaction=True)
def test_references_that_lead_nowhere_are_named(left):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL holds its references itself")
    next(fresh_copies(left))
    left.damage("DELETE FROM documents_document")
    assert "reference_broken" in left.kinds()


def test_where_there_is_nothing_it_says_so(tmp_path, capsys):
    with pytest.raises(Unreadable):
        next(check_all(Wanted("sqlite", tmp_path, AT)))
    assert command.run("check-all", ["--data", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_neither_a_zone_of_the_database_nor_our_options_in_its_url_mislead_it(left):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite keeps UTC as text")
    next(copies := fresh_copies(left))
    # the second is far enough to move what was done in the morning into another day
    for zone in ("Asia/Ho_Chi_Minh", "Etc/GMT+12"):
        with psycopg.connect(left.wanted.database, autocommit=True) as base:
            base.execute(f"ALTER DATABASE {COPY} SET TimeZone = '{zone}'")
        assert left.kinds() == set()
    options = "?transaction_pooling=1&options=-c%20timezone%3DEtc/GMT%2B12"
    assert left.kinds(database=left.wanted.database + options) == set()
    copies.close()


@pytest.mark.django_db(transaction=True)
def test_a_year_that_was_taken_out_is_a_note_and_no_damage(left, capsys):
    if connection.vendor == "sqlite":
        pytest.skip("the journal is one table there")
    next(copies := fresh_copies(left))
    with psycopg.connect(left.wanted.database) as base:
        (lines,) = base.execute("SELECT count(*) FROM journal_entry").fetchone()
    year = take_out_a_year(left)
    (note,) = check_all(replace(left.wanted, answered=None))
    assert note.is_note
    assert (note.kind, str(year) in note.row, note.text.split()[0]) == ("year_detached", True, str(lines))
    words = ["--data", str(left.data), "--database", left.wanted.database]
    assert command.run("check-all", words) == 0
    assert "All is well" in capsys.readouterr().out
    # what is not of that year, or not of the journal, is seen as ever
    left.damage(f"DELETE FROM journal_leaf WHERE number = {A_LEAF}")
    left.damage("INSERT INTO onestop_counter (series, value) VALUES ('result:H47:UBND:2031', 4)")
    assert left.kinds(answered=None) >= {"year_detached", "leaf_missing", "counter_wrong"}
    assert command.run("check-all", words) == 1
    copies.close()


def purge(left, digest: str) -> None:
    """Take a content away, row and file, as `documents check --purge` would; wait for nobody."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(left.data / "tinhso.sqlite3", timeout=0)) as base, base:
            base.execute(f"DELETE FROM documents_blob WHERE sha256 = '{digest}'")
    else:
        left.damage(f"DELETE FROM documents_blob WHERE sha256 = '{digest}'")
    (left.data / "files" / "sha256" / digest[:2] / digest[2:4] / digest).unlink()


def held_views(left) -> int:
    """How many views of the checker the database has to keep old rows for; a writer on SQLite meets them itself."""
    if connection.vendor == "sqlite":
        return 0
    with psycopg.connect(left.wanted.database) as base:
        (count,) = base.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'tinhso check-all' AND backend_xmin IS NOT NULL"
        ).fetchone()
    return int(count)


@pytest.mark.django_db(transaction=True)
def test_no_view_is_held_while_files_are_read_and_what_is_purged_meanwhile_is_not_missing(left, monkeypatch):
    next(copies := fresh_copies(left))
    found = sorted(path.name for path in (left.data / "files" / "sha256").glob("??/??/*"))
    whole = files._whole
    held = []

    def while_reading(place, lying, size, quick):
        if lying.digest == found[0]:
            held.append(held_views(left))
            purge(left, found[-1])
            purge(left, found[1])
        return whole(place, lying, size, quick)

    monkeypatch.setattr(files, "_whole", while_reading)
    assert not left.kinds() & {"file_missing", "file_orphaned", "file_corrupt"}
    assert held == [0]
    copies.close()


@pytest.mark.django_db(transaction=True)
def test_contents_come_in_pages_of_any_size_in_the_order_of_bytes(left, monkeypatch):
    next(copies := fresh_copies(left))
    with Tables(left.wanted.database, left.data) as tables:
        at_once = list(files.contents(tables))
        monkeypatch.setattr(files, "PAGE", 2)
        assert list(files.contents(tables)) == at_once == sorted(at_once)
    assert len(at_once) > 2
    copies.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_loaded", "own_folders")
def test_sealed_answers_are_opened_and_compared_and_a_moved_or_lost_one_is_named(request):
    publish_marked()
    add_key(at=AT)
    left = request.getfixturevalue("left")
    holds = "CAST(answers AS TEXT) LIKE '%~sealed%'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM onestop_dossier WHERE {holds}")
        assert cursor.fetchone()[0] > 5
    next(copies := fresh_copies(left))
    assert left.kinds() == set()
    first = f"(SELECT answers FROM onestop_dossier WHERE {holds} ORDER BY code LIMIT 1)"
    left.damage(
        f"UPDATE onestop_dossier SET answers = {first} WHERE code = (SELECT max(code) FROM onestop_dossier WHERE {holds})"
    )
    assert left.kinds() == {"unsealable"}
    next(copies)
    left.damage("UPDATE onestop_dossier SET answers = '{}' WHERE " + holds)
    assert left.kinds() == {"declared_changed"}
    next(copies)
    # as above, and the text left where it is: it opens, and has no place any more
    bare = '\'{"record": 1, "~sealed": "\' || substr(CAST(answers AS TEXT), instr(CAST(answers AS TEXT), \'s1.\'))'
    if connection.vendor == "sqlite":
        left.damage(f"UPDATE onestop_dossier SET answers = {bare} WHERE {holds}")
        assert left.kinds() == {"declared_changed"}
    next(copies)
    (left.data / "sealing-keys.json").unlink()
    assert left.kinds() == {"unsealable"}
    copies.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("onestop_dossier", "answers", "declared_changed"),
        ("onestop_dossier", "fee_steps", "declared_changed"),
        ("onestop_dossier", "applicant_number", "declared_changed"),
        ("onestop_result", "data", "proposed_changed"),
    ],
)
def test_what_was_declared_or_proposed_cannot_be_changed_unseen(left, table, column, kind):
    next(copies := fresh_copies(left))
    value = "079000000001" if column == "applicant_number" else '{"khác": 1}'
    left.damage(f"UPDATE {table} SET {column} = '{value}'")
    assert left.kinds() == {kind}
    copies.close()
