"""Checks that every part of a pack needs: a document against a schema, the rows of a table against their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.organisation.pack.reading import Document, Fault, Row, Table, pointer

if TYPE_CHECKING:
    from jsonschema import ValidationError

REQUIRED = _("“{key}” is missing here. Add it.")
UNKNOWN = _("“{key}” is not known here. Known: {known}.")
TYPE = _("“{value}” is not {wanted}.")
ENUM = _("“{value}” is not one of: {wanted}.")
PATTERN = _("“{value}” is not written the way it should be ({wanted}).")
NOT_A_DATE = _("“{value}” is not a date. Write it as year-month-day, e.g. 2024-07-01.")
TOO_LONG = _("“{value}” has {length} letters; at most {wanted} fit.")
TOO_FEW = _("At least {wanted} needed here.")
TOO_SMALL = _("{value} is below the least allowed, {wanted}.")
TOO_LARGE = _("{value} is above the most allowed, {wanted}.")
OTHER = _("This is not right here: {problem}.")
NO_COLUMN = _("The column “{key}” is missing. Add it to the header.")
NO_CELL = _("“{key}” is empty. Fill it in.")
DATES_CROSSED = _("It ends on {end}, before it starts on {start}.")

TYPE_NAMES: dict[str, Promise] = {
    "object": _("a block of names and values"),
    "array": _("a list"),
    "string": _("text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("true or false"),
    "null": _("empty"),
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 60


def as_date(text: str) -> date | None:
    """Return the date written `2024-07-01`, None for anything else."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or as_date(value) is not None


def check_schema(document: Document, schema: Mapping[str, Any]) -> list[Fault]:
    """Return what in a document does not fit a JSON Schema 2020-12, one sentence each, in the order of the file."""
    # 0.2 s to import: only where a pack is read
    import jsonschema

    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date")(_is_date)
    validator = jsonschema.Draft202012Validator(schema, format_checker=formats)
    faults = [_as_fault(document, error) for error in _leaves(validator.iter_errors(document.data))]
    return sorted(faults, key=lambda fault: (fault.line, fault.message))


def _leaves(errors: Iterable[ValidationError]) -> Iterable[ValidationError]:
    for error in errors:
        if error.validator in ("anyOf", "oneOf") and error.context:
            # the branch that came furthest is the one the writer meant
            yield max(error.context, key=lambda inner: len(inner.absolute_path))
        else:
            yield error


def _as_fault(document: Document, error: ValidationError) -> Fault:
    at = pointer(*error.absolute_path)
    wanted: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    value = _short(instance)
    if error.validator == "required":
        return document.fault(at, REQUIRED, key=next(key for key in wanted if key not in instance))
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        extra = next(key for key in instance if key not in known)
        return document.fault(f"{at}{pointer(extra)}", UNKNOWN, key=extra, known=", ".join(known) or "—")
    text, said = _SENTENCES.get(str(error.validator), (OTHER, lambda *_: ""))
    return document.fault(at, text, value=value, wanted=said(wanted, schema), problem=error.message)


def _plain(wanted: Any, _schema: Any) -> str:
    return str(wanted)


_SENTENCES: dict[str, tuple[Promise, Callable[[Any, Any], object]]] = {
    "type": (TYPE, lambda wanted, _schema: _Either([wanted] if isinstance(wanted, str) else wanted)),
    "enum": (ENUM, lambda wanted, _schema: ", ".join(map(str, wanted))),
    "const": (ENUM, _plain),
    "pattern": (PATTERN, lambda wanted, schema: schema.get("description") or wanted),
    "format": (NOT_A_DATE, _plain),
    "minItems": (TOO_FEW, _plain),
    "minLength": (TOO_FEW, _plain),
    "minProperties": (TOO_FEW, _plain),
    "minimum": (TOO_SMALL, _plain),
    "exclusiveMinimum": (TOO_SMALL, _plain),
    "maximum": (TOO_LARGE, _plain),
    "exclusiveMaximum": (TOO_LARGE, _plain),
}


class _Either:
    """Names of types, joined when shown, so that they come in the reader's language."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = tuple(kinds)

    def __str__(self) -> str:
        return " / ".join(str(TYPE_NAMES[kind]) for kind in self.kinds)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a CSV file holds. `kind` is `text`, `date`, `flag`, `number`; `one_of` lists what is allowed."""

    name: str
    required: bool = False
    kind: str = "text"
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    hint: str = ""
    """How the pattern is said to a reader."""
    longest: int = 0
    """Letters that fit the column it is kept in; 0 when anything does."""


def check_rows(table: Table, columns: Iterable[Column]) -> list[Fault]:
    """Return what is wrong with a table: columns missing or unknown, cells empty or ill-written, crossed dates."""
    columns = tuple(columns)
    known = [column.name for column in columns]
    faults = [
        Fault(table.file, 1, NO_COLUMN, {"key": c.name}) for c in columns if c.required and c.name not in table.columns
    ]
    faults += [
        Fault(table.file, 1, UNKNOWN, {"key": name, "known": ", ".join(known)})
        for name in table.columns
        if name not in known
    ]
    if faults:
        return faults
    for row in table:
        faults += [fault for column in columns for fault in _check_cell(row, column)]
        start, end = as_date(row["valid_from"]), as_date(row["valid_to"])
        if start and end and end < start:
            faults.append(row.fault(DATES_CROSSED, start=row["valid_from"], end=row["valid_to"]))
    return faults


def _check_cell(row: Row, column: Column) -> list[Fault]:
    value = row[column.name]
    if not value:
        return [row.fault(NO_CELL, key=column.name)] if column.required else []
    if column.kind in _KINDS:
        fits, text, wanted = _KINDS[column.kind]
        return [] if fits(value) else [row.fault(text, value=value, wanted=wanted)]
    if column.one_of and value not in column.one_of:
        return [row.fault(ENUM, value=value, wanted=", ".join(column.one_of))]
    if column.pattern and not re.fullmatch(column.pattern, value):
        return [row.fault(PATTERN, value=value, wanted=column.hint or column.pattern)]
    if column.longest and len(value) > column.longest:
        return [row.fault(TOO_LONG, value=_short(value), length=len(value), wanted=column.longest)]
    return []


_KINDS: dict[str, tuple[Callable[[str], bool], Promise, object]] = {
    "date": (lambda value: as_date(value) is not None, NOT_A_DATE, ""),
    "flag": (lambda value: value in ("true", "false"), TYPE, _Either(["boolean"])),
    "number": (str.isdecimal, TYPE, _Either(["integer"])),
}
