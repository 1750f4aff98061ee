"""A document as paragraphs, each with its place in the text and the headings it stands under."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LETTERS = 3_000_000
"""Three hundred pages have about a million."""
_MARK = re.compile(
    r"(?:[-–+*•]\s*\S|\d{1,2}(?:\.\d{1,2}){0,3}[.)]\s|[a-zđ]{1,2}[.)]\s|[IVX]{1,5}[.)]?\s|Điều\s+\d+|(?:Phần|PHẦN|Chương)(?:\s|$)|PHỤ LỤC|Căn cứ\s|Số\s?:)"
)
"""What a paragraph begins with, where the lines of a page were kept."""
_GOES_ON = re.compile(r"(?:số|ngày|tháng|năm|khoản|Điều|điểm|và|,)$")
_RULE = re.compile(r"[-–—_|=*\s]+")
_ROMAN = re.compile(r"(?P<mark>[IVX]{1,5})[.)]\s*(?P<text>\S.*)")
_NUMBERED = re.compile(r"(?P<mark>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+(?P<text>\S.*)")
_PART = re.compile(r"(?:Phần|PHẦN)\s*(?P<mark>(?:thứ\s+)?[IVX]+|\d+)?\s*(?P<text>.*)")
_ARTICLE = re.compile(
    r"(?P<name>Điều\s+\d+\.?\s*(?:Tổ chức thực hiện|Trách nhiệm thi hành|Mục tiêu|Nhiệm vụ|Nội dung(?: thực hiện)?|Giải pháp|"
    r"Bố trí kinh phí|Kinh phí(?: thực hiện)?|Đối tượng, phạm vi|Phân công(?: nhiệm vụ)?))\b"
)
"""An article that says what stands under it, with or without words of its own behind."""
LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its words on one line, where it stands in the text, and its headings from the outermost."""

    text: str
    first: int
    last: int
    """Offsets of its first letter and behind its last one, in the text as it was given."""
    under: tuple[str, ...] = ()


def paragraphs(text: str) -> list[Paragraph]:
    """
    Return the paragraphs of a text. Lines that a page broke are put together again; blank lines, rules and marks part them.

    Letters are in one form (NFC); offsets are those of the text in that form, as `normal` gives it.
    """
    found: list[Paragraph] = []
    headings: list[tuple[int, str]] = []
    for first, last, words in _joined(normal(text)):
        level, name = _heading_level(words), words
        if level is None and (article := _ARTICLE.match(words)):
            level, name = _ARTICLE_LEVEL, article["name"]
        if level is not None:
            headings = [each for each in headings if each[0] < level]
            headings.append((level, name))
            if level > _NUMBER_LEVEL and len(words) > LONGEST_HEADING:
                headings.pop()
        found.append(Paragraph(words, first, last, tuple(each for _level, each in headings)))
    return found


def normal(text: str) -> str:
    """Return a text with its letters in one form and its odd spaces plain; at most `MOST_LETTERS`."""
    return unicodedata.normalize("NFC", text[:MOST_LETTERS]).replace(" ", " ").replace("\r\n", "\n")


def _joined(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield runs of lines that are one paragraph: offsets and words."""
    run: list[tuple[int, str]] = []
    place = 0
    for line in text.split("\n"):
        words = line.strip()
        ends = not words or _RULE.fullmatch(words)
        if run and (ends or _begins(words, run[-1][1])):
            yield _closed(run)
            run = []
        if not ends:
            run.append((place + line.index(words[0]), words))
        place += len(line) + 1
    if run:
        yield _closed(run)


def _closed(run: list[tuple[int, str]]) -> tuple[int, int, str]:
    last_place, last_words = run[-1]
    return run[0][0], last_place + len(last_words), " ".join(" ".join(words for _place, words in run).split())


def _begins(words: str, before: str) -> bool:
    """Tell whether a line begins a paragraph: a mark, capitals after what is none, anything behind a full stop or a colon."""
    if before in ("Phần", "PHẦN", "Chương", "CHƯƠNG"):
        return False
    if _MARK.match(words):
        # a line that a page broke may begin with a number: “số 26/NQ-CP”, “ngày 17 tháng 9”
        return not (words[0].isdigit() and _GOES_ON.search(before))
    if words.isupper() != before.isupper() and len(words) > 1:
        return words.isupper() or len(before) > 1
    return before.endswith((".", ";", ":", "./.")) and words[:1].isupper() and len(before) < LONGEST_HEADING // 2


_PART_LEVEL, _CAPITALS_LEVEL, _ARTICLE_LEVEL, _ROMAN_LEVEL, _NUMBER_LEVEL = 0, 1, 2, 3, 4


def _heading_level(words: str) -> int | None:
    """Return how deep a heading is, the outermost 0; None for what is no heading."""
    if found := _PART.fullmatch(words):
        return _PART_LEVEL if len(words) <= LONGEST_HEADING and (found["mark"] or words.isupper()) else None
    if words.isupper() and len(words.split()) > 1 and not _ROMAN.fullmatch(words):
        return _CAPITALS_LEVEL
    if (found := _ROMAN.fullmatch(words)) and len(words) <= LONGEST_HEADING:
        return _ROMAN_LEVEL
    if (found := _NUMBERED.fullmatch(words)) and len(words) <= LONGEST_HEADING:
        deep = found["mark"].count(".")
        # “3.2. Đào tạo …;” is a heading, “2. Ngân sách tỉnh …;” is an item
        if not words.endswith(".") and (deep or not words.endswith(";")):
            return _NUMBER_LEVEL + deep
    return None
