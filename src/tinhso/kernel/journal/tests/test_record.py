import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from tinhso.base.acts import BrokenAct, act, anyone, before_commit, require
from tinhso.kernel.journal.models import AppendOnly, Queued
from tinhso.kernel.journal.public import Entry, new_id, record
from tinhso.kernel.journal.tests.cast import AT, LAN, do


@pytest.mark.django_db
def test_record_writes_all_lines_of_an_act_with_two_statements(django_assert_num_queries):
    # and the savepoint around; PostgreSQL gets both in one message
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 4):
        lines = do("a", "b", "c", fee=12000)
    assert [e.subject_key for e in Entry.objects.order_by("id")] == ["a", "b", "c"]
    assert Entry.objects.get(id=lines[1].id).facts == {"fee": 12000}
    assert Queued.objects.count() == 6


@pytest.mark.django_db
def test_record_outside_an_act_is_a_bug():
    with pytest.raises(BrokenAct):
        record("test.done", ("dossier", "a"), actor=LAN, at=AT)


@pytest.mark.django_db
def test_record_by_a_later_finisher_is_not_lost():
    @act
    def late():
        require(anyone, LAN)
        record("test.first", ("dossier", "a"), actor=LAN, at=AT)
        before_commit("late", lambda: record("test.second", ("dossier", "a"), actor=LAN, at=AT))

    late()
    assert list(Entry.objects.order_by("id").values_list("event", flat=True)) == ["test.first", "test.second"]


@pytest.mark.django_db
def test_entry_refuses_the_orm():
    (entry,) = do("a")
    for change in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(event="x")):
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET event = 'x'", "DELETE FROM journal_entry"])
def test_entry_refuses_raw_sql(statement):
    do("a")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:  # noqa: TID251 - only to survive the error
        cursor.execute(statement)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own way to write over a row")
@pytest.mark.parametrize("place", ["id", "rowid"])
def test_no_entry_is_written_over(place):
    first, second = do("a", "b")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid, * FROM journal_entry WHERE id = %s", [first.id.hex])
        row = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
        row["facts"] = '{"fee": 0}'
        row["rowid" if place == "id" else "id"] = 99 if place == "id" else new_id().hex
        statement = f"INSERT OR REPLACE INTO journal_entry ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():  # noqa: TID251 - only to survive the error
            cursor.execute(statement, list(row.values()))
    assert [entry.facts for entry in Entry.objects.order_by("id")] == [first.facts, second.facts]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own way to write over a row")
@pytest.mark.parametrize("row", [(0, "b"), (1, "a")])
def test_no_leaf_is_written_over_by_its_number_or_by_its_entry(row):
    first, second = do("a", "b")
    named = {"a": first.id.hex, "b": second.id.hex}
    into = "INTO journal_leaf (number, entry_id, hash) VALUES (%s, %s, '')"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT {into}", [0, named["a"]])
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():  # noqa: TID251 - only to survive the error
            cursor.execute(f"INSERT OR REPLACE {into}", [row[0], named[row[1]]])


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_can_clean_up():
    do("a")


def test_new_id_rises_and_is_version_7():
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {(i.version, i.variant) for i in ids} == {(7, uuid.RFC_4122)}
