"""What a migration may do while the program of before still runs on the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, models
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tinhso.base.online import AddIndexOnline

OLDEST = Path(__file__).with_name("oldest.yaml")

GONE = "drops or renames"
"""The old program still reads and writes it by its name."""
NEEDED = "needed without a database default"
"""The old program's INSERT does not know the column: give it `db_default`, or let it be null."""
TYPED = "changes the type of a column"
"""The table is written anew under a lock, and the old program may send what no longer fits."""
STRICTER = "adds a constraint"
"""The old program does not know what it may not write any more, and the whole table is read under a lock."""
LOCKING = "locks a big table for an index"
"""Use `tinhso.base.online.AddIndexOnline`."""
OWN_WORDS = "own words"
"""RunSQL and RunPython may do anything: say what it is and why it is harmless."""

_GONE = (ops.RemoveField, ops.RenameField, ops.DeleteModel, ops.RenameModel, ops.AlterModelTable)
_STRICTER = (ops.AddConstraint, ops.AlterUniqueTogether)


def oldest() -> dict[str, Any]:
    """Return what `oldest.yaml` says."""
    said: dict[str, Any] = yaml.safe_load(OLDEST.read_text(encoding="utf-8"))
    return said


@dataclass(frozen=True)
class Fault:
    """A rule that an operation breaks."""

    rule: str
    what: str


def faults(operation: Operation, app: str, state: ProjectState, big: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with one operation; `state` is what the tables were before it, and after it when this ends."""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        changed = state.clone()
        for inner in operation.database_operations:
            yield from faults(inner, app, changed, big)
        operation.state_forwards(app, state)
        return
    before = state.clone()
    operation.state_forwards(app, state)
    for rule in _broken(operation, app, before, state, big):
        yield Fault(rule, operation.describe())


def _broken(operation: Operation, app: str, before: ProjectState, after: ProjectState, big: set[str]) -> Iterator[str]:
    if isinstance(operation, _GONE):
        yield GONE
    elif isinstance(operation, ops.RunPython | ops.RunSQL):
        yield OWN_WORDS
    elif isinstance(operation, _STRICTER):
        yield STRICTER
    elif isinstance(operation, ops.AddField):
        if _is_needed(_field(after, app, operation)):
            yield NEEDED
    elif isinstance(operation, ops.AlterField):
        yield from _altered(_field(before, app, operation), _field(after, app, operation))
    elif _locks(operation, app, after, big):
        yield LOCKING


def _locks(operation: Operation, app: str, after: ProjectState, big: set[str]) -> bool:
    if not isinstance(operation, ops.AddIndex) or isinstance(operation, AddIndexOnline):
        return False
    return after.apps.get_model(app, operation.model_name)._meta.db_table in big


def _altered(old: models.Field, new: models.Field) -> Iterator[str]:
    if old.column != new.column:
        yield GONE
    if _is_needed(new) and not _is_needed(old):
        yield NEEDED
    if (new.unique and not old.unique) or (new.remote_field and not old.remote_field):
        yield STRICTER
    if old.db_type(connection) != new.db_type(connection) and not _is_wider(old, new):
        yield TYPED


def _field(state: ProjectState, app: str, operation: ops.AddField | ops.AlterField) -> models.Field:
    return state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)


def _is_needed(field: models.Field) -> bool:
    is_stored = not field.many_to_many and not getattr(field, "generated", False)
    return is_stored and not field.null and not field.has_db_default() and not field.primary_key


def _is_wider(old: models.Field, new: models.Field) -> bool:
    both = isinstance(old, models.CharField) and isinstance(new, models.CharField)
    return both and (new.max_length is None or (old.max_length is not None and old.max_length <= new.max_length))
