"""Rows read and written past the ORM are what the ORM would have made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - fixtures

from tinhso.base.actors import system
from tinhso.base.acts import act, by_system, require
from tinhso.base.rows import fetch, fetch_many, insert, key_value, new, update, update_guarded
from tinhso.kernel.casework.models import Case, Task, Token
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.models import Stamp
from tinhso.modules.onestop.models import Dossier, Result, Way
from tinhso.modules.onestop.tests import playing

pytestmark = with_province


@pytest.fixture
def who(tmp_path, settings, db):
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"
    return playing.cast()


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Dossier, Case, Task, Token, Stamp])
def test_a_row_is_what_the_orm_makes_of_it(who, model):
    playing.accepted(who)
    wanted = {row.pk: values(row) for row in model.objects.all()}
    assert wanted
    for (row,) in fetch(model._meta.db_table, [], model):
        assert values(row) == wanted[row.pk]
        assert {type(value) for value in values(row).values()} == {type(value) for value in wanted[row.pk].values()}
        assert not row._state.adding


def test_what_an_outer_join_does_not_find_is_none(who):
    dossier = playing.file(who.tu)
    source = "onestop_dossier LEFT JOIN onestop_result ON onestop_result.dossier_id = onestop_dossier.id"
    where = f"{source} WHERE onestop_dossier.id = %s"
    ((found, result),) = fetch(where, [key_value(Dossier, dossier.pk)], Dossier, Result)
    assert (found, result) == (dossier, None)
    assert fetch(where, [key_value(Dossier, result_of_nobody())], Dossier, Result) == []


def result_of_nobody():
    from tinhso.kernel.journal.public import new_id

    return new_id()


def test_the_locked_dossier_knows_its_result_or_that_there_is_none(who, django_assert_num_queries):
    code = playing.file(who.tu).code
    # on PostgreSQL what is joined to a locked row is as it was before the wait: the result is read after it
    sent = 2 if connection.features.has_select_for_update else 1
    with django_assert_num_queries(sent):
        dossier = Dossier.objects.locked(code, "result")
        assert getattr(dossier, "result", None) is None
    made = Result.objects.create(dossier=dossier, kind="grant", title="x", proposed_by="Hà", proposed_at=playing.AT)
    with django_assert_num_queries(sent):
        dossier = Dossier.objects.locked(code, "result")
        assert dossier.result == made
        assert dossier.result.dossier is dossier


def test_update_writes_the_named_fields_and_nothing_else(who):
    dossier = playing.file(who.tu)
    at = datetime(2023, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    dossier.answers, dossier.received_at, dossier.due_at, dossier.code = {"á": [1, None]}, at, at, "another"
    update(dossier, "answers", "received_at", "due_at")
    kept = Dossier.objects.get(pk=dossier.pk)
    assert (kept.answers, kept.received_at, kept.due_at) == ({"á": [1, None]}, at, at)
    assert kept.code != "another"


def test_json_is_written_as_it_was_when_it_was_given(who):
    dossier = playing.file(who.tu)
    given = {"a": [1]}

    @act
    def changed(*, actor, at):
        require(by_system, actor)
        dossier.answers = given
        update(dossier, "answers")
        given["a"].append(2)
        record("onestop.dossier_filed", dossier, actor=actor, at=at)

    changed(actor=system("worker"), at=playing.AT)
    assert Dossier.objects.get(pk=dossier.pk).answers == {"a": [1]}


def test_update_under_a_guard_writes_once(who):
    dossier = playing.file(who.tu)
    dossier.revision += 1
    assert update_guarded(dossier, "revision", guard="revision")
    assert not update_guarded(dossier, "revision", guard="revision")
    dossier.pk = result_of_nobody()
    assert not update_guarded(dossier, "revision", guard="revision")


@pytest.mark.parametrize("model", [Task, Token, Entry])
def test_a_new_row_is_what_the_model_makes(model):
    mine, its = values(new(model)), values(model())
    own_ids = {name for name in mine if name == "id"}
    assert {**mine, "id": None} == {**its, "id": None} if own_ids else mine == its
    assert new(model)._state.adding


def test_a_new_row_takes_the_rows_it_leads_to(who):
    playing.accepted(who)
    case = Case.objects.get()
    task = new(Task, case=case, token=None)
    assert (task.case_id, task.case, task.token_id, task.token) == (case.pk, case, None, None)


def test_a_row_that_is_there_stays_or_says_so(who):
    playing.accepted(who)
    case = Case.objects.get()
    version, case.version = case.version, case.version + 7
    insert(case, known="skip")
    assert Case.objects.get().version == version
    with pytest.raises(IntegrityError):
        insert(case)


def test_what_is_written_is_what_the_orm_would_write(who):
    playing.accepted(who)
    dossier = Dossier.objects.get()
    dossier.limit_amount, dossier.paused_at, dossier.answers = Decimal("2.50"), playing.AT, {"chữ": ["đ", None, 1.5]}
    dossier.way = Way.POST
    update(dossier, "limit_amount", "paused_at", "answers", "way")
    ours = raw(dossier)
    dossier.save()
    assert raw(dossier) == ours


def raw(dossier):
    with connection.cursor() as cursor:
        cursor.execute("SELECT limit_amount, paused_at, answers, way FROM onestop_dossier")
        return cursor.fetchone()


def test_what_is_left_out_is_read_when_it_is_asked_for(who, django_assert_num_queries):
    playing.accepted(who)
    wanted = Dossier.objects.get()
    with django_assert_num_queries(1):
        (found,) = fetch_many(Dossier, "code", [wanted.code], without=("answers",))
        assert (found.code, found.submitted_at) == (wanted.code, wanted.submitted_at)
    assert "answers" not in vars(found)
    with django_assert_num_queries(1):
        assert found.answers == wanted.answers
    assert fetch_many(Dossier, "code", []) == fetch_many(Dossier, "code", ["x"]) == []
