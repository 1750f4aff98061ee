"""A new column on a filled table, without writing the table anew."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddField
from django.db.migrations.state import ProjectState


class AddColumn(AddField):
    """
    `AddField` that is `ALTER TABLE … ADD COLUMN` on SQLite too. The field has a constant `db_default`, or is nullable.

    Django copies the whole table there, and what it does not know of goes with the old one: our triggers, that keep the
    index of names and guard the journal.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - as Django calls it
        to_state: ProjectState,
    ) -> None:
        """Add the column; rows that are there get its default without being written."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            BaseDatabaseSchemaEditor.add_field(schema_editor, model, model._meta.get_field(self.name))  # noqa: SLF001
