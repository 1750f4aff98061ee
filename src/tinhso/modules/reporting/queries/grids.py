"""
Forms of reports: rows, columns, formulas and checks, as a pack has them; numbers read, reckoned and checked.

A formula and a check are CEL over the cells, `row.column`; in a formula of a column `here.column` is the same row. They are short
and walk through no list, so nothing a pack says can hold a page up. What is missing is missing, not nought: a formula over it
gives nothing, a check over it is not asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tinhso.base import cel

MAX_LETTERS = 300
MOST_CELLS = 4_000
_LISTS = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one|matches)\s*\(|//|\"\"\"|'''")
_CELL = re.compile(r"\b(?P<row>[a-z][a-z0-9_]*)\.(?P<column>[a-z][a-z0-9_]*)\b")
HERE = "here"

type Cells = Mapping[str, Mapping[str, str]]
"""Cells as they are kept: by row, then by column; numbers as programs write them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a form."""

    code: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    required: bool
    prefill: Mapping[str, str]
    """Code of the indicator that a column of it is prefilled from."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form: numbers, or words; one with a formula is not typed."""

    code: str
    name: str
    name_en: str
    is_text: bool
    decimals: int
    rule: str
    """How the figures of several agencies make one: sum, mean, most, least, none (`law.indicators.Rule`)."""
    formula: str
    least: Decimal | None
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between cells; `is_warning`: said, and no hindrance."""

    rule: str
    text: str
    text_en: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A form."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]

    @property
    def typed(self) -> tuple[Column, ...]:
        """Return the columns that people type."""
        return tuple(each for each in self.columns if not each.formula)


class Unfit(ValueError):  # noqa: N818 - says what the text is
    """A formula or check that cannot be one: the text says why."""


def read_grid(data: Mapping[str, Any]) -> Grid:
    """Return a form as a pack has it; what a pack may leave out has its usual value."""
    return Grid(
        tuple(
            Row(
                each["code"], each["name"]["vi"], each["name"]["en"], each.get("unit", {}).get("vi", ""), each.get("unit", {}).get("en", ""),
                bool(each.get("required", True)), dict(each.get("prefill", {})),
            )
            for each in data["rows"]
        ),
        tuple(
            Column(
                each["code"], each["name"]["vi"], each["name"]["en"], each.get("kind") == "text", int(each.get("decimals", 0)),
                each.get("rule", "sum"), each.get("formula", ""), _bound(each.get("least")), _bound(each.get("most")),
            )
            for each in data["columns"]
        ),
        tuple(
            Check(each["rule"], each["text"]["vi"], each["text"]["en"], each.get("level") == "warning") for each in data.get("checks", ())
        ),
    )  # fmt: skip


def _bound(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@lru_cache(maxsize=512)
def _compiled(text: str) -> cel.Program:
    if len(text) > MAX_LETTERS or _LISTS.search(text):
        raise Unfit(text)
    try:
        return cel.compile(text)
    except (ValueError, RuntimeError, TypeError) as error:
        raise Unfit(str(error)) from error


def named_in(text: str) -> list[tuple[str, str]]:
    """Return the cells that a formula or check names. Raises Unfit."""
    _compiled(text)
    return [(found["row"], found["column"]) for found in _CELL.finditer(text)]


def number_in(text: str) -> Decimal | None:
    """Return the number of a cell as it is kept; None for an empty one."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def reckoned(grid: Grid, cells: Cells) -> dict[str, dict[str, str]]:
    """Return the cells with those that formulas give; a formula over a missing cell, or by nought, gives nothing."""
    made = {
        row.code: {column.code: cells.get(row.code, {}).get(column.code, "") for column in grid.columns}
        for row in grid.rows
    }
    for column in grid.columns:
        if not column.formula:
            continue
        for row in grid.rows:
            value = _value(column.formula, made, row.code)
            made[row.code][column.code] = _plain(value, column.decimals)
    return made


def _plain(value: Any, decimals: int) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return ""
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals)):f}"


def _value(text: str, cells: Cells, row: str = "") -> Any:
    """Return what a formula or check gives; None where a cell it names is missing, or it has no value."""
    named = named_in(text)
    context: dict[str, dict[str, float]] = {}
    for name, column in named:
        number = number_in(cells.get(row if name == HERE else name, {}).get(column, ""))
        if number is None:
            return None
        context.setdefault(name, {})[column] = float(number)
    try:
        return _compiled(text).execute(context)
    except (ValueError, RuntimeError, TypeError, ZeroDivisionError):
        return None


def broken(grid: Grid, cells: Cells) -> list[Check]:
    """Return the checks that do not hold; one over a missing cell is not asked."""
    return [each for each in grid.checks if _value(each.rule, cells) is False]


def lacking(grid: Grid, cells: Cells) -> list[tuple[str, str]]:
    """Return the cells that must be filled in and are not: numbers of rows that are required."""
    return [
        (row.code, column.code)
        for row in grid.rows
        if row.required
        for column in grid.typed
        if not column.is_text and not cells.get(row.code, {}).get(column.code)
    ]


def together(grid: Grid, reports: Iterable[Cells]) -> dict[str, dict[str, str]]:
    """
    Return what the reports of several agencies make together, cell by cell, by the rule of each column; formulas are reckoned anew.

    A cell that nobody filled in stays empty; words make nothing together.
    """
    every = list(reports)
    made: dict[str, dict[str, str]] = {}
    for row in grid.rows:
        for column in grid.typed:
            if column.is_text or column.rule == "none":
                continue
            numbers = [
                number
                for each in every
                if (number := number_in(each.get(row.code, {}).get(column.code, ""))) is not None
            ]
            if numbers:
                made.setdefault(row.code, {})[column.code] = f"{_joined(column, numbers):f}"
    return reckoned(grid, made)


def _joined(column: Column, numbers: list[Decimal]) -> Decimal:
    whole = sum(numbers, Decimal(0))
    found = {"sum": whole, "mean": whole / len(numbers), "most": max(numbers), "least": min(numbers)}[column.rule]
    return found.quantize(Decimal(1).scaleb(-max(column.decimals, 0))) if column.rule == "mean" else found
