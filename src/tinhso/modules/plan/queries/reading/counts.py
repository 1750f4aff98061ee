"""
Plain counts of a document: “4.414 chứng thư số”, “400 dịch vụ công”, and a whole with its parts (“trong đó: …; …”).

What is a day, the number of a text, of a level or of a list is no count; a share or a sum of money is read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tinhso.modules.plan.queries.reading.figures import (
    RELATIONS,
    Told,
    by_of,
    decimal_of,
    horizon_of,
    sentence_at,
    told_at,
)
from tinhso.modules.plan.queries.reading.text import Paragraph

_COUNT = re.compile(
    r"(?<![\w.,/%–-])(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,7})(?![\d/%]|[.,]\d|\s?%|\s?[-–]\s?\d|[A-ZĐa-z])"
    r"\s+(?P<of>[^\W\d_][^\d.,;:()“”\"]{1,80})"
)
_NUMBER = re.compile(r"(?<![\w.,/%–-])(\d{1,3}(?:\.\d{3})+|\d{1,7})(?![\d/%]|[.,]\d|\s?%|[A-ZĐa-z])")
_NOT_BEHIND = re.compile(
    r"(?:ngày|tháng|năm|quý|tuần|số|Điều|khoản|điểm|mục|mức độ|mức|cấp độ|khóa|khoá|kỳ họp|phiên bản|thứ|hạng|khu vực|phụ lục|"
    r"tốp|top|nhóm|ưu tiên|giai đoạn|chương|phần|nhiệm vụ|giải pháp|từ|sau|trước|công nghệ|tổng đài|mạng|hệ thống phản ánh kiến nghị|"
    r"chatbot|công|Đề án|Chỉ thị|Quyết định|Nghị quyết|QD|đô thị loại|loại|kênh|zalo|phòng|tổ|bảng|biểu|mẫu|lần|Hotline|SĐT|QĐ|NĐ|TT|KH|NQ|CT|CV|-|–|/|\d,?)\s*$",
    re.IGNORECASE,
)
_NO_THING = re.compile(
    r"(?:tỷ|tỉ|triệu|nghìn|ngàn)?\s*(?:đồng|đ)\b|(?:tỷ|tỉ|triệu|nghìn|ngàn)\b|(?:ngày|tháng|năm|giờ|phút|giây|lớp\b|đến|của|về|trên|là|và|"
    r"theo|tại|trong|cho|kèm theo|mang lại|phổ biến|khu vực|điểm|m2|km|kv|mbps|gb|tb)\b",
    re.IGNORECASE,
)
_NO_PART = re.compile(r"(?:tỷ|tỉ|triệu|nghìn|ngàn)?\s*(?:đồng|đ)\b|(?:ngày|tháng|năm|giờ|phút)\b", re.IGNORECASE)
_LEVEL = re.compile(r"mức độ \d và\s*$", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:^|[;.]\s|[-+*]\s)(?P<of>[^;:.()\d]{8,140})\s*:\s*(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,7})\s*(?=;|\.(?:\s|$)|$)"
)
"""“Số cán bộ được đào tạo: 5.000.”"""
_PARTS = re.compile(r"(?:trong đó|bao gồm|gồm)\s*:?", re.IGNORECASE)
_WORD = re.compile(r"(?P<word>tối thiểu|ít nhất|trên|hơn|gần|khoảng|không quá|dưới)\s*(?:có\s*)?$", re.IGNORECASE)
_THING_ENDS = re.compile(r"\s(?:trong đó|bao gồm|gồm|với|đã|được|để|trên|theo|như|do|từ|và|vào|tại|mức)\s.*$")
SERVICES = frozenset({"1022", "111", "112", "113", "114", "115"})
"""Telephone numbers that name a service."""
LONGEST_THING = 6
"""Words of a thing that is counted: “dịch vụ công trực tuyến mức độ”."""
BETWEEN = 60
"""Letters between a whole and the word that says its parts follow."""
FEWEST_PARTS = 2


@dataclass(frozen=True, slots=True)
class CountRead:
    """A count as it was read; `parts` are those that the text says it is made of."""

    told: Told
    value: Decimal
    of: str
    relation: str
    by: str
    sentence: str
    first: int
    last: int
    parts: tuple[Decimal, ...] = ()

    @property
    def difference(self) -> Decimal:
        """Return how much the parts together are more than the whole; nought where none are told."""
        return sum(self.parts, Decimal(0)) - self.value if self.parts else Decimal(0)


def counts(found: Iterable[Paragraph]) -> list[CountRead]:
    """Return the counts of a document in their order; the texts it rests on tell none."""
    every = list(found)
    horizon = horizon_of(every)
    return [
        count for paragraph in every if not paragraph.text.startswith("Căn cứ") for count in _of(paragraph, horizon)
    ]


def _of(paragraph: Paragraph, horizon: str) -> Iterator[CountRead]:
    text, until = paragraph.text, 0
    for found in _LABELLED.finditer(text):
        if not _NOT_BEHIND.search(found["of"]):
            yield _labelled(found, paragraph, horizon)
    for found in _COUNT.finditer(text):
        before = text[: found.start()]
        of = found["of"].strip()
        if found.start() < until or not _is_count(found["number"], before, of):
            continue
        parts, end = _parts(text, found)
        until = max(until, end)
        told = told_at(paragraph, before)
        word = _WORD.search(before)
        yield CountRead(
            told=told,
            value=decimal_of(found["number"]),
            of=" ".join(_THING_ENDS.sub("", f"{of} ").split()[:LONGEST_THING]),
            relation=RELATIONS.get(word["word"].lower(), "") if word else "",
            by=by_of(paragraph, horizon) if told is Told.TARGET else "",
            sentence=sentence_at(text, found.start()),
            first=paragraph.first,
            last=paragraph.last,
            parts=parts,
        )


def _labelled(found: re.Match[str], paragraph: Paragraph, horizon: str) -> CountRead:
    told = told_at(paragraph, paragraph.text[: found.start("number")])
    return CountRead(
        told, decimal_of(found["number"]), " ".join(found["of"].split()), "", by_of(paragraph, horizon) if told is Told.TARGET else "",
        sentence_at(paragraph.text, found.start("number")), paragraph.first, paragraph.last,
    )  # fmt: skip


def _is_count(number: str, before: str, of: str) -> bool:
    """Tell whether a number counts: not the mark of its paragraph, a service, a level (“mức độ 3 và 4”), a day or the number of a text."""
    if number in SERVICES or _NOT_BEHIND.search(before) or _NO_THING.match(of):
        return False
    is_mark = not before.strip() and "." not in number and not number.startswith("0")
    is_level = len(number) == 1 and _LEVEL.search(before)
    return not is_mark and not is_level


def _parts(text: str, found: re.Match[str]) -> tuple[tuple[Decimal, ...], int]:
    """Return the parts of a whole with where they end: what follows “trong đó” up to the bracket, or the full stop."""
    says = _PARTS.search(text, found.end("number"), found.end("number") + BETWEEN + len("trong đó:"))
    if says is None or re.search(r"[;.]\s|\d", text[found.end("number") : says.start()]):
        return (), found.end()
    opened = text.count("(", found.end("number"), says.start()) > text.count(")", found.end("number"), says.start())
    end = _closing(text, says.end()) if opened else _stop(text, says.end())
    inside = re.sub(r"\([^()]*\)", lambda gone: " " * len(gone[0]), text[says.end() : end])
    parts = tuple(
        decimal_of(each[1])
        for each in _NUMBER.finditer(inside)
        if not _NOT_BEHIND.search(inside[: each.start()].removesuffix("và "))
        and not _NO_PART.match(inside[each.end() :].strip())
    )
    return (parts, end) if len(parts) >= FEWEST_PARTS else ((), found.end())


def _closing(text: str, place: int) -> int:
    depth = 1
    for at in range(place, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at
    return len(text)


def _stop(text: str, place: int) -> int:
    found = re.compile(r"\.(?:\s|$)").search(text, place)
    return found.start() if found else len(text)
