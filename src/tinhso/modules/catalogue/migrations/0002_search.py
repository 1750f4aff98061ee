"""The search table: FTS5 on SQLite, tsvector with a GIN index on PostgreSQL; both hold text folded by us."""

from django.db import migrations


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE TABLE catalogue_search (id bigint PRIMARY KEY, document tsvector NOT NULL)")
        editor.execute("CREATE INDEX catalogue_search_document ON catalogue_search USING gin (document)")
    else:
        editor.execute(
            "CREATE VIRTUAL TABLE catalogue_search USING fts5(title, words, body,"
            " tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
        )


def drop(apps, editor):
    editor.execute("DROP TABLE catalogue_search")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
