"""Sensitive answers in their rows: sealed wherever they are stored, for that row alone, and open to whoever may read them."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.marked import publish_marked
from tests.snapshot import with_province, write_sqlite
from tests.world import known_citizen, token

from tinhso.base import sealing
from tinhso.base.sealing import add_key, drop_key, ring, ring_path, sealed_under, seals_answers
from tinhso.kernel.casework.public import worklist
from tinhso.kernel.forms.kept import SEALED
from tinhso.kernel.forms.public import AnswersLocked, load_form, render_form_pdf
from tinhso.kernel.forms.tests.worlds import FILES, form_of
from tinhso.kernel.identity.actions import keys
from tinhso.kernel.identity.kept import keep_form, kept_form
from tinhso.kernel.identity.models import KeptAnswer
from tinhso.kernel.journal.public import entries
from tinhso.law.sensitive import sensitive_classes
from tinhso.modules.onestop.actions import applications, erasing, filing, fingerprints, supplement
from tinhso.modules.onestop.models import Application, Dossier, SupplementRequest
from tinhso.modules.onestop.queries import dossiers, people, personal, tracking, working
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
FIRST, THEN = "CHUA77LINHUNG", "NHATHO88CHANHTOA"
"""What somebody declares, and what they declare instead: words that are nowhere else."""
ASK = [{"pointer": "/record/registered_at", "reason": "wrong", "text": "Ghi nơi đăng ký"}]


@pytest.fixture
def marked(who):
    """The province with a marked form, and a ring."""
    publish_marked()
    add_key(at=AT)


def draft_of(who, place=FIRST):
    draft = playing.start(who.tu)
    record = {**draft.answers["record"], "registered_at": place}
    return applications.save_step(draft.id, "record", record, complete=True, actor=who.tu, at=AT)


def file(who, place=FIRST) -> str:
    applicant = filing.Applicant.of(people.applicant(who.tu))
    return filing.file_application(draft_of(who, place).id, applicant, actor=who.tu, at=AT).code


def supplemented(who) -> str:
    code = file(who)
    playing.reception.accept_dossier(code, actor=who.lan, at=later(5))
    playing.processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(6))
    supplement.ask_for_supplement(code, ASK, actor=who.ha, at=later(300))
    record = {**Dossier.objects.get(code=code).answers["record"], "registered_at": THEN}
    supplement.answer_supplement(code, answers={"record": record}, actor=who.tu, at=later(600))
    return code


def stored(row):
    """Return what lies in the column of a row."""
    name = "changed" if isinstance(row, SupplementRequest) else "answers"
    return type(row).objects.filter(pk=row.pk).values_list(name, flat=True).get()


def text_of(row) -> str:
    value = stored(row)
    return next(each[SEALED] for each in (value if isinstance(value, list) else [value]) if SEALED in each)


def cells() -> str:
    """Return every cell of every table as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def rotate() -> str:
    said = io.StringIO()
    call_command("keys", "rotate", stdout=said)
    return said.getvalue()


def api(citizen, method, path, body, key):
    given = {"HTTP_AUTHORIZATION": f"Bearer {token(citizen.account)}", "HTTP_IDEMPOTENCY_KEY": key}
    return getattr(Client(), method)(path, json.dumps(body), content_type="application/json", **given)


def test_no_cell_of_the_database_holds_what_is_sensitive(who, marked):
    draft, code = draft_of(who), supplemented(who)
    dossier, request = Dossier.objects.get(code=code), SupplementRequest.objects.get()
    found = cells()
    assert FIRST not in found
    assert THEN not in found
    assert draft.answers["record"]["event"] in found
    assert "registered_at" not in stored(dossier)["record"]
    assert (stored(request)[0]["was"], stored(request)[0]["now"]) == (None, None)
    # and whoever may read them does
    assert Application.objects.get(pk=draft.pk).answers["record"]["registered_at"] == FIRST
    assert dossier.answers["record"]["registered_at"] == THEN
    (changed,) = request.changed
    assert changed == {"pointer": "/record/registered_at", "was": FIRST, "now": THEN}
    assert THEN in signed_in("ha").get(reverse("onestop:work", args=[code])).content.decode()


