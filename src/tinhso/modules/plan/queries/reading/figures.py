"""
Figures of a document: shares in per cent and counts “235/241”, what each is of, and whether it is promised, planned or reported.

A share with its count beside it is one figure, and where the two do not agree the program says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tinhso.modules.plan.queries.reading.text import Paragraph

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_PERCENT = re.compile(rf"(?<![\d.,/])(?P<value>{_NUMBER})\s?%")
_COUNT = re.compile(
    r"(?<![\d/.,\-–])(?P<above>\d{1,3}(?:\.\d{3})+|\d+)/(?P<below>\d{1,3}(?:\.\d{3})+|\d+)(?![\d/\-–]|\.\d|/[A-ZĐ])"
)
_BEFORE = re.compile(r"(?P<word>tối thiểu|ít nhất|trên|hơn|từ|gần|khoảng|không quá|dưới|giảm|tăng)\s*$", re.IGNORECASE)
_PLANNED = re.compile(r"kế hoạch(?: là| giao)?(?:[^.;()]{0,60})$", re.IGNORECASE)
_DATE_BEFORE = re.compile(r"(?:ngày|tháng|quý|đêm|hướng ứng|quốc gia)\s*(?:[^\d\s]+\s){0,4}$", re.IGNORECASE)
_RANK_BEFORE = re.compile(r"(?:xếp(?: hạng)?|hạng|vị trí)\s+(?:thứ\s+)?$", re.IGNORECASE)
_YEAR = re.compile(
    r"(?:đến|vào|hết|cuối|trong|năm|kế hoạch)\s*(?:hết\s*|cuối\s*)?(?:năm\s*)?(?P<year>20\d{2})", re.IGNORECASE
)
_PERIOD = re.compile(r"(?:giai đoạn|\d năm)\s*20\d{2}\s*[-–]\s*(?P<year>20\d{2})", re.IGNORECASE)
_QUARTER = re.compile(r"quý\s*(?P<quarter>IV|I{1,3}|[1-4])\s*[/-]\s*(?:năm\s*)?(?P<year>20\d{2})", re.IGNORECASE)
_GOALS = re.compile(r"mục tiêu|chỉ tiêu|nhiệm vụ|nội dung kế hoạch|giải pháp|nội dung thực hiện|yêu cầu", re.IGNORECASE)
_RESULTS = re.compile(r"kết quả|tình hình|hiện trạng|đánh giá|thực trạng|tồn tại|hạn chế", re.IGNORECASE)
_PAST = re.compile(r"\b(?:đã|hiện nay|đến nay|tính đến|hiện có|năm\s+20\d{2}\s+đạt)\b", re.IGNORECASE)
_ABOUT = re.compile(
    rf"(?:{_NUMBER})\s?%?(?:\s*\([^)]*\))?\s*(?P<about>(?:tỷ lệ\s+|số lượng\s+)?(?:[^\d;.:(]|\((?!\d)[^)%]{{0,80}}\)|\d(?![\d.,]*\s?%))*)"
)
FEWEST_ABOUT = 2
FAR = 40
"""Letters between a share and its count, beyond which they are two figures."""


class Told(StrEnum):
    """Whether a figure is a promise or a report."""

    TARGET = "target"
    PLANNED = "planned"
    """What was planned for a period that is over, told beside what came of it."""
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class FigureRead:
    """One figure, as it was read: nobody has looked at it yet."""

    told: Told
    value: Decimal | None
    """In per cent; None: only a count is given."""
    above: Decimal | None
    below: Decimal | None
    relation: str
    """at_least, more_than, at_most, about, or empty."""
    by: str
    """Key of the period until which it is promised, such as `2025` or `2023-Q3`; empty where the text says none."""
    sentence: str
    first: int
    last: int
    """Offsets of its paragraph in the normal text."""
    is_rank: bool = False
    about: str = ""
    """What it is a share of: the words behind it, up to the next figure or stop."""

    @property
    def counted(self) -> Decimal | None:
        """Return the share that the count gives, in per cent."""
        return self.above * 100 / self.below if self.above is not None and self.below else None

    @property
    def disagrees(self) -> bool:
        """Tell whether the share and the count beside it say different things."""
        if self.value is None or self.counted is None:
            return False
        # a share may be rounded, or cut after its last decimal
        exponent = self.value.as_tuple().exponent
        return abs(self.value - self.counted) >= Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


RELATIONS = {
    "tối thiểu": "at_least", "ít nhất": "at_least", "từ": "at_least", "trên": "more_than", "hơn": "more_than",
    "gần": "about", "khoảng": "about", "không quá": "at_most", "dưới": "at_most", "giảm": "decrease", "tăng": "increase",
}  # fmt: skip


def figures(found: Iterable[Paragraph]) -> list[FigureRead]:
    """Return the figures of a document in their order."""
    every = list(found)
    horizon = horizon_of(every)
    return [figure for paragraph in every for figure in _of(paragraph, horizon)]


def _of(paragraph: Paragraph, horizon: str) -> Iterator[FigureRead]:
    text = paragraph.text
    counts = {found.start(): found for found in _COUNT.finditer(text) if not _is_date(text, found)}
    made: list[tuple[int, FigureRead]] = []
    for share in _PERCENT.finditer(text):
        count = _beside(share, counts, text)
        if count is not None:
            counts.pop(count.start())
        made.append((share.start(), _figure(paragraph, share.start(), decimal_of(share["value"]), count, horizon)))
    made += [(place, _figure(paragraph, place, None, count, horizon)) for place, count in counts.items()]
    yield from (figure for _place, figure in sorted(made, key=lambda each: each[0]))


def _beside(share: re.Match[str], counts: dict[int, re.Match[str]], text: str) -> re.Match[str] | None:
    """Return the count that belongs to a share: in brackets behind it, or before it with “tỷ lệ” between."""
    for place in sorted(counts):
        between = text[share.end() : place] if place > share.end() else text[counts[place].end() : share.start()]
        behind = place > share.end() and re.fullmatch(r"[^%;.]{0,40}\(\s*", between)
        before = place < share.start() and re.fullmatch(r"[^%;.]{0,40}(?:tỷ lệ|đạt)\s*", between)
        if behind or before:
            return counts[place]
    return None


def _is_date(text: str, found: re.Match[str]) -> bool:
    """Tell whether “10/10”, “12/2022” are a day or a month: named so, or with a year behind the stroke."""
    below = found["below"].replace(".", "")
    is_year = len(below) == len("2022") and below.startswith("20") and int(found["above"].replace(".", "")) <= 12  # noqa: PLR2004 - months
    return is_year or bool(_DATE_BEFORE.search(text[: found.start()]) and int(below) <= 31 and "." not in found[0])  # noqa: PLR2004 - days


def _figure(
    paragraph: Paragraph, place: int, value: Decimal | None, count: re.Match[str] | None, horizon: str
) -> FigureRead:
    before = paragraph.text[:place]
    word = _BEFORE.search(before)
    told = told_at(paragraph, before)
    return FigureRead(
        told=told,
        value=value,
        above=decimal_of(count["above"]) if count else None,
        below=decimal_of(count["below"]) if count else None,
        relation=RELATIONS[word["word"].lower()] if word else "",
        by=by_of(paragraph, horizon) if told is Told.TARGET else "",
        sentence=sentence_at(paragraph.text, place),
        first=paragraph.first,
        last=paragraph.last,
        is_rank=bool(count and _RANK_BEFORE.search(before)),
        about=_about(paragraph.text, place),
    )


def told_at(paragraph: Paragraph, before: str) -> Told:
    """Tell by the nearest heading that says it, then by the words; a plan promises where nothing says otherwise."""
    if _PLANNED.search(before):
        return Told.PLANNED
    for heading in paragraph.under[::-1]:
        # a heading of both, as “results of the tasks of 2022”, tells results
        if _RESULTS.search(heading):
            return Told.REPORTED
        if _GOALS.search(heading):
            return Told.TARGET
    return Told.REPORTED if _PAST.search(paragraph.text) else Told.TARGET


def _about(text: str, place: int) -> str:
    """Return what a figure is of: “hồ sơ công việc tại cấp huyện”; empty where too little follows it."""
    found = _ABOUT.match(text, place)
    words = (
        re.sub(
            r"(?:\s+(?:và|hoặc|trong đó|đạt|được|là|có|trên|tối thiểu|ít nhất|khoảng))+$",
            "",
            found["about"].strip(" ,"),
        )
        if found
        else ""
    )
    return words if len(words.split()) >= FEWEST_ABOUT else ""


def sentence_at(text: str, place: int) -> str:
    """Return the clause around a place: between full stops and semicolons that end one."""
    begin = max((found.end() for found in re.finditer(r"[;.]\s+(?=\S)", text[:place])), default=0)
    end = re.search(r"[;.](?:\s|$)", text[place:])
    return text[begin : place + end.start() if end else len(text)].strip(" -+*")


def by_of(paragraph: Paragraph, horizon: str) -> str:
    """Return the key of the period until which a paragraph promises: its own words, else its headings, else the horizon of the document."""
    for said in (paragraph.text, *paragraph.under[::-1]):
        if found := _QUARTER.search(said):
            place = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(found["quarter"].upper()) or int(found["quarter"])
            return f"{found['year']}-Q{place}"
        if found := _PERIOD.search(said) or _YEAR.search(said):
            return found["year"]
    return horizon


def horizon_of(every: Iterable[Paragraph]) -> str:
    """Return the year until which the document promises: the last of the period its title names, or its one year."""
    for paragraph in every:
        if paragraph.text.isupper() and (
            found := _PERIOD.search(paragraph.text) or re.search(r"NĂM (?P<year>20\d{2})", paragraph.text)
        ):
            return found["year"]
    return ""


def decimal_of(text: str) -> Decimal:
    """Return a number as a document writes it: 1.234,5."""
    return Decimal(text.replace(".", "").replace(",", "."))
