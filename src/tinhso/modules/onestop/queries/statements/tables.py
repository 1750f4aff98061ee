"""Statements as tables, .csv and .xlsx: which column is what, the profile of the bank says (data of the pack)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from django.utils.translation import gettext
from lxml import etree

from tinhso.modules.onestop.queries.statements.lines import LARGEST, MOST_LINES, BadLine, BankLine, Reading

Row = list[str | Decimal]
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MOST_ROWS = MOST_LINES + 1000
"""With the head and the empty rows of a file, so that one of nothing but line ends fills no memory."""
MOST_UNPACKED = 64 * 1024 * 1024
MOST_CELLS_IN_ROW = 200
HEAD_WITHIN = 40
"""Rows above the head of the table: name of the bank, account, period."""
FIRST_DAY_OF_EXCEL = date(1899, 12, 30)
MOST_DAYS = 1_000_000
_COLUMN = re.compile(r"[A-Z]+")


class Unreadable(ValueError):  # noqa: N818 - an answer about a file
    """A file that is no table; the message is a sentence for the reader."""


def read_csv(data: bytes, profile: Mapping[str, Any]) -> Reading:
    """Return the lines of a table in text. Raises Unreadable."""
    try:
        text = data.decode({"utf-8": "utf-8-sig"}.get(found := profile.get("encoding", "utf-8"), found))
        # no database keeps a zero character in a text
        found_rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=profile.get("delimiter", ","))
        rows = [list[str | Decimal](row) for row in islice(found_rows, MOST_ROWS + 1)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(gettext("it is no text in the encoding that the profile names")) from error
    if len(rows) > MOST_ROWS:
        raise Unreadable(gettext("it has more than %(most)d lines; split it") % {"most": MOST_LINES})
    return _read(rows, profile)


def read_xlsx(data: bytes, profile: Mapping[str, Any]) -> Reading:
    """Return the lines of the first sheet of a workbook. Raises Unreadable."""
    try:
        rows = _first_sheet(data)
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,  # a part under a password
        ValueError,  # a row or a shared text whose number is none
        etree.XMLSyntaxError,
        KeyError,
        IndexError,
        OSError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise Unreadable(gettext("it is no workbook")) from error
    return _read(rows, profile)


def _first_sheet(data: bytes) -> list[Row]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED:
            raise Unreadable(gettext("it is too large when unpacked"))
        names = book.namelist()
        shared = list(_shared(book.read("xl/sharedStrings.xml"))) if "xl/sharedStrings.xml" in names else []
        sheet = min((name for name in names if name.startswith("xl/worksheets/sheet")), key=_sheet_number, default="")
        if not sheet:
            raise Unreadable(gettext("it holds no sheet"))
        return _sheet(book.read(sheet), shared)


def _read(rows: Sequence[Row], profile: Mapping[str, Any]) -> Reading:
    wanted: Mapping[str, str] = profile["columns"]
    for place, row in enumerate(rows[:HEAD_WITHIN]):
        heads = {_folded(cell): index for index, cell in enumerate(row)}
        columns = {name: heads[_folded(head)] for name, head in wanted.items() if _folded(head) in heads}
        if columns.keys() == wanted.keys():
            return _below(rows, place + 1, columns, profile)
    raise Unreadable(gettext("no row holds the columns %(columns)s") % {"columns": ", ".join(wanted.values())})


def _below(rows: Sequence[Row], first: int, columns: Mapping[str, int], profile: Mapping[str, Any]) -> Reading:
    reading = Reading()
    for number, row in enumerate(rows[first:], first + 1):
        cells = {name: row[index] if index < len(row) else "" for name, index in columns.items()}
        if all(str(cells.get(name, "")).strip() == "" for name in ("date", "credit", "debit", "amount")):
            continue
        if len(reading.lines) + len(reading.faults) >= MOST_LINES:
            raise Unreadable(gettext("it has more than %(most)d lines; split it") % {"most": MOST_LINES})
        try:
            reading.take(number, [_line(number, cells, profile)])
        except BadLine as bad:
            reading.take(number, bad)
    return reading


def _line(number: int, cells: Mapping[str, str | Decimal], profile: Mapping[str, Any]) -> BankLine:
    day = _day(cells["date"], profile["date_format"])
    if "amount" in cells:
        amount = amount_of(cells["amount"], profile)
    else:
        credit, debit = (amount_of(cells.get(name, ""), profile) for name in ("credit", "debit"))
        if credit < 0 or debit < 0:
            raise BadLine("negative")
        if credit and debit:
            raise BadLine("both")
        amount = credit - debit
    if not amount:
        raise BadLine("none")
    text, reference = (" ".join(str(cells.get(name, "")).split()) for name in ("text", "reference"))
    return BankLine(number, day, amount, text[:500], reference[:100])


def _day(cell: str | Decimal, form: str) -> date:
    try:
        if isinstance(cell, Decimal):
            # 1E+999999999 is a number too, and would be written out digit by digit
            if not (cell.is_finite() and 0 < cell < MOST_DAYS):
                raise BadLine("day")
            return FIRST_DAY_OF_EXCEL + timedelta(days=int(cell))
        return datetime.strptime(cell.strip()[: len(f"{date(2000, 12, 31):{form}}")], form).date()  # noqa: DTZ007 - a day
    except (ValueError, OverflowError) as error:
        raise BadLine("day") from error


def _is_whole_sum(text: str, thousands: str, decimal: str) -> bool:
    """Tell whether a text is a sum without a fraction, in groups of three where the bank writes any."""
    unsigned = text[1:] if text[:1] in ("-", "+") else text  # one sign: "-+5" is no number, and Decimal says so loudly
    whole, _mark, fraction = unsigned.partition(decimal)
    if not re.fullmatch(r"0{1,2}" if _mark else "", fraction, re.ASCII):
        return False
    if re.fullmatch(r"[0-9]{1,15}", whole, re.ASCII):
        return True
    first, *groups = whole.split(thousands) if thousands else [whole]
    is_first = re.fullmatch(r"[0-9]{1,3}", first, re.ASCII) is not None
    return is_first and bool(groups) and all(re.fullmatch(r"[0-9]{3}", each, re.ASCII) for each in groups)


def amount_of(cell: str | Decimal, profile: Mapping[str, Any]) -> int:
    """Return a sum in đồng as the bank writes it; nothing is 0. Raises BadLine for anything that is no whole sum."""
    thousands, decimal = profile.get("thousands", "."), profile.get("decimal", ",")
    if isinstance(cell, str):
        text = cell.replace("\u00a0", " ").strip().removesuffix("VND").removesuffix("đ").strip()
        if text in ("", "-"):
            return 0
        if not _is_whole_sum(text, thousands, decimal):
            raise BadLine("amount")
        cell = Decimal((text.replace(thousands, "") if thousands else text).split(decimal)[0])
    if not cell.is_finite() or cell != cell.to_integral_value() or abs(cell) >= LARGEST:
        raise BadLine("amount")
    return int(cell)


def _folded(cell: str | Decimal) -> str:
    return " ".join(str(cell).split()).casefold()


def _sheet_number(name: str) -> tuple[int, str]:
    return len(name), name


def _elements(data: bytes, tag: str) -> Iterator[Any]:
    """Yield the elements of this name, without entities, without the network; each is forgotten afterwards."""
    found = etree.iterparse(
        io.BytesIO(data), events=("end",), tag=f"{{{SHEET}}}{tag}",
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    for _event, element in found:
        yield element
        element.clear()


def _shared(data: bytes) -> Iterator[str]:
    for element in _elements(data, "si"):
        yield "".join(part.text or "" for part in element.iter(f"{{{SHEET}}}t"))


def _sheet(data: bytes, shared: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for element in _elements(data, "row"):
        number = int(element.get("r") or len(rows) + 1)
        if number > MOST_ROWS:
            raise Unreadable(gettext("it has more than %(most)d lines; split it") % {"most": MOST_LINES})
        rows += [[] for _gap in range(number - len(rows) - 1)]
        rows.append(_cells(element, shared))
    return rows


def _cells(row: Any, shared: Sequence[str]) -> Row:
    cells: Row = []
    for cell in row.iter(f"{{{SHEET}}}c"):
        name = _COLUMN.match(cell.get("r", ""))
        place = _place(name[0]) if name else len(cells)
        if place >= MOST_CELLS_IN_ROW:
            break
        cells += [""] * (place - len(cells))
        cells.append(_value(cell, shared))
    return cells


def _value(cell: Any, shared: Sequence[str]) -> str | Decimal:
    kind, value = cell.get("t", "n"), cell.find(f"{{{SHEET}}}v")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{{{SHEET}}}t"))
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        return shared[int(text)]
    if kind != "n" or not text:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _place(letters: str) -> int:
    """Return the place of a column from 0: A, B, … Z, AA."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
