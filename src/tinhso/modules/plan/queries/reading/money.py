"""Money of a document: sums with what they are for, and a whole with its parts, held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tinhso.modules.plan.queries.reading.text import Paragraph

_SUM = re.compile(
    r"(?<![\d.,/])(?P<number>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)\s*(?P<unit>tỷ đồng|tỉ đồng|triệu đồng|nghìn đồng|đồng)?",
    re.IGNORECASE,
)
_UNITS = {
    "tỷ đồng": Decimal(10) ** 9, "tỉ đồng": Decimal(10) ** 9, "triệu đồng": Decimal(10) ** 6, "nghìn đồng": Decimal(10) ** 3,
    "đồng": Decimal(1),
}  # fmt: skip
_WHOLE = re.compile(
    r"tổng\s+(?:số\s+)?(?:dự kiến\s+)?(?:kinh phí|mức đầu tư|vốn|dự toán)|kinh phí thực hiện (?:đề án|kế hoạch|chương trình|dự án)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?:bao gồm|trong đó|gồm|chia ra|như sau)\s*:?", re.IGNORECASE)
_LABEL = re.compile(r"(?P<label>[^;:().]{3,160}?)\s*:\s*$")
_ITEM = re.compile(r"(?:\d{1,2}[.)]|[-+a-zđ][.)]?)\s")
LEAST_BARE = Decimal(10) ** 6
"""A number without a unit is money from a million on: “150.000.000.000” in brackets behind a sum in đồng."""


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum in đồng, with what it is for and the paragraph it stands in."""

    label: str
    vnd: Decimal
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A whole and a way in which it is divided; `difference` is what the parts are more than the whole."""

    whole: Sum
    parts: tuple[Sum, ...]

    @property
    def difference(self) -> Decimal:
        """Return how much the parts together are more than the whole; nought where the document adds up, or divides nothing."""
        if not self.parts:
            return Decimal(0)
        return sum((each.vnd for each in self.parts), Decimal(0)) - self.whole.vnd


def budgets(found: Iterable[Paragraph]) -> list[Budget]:
    """
    Return every whole with its parts: a total in words, divided in its own paragraph or in the numbered ones behind it.

    A whole that is divided in two ways (by source, by level) gives two; a part that is itself divided gives one of its own.
    """
    every = list(found)
    made: list[Budget] = []
    for place, paragraph in enumerate(every):
        total = _WHOLE.search(paragraph.text)
        if total is None:
            continue
        sums = list(sums_of(paragraph, since=total.start()))
        if not sums:
            continue
        whole, rest = sums[0], sums[1:]
        if not whole.label:
            whole = replace(whole, label=total[0])
        if rest:
            made += [Budget(whole, parts) for parts in _ways(whole.vnd, rest)]
        elif _PARTS.search(paragraph.text):
            listed = _listed(every[place + 1 :])
            made.append(Budget(whole, tuple(each[0] for each in listed)))
            made += [Budget(first, tuple(inner)) for first, *inner in listed if inner]
        else:
            made.append(Budget(whole, ()))
    return made


def _ways(whole: Decimal, sums: Sequence[Sum]) -> list[tuple[Sum, ...]]:
    """Return the parts of a whole by the ways it is divided: one ends where its parts make the whole."""
    ways: list[tuple[Sum, ...]] = []
    here: list[Sum] = []
    for each in sums:
        here.append(each)
        if sum((one.vnd for one in here), Decimal(0)) == whole:
            ways.append(tuple(here))
            here = []
    return [*ways, tuple(here)] if here else ways


def _listed(following: Sequence[Paragraph]) -> list[list[Sum]]:
    """Return the sums of the numbered paragraphs that follow: each first sum with what is told within it."""
    found: list[list[Sum]] = []
    for paragraph in following:
        sums = list(sums_of(paragraph))
        if not _ITEM.match(paragraph.text) or not sums:
            break
        found.append(sums)
    return found


def sums_of(paragraph: Paragraph, *, since: int = 0) -> Iterable[Sum]:
    """Yield the sums of a paragraph: numbers with a unit of money, and large ones that bear none beside those that do."""
    text = paragraph.text
    units = [found["unit"] for found in _SUM.finditer(text) if found["unit"]]
    for found in _SUM.finditer(text, since):
        number = Decimal(found["number"].replace(".", "").replace(",", "."))
        unit = (found["unit"] or "").lower()
        if not unit and (not units or number < LEAST_BARE):
            continue
        label = _LABEL.search(text[: found.start()])
        yield Sum(
            _named(label["label"]) if label else "", number * _UNITS.get(unit, Decimal(1)), paragraph.first,
            paragraph.last,
        )  # fmt: skip


def _named(label: str) -> str:
    """Return what a sum is for, without the words that only lead to it."""
    words = re.sub(r"^[\d\s,]*,\s", "", label).strip(" -+*,")
    return re.sub(r"^(?:trong đó|bao gồm|gồm)\s+", "", words, flags=re.IGNORECASE).strip(" ,")
