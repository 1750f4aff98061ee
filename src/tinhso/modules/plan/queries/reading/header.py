"""What a document is: its kind, number, day, issuer and title, and the texts it rests on (NĐ 30/2020/NĐ-CP, phụ lục I)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tinhso.modules.plan.queries.reading.text import Paragraph

KINDS = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Kế hoạch", "Chương trình", "Đề án", "Báo cáo", "Tờ trình", "Công văn", "Thông tư", "Nghị định",
    "Luật", "Kết luận", "Thông báo", "Hướng dẫn",
)  # fmt: skip
_NUMBER = re.compile(r"Số\s?:\s*(?P<number>\d+(?:/\d{4})?\s?[/-]\s?[A-ZĐƯ][A-ZĐƯ0-9&-]*(?:-[A-ZĐƯ0-9&]+)*)")
_DAY = r"ngày\s*(?P<day>\d{1,2})\s*(?:tháng|/|-)\s*(?P<month>\d{1,2})\s*(?:năm|/|-)\s*(?P<year>\d{4})"
_PLACE = re.compile(rf"^(?P<place>[^,\d]{{2,40}}),\s*{_DAY}", re.IGNORECASE)
_CITED = re.compile(
    r"(?P<kind>Nghị quyết|Quyết định|Chỉ thị|Kế hoạch|Thông tư|Nghị định|Công văn|Tờ trình|Báo cáo)\s+(?:số\s*)?"
    r"(?P<number>\d+(?:/\d{4})?\s?[/-]\s?[A-ZĐƯ][A-ZĐƯ0-9&]*(?:\s?-\s?[A-ZĐƯ][A-ZĐƯ0-9&]*)*)"
    r"(?:\s*,?\s*ngày\s*(?P<day>\d{1,2})\s*(?:tháng|/|-)\s*(?P<month>\d{1,2})\s*(?:năm|/|-)\s*(?P<year>\d{4}))?"
)
_AFTER_TITLE = ("HỘI ĐỒNG", "ỦY BAN", "UỶ BAN", "CHỦ TỊCH", "PHẦN", "CHƯƠNG", "MỤC TIÊU")
_NUMBERED = re.compile(r"(?:[IVX]{1,5}|\d{1,2})[.)]?\s|Số\s?:", re.IGNORECASE)
FIRST = 40
"""Paragraphs in which a head stands."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that is named: its kind, number and, where it is said, its day."""

    kind: str
    number: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a document says of itself; empty where it does not."""

    kind: str
    number: str
    on: date | None
    place: str
    issuer: str
    title: str


def header(found: Sequence[Paragraph]) -> Header:
    """Return what a document is, as far as its first paragraphs say."""
    head = [each.text for each in found[:FIRST]]
    number = next((match["number"] for text in head if (match := _NUMBER.search(text))), "")
    dated = next((match for text in head if (match := _PLACE.search(text))), None)
    kind, title = _title(head)
    return Header(kind, _tight(number), _date(dated), dated["place"].strip() if dated else "", _issuer(head), title)


def cited(found: Sequence[Paragraph]) -> list[Cited]:
    """Return the documents that are named, each once, in their order."""
    named: dict[str, Cited] = {}
    for paragraph in found:
        for match in _CITED.finditer(paragraph.text):
            number = _tight(match["number"])
            known = named.get(number)
            if known is None or (known.on is None and match["day"]):
                named[number] = Cited(match["kind"], number, _date(match))
    return list(named.values())


def _tight(number: str) -> str:
    return "".join(number.split())


def _date(match: re.Match[str] | None) -> date | None:
    if match is None or not match["day"]:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _issuer(head: Sequence[str]) -> str:
    """Return the words above the motto of the republic: the agency that issues, on one line."""
    words: list[str] = []
    for text in head:
        if text.startswith(("CỘNG HÒA", "CỘNG HOÀ")):
            break
        if text.isupper():
            words.append(text)
    return " ".join(words)


def _title(head: Sequence[str]) -> tuple[str, str]:
    """Return the kind of document and its title: the capitals behind its kind."""
    for place, text in enumerate(head):
        for kind in KINDS:
            if text.upper().startswith(kind.upper()) and text.isupper():
                rest = text[len(kind) :].strip()
                for more in head[place + 1 :]:
                    if not more.isupper() or more.startswith(_AFTER_TITLE) or _NUMBERED.match(more):
                        break
                    rest = f"{rest} {more}".strip()
                return kind, _issuer_off(rest)
    return "", ""


def _issuer_off(title: str) -> str:
    """Return a title without the issuer that stands in capitals right behind it."""
    return re.split(r"\s(?=(?:HỘI ĐỒNG NHÂN DÂN|[ỦU][YỶ] BAN NHÂN DÂN)\s+TỈNH)", title)[0].strip()
