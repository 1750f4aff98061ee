"""
Rows read and written on the hottest path, where building a statement costs more than running it.

The ORM puts a SELECT together anew each time, and an UPDATE as well: some milliseconds of an act. Here the words are put
together once for a model; values are converted by the same fields, so that a row is what the ORM would have made of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

from tinhso.base import later

type Writer = Callable[[Any], Any]
"""Turns the value of a field into what the driver takes."""

_ROWS = 200
"""Rows in one INSERT: fewer parameters than SQLite takes, whatever the model."""
_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


class OfRow:
    """A field that makes what is written of the whole row (`pre_save()`), such as one that is sealed for that row alone."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A model in statements: its columns, and what turns them into the values of its fields and back."""

    model: type[models.Model]
    table: str
    fields: tuple[models.Field[Any, Any], ...]
    names: tuple[str, ...]
    writers: dict[str, Writer]
    """By the name of the field and by that of its column."""
    made: tuple[models.Field[Any, Any], ...]
    """The fields whose column is made of the whole row (`OfRow`): none, for nearly every model."""
    key: int
    """Place of the primary key among the columns: NULL there means that an outer join found nothing."""
    selected: str
    readers: tuple[tuple[int, Any, tuple[Callable[..., Any], ...]], ...]
    defaults: dict[str, Any]
    """What a new row holds where nothing is said, apart from what is made for each row."""
    makers: tuple[tuple[str, Callable[[], Any]], ...]
    relations: dict[str, str]
    """Attribute that holds the key, by the name of the relation."""

    def make(self, values: list[Any], here: BaseDatabaseWrapper) -> models.Model | None:
        """
        Return the row as an object, None when there is none.

        What `Model.from_db` makes of a whole row, without the signals and the look at each field that it costs: no model
        of ours listens to them.
        """
        if values[self.key] is None:
            return None
        for place, expression, convert in self.readers:
            if values[place] is not None:
                for each in convert:
                    values[place] = each(values[place], expression, here)
        row = self.model.__new__(self.model)
        row.__dict__.update(zip(self.names, values, strict=True))
        row._state = ModelState()  # noqa: SLF001 - as `from_db` does
        row._state.adding, row._state.db = False, here.alias  # noqa: SLF001
        return row

    def new(self, given: Mapping[str, Any]) -> models.Model:
        """Return a new row with these values, by names of fields; not written yet."""
        row = self.model.__new__(self.model)
        row._state = ModelState()  # noqa: SLF001 - as `Model.__init__` does
        held = row.__dict__
        held.update(self.defaults)
        for name, value in given.items():
            if (key := self.relations.get(name)) is None:
                held[name] = value
            else:
                held[key] = None if value is None else value.pk
                row._state.fields_cache[name] = value  # noqa: SLF001
        for name, make in self.makers:
            if name not in given:
                held[name] = make()
        return row

    def values(self, row: models.Model) -> list[Any]:
        """Return all values of a row as the driver takes them."""
        held = row.__dict__
        if self.made:
            held = {**held, **{field.attname: field.pre_save(row, add=True) for field in self.made}}
        return [self.writers[name](held[name]) for name in self.names]


def _here() -> BaseDatabaseWrapper:
    """Return the primary's connection of this thread; `django.db.connection` would look for it at each attribute."""
    return connections[DEFAULT_DB_ALIAS]


@lru_cache(maxsize=128)
def _shape(model: type[models.Model], _vendor: str, without: tuple[str, ...] = ()) -> _Shape:
    connection = _here()
    meta = model._meta  # noqa: SLF001 - Django's public way to fields
    fields = tuple(field for field in meta.concrete_fields if field.attname not in without)
    readers = []
    for place, field in enumerate(fields):
        expression = field.get_col(meta.db_table)  # of a foreign key: as its target is converted
        found = (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection))
        if found:
            readers.append((place, expression, found))
    assert meta.pk is not None
    writers = {}
    for field in fields:
        writers[field.attname] = writers[field.name] = _writer(field)
    return _Shape(
        model=model,
        table=meta.db_table,
        fields=fields,
        names=tuple(field.attname for field in fields),
        writers=writers,
        made=tuple(field for field in fields if isinstance(field, OfRow)),
        key=fields.index(meta.pk),
        selected=", ".join(f'"{meta.db_table}"."{field.column}"' for field in fields),
        readers=tuple(readers),
        defaults={field.attname: field.get_default() for field in fields if not _is_made(field)},
        makers=tuple((field.attname, field.get_default) for field in fields if _is_made(field)),
        relations={field.name: field.attname for field in fields if field.name != field.attname},
    )


def _is_made(field: models.Field[Any, Any]) -> bool:
    """Tell whether each row gets a default of its own, such as an id or an empty list."""
    return field.has_default() and callable(field.default)


