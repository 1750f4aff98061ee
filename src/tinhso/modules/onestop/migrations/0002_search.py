"""
Search by name: an index that the database itself keeps, in the statement that writes the dossier.

SQLite: an FTS5 table filled by triggers. PostgreSQL: a GIN index over an expression. Both hold the folded name and, as
one word each, the agencies that may see the dossier, so that a commune's search never walks through the province's
hundred thousand people called Nguyễn. Whoever rebuilds `onestop_dossier` on SQLite in a later migration must make the
triggers again: a test looks for them.
"""

from django.db import migrations

WORD = "replace(replace(lower({0}), '.', 'x'), '-', 'x')"


def word(column):
    return WORD.format(column)


ROW = ", ".join(
    [
        "NEW.applicant_folded",
        f"{word('NEW.agency_code')} || ' ' || {word('NEW.desk_code')} || ' ' || {word('NEW.office_code')}",
        f"'c' || {word('NEW.code')}",
        "NEW.code",
    ]
)
INTO = "INSERT INTO onestop_search (name, seen_by, row, code)"
FORGET = f"""
DELETE FROM onestop_search WHERE rowid IN
(SELECT rowid FROM onestop_search WHERE onestop_search MATCH 'row : "c' || {word("OLD.code")} || '"')
"""
SQLITE = [
    # neither positions nor sizes: nothing here is a phrase, nothing is ranked
    "CREATE VIRTUAL TABLE onestop_search USING fts5(name, seen_by, row, code UNINDEXED,"
    " tokenize='unicode61 remove_diacritics 0', prefix='1 2 3', detail=column, columnsize=0)",
    f"{INTO} SELECT {ROW.replace('NEW.', '')} FROM onestop_dossier ORDER BY id",
    f"CREATE TRIGGER onestop_search_insert AFTER INSERT ON onestop_dossier BEGIN {INTO} VALUES ({ROW}); END",
    f"CREATE TRIGGER onestop_search_update AFTER UPDATE OF applicant_folded, agency_code, desk_code, office_code, code"
    f" ON onestop_dossier BEGIN {FORGET}; {INTO} VALUES ({ROW}); END",
    f"CREATE TRIGGER onestop_search_delete AFTER DELETE ON onestop_dossier BEGIN {FORGET}; END",
]
POSTGRESQL = [
    "CREATE INDEX onestop_dossier_search ON onestop_dossier USING gin (to_tsvector('simple',"
    f" applicant_folded || ' ' || {word('agency_code')} || ' ' || {word('desk_code')}"
    f" || ' ' || {word('office_code')}))",
]


def make(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX onestop_dossier_search")
        return
    for name in ("insert", "update", "delete"):
        editor.execute(f"DROP TRIGGER onestop_search_{name}")
    editor.execute("DROP TABLE onestop_search")


class Migration(migrations.Migration):
    dependencies = [("onestop", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
