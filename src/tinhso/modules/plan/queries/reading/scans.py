"""The text of a scan: words with their places on a page, put together as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class PlacedWord(Protocol):
    """A word with its place, in thousandths of the page."""

    @property
    def text(self) -> str:
        """Its letters."""

    @property
    def x(self) -> int:
        """Its left side."""

    @property
    def y(self) -> int:
        """Its upper side."""

    @property
    def width(self) -> int:
        """How wide it is."""

    @property
    def height(self) -> int:
        """How high it is."""


class ReadPage(Protocol):
    """A page that was read."""

    @property
    def words(self) -> Sequence[PlacedWord]:
        """What stands on it."""


SAME_LINE = 0.6
"""Share of a word's height by which the middle of the next may lie off and still stand on its line."""
COLUMN = 30
"""Thousandths of the width between words, from which on they stand in another column."""


def text_of_pages(pages: Iterable[ReadPage]) -> str:
    """Return the words of pages, line by line; a wide gap in a line parts columns, as those of a head or of a table."""
    return "\n\n".join("\n".join(_lines(page.words)) for page in pages)


def _lines(words: Sequence[PlacedWord]) -> list[str]:
    lines: list[list[PlacedWord]] = []
    for word in sorted(words, key=lambda each: (each.y + each.height / 2, each.x)):
        last = lines[-1] if lines else None
        if last and abs(_middle(word) - _middle(last[-1])) <= SAME_LINE * max(last[-1].height, word.height, 1):
            last.append(word)
        else:
            lines.append([word])
    return [_line(sorted(line, key=lambda each: each.x)) for line in lines]


def _middle(word: PlacedWord) -> float:
    return word.y + word.height / 2


def _line(words: Sequence[PlacedWord]) -> str:
    text, end = "", None
    for word in words:
        gap = "\n" if end is not None and word.x - end > COLUMN else " "
        text, end = f"{text}{gap if text else ''}{word.text}", word.x + word.width
    return text
