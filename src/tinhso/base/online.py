"""Changes of tables that let everybody go on working; for migrations after the first release."""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError
from django.db.migrations import AddIndex


class AddIndexOnline(AddIndex):
    """
    Add an index to a big table: CONCURRENTLY on PostgreSQL, as ever on SQLite. The migration says `atomic = False`.

    When it breaks off, PostgreSQL leaves an invalid index behind: drop it, then migrate again.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index. Raises NotSupportedError inside of a transaction on PostgreSQL."""
        connection = schema_editor.connection
        model = to_state.apps.get_model(app_label, self.model_name)
        if connection.vendor != "postgresql" or not self.allow_migrate_model(connection.alias, model):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        if connection.in_atomic_block:
            raise NotSupportedError(
                "an index is made online outside of a transaction: set atomic = False in the migration"
            )
        table = model._meta.db_table  # noqa: SLF001 - Django's public way to a table
        if parts := _partitions(connection, table):
            self._add_to_each(schema_editor, model, table, parts)
        else:
            schema_editor.add_index(model, self.index, concurrently=True)

    def _add_to_each(self, schema_editor: Any, model: Any, table: str, parts: list[str]) -> None:
        """Make it on each partition, then the whole's, which is empty, and hang them in: the whole takes none concurrently."""
        words = str(self.index.create_sql(model, schema_editor))
        whole, on = f'"{self.index.name}"', f' ON "{table}"'
        for part in parts:
            one = words.replace("INDEX ", "INDEX CONCURRENTLY ", 1).replace(whole, _of(self.index.name, part), 1)
            schema_editor.execute(one.replace(on, f' ON "{part}"', 1))
        schema_editor.execute(words.replace(on, f' ON ONLY "{table}"', 1))
        for part in parts:
            schema_editor.execute(f"ALTER INDEX {whole} ATTACH PARTITION {_of(self.index.name, part)}")


def _of(index: str, partition: str) -> str:
    """Return the name of a partition's own index: the end of the partition's name tells it from the others."""
    return f'"{index}_{partition.rpartition("_")[2]}"'


def _partitions(connection: Any, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s) AND c.relispartition ORDER BY c.relname",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
