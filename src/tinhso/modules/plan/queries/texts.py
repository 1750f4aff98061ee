"""The text of a plan for the page: a window of it, with the places marked where something was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tinhso.modules.plan.models import Item, Plan

WINDOW = 12_000
"""Letters of a page of text: some four pages of paper."""
AROUND = 400
"""Letters shown before and behind the lines of a page of review."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text: plain, or marked, with the offset that its address ends in."""

    text: str
    mark: str = ""
    """`item` where something was read; empty for what is between."""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a text."""

    first: int
    last: int
    pieces: tuple[Piece, ...]
    length: int

    @property
    def is_first(self) -> bool:
        """Tell whether the text begins with it."""
        return self.first == 0

    @property
    def is_last(self) -> bool:
        """Tell whether the text ends with it."""
        return self.last >= self.length


def window_at(plan: Plan, place: int) -> Window:
    """Return the window that holds a place; windows begin at whole lines."""
    first = _line_start(plan.text, min(max(place, 0), max(len(plan.text) - 1, 0)) // WINDOW * WINDOW)
    last = (
        _line_start(plan.text, min(first + WINDOW, len(plan.text)))
        if first + WINDOW < len(plan.text)
        else len(plan.text)
    )
    last = last if last > first else len(plan.text)
    return _window(plan, first, last)


def around(plan: Plan, items: Iterable[Item]) -> Window | None:
    """Return the part of a text in which lines stand, with some words around; None where they stand nowhere."""
    placed = [each for each in items if each.first is not None and each.last is not None]
    if not placed:
        return None
    first = _line_start(plan.text, max(min(each.first or 0 for each in placed) - AROUND, 0))
    last = min(max(each.last or 0 for each in placed) + AROUND, len(plan.text))
    return _window(plan, first, min(last, first + 4 * WINDOW))


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1 if place < len(text) else len(text)


def _window(plan: Plan, first: int, last: int) -> Window:
    rows = Item.objects.filter(plan=plan, first__lt=last, last__gt=first).values_list("first", "last").distinct()
    spans = sorted({(max(start or 0, first), min(end or 0, last)) for start, end in rows})
    return Window(first, last, tuple(_pieces(plan.text, first, last, spans)), len(plan.text))


def _pieces(text: str, first: int, last: int, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    place = first
    for start, end in spans:
        if start < place:
            continue
        if start > place:
            yield Piece(text[place:start])
        yield Piece(text[start:end], "item", start)
        place = end
    if place < last:
        yield Piece(text[place:last])