def test_what_is_not_sensitive_stays_plain_and_a_form_without_marks_is_as_before(who):
    add_key(at=AT)
    dossier = playing.file(who.tu)
    assert SEALED not in stored(dossier)
    assert stored(dossier) == dossier.answers


@pytest.mark.django_db(transaction=True)
def test_neither_the_file_nor_its_log_holds_it_after_a_rotation_and_vacuum(snapshots, own_folders, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("the file of SQLite")
    snapshots["quang-nam"].put_back()
    who = playing.cast()
    publish_marked()
    supplemented(who)
    before = tmp_path / "before.sqlite3"
    write_sqlite(before)
    assert FIRST.encode() in before.read_bytes()
    rotate()
    assert SEALED in stored(draft_of(who))
    path = tmp_path / "after.sqlite3"
    write_sqlite(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("VACUUM")
        base.execute("UPDATE onestop_dossier SET revision = revision + 1")
        lying = b"".join(each.read_bytes() for each in tmp_path.glob("after.sqlite3*"))
    assert (tmp_path / "before.sqlite3").stat().st_size
    assert FIRST.encode() not in lying
    assert THEN.encode() not in lying


def test_a_text_opens_in_its_own_row_only(who, marked):
    one, other = file(who), file(who, "CHUYENDI99")
    theirs = stored(Dossier.objects.get(code=other))
    Dossier.objects.filter(code=one).update(answers=theirs)
    with pytest.raises(AnswersLocked):
        _ = Dossier.objects.get(code=one).answers
    draft = Application.objects.get(dossier_code=other)
    Dossier.objects.filter(code=other).update(answers=stored(draft))
    with pytest.raises(AnswersLocked):
        _ = Dossier.objects.get(code=other).answers
    assert draft.answers["record"]["registered_at"] == "CHUYENDI99"


def test_without_its_key_the_page_says_so_and_lists_and_states_are_read_as_ever(who, marked, client):
    code = file(who)
    ring_path().rename(ring_path().with_name("away"))
    ha, lan = signed_in("ha"), signed_in("lan")
    answer = lan.get(reverse("onestop:work", args=[code]))
    assert answer.status_code == 503
    assert "thiếu khóa" in answer.content.decode()
    assert FIRST not in answer.content.decode()
    assert code in lan.get(reverse("onestop:inbox")).content.decode()
    assert ha.get(reverse("onestop:worklist")).status_code == 200
    assert tracking.track(code)
    assert client.get(reverse("onestop:look_up"), {"code": code}).status_code in (200, 302)
    with pytest.raises(AnswersLocked):
        fingerprints.of_declared(Dossier.objects.get(code=code))
    ring_path().with_name("away").rename(ring_path())
    assert FIRST in lan.get(reverse("onestop:work", args=[code])).content.decode()


def test_what_only_asks_for_the_state_opens_nothing(who, marked, monkeypatch):
    code = file(who)
    monkeypatch.setattr(sealing, "AESGCM", None)
    assert dossiers.list_own(who.tu)
    assert tracking.track(code)
    assert dossiers.search_dossiers("nguyen thi tu", seen_by=who.lan)
    working.rows(worklist(who.lan, at=later(30)).tasks, later(30))
    assert dossiers.view_dossier(code, seen_by=who.lan)
    playing.reception.accept_dossier(code, actor=who.lan, at=later(5))
    playing.processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(6))


def test_an_act_sends_as_many_statements_sealed_as_plain(who, statements):
    def filed():
        draft, applicant = draft_of(who), filing.Applicant(who.tu.key, who.tu.name)
        save = statements(
            lambda: applications.save_step(draft.id, "copies", {"count": 2}, complete=True, actor=who.tu, at=AT)
        )
        return save, statements(lambda: filing.file_application(draft.id, applicant, actor=who.tu, at=AT))

    filed()
    plain = filed()
    publish_marked()
    add_key(at=AT)
    filed()
    assert filed() == plain


def test_what_the_journal_binds_is_what_was_declared_sealed_or_not(who, marked):
    code = supplemented(who)
    dossier = Dossier.objects.get(code=code)
    assert playing.last_line(code).facts["declared"] == fingerprints.of_declared(dossier)
    told = json.dumps([entry.facts for entry in entries(("dossier", code))])
    assert FIRST not in told
    rotate()
    assert playing.last_line(code).facts["declared"] == fingerprints.of_declared(Dossier.objects.get(code=code))


def test_who_has_all_but_the_key_cannot_try_answers_against_the_journal(who, marked):
    code = file(who)
    dossier = Dossier.objects.get(code=code)
    known = fingerprints.of_declared(dossier)
    assert playing.last_line(code).facts["declared"] == known
    # what a thief does: everything that lies open, and the right guess
    dossier.answers = {**dossier.answers, "record": {**dossier.answers["record"], "registered_at": FIRST}}
    thief = Dossier(**{field.attname: dossier.__dict__[field.attname] for field in Dossier._meta.concrete_fields})
    assert fingerprints.of_declared(thief) != known


def test_what_another_process_marked_is_sealed_here_in_rows_of_the_version_before(who):
    add_key(at=AT)
    draft = draft_of(who)
    assert SEALED not in stored(draft)
    publish_marked()
    record = {**draft.answers["record"], "registered_at": THEN}
    with CaptureQueriesContext(connection):
        applications.save_step(draft.id, "record", record, complete=True, actor=who.tu, at=AT)
    assert SEALED in stored(draft)
    assert THEN not in str(stored(draft))


def test_a_rotation_seals_what_was_plain_and_moves_what_was_sealed(who, marked, monkeypatch):
    rotate()  # the secrets of the officials, which lay under the site's own key
    (first,) = ring()
    others = keys.count_by_key()[first.id]
    code = supplemented(who)
    rows = [Dossier.objects.get(), Application.objects.get(), SupplementRequest.objects.get()]
    assert {sealed_under(text_of(row)) for row in rows} == {first.id}
    assert keys.count_by_key()[first.id] == others + 3
    with pytest.raises(CommandError, match=first.id):
        call_command("keys", "retire", first.id)
    monkeypatch.setattr(keys, "BATCH", 1)
    rotate()
    second = ring()[0]
    assert {sealed_under(text_of(row)) for row in rows} == {second.id}
    call_command("keys", "retire", first.id, stdout=io.StringIO())
    assert Dossier.objects.get(code=code).answers["record"]["registered_at"] == THEN


def test_a_rotation_that_was_broken_off_goes_on(who, monkeypatch):
    publish_marked()
    for _each in range(3):
        file(who)
    monkeypatch.setattr(keys, "BATCH", 2)
    whole, calls = keys._reseal_some, []

    def broken(holder, after, **rest):
        calls.append(holder.key)
        if calls.count("onestop.dossiers") == 2:
            raise KeyboardInterrupt
        return whole(holder, after, **rest)

    monkeypatch.setattr(keys, "_reseal_some", broken)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    listed = io.StringIO()
    call_command("keys", "list", stdout=listed)
    assert re.search(r"Not sealed yet  \d", listed.getvalue())
    monkeypatch.setattr(keys, "_reseal_some", whole)
    rotate()
    (key,) = ring()
    assert list(keys.count_by_key()) == [key.id]
    assert FIRST not in cells()


def test_a_row_that_nothing_opens_is_told_and_left(who, marked):
    dossier = Dossier.objects.get(code=file(who))
    (lost,) = ring()
    text = text_of(dossier)
    add_key(at=AT)
    drop_key(lost.id)
    with pytest.raises(CommandError, match=r"Cannot be opened: [12]$"):
        rotate()
    assert text_of(dossier) == text


def test_a_plain_row_of_before_is_read_and_sealed_by_the_next_rotation_under_the_marks_of_today(who):
    code = file(who)
    add_key(at=AT)
    publish_marked()
    dossier = Dossier.objects.get(code=code)
    assert stored(dossier)["record"]["registered_at"] == FIRST == dossier.answers["record"]["registered_at"]
    rotate()
    assert FIRST not in cells()
    assert Dossier.objects.get(code=code).answers == dossier.answers
    # and stays sealed when it is written again, though its own version of the form marks nothing
    playing.reception.accept_dossier(code, actor=who.lan, at=later(5))
    row = Dossier.objects.get(code=code)
    row.answers = {**row.answers, "copies": {"count": 1}}
    row.save()
    assert SEALED in stored(row)
    assert FIRST not in cells()


def test_a_mark_that_is_taken_off_seals_as_before(who, marked):
    publish_marked(marked=False)
    assert SEALED in stored(Dossier.objects.get(code=file(who)))


def test_answers_are_sealed_only_when_no_program_of_before_runs_any_more(who):
    publish_marked()
    made = add_key(at=AT)
    ring_path().write_text(ring_path().read_text().replace(', "answers": true', ""))
    assert (ring(), seals_answers()) == ((made,), False)
    dossier = Dossier.objects.get(code=file(who))
    assert SEALED not in stored(dossier)
    rotate()
    assert seals_answers()
    assert ring() == (made,)
    assert SEALED in stored(dossier)


def test_ones_own_data_hold_them_and_an_erasure_leaves_nothing(who, marked):
    code = supplemented(who)
    own = personal.dossiers_of(who.tu, AT).data["own"][0]
    assert own["answers"]["record"]["registered_at"] == THEN
    assert own["supplements"][0]["changed"][0]["was"] == FIRST
    dossier = Dossier.objects.get(code=code)
    applications._erase(Application.objects.get(), who.tu, AT)
    erasing._forget_words(dossier)
    erasing._forget_person(dossier, AT)
    assert (stored(dossier), stored(Application.objects.get()), SupplementRequest.objects.get().changed) == (
        {},
        {},
        None,
    )
    assert rotate()


def test_what_the_api_answered_is_kept_sealed_and_given_again(who, marked, at_now):
    citizen = known_citizen()
    draft = draft_of(who)
    path = f"/api/applications/{draft.id}/steps/record"
    body = {"answers": {**draft.answers["record"], "registered_at": THEN}}
    first, again = (api(citizen, "put", path, body, "once") for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["answers"]["record"]["registered_at"] == THEN
    assert list(KeptAnswer.objects.get().body) == ["~sealed"]
    assert THEN not in cells()
    rotate()
    assert api(citizen, "put", path, body, "once").json() == first.json()
    for key in ring():
        drop_key(key.id)
    lost = api(citizen, "put", path, body, "once")
    assert (lost.status_code, lost.json()["code"]) == (503, "identity.answer_locked")


def test_a_form_kept_for_who_must_sign_in_again_is_sealed_as_well(own_folders, rf):
    add_key(at=AT)
    request = rf.post("/ho-so/", {"record.registered_at": FIRST})
    request.session, request.at = SessionStore(), AT
    key = keep_form(request).rstrip("/").rpartition("/")[2]
    assert FIRST not in json.dumps(dict(request.session))
    assert kept_form(request, key, at=AT).fields == [("record.registered_at", FIRST)]
    ring_path().unlink()
    assert kept_form(request, key, at=AT) is None


def test_the_printed_form_shows_them(who, marked):
    dossier = Dossier.objects.get(code=file(who))
    form = load_form(dossier.form_code, dossier.form_version)
    assert render_form_pdf(form, dossier.answers, "vi", at=AT).startswith(b"%PDF")


def test_what_forms_mark_and_how_each_class_is_protected_is_written_down():
    page = (settings.ROOT / "docs" / "reference" / "personal-data.md").read_text("utf-8")
    classes = re.findall(r"^\| (secret|sensitive|files|basic|public) \| .+ \| .+ \| .+ \| .* \|$", page, re.MULTILINE)
    assert classes == ["secret", "sensitive", "files", "basic", "public"]
    (sensitive,) = re.findall(r"^\| sensitive \| (.+?) \| sealed", page, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", sensitive)) == sensitive_classes()
    marked = {
        (path.parent.parent.name, place[-1], field.schema["x-sensitive"])
        for path in FILES
        for place, field in form_of(path).fields()
        if "x-sensitive" in field.schema
    }
    assert marked == set(re.findall(r"^\| (nghich|quang-nam) \| `(\w+)` \| (\w+) \|$", page, re.MULTILINE))
