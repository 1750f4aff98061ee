"""
Tables of money as they come out of a page: a unit, a head with years, numbered rows, a row that says it is the total.

Cells are parted by lines with a stroke, or by blank lines. What the table says of itself is held against its own rows, column by
column and row by row; where it does not add up, that is told, and nothing is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tinhso.modules.plan.queries.reading.text import normal

_UNIT = re.compile(r"(?:Đơn vị(?: tính)?|ĐVT)\s*:\s*(?P<unit>(?:triệu|tỷ|tỉ|nghìn|ngàn)?\s*đồng)", re.IGNORECASE)
_UNITS = {
    "triệu": Decimal(10) ** 6,
    "tỷ": Decimal(10) ** 9,
    "tỉ": Decimal(10) ** 9,
    "nghìn": Decimal(10) ** 3,
    "ngàn": Decimal(10) ** 3,
}
_ENDS = re.compile(r"\n\s*(?:PHỤ LỤC|Nơi nhận)\b")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})*(?:,\d+)?|\d+(?:,\d+)?")
_YEAR = re.compile(r"(?:năm\s*)?(20\d{2})", re.IGNORECASE)
_TOTAL = re.compile(r"tổng(?:\s+(?:cộng|số))?", re.IGNORECASE)
_SPAN = re.compile(r"(?:năm\s*)?(?:20\d{2}\s*[-–]\s*20\d{2}|(?P<single>20\d{2}))", re.IGNORECASE)
_WHOLE = re.compile(r"tổng", re.IGNORECASE)
LEAST_COLUMNS = 3
"""A number, a name, a sum."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number (empty of the total), its name, its sum and those by year, in đồng; None for an empty cell."""

    number: str
    name: str
    total: Decimal | None
    years: tuple[Decimal | None, ...]

    @property
    def difference(self) -> Decimal:
        """Return how much its years are more than its sum; nought where they add up, or where one of them is not told at all."""
        if self.total is None or not any(each is not None for each in self.years):
            return Decimal(0)
        return sum((each for each in self.years if each is not None), Decimal(0)) - self.total


@dataclass(frozen=True, slots=True)
class Table:
    """A table of money, by the years of its head."""

    years: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None
    heading: str = ""
    """The last words in capitals before it."""
    first: int = 0
    """Offset of its unit in the normal text, and of what ends it."""
    last: int = 0
    is_by_source: bool = False
    """Its rows are sources of money and bear no numbers."""

    @property
    def differences(self) -> dict[str, Decimal]:
        """Return by column how much the rows are more than the total says; the column of sums is `total`. Only what differs."""
        if self.total is None:
            return {}
        found = {"total": _sum(row.total for row in self.rows) - (self.total.total or 0)}
        for place, year in enumerate(self.years):
            said = self.total.years[place]
            if said is not None:
                found[year] = _sum(row.years[place] for row in self.rows) - said
        return {name: each for name, each in found.items() if each}


def _sum(numbers: Iterator[Decimal | None]) -> Decimal:
    return sum((each for each in numbers if each is not None), Decimal(0))


def tables(text: str) -> list[Table]:
    """Return the tables of money of a text, in their order; what has a unit and no numbered rows is none."""
    whole = normal(text)
    found = []
    for unit in _UNIT.finditer(whole):
        rest = whole[unit.end() :]
        end = _ENDS.search(rest)
        after = _UNIT.search(rest)
        stop = min(each.start() for each in (end, after) if each) if end or after else len(rest)
        placed, factor = _cells(rest[:stop]), _factor(unit["unit"])
        cells = [cell for cell, _end in placed]
        table = _table(cells, factor) or _by_source(cells, factor)
        if table is not None:
            heading, last = _heading(whole[: unit.start()]), placed[min(table.last, len(placed)) - 1][1]
            found.append(replace(table, heading=heading, first=unit.start(), last=unit.end() + last))
    return found


def _heading(before: str) -> str:
    """Return the words in capitals that stand above a table: those right below PHỤ LỤC, or the last line of its paragraph."""
    lines = [line.strip() for line in before.strip().split("\n") if line.strip()][-12:]
    annex = max((place for place, line in enumerate(lines) if line.startswith("PHỤ LỤC")), default=-1)
    named = [line for line in lines[annex + 1 :] if line.isupper()] if annex >= 0 else []
    return " ".join(named) or (lines[-1] if lines else "")


