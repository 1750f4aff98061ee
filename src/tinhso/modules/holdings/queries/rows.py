"""
A row of a back-load: what its columns are called, and everything that can be said of it without looking anywhere.

Pure: the same cells give the same answer, so that a load that broke off finds what it found before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from tinhso.base.sheets import day_of
from tinhso.base.text import fold, nfc
from tinhso.law.answer import Malformed
from tinhso.law.identity_numbers import citizen_number, tax_code

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "owner": ("so dinh danh", "so dinh danh hoac ma so thue", "identity number"),
    "former": ("so cmnd cu", "former number"),
    "name": ("ho ten", "ten to chuc", "ho ten hoac ten to chuc", "name"),
    "code": ("ma ket qua", "result code"),
    "title": ("ten ket qua", "result"),
    "number": ("so ket qua", "so hieu", "number"),
    "issued_on": ("ngay cap", "issued on"),
    "issuer": ("ma co quan cap", "agency"),
    "valid_to": ("hieu luc den", "valid until"),
    "signed_by": ("nguoi ky", "signed by"),
    "file": ("tep", "ten tep", "file"),
    "replaces": ("thay ban da co", "replaces"),
}
"""Columns by the names that a sheet may give them, folded; the first is ours."""
NEEDED = ("owner", "name", "code", "title", "number", "issued_on", "issuer", "file")
HEADINGS = (
    "Số định danh", "Số CMND cũ", "Họ tên", "Mã kết quả", "Tên kết quả", "Số kết quả", "Ngày cấp", "Mã cơ quan cấp",
    "Hiệu lực đến", "Người ký", "Tệp", "Thay bản đã có",
)  # fmt: skip
"""The first row of an empty sheet, as it is given out."""
YES = frozenset({"co", "x", "yes", "1", "thay"})
EARLIEST = date(1945, 9, 2)
LONGEST = {"name": 300, "title": 600, "number": 60, "file": 255, "signed_by": 200, "code": 40, "issuer": 35}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{2,39}")
_DAYS = (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), re.compile(r"(\d{4})-(\d{2})-(\d{2})"))
CARD_DIGITS = 9
"""Of an identity card before 2016 (CMND)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, read: its place in the sheet (as the spreadsheet counts), its cells, what it says, what is wrong with it."""

    place: int
    cells: list[str]
    owner: str = ""
    former: str = ""
    name: str = ""
    code: str = ""
    title: str = ""
    number: str = ""
    issued_on: date = EARLIEST
    issuer: str = ""
    valid_to: date | None = None
    signed_by: str = ""
    file: str = ""
    replaces: bool = False
    faults: list[list[str]] = field(default_factory=list)
    """Each a code and its facts: `sentence` says it."""


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """Return where each column stands. What the sheet calls otherwise is not read."""
    names = {name: key for key, known in COLUMNS.items() for name in known}
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        key = names.get(fold(cell).rstrip(" *:"))
        if key and key not in found:
            found[key] = place
    return found


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """Return the names of the columns that must be there and are not."""
    first = dict(zip(COLUMNS, HEADINGS, strict=True))
    return [first[key] for key in NEEDED if key not in columns]


def read_row(place: int, cells: list[str], columns: Mapping[str, int], *, on: date) -> Row:
    """Return what a row says, with every fault at once."""
    said = {key: nfc(cells[column]) if column < len(cells) else "" for key, column in columns.items()}
    faults: list[list[str]] = [["missing", key] for key in NEEDED if not said.get(key)]
    faults += [["too_long", key, str(most)] for key, most in LONGEST.items() if len(said.get(key, "")) > most]
    owner, former = said.get("owner", ""), said.get("former", "")
    issued, until = _day(said.get("issued_on", "")), _day(said.get("valid_to", ""))
    if owner and not (owner := _number(owner)):
        faults.append(["owner"])
    if former and not (former := _card(former)):
        faults.append(["former"])
    if said.get("code") and not _CODE.fullmatch(said["code"]):
        faults.append(["code"])
    if said.get("issued_on") and (issued is None or not EARLIEST <= issued <= on):
        faults.append(["issued_on"])
    if said.get("valid_to") and until is None:
        faults.append(["valid_to"])
    if issued and until and until < issued:
        faults.append(["ends_before"])
    return Row(
        place, cells, owner, former, said.get("name", ""), said.get("code", "").upper(), said.get("title", ""),
        said.get("number", ""), issued or EARLIEST, said.get("issuer", "").upper(), until, said.get("signed_by", ""),
        said.get("file", ""), fold(said.get("replaces", "")) in YES, faults,
    )  # fmt: skip


def _number(text: str) -> str:
    """Return a personal number, an old card's number or a tax code; empty when it is none of them."""
    bare = re.sub(r"[\s.]", "", text)
    # a spreadsheet that took the number for a number has eaten the zero in front
    if re.fullmatch(r"\d{11}", bare):
        bare = f"0{bare}"
    if card := _card(bare):
        return card
    for check in (citizen_number, tax_code):
        try:
            return str(check(bare))
        except Malformed:
            continue
    return ""


def _card(text: str) -> str:
    bare = re.sub(r"[\s.]", "", text)
    return bare if re.fullmatch(rf"\d{{{CARD_DIGITS}}}", bare) else ""


def _day(text: str) -> date | None:
    local, iso = (pattern.fullmatch(text) for pattern in _DAYS)
    try:
        if local:
            return date(int(local[3]), int(local[2]), int(local[1]))
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        return None
    return day_of(text)


def sentence(fault: Sequence[str]) -> str:
    """Say what to do about one fault, in the language of the reader."""
    code, facts = fault[0], list(fault[1:])
    names = dict(zip(COLUMNS, HEADINGS, strict=True))
    sentences = {
        "missing": _("Fill in “{0}”."),
        "too_long": _("Shorten “{0}” to {1} letters."),
        "owner": _("Write the identity number with 12 digits (an old card has 9), or a right tax code."),
        "former": _("Write the number of the old card with 9 digits, or leave it empty."),
        "code": _("Write the result code as the catalogue does, for example KQ.G15.000031."),
        "issued_on": _("Write the day of issue as 28/11/2022; it is neither in the future nor before 1945."),
        "valid_to": _("Write the last day as 28/11/2032, or leave it empty."),
        "ends_before": _("The last day is before the day of issue. Mend one of them."),
        "issuer": _("This is not the agency of the back-load, nor one below it. Load it with its own agency."),
        "other_name": _("The number belongs to somebody else. Compare it with the paper."),
        "other_number": _("The old card is known with another personal number. Compare both with the paper."),
        "no_file": _("The file “{0}” is not there. Put it into the folder, or mend its name."),
        "bad_path": _("Write the bare name of a file in the folder, without “..” and without a drive: “{0}”."),
        "file": _("The file “{0}” cannot be taken: {1}"),
        "bomb": _("The file “{0}” would unpack to far more than it is. Make the zip anew from the scans."),
        "damaged": _("The file “{0}” is damaged in the zip. Make the zip anew."),
        "twice": _("Row {0} gives the same result with another file. Keep one of the two rows."),
        "held": _("This result is held already, with another file. Write “có” in “Thay bản đã có” if this one is the newer version."),
    }  # fmt: skip
    return sentences.get(code, code).format(*(names.get(fact, fact) for fact in facts))
