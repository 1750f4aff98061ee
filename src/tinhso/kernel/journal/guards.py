"""
The database's own refusal to change or delete what is kept for ever, whoever asks: triggers on four tables.

SQLite's `INSERT OR REPLACE` deletes the row in its way without asking the triggers of deletion: there a third one refuses
every row that stands in the place of another. On PostgreSQL the triggers of rows are inherited by every partition, those
of TRUNCATE are not: each partition has its own.
"""

from __future__ import annotations

from typing import Any

TABLES = {
    "journal_entry": ("id",),
    "journal_leaf": ("number", "entry_id"),
    "journal_node": ("number",),
    "journal_root": ("size",),
}
"""The tables, and what no two rows of each may share."""
MESSAGE = "the journal only grows"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}: % on %', TG_OP, TG_TABLE_NAME; END $$
"""


def create(connection: Any) -> None:
    """Put the triggers up. Idempotent."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in TABLES:
            for statement in _triggers(connection.vendor, table):
                cursor.execute(statement)
            for partition, _bounds in attached(connection, table):
                protect_from_truncate(connection, partition)


def drop(connection: Any) -> None:
    """Take the triggers down: for emptying a test database, and for tests that tamper."""
    with connection.cursor() as cursor:
        for table in TABLES:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            for what in ("update", "delete", "truncate", "replace"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on}")
            for partition, _bounds in attached(connection, table):
                cursor.execute(f"DROP TRIGGER IF EXISTS {partition}_no_truncate ON {partition}")


def attached(connection: Any, table: str) -> list[tuple[str, str]]:
    """Return the partitions of a table and their bounds, in PostgreSQL's words; none where it has no partitions."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s) AND c.relpartbound IS NOT NULL ORDER BY c.relname",
            [table],
        )
        return list(cursor.fetchall())


def protect_from_truncate(connection: Any, partition: str) -> None:
    """Guard one partition against TRUNCATE: the only trigger that it does not inherit. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {partition}_no_truncate ON {partition}")
        cursor.execute(_triggers(connection.vendor, partition)[-1])


def protect(connection: Any, table: str) -> None:
    """Guard a table that is no partition any more. Idempotent."""
    unprotect(connection, table)
    with connection.cursor() as cursor:
        for statement in _triggers(connection.vendor, table):
            cursor.execute(statement)


def unprotect(connection: Any, table: str) -> None:
    """Take down what `protect` put up: the table is about to inherit its guards."""
    with connection.cursor() as cursor:
        for what in ("update", "delete", "truncate"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what} ON {table}")


def _triggers(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        call = "EXECUTE FUNCTION journal_only_grows()"
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {call}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {call}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {what} on {table}'); END"
        for what in ("update", "delete")
    ] + [_no_replace(table)]


def _no_replace(table: str) -> str:
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column})"  # noqa: S608 - our own words
        for column in (*TABLES[table], "rowid")
    )
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: replace on {table}'); END"
    )
