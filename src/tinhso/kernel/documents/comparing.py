"""
What was declared, looked for in what was read on a paper: same, differs, or not found. Pure.

A scan is never read without errors, so a letter or two may differ; a machine's reading decides nothing, an officer does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tinhso.base.text import fold, nfc
from tinhso.kernel.documents.scans.pages import PageRead, Word

SAME, DIFFERS, NOT_FOUND = "same", "differs", "not_found"
_DIGITS = re.compile(r"\D")
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_IN_WORDS = re.compile(r"ngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})")
_NEAR = 0.34
"""Share of letters that may differ for a text to be the declared one written otherwise; beyond, it is another text."""
_LEAST_DIGITS = 5
_ANY_DIGIT = re.compile(r"\d")
SURE = 80.0
"""Confidence from which a letter that differs is a difference and not a slip of the reading."""


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome for one answer: what stands there, on which page and where (thousandths), how sure, of 100."""

    outcome: str
    text: str = ""
    page: int = 0
    confidence: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


def compare(kind: str, declared: str, pages: Sequence[PageRead]) -> Found:
    """Look for a declared answer of a kind (`name`, `date`, `number`, `text`) on the pages of a paper; the best place counts."""
    if not declared.strip():
        return Found(NOT_FOUND)
    look = {"date": _date_on, "number": _number_on, "name": _name_on}.get(kind, _text_on)
    found = [look(declared, page.words, number) for number, page in enumerate(pages, start=1) if page.words]
    rank = {SAME: 2, DIFFERS: 1, NOT_FOUND: 0}
    return max(found, key=lambda one: (rank[one.outcome], one.confidence), default=Found(NOT_FOUND))


def _text_on(declared: str, words: Sequence[Word], page: int) -> Found:
    wanted = fold(declared).split()
    folded = [fold(word.text).strip(".,;:()\"'") for word in words]
    known = set(wanted)
    target, best, place = " ".join(wanted), len(" ".join(wanted)) + 1, (0, 0)
    for size in {max(len(wanted) - 1, 1), len(wanted), len(wanted) + 1}:
        for start in range(len(folded) - size + 1):
            # cheap first: of several words one at least was read rightly, or it is another text
            if len(wanted) > 1 and known.isdisjoint(folded[start : start + size]):
                continue
            away = distance(target, " ".join(folded[start : start + size]), most=best)
            if away < best:
                best, place = away, (start, start + size)
    allowed = len(target) // 12
    if best > max(len(target) * _NEAR, allowed):
        return Found(NOT_FOUND)
    return _found(SAME if best <= allowed else DIFFERS, words[slice(*place)], page)


def _name_on(declared: str, words: Sequence[Word], page: int) -> Found:
    """Look for a name: a letter or a mark that differs is only forgiven where the machine itself was not sure."""
    found = _text_on(declared, words, page)
    if found.outcome == NOT_FOUND or _bare(found.text) == _bare(declared):
        return found
    unsure = found.confidence < SURE
    return replace(found, outcome=SAME if unsure and found.outcome == SAME else DIFFERS)


def _bare(text: str) -> str:
    return nfc(text).casefold().strip(".,;:()\"' ")


def _date_on(declared: str, words: Sequence[Word], page: int) -> Found:
    wanted = _day(declared)
    if wanted is None:
        return _text_on(declared, words, page)
    other: Found | None = None
    for size in (1, 3, 5, 6):
        for start in range(len(words) - size + 1):
            part = words[start : start + size]
            day = _day(" ".join(word.text for word in part))
            if day == wanted:
                return _found(SAME, part, page)
            near = (
                day is not None
                and sum((day.day != wanted.day, day.month != wanted.month, day.year != wanted.year)) == 1
            )
            if near and other is None:
                other = _found(DIFFERS, part, page)
    return other or Found(NOT_FOUND)


def _number_on(declared: str, words: Sequence[Word], page: int) -> Found:
    wanted = _DIGITS.sub("", declared)
    if len(wanted) < _LEAST_DIGITS:
        return _text_on(declared, words, page)
    best: tuple[int, Found] | None = None
    for start in range(len(words)):
        for size in (1, 2, 3, 4):
            part = words[start : start + size]
            digits = _DIGITS.sub("", "".join(word.text for word in part))
            ends = {part[0].text, part[-1].text}
            if len(part) < size or len(digits) != len(wanted) or not all(_ANY_DIGIT.search(end) for end in ends):
                continue
            away = sum(one != two for one, two in zip(wanted, digits, strict=True))
            if away == 0:
                return _found(SAME, part, page)
            if away <= max(2, len(wanted) // 6) and (best is None or away < best[0]):
                best = (away, _found(DIFFERS, part, page))
    return best[1] if best else Found(NOT_FOUND)


def _found(outcome: str, words: Sequence[Word], page: int) -> Found:
    left, top = min(word.x for word in words), min(word.y for word in words)
    right, bottom = max(word.x + word.width for word in words), max(word.y + word.height for word in words)
    sure = sum(word.confidence for word in words) / len(words)
    text = " ".join(word.text for word in words)
    return Found(outcome, text, page, round(sure, 1), (left, top, right - left, bottom - top))


def _day(text: str) -> date | None:
    """Return the day in a text: 02/03/1985, 2-3-1985, 1985-03-02, ngày 02 tháng 03 năm 1985."""
    iso = re.fullmatch(r"\s*(\d{4})-(\d{2})-(\d{2})\s*", text)
    found = _DAY.search(text) or _IN_WORDS.search(fold(text))
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def distance(one: str, two: str, *, most: int) -> int:
    """Return how many letters must change to make one text the other (Levenshtein), or `most` when it is at least that."""
    if abs(len(one) - len(two)) >= most:
        return most
    row = list(range(len(two) + 1))
    for place, letter in enumerate(one, start=1):
        before, row[0] = row[0], place
        for column, other in enumerate(two, start=1):
            kept = row[column]
            row[column] = min(kept + 1, row[column - 1] + 1, before + (letter != other))
            before = kept
        if min(row) >= most:
            return most
    return min(row[-1], most)
