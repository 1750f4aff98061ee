"""An index on a big table is made while everybody works, and only outside of a transaction."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import NotSupportedError, connection, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from tinhso.base.online import AddIndexOnline

ON_DOSSIERS = AddIndexOnline("dossier", models.Index(fields=["revision"], name="onestop_dossier_tried"))
ON_ENTRIES = AddIndexOnline("entry", models.Index(fields=["agency", "at"], name="journal_entry_tried"))


def indexes(table):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def states(app, operation):
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards(app, after)
    return before, after


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("app", "operation", "table"),
    [("onestop", ON_DOSSIERS, "onestop_dossier"), ("journal", ON_ENTRIES, "journal_entry")],
)
def test_it_is_made_without_a_lock_and_taken_back(app, operation, table):
    before, after = states(app, operation)
    known = indexes(table)
    with connection.schema_editor(atomic=False) as editor, CaptureQueriesContext(connection) as asked:
        operation.database_forwards(app, editor, before, after)
    assert indexes(table) - known == {operation.index.name}
    made = [query["sql"] for query in asked if query["sql"].startswith("CREATE INDEX")]
    if connection.vendor == "postgresql":
        assert all("CONCURRENTLY" in words or " ON ONLY " in words for words in made)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), bool_and(indisvalid) FROM pg_index JOIN pg_class ON oid = indexrelid"
                           " WHERE relname LIKE %s", [f"{operation.index.name}%"])  # fmt: skip
            count, is_valid = cursor.fetchone()
        assert is_valid
        assert count == len(made)
        assert (count > 1) == (app == "journal")
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(app, editor, after, before)
    assert indexes(table) == known


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, and no other way")
def test_in_a_transaction_it_is_refused():
    before, after = states("onestop", ON_DOSSIERS)
    with connection.schema_editor(atomic=False) as editor, pytest.raises(NotSupportedError, match="atomic = False"):
        ON_DOSSIERS.database_forwards("onestop", editor, before, after)
