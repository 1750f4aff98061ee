"""Reading the files of a pack so that every value remembers its line: YAML, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.base.text import nfc
from tinhso.kernel.organisation.pack import json_lines, yaml_lines
from tinhso.law.answer import NoAnswer, Step

NOT_UTF8 = _("This file is not UTF-8 text. Save it as UTF-8.")
MISSING = _("This file is missing. Add it to the pack.")
BROKEN_YAML = _("This is not well-formed YAML: {problem}.")
BROKEN_JSON = _("This is not well-formed JSON: {problem}.")
TWICE_KEY = _("“{key}” is given twice in the same block. Keep one.")
EMPTY_FILE = _("This file is empty.")
EXTRA_CELLS = _("This row has {count} cells, the header has {wanted}. Put quotes around text that holds a comma.")


class Said:
    """What the law has to say against a value, in the active language whenever it is shown."""

    def __init__(self, no: NoAnswer | Step) -> None:
        """Keep the law's answer, or one of its steps."""
        self._step = no.step() if isinstance(no, NoAnswer) else no

    def __str__(self) -> str:
        return self._step.say(gettext, get_language() or "en")


@dataclass(frozen=True, slots=True)
class Fault:
    """One place in a pack that must be mended: file (within the pack), line (1 = first), a sentence, its facts."""

    file: str
    line: int
    text: Text | Said
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """Return the sentence in the active language."""
        text = str(self.text)
        return text.format(**self.facts) if self.facts else text

    def __str__(self) -> str:
        """Return the line as compilers print it, so that editors jump to it."""
        return f"{self.file}:{self.line}: {self.message}"


class Unreadable(Exception):  # noqa: N818 - carries faults to the reader of the pack, is no bug
    """A file cannot be read at all; `faults` says why and where."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults."""
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Document:
    """A YAML or JSON file: its data, and the line of each value."""

    file: str
    data: Any
    _lines: Callable[[], dict[str, int]]

    @cached_property
    def lines(self) -> dict[str, int]:
        """Return the line of each value by JSON Pointer (RFC 6901); computed when first asked."""
        return self._lines()

    def line_of(self, pointer: str) -> int:
        """Return the line of the value at a pointer, or of the nearest one above it that exists."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def fault(self, pointer: str, text: Text | Said, **facts: Any) -> Fault:
        """Return a fault at a pointer."""
        return Fault(self.file, self.line_of(pointer), text, facts)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file, with the line where it starts. Missing and empty cells are both `""`."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell, `""` when the file has no such column."""
        return self.cells.get(column, "")

    def fault(self, text: Text | Said, **facts: Any) -> Fault:
        """Return a fault on this row."""
        return Fault(self.file, self.line, text, facts)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns and rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)


def pointer(*steps: object) -> str:
    """Return the JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Unreadable(Fault(name, 1, MISSING)) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Unreadable(Fault(name, line, NOT_UTF8)) from error


def read_yaml_with_lines(path: Path, *, name: str = "") -> Document:
    """
    Return a YAML file with the line of each value. Raises Unreadable.

    Only YAML 1.2 scalars are recognised: `no` and `2024-01-01` and `7:30` stay text, so that what is loaded is what was
    written. `name` is what faults call the file; the file's own name when it is not given.
    """
    name = name or path.name
    try:
        data, lines = yaml_lines.parse(_text(path, name))
    except yaml_lines.Broken as error:
        text = TWICE_KEY if error.key else BROKEN_YAML
        raise Unreadable(Fault(name, error.line, text, {"problem": error.problem, "key": error.key})) from error
    if data is None:
        raise Unreadable(Fault(name, 1, EMPTY_FILE))
    return Document(name, data, lambda: lines)


def read_json_with_lines(path: Path, *, name: str = "") -> Document:
    """Return a JSON file with the line of each value (found only when asked). Raises Unreadable."""
    name = name or path.name
    text = _text(path, name)

    def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        given = dict(pairs)
        if len(given) < len(pairs):
            keys = [key for key, _value in pairs]
            raise _TwiceKeyError(next(key for key in keys if keys.count(key) > 1))
        return given

    try:
        data = json.loads(text, object_pairs_hook=no_key_twice)
    except json.JSONDecodeError as error:
        raise Unreadable(Fault(name, error.lineno, BROKEN_JSON, {"problem": error.msg})) from error
    except _TwiceKeyError as error:
        line = json_lines.line_of_second(text, error.key)
        raise Unreadable(Fault(name, line, TWICE_KEY, {"key": error.key})) from error
    return Document(name, data, lambda: json_lines.lines(text))


class _TwiceKeyError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_csv_with_lines(path: Path, *, name: str = "") -> Table:
    """Return a CSV file (comma, UTF-8, header first), text composed (NFC) and trimmed. Raises Unreadable."""
    name = name or path.name
    reader = csv.reader(io.StringIO(_text(path, name)), strict=True)
    rows: list[Row] = []
    faults: list[Fault] = []
    columns: tuple[str, ...] = ()
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise Unreadable(Fault(name, line, str(error))) from error
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = tuple(cell.strip() for cell in cells)
        elif len(cells) > len(columns):
            faults.append(Fault(name, line, EXTRA_CELLS, {"count": len(cells), "wanted": len(columns)}))
        else:
            rows.append(Row(name, line, dict(zip(columns, map(nfc, cells), strict=False))))
    if faults or not columns:
        raise Unreadable(*(faults or [Fault(name, 1, EMPTY_FILE)]))
    return Table(name, columns, tuple(rows))
