"""
Rows read and written on the hottest path, where building a statement costs more than running it.

The ORM puts a SELECT together anew each time, and an UPDATE as well: some milliseconds of an act. Here the words are put
together once for a model; values are converted by the same fields, so that a row is what the ORM would have made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


@dataclass(frozen=True, slots=True)
class _Shape:
    """A model in a statement: its columns, and what turns them into the values of its fields."""

    model: type[models.Model]
    names: tuple[str, ...]
    key: int
    """Place of the primary key among the columns: NULL there means that an outer join found nothing."""
    converters: tuple[tuple[int, Any, tuple[Callable[..., Any], ...]], ...]

    def make(self, values: list[Any]) -> models.Model | None:
        """Return the row as an object, None when there is none."""
        if values[self.key] is None:
            return None
        for place, expression, convert in self.converters:
            for each in convert:
                values[place] = each(values[place], expression, connection)
        return self.model.from_db(connection.alias, self.names, values)


@lru_cache(maxsize=64)
def _shape(model: type[models.Model], _vendor: str) -> tuple[str, _Shape]:
    meta = model._meta  # noqa: SLF001 - Django's public way to fields
    fields = meta.concrete_fields
    words = ", ".join(f'"{meta.db_table}"."{field.column}"' for field in fields)
    converters = []
    for place, field in enumerate(fields):
        expression = field.get_col(meta.db_table)  # of a foreign key: as its target is converted
        found = (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection))
        if found:
            converters.append((place, expression, found))
    assert meta.pk is not None
    names = tuple(field.attname for field in fields)
    return words, _Shape(model, names, fields.index(meta.pk), tuple(converters))


def fetch(source: str, params: Sequence[Any], *wanted: type[models.Model]) -> list[tuple[Any, ...]]:
    """
    Return the rows of `SELECT … FROM source` as tuples of objects, one for each model; None where a join found none.

    `source` is our own words, never input: tables by their names, joins, condition, lock. One statement.
    """
    shapes = [_shape(model, connection.vendor) for model in wanted]
    words = ", ".join(columns for columns, _made in shapes)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words} FROM {source}", params)  # noqa: S608 - our own words
        found = cursor.fetchall()
    rows = []
    for row in found:
        start, made = 0, []
        for _columns, shape in shapes:
            stop = start + len(shape.names)
            made.append(shape.make(list(row[start:stop])))
            start = stop
        rows.append(tuple(made))
    return rows


def key_value(model: type[models.Model], key: Any) -> Any:
    """Return a primary key as the database takes it."""
    assert model._meta.pk is not None  # noqa: SLF001
    return model._meta.pk.get_db_prep_value(key, connection)  # noqa: SLF001


def _field(row: models.Model, name: str) -> models.Field[Any, Any]:
    found = row._meta.get_field(name)  # noqa: SLF001
    assert isinstance(found, models.Field)
    return found


def update(row: models.Model, *names: str, guard: str = "") -> bool:
    """
    Write these fields of one row; tell whether it was there. One statement.

    With `guard` the row is only changed while its `guard` column is one less than in `row`: somebody else was faster
    when the answer is False.
    """
    meta = row._meta  # noqa: SLF001
    fields = [_field(row, name) for name in names]
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    assert meta.pk is not None
    where = f'"{meta.pk.column}" = %s'
    values.append(key_value(type(row), row.pk))
    if guard:
        where += f' AND "{_field(row, guard).column}" = %s'
        values.append(getattr(row, guard) - 1)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {meta.db_table} SET {changes} WHERE {where}", values)  # noqa: S608 - our own words
        return bool(cursor.rowcount)


def count_together(rows: Mapping[str, models.QuerySet[Any]], *, most: int) -> dict[str, int]:
    """Count several sets of rows in one statement, each up to `most`: for numbers that stand on every page."""
    parts: list[str] = []
    given: list[Any] = []
    found = dict.fromkeys(rows, 0)
    asked: list[str] = []
    for name, each in rows.items():
        try:
            sql, params = each.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - Django's own words, values apart
        given += params
        asked.append(name)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", given)
            found.update(zip(asked, cursor.fetchone(), strict=True))
    return found