def _writer(field: models.Field[Any, Any]) -> Writer:
    """Return what `get_db_prep_save` does for the field, straight for the values that nearly every row holds."""
    connection = _here()
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    is_postgresql, is_json = connection.vendor == "postgresql", isinstance(kind, models.JSONField)

    def whole(value: Any) -> Any:
        made = field.get_db_prep_save(value, _here())
        # psycopg would write it out when it is sent: what the caller puts into it meanwhile would be written as well
        return _written_out(made) if is_json and is_postgresql else made

    def plain(value: Any) -> Any:
        return value if value is None or isinstance(value, str | int) else whole(value)

    def uuid(value: Any) -> Any:
        if isinstance(value, UUID):
            return value if is_postgresql else value.hex
        return whole(value)

    def moment(value: Any) -> Any:
        is_aware = isinstance(value, datetime) and value.tzinfo is not None
        if not is_aware:
            return whole(value)
        # SQLite has no type for a moment: UTC, as Django writes it
        return value if is_postgresql else str(value.astimezone(UTC).replace(tzinfo=None))

    if isinstance(kind, models.UUIDField):
        return uuid
    if isinstance(kind, models.DateTimeField):
        return moment
    return plain if isinstance(kind, _AS_THEY_ARE) else whole


def _written_out(value: Any) -> Any:
    """Return a JSON value of psycopg that is text already."""
    if value is None or not hasattr(value, "dumps"):
        return value
    text = (value.dumps or json.dumps)(value.obj)
    return type(value)(None, dumps=lambda _none: text)


def fetch(source: str, params: Sequence[Any], *wanted: type[models.Model]) -> list[tuple[Any, ...]]:
    """
    Return the rows of `SELECT … FROM source` as tuples of objects, one for each model; None where a join found none.

    `source` is our own words, never input: tables by their names, joins, condition, lock. One statement.
    """
    here = _here()
    words, shapes = _select_words(source, wanted, here.vendor)
    with here.cursor() as cursor:
        cursor.execute(words, params)
        found = cursor.fetchall()
    rows = []
    for row in found:
        start, made = 0, []
        for shape in shapes:
            stop = start + len(shape.names)
            made.append(shape.make(list(row[start:stop]), here))
            start = stop
        rows.append(tuple(made))
    return rows


@lru_cache(maxsize=256)
def _select_words(source: str, wanted: tuple[type[models.Model], ...], vendor: str) -> tuple[str, list[_Shape]]:
    shapes = [_shape(model, vendor) for model in wanted]
    words = ", ".join(shape.selected for shape in shapes)
    return f"SELECT {words} FROM {source}", shapes  # noqa: S608 - our own words


def fetch_many[M: models.Model](
    model: type[M], name: str, values: Sequence[Any], *, without: tuple[str, ...] = ()
) -> list[M]:
    """
    Return the rows whose field `name` is one of the values; none for no values. One statement.

    `without` names fields that the reader does not need; each is read when somebody asks for it after all.
    """
    if not values:
        return []
    here = _here()
    shape = _shape(model, here.vendor, without)
    marks = ", ".join(["%s"] * len(values))
    column = _column(model, name)[1]
    with here.cursor() as cursor:
        cursor.execute(
            f"SELECT {shape.selected} FROM {shape.table} WHERE {column} IN ({marks})",  # noqa: S608 - our own words
            [shape.writers[_column(model, name)[0]](value) for value in values],
        )
        found = [shape.make(list(row), here) for row in cursor.fetchall()]
    return [row for row in found if isinstance(row, model)]


def fetch_one[M: models.Model](model: type[M], key: Any, *, lock: bool = False) -> M | None:
    """Return the row with this primary key, or None; with `lock` it is held until the act commits. One statement."""
    meta = model._meta  # noqa: SLF001
    assert meta.pk is not None
    held = " FOR UPDATE" if lock and _here().features.has_select_for_update else ""
    found = fetch(f"{meta.db_table} WHERE {meta.pk.column} = %s{held}", [key_value(model, key)], model)
    return found[0][0] if found else None


def new[M: models.Model](model: type[M], /, **values: Any) -> M:
    """
    Return a new row with these values and the defaults of its fields, not written yet; a relation takes the row it leads to.

    What `model(**values)` makes, without the look at each field that this costs. Names are not checked.
    """
    made = _shape(model, _here().vendor).new(values)
    assert isinstance(made, model)
    return made


def key_value(model: type[models.Model], key: Any) -> Any:
    """Return a primary key as the database takes it."""
    assert model._meta.pk is not None  # noqa: SLF001
    return _shape(model, _here().vendor).writers[model._meta.pk.attname](key)  # noqa: SLF001


def update(row: models.Model, *names: str) -> None:
    """Write these fields of one row: one statement, which an act sends together with others (`base.later`)."""
    later.write(_update_words(type(row), names, ""), _update_values(row, names))


def update_guarded(row: models.Model, *names: str, guard: str) -> bool:
    """
    Write these fields of one row while its `guard` column is one less than in `row`; one statement, sent at once.

    False: somebody else was faster, or the row is gone.
    """
    words = _update_words(type(row), names, guard)
    return bool(later.run(words, [*_update_values(row, names), row.__dict__[guard] - 1]))


