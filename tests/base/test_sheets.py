"""Sheets in a stream: what is written is read, what is no sheet is said to be none, a bomb does not go off."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.base import sheets
from tinhso.base.sheets import BadSheetError, day_of, read_rows, write_xlsx

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=12).map(
    str.strip
)


def read(content):
    return list(read_rows(io.BytesIO(content), name="x"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(CELL, max_size=5), max_size=6))
def test_what_is_written_is_read(rows):
    file = io.BytesIO()
    assert write_xlsx(file, rows) == len(rows)
    assert list(read_rows(file, name="x")) == rows


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("Họ tên;Tệp\nNguyễn Tư; a.pdf \n", [["Họ tên", "Tệp"], ["Nguyễn Tư", "a.pdf"]]),
        ('\ufeffa,b\n\n1,"2,3"\n', [["a", "b"], [], ["1", "2,3"]]),
        ("a\tb\n", [["a", "b"]]),
    ],
)
def test_csv_as_people_save_it(content, rows):
    assert read(content.encode()) == rows


def workbook(sheet, strings=""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sheets._PARTS.items():
            archive.writestr(name, text)
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>")
        archive.writestr("xl/sharedStrings.xml", f"<sst {space}>{strings}</sst>")
    return file.getvalue()


def test_a_sheet_of_a_spreadsheet_program():
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="B3"><v>40239.0</v></c><c r="C3" t="str"><f>A1</f><v>x</v></c></row>'
    )
    texts = "<si><t>Tệp</t></si><si><r><t>Số </t></r><r><t>định danh</t></r></si>"
    assert read(workbook(sheet, texts)) == [["Số định danh", "", "Tệp"], [], ["", "40239", "x"]]
    assert day_of("40239") == date(2010, 3, 2)
    assert day_of("99999999") is None
    assert day_of("nan") is None


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01",
        b"PK\x03\x04",
        b"\xff\xfe,\xff\n",
        workbook('<row r="1"><c t="s"><v>7</v></c></row>'),
        workbook("<row>"),
    ],
)
def test_what_is_no_sheet_is_said_to_be_none(content):
    with pytest.raises(BadSheetError):
        read(content)


def test_a_bomb_does_not_go_off(monkeypatch):
    monkeypatch.setattr(sheets, "UNSUSPECTED", 100_000)
    with pytest.raises(BadSheetError, match="beyond belief"):
        read(workbook("<row/>" * 200_000))
    entity = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", entity + b"<workbook>&y;</workbook>")
    with pytest.raises(BadSheetError):
        read(file.getvalue())


def test_too_many_rows_end(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(BadSheetError, match="more than 3"):
        read(b"a\n" * 4)
