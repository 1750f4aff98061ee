"""
Spreadsheets in a stream: CSV and XLSX are read row by row and XLSX is written so, in a few megabytes whatever their length.

Cells come as text. A cell with a formula gives the value that was last computed; a number comes as it is written in the
file, so that a date of a spreadsheet is a count of days (`day_of`). What begins like a formula is written as text.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from lxml import etree

MOST_ROWS = 2_000_000
MOST_COLUMNS = 100
MOST_LETTERS = 4_000
"""Of one cell; more is a file that is no table."""
MOST_UNPACKED = 4 * 1024**3
MOST_PACKED = 200
"""Times that a part may unpack to its own size once it is more than nothing much: sheets pack to a thirtieth."""
UNSUSPECTED = 32 * 1024**2
_ROW_DIGITS = 7
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(r"^([A-Z]{1,3})\d+$")
_FIRST_DAY = date(1899, 12, 30)
_LAST_DAY = 80_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BAD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    etree.XMLSyntaxError,
)


class BadSheetError(ValueError):
    """Not a sheet that can be read: damaged, another kind of file, or made to overflow us. The text says which."""


def read_rows(file: IO[bytes], *, name: str) -> Iterator[list[str]]:
    """Yield the rows of the first sheet, cells stripped; empty rows too, so that numbers of rows are those seen. Raises BadSheetError."""
    file.seek(0)
    rows = _xlsx(file) if file.read(4) == b"PK\x03\x04" else _csv(file)
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise BadSheetError(f"{name}: more than {MOST_ROWS} rows")
        yield row


def day_of(serial: str) -> date | None:
    """Return the day that a spreadsheet's number stands for; None when it is none."""
    try:
        days = float(serial)
    except ValueError:
        return None
    return _FIRST_DAY + timedelta(days=int(days)) if 1 <= days < _LAST_DAY else None


def _csv(file: IO[bytes]) -> Iterator[list[str]]:
    file.seek(0)
    sample = file.read(64 * 1024)
    if b"\x00" in sample:
        raise BadSheetError("neither CSV nor XLSX")
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    first = sample.split(b"\n", 1)[0].decode("utf-8", "replace")
    delimiter = max(";,\t", key=first.count)
    try:
        for row in csv.reader(text, delimiter=delimiter):
            yield [cell.strip()[:MOST_LETTERS] for cell in row[:MOST_COLUMNS]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSheetError("not CSV in UTF-8") from error
    finally:
        text.detach()


def _xlsx(file: IO[bytes]) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(file) as archive, _shared(archive) as texts, _part(archive, _first_sheet(archive)) as part:
            yield from _rows(part, texts)
    except BadSheetError:
        raise
    except _BAD_ZIP as error:
        raise BadSheetError("damaged XLSX") from error


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    """Open a part of the file. Raises BadSheetError when it would unpack to more than it can mean."""
    info = archive.getinfo(name)
    if info.file_size > MOST_UNPACKED:
        raise BadSheetError("larger than any sheet")
    if info.file_size > UNSUSPECTED and info.file_size > MOST_PACKED * max(info.compress_size, 1):
        raise BadSheetError("packed beyond belief")
    return archive.open(info)


def _parse(part: IO[bytes], *tags: str) -> Iterator[Any]:
    """Yield the elements of these names as they end, each forgotten after use."""
    walk = etree.iterparse(
        part,
        events=("end",),
        tag=[_MAIN + tag for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    for _event, element in walk:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _first_sheet(archive: zipfile.ZipFile) -> str:
    with _part(archive, "xl/workbook.xml") as part:
        wanted = next((sheet.get(_RELATION) for sheet in _parse(part, "sheet")), None)
    with _part(archive, "xl/_rels/workbook.xml.rels") as part:
        text = part.read(1024 * 1024)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for link in etree.fromstring(text, parser):
        if link.get("Id") == wanted:
            target = str(link.get("Target", ""))
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise BadSheetError("no sheet in it")


class _Texts:
    """Texts that cells share, on disk: only their places are in memory, eight bytes each."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.places = array("Q", [0])

    def add(self, text: str) -> None:
        self.file.write(text[:MOST_LETTERS].encode("utf-8", "replace"))
        self.places.append(self.file.tell())

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self.places) - 1:
            raise BadSheetError("a cell names a text that is not there")
        self.file.seek(self.places[place])
        return self.file.read(self.places[place + 1] - self.places[place]).decode()


@contextmanager
def _shared(archive: zipfile.ZipFile) -> Iterator[_Texts]:
    with tempfile.TemporaryFile() as file:
        texts = _Texts(file)
        if "xl/sharedStrings.xml" in archive.namelist():
            with _part(archive, "xl/sharedStrings.xml") as part:
                for item in _parse(part, "si"):
                    texts.add(_words(item))
        yield texts


def _words(element: Any) -> str:
    return "".join(str(found.text or "") for found in element.iter(_MAIN + "t")).strip()


def _rows(part: IO[bytes], texts: _Texts) -> Iterator[list[str]]:
    seen = 0
    for row in _parse(part, "row"):
        number = str(row.get("r", ""))
        # rows that hold nothing are left out of the file
        while number.isdecimal() and len(number) <= _ROW_DIGITS and seen < int(number) - 1:
            seen += 1
            yield []
        seen += 1
        yield _cells(row, texts)


def _cells(row: Any, texts: _Texts) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(_MAIN + "c"):
        found = _COLUMN.match(str(cell.get("r", "")))
        place = _place(found[1]) if found else len(cells)
        if place >= MOST_COLUMNS:
            continue
        cells += [""] * (place + 1 - len(cells))
        cells[place] = _cell(cell, texts)[:MOST_LETTERS]
    return cells


def _cell(cell: Any, texts: _Texts) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _words(cell)
    value = cell.find(_MAIN + "v")
    text = str(value.text or "").strip() if value is not None else ""
    if kind == "s" and text:
        return texts[int(text)]
    # a whole number may be written as 49185000123.0
    return text[:-2] if kind == "n" and text.endswith(".0") else text


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_xlsx(file: IO[bytes] | Path, rows: Iterable[Sequence[str]]) -> int:
    """Write rows of text as one sheet; return how many. Every cell is text: nothing in it is computed when it is opened."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, _HEAD + text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{_HEAD}<worksheet xmlns="{_MAIN[1:-1]}"><sheetData>'.encode())
            for row in rows:
                cells = "".join(
                    f'<c t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>' for cell in row
                )
                part.write(f"<row>{cells}</row>".encode())
                count += 1
            part.write(b"</sheetData></worksheet>")
    return count


def _text(cell: str) -> str:
    return escape(_FORBIDDEN.sub("", cell))