def _by_source(cells: Sequence[str], factor: Decimal) -> Table | None:
    """Return a table whose rows are a name with its sums, the whole first: money by source and year."""
    found = [_SPAN.fullmatch(cell) for cell in cells]
    place = next((place for place, each in enumerate(found) if each), None)
    if place is None:
        return None
    years: list[str] = []
    while place < len(cells) and (each := found[place]):
        if each["single"]:
            years.append(each["single"])
        place += 1
    rows, width = [], len(years) + 2
    while years and place + width <= len(cells) and not _NUMBER.fullmatch(cells[place]):
        sums = [_money(cell, factor) for cell in cells[place + 1 : place + width]]
        if any(each is None for each in sums):
            break
        rows.append(Row("", cells[place], sums[0], tuple(sums[1:])))
        place += width
    if len(rows) < LEAST_COLUMNS or not _WHOLE.match(rows[0].name):
        return None
    return Table(tuple(years), tuple(rows[1:]), rows[0], last=place, is_by_source=True)


def _factor(unit: str) -> Decimal:
    return _UNITS.get(unit.lower().split()[0], Decimal(1))


def _cells(text: str) -> list[tuple[str, int]]:
    """Return the cells, each with the offset behind it: parted by lines that are a stroke, where there are such, else by blank lines."""
    parting = r"\n[ \t]*\|[ \t]*(?=\n|$)" if re.search(r"(?m)^[ \t]*\|[ \t]*$", text) else r"\n\s*\n"
    found, begun = [], 0
    for part in [*re.finditer(parting, text), None]:
        end = part.start() if part else len(text)
        cell = " ".join(text[begun:end].split())
        if cell or "|" in parting:
            found.append((cell, end))
        begun = part.end() if part else end
    return found


def _table(cells: Sequence[str], factor: Decimal) -> Table | None:
    if "1" not in cells or "2" not in cells[cells.index("1") :]:
        return None
    first = cells.index("1")
    width = cells.index("2", first) - first
    years = tuple(found[1] for cell in cells[:first] if (found := _YEAR.fullmatch(cell)))
    if width < LEAST_COLUMNS or len(years) > width - LEAST_COLUMNS:
        return None
    rows = []
    place, number = first, 1
    while place + width <= len(cells) and cells[place] == str(number):
        rows.append(_row(cells[place : place + width], len(years), factor))
        place, number = place + width, number + 1
    if place < len(cells) and cells[place] == str(number):
        # the last row of a page may lack its empty cells at the end
        lacking = [*cells[place:], *[""] * width][:width]
        rows.append(_row(lacking, len(years), factor))
        place += width
    before, behind = cells[max(first - width, 0) : first], cells[place : place + width]
    total = next((_total(each, len(years), factor) for each in (before, behind) if _is_total(each)), None)
    end = place + (width if _is_total(behind) else 0)
    return Table(years, tuple(rows), total, last=end)


def _is_total(cells: Sequence[str]) -> bool:
    return any(_TOTAL.fullmatch(cell) for cell in cells[:2])


def _total(cells: Sequence[str], years: int, factor: Decimal) -> Row:
    place = next(place for place, cell in enumerate(cells) if _TOTAL.fullmatch(cell))
    numbers = [_money(cell, factor) for cell in cells[place + 1 :] if _NUMBER.fullmatch(cell)][: years + 1]
    numbers += [None] * (years + 1 - len(numbers))
    return Row("", cells[place], numbers[0], tuple(numbers[1:]))


def _row(cells: Sequence[str], years: int, factor: Decimal) -> Row:
    """Return a row: its sums stand at its end, the whole before the years."""
    sums = [_money(cell, factor) for cell in cells[len(cells) - years - 1 :]]
    return Row(cells[0], cells[1], sums[0], tuple(sums[1:]))


def _money(cell: str, factor: Decimal) -> Decimal | None:
    if not _NUMBER.fullmatch(cell):
        return None
    return Decimal(cell.replace(".", "").replace(",", ".")) * factor