def _update_values(row: models.Model, names: Sequence[str]) -> list[Any]:
    shape, held = _shape(type(row), _here().vendor), row.__dict__
    assert row._meta.pk is not None  # noqa: SLF001 - Django's public way to fields
    made = {field.attname: field for field in shape.made}
    values = []
    for name in names:
        attname = _column(type(row), name)[0]
        field = made.get(attname)
        values.append(shape.writers[attname](field.pre_save(row, add=False) if field else held[attname]))
    values.append(shape.writers[row._meta.pk.attname](row.pk))  # noqa: SLF001
    return values


@lru_cache(maxsize=256)
def _column(model: type[models.Model], name: str) -> tuple[str, str]:
    """Return the attribute and the column of a field. Raises FieldDoesNotExist."""
    found = model._meta.get_field(name)  # noqa: SLF001
    assert isinstance(found, models.Field)
    return found.attname, str(found.column)


@lru_cache(maxsize=256)
def _update_words(model: type[models.Model], names: tuple[str, ...], guard: str) -> str:
    meta = model._meta  # noqa: SLF001
    assert meta.pk is not None
    changes = ", ".join(f'"{_column(model, name)[1]}" = %s' for name in names)
    where = f'"{meta.pk.column}" = %s' + (f' AND "{_column(model, guard)[1]}" = %s' if guard else "")
    return f"UPDATE {meta.db_table} SET {changes} WHERE {where}"  # noqa: S608 - names of our own models


def insert[M: models.Model](*rows: M, known: str = "fail") -> None:
    """
    Insert the rows of one model, whose keys they bear already. One statement, which an act sends together with others.

    With `known="skip"` a row that is there already stays as it is. Otherwise the database raises IntegrityError, within an
    act from a later line of it (`base.later`).
    """
    for words, values in _inserts(rows, " ON CONFLICT DO NOTHING" if known == "skip" else ""):
        later.write(words, values)


def upsert[M: models.Model](rows: Sequence[M]) -> None:
    """Insert the rows, or bring those that exist (same primary key) up to date. One statement, sent as `insert` does."""
    for words, values in _inserts(rows, _conflict_words(type(rows[0]), "") if rows else ""):
        later.write(words, values)


def upsert_guarded[M: models.Model](rows: Sequence[M], *, guard: str, otherwise: Callable[[], Exception]) -> None:
    """
    Insert the rows, or bring those that exist (same primary key) up to date while nobody else did; sent as `insert` does.

    An existing row is only changed when its `guard` column is one less than the new one. When one was not, `otherwise` is
    raised, within an act from a later line of it.
    """
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        for words, values in _inserts(part, _conflict_words(type(part[0]), guard)):
            later.write(words, values, rows=len(part), otherwise=otherwise)


def delete(model: type[models.Model], *keys: Any) -> None:
    """Delete the rows with these primary keys, and nothing that leads to them. One statement, sent as `insert` does."""
    if keys:
        meta = model._meta  # noqa: SLF001 - Django's public way to fields
        assert meta.pk is not None
        marks = ", ".join(["%s"] * len(keys))
        words = f"DELETE FROM {meta.db_table} WHERE {meta.pk.column} IN ({marks})"  # noqa: S608 - our own words
        later.write(words, [key_value(model, key) for key in keys])


@lru_cache(maxsize=64)
def _conflict_words(model: type[models.Model], guard: str) -> str:
    meta = model._meta  # noqa: SLF001
    assert meta.pk is not None
    columns = [field.column for field in meta.concrete_fields if not field.primary_key]
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in columns)
    where = f" WHERE {meta.db_table}.{guard} = excluded.{guard} - 1" if guard else ""
    return f" ON CONFLICT ({meta.pk.column}) DO UPDATE SET {changes}{where}"


def _inserts[M: models.Model](rows: Sequence[M], tail: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield statements that insert the rows, with their values; nothing for no rows."""
    if not rows:
        return
    here, model = _here(), type(rows[0])
    shape = _shape(model, here.vendor)
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        yield _insert_words(model, here.vendor, len(part), tail), [value for row in part for value in shape.values(row)]
    for row in rows:
        row._state.adding, row._state.db = False, here.alias  # noqa: SLF001 - what save() would have done


@lru_cache(maxsize=512)
def _insert_words(model: type[models.Model], vendor: str, rows: int, tail: str) -> str:
    shape = _shape(model, vendor)
    names = ", ".join(f'"{field.column}"' for field in shape.fields)
    one = f"({', '.join(['%s'] * len(shape.fields))})"
    return f"INSERT INTO {shape.table} ({names}) VALUES {', '.join([one] * rows)}{tail}"  # noqa: S608 - our own names


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
        with _here().cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", given)
            found.update(zip(asked, cursor.fetchone(), strict=True))
    return found
