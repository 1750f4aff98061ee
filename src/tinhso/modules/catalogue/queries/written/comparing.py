"""What changes between two versions of a procedure, in sentences for whoever approves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.organisation.pack import as_date
from tinhso.modules.catalogue.queries.written.asked import BLOCKS, KEPT, LISTS, Ask, List, pattern_of
from tinhso.modules.catalogue.queries.written.changing import editable, rows_at, said, value_at
from tinhso.web.words import day, number

type Content = Mapping[str, Any]
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changes."""

    text: Text
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(self.text).format(**{name: str(value) for name, value in self.facts.items()})


NEW = _("{what}: “{new}” is new.")
GONE = _("{what}: “{old}” is left out.")
OTHER = _("{what}: was “{old}”, is “{new}”.")
ROW_NEW = _("{row} is added: {said}.")
ROW_GONE = _("{row} is taken out.")
ORDER_CHANGED = _("{list}: they come in another order.")
NONE_NOW = _("{list}: none any more, not those of the national record either.")
OTHERWISE = _("{what}: changed in the file.")


def compare(old: Content, new: Content) -> list[Change]:
    """Return what changes from one document to another, in the order of the pages; nothing where both say the same."""
    old, new = editable(old), editable(new)
    found: list[Change] = []
    for block in BLOCKS.values():
        for ask in block.asks:
            found += _answer(ask.label, ask, old, new)
    for path in LISTS:
        if "*" not in path:
            found += _list(path, old, new)
    found += [Change(OTHERWISE, {"what": what}) for key, what in KEPT.items() if old.get(key) != new.get(key)]
    return found


def title_of(path: str, row: Content) -> str:
    """Return what a row is called: “Paper “Construction drawings””."""
    listed = LISTS[pattern_of(path)]
    name = next(
        (words_of(ask, row) for key in listed.name for ask in listed.asks if ask.key == key and words_of(ask, row)), "–"
    )
    return str(listed.row).format(name=name)


def summary_of(path: str, row: Content) -> str:
    """Return what is said of a row in a line, without what names it."""
    listed = LISTS[pattern_of(path)]
    parts = []
    for ask in listed.asks:
        if ask.key in listed.name[:1] or (ask.key == "unit" and row.get("amount") is not None):
            continue
        if ask.key == "amount" and row.get("unit"):
            parts.append(time_of(row))
        elif ask.kind == "whole" and not row.get(ask.key):
            continue
        elif words := words_of(ask, row):
            parts.append(f"{ask.label}: {words}")
    return "; ".join(parts)[: _LONGEST * 2]


def time_of(row: Content) -> str:
    """Return the time limit of a way in words: “5 working days”."""
    said_unit = {
        "working_day": ngettext("%(n)s working day", "%(n)s working days", _whole(row)),
        "day": ngettext("%(n)s day", "%(n)s days", _whole(row)),
        "working_hour": ngettext("%(n)s working hour", "%(n)s working hours", _whole(row)),
        "month": ngettext("%(n)s month", "%(n)s months", _whole(row)),
        "year": ngettext("%(n)s year", "%(n)s years", _whole(row)),
    }.get(str(row.get("unit")), "%(n)s")
    return said_unit % {"n": _figure(row.get("amount"))}


def _whole(row: Content) -> int:
    amount = row.get("amount")
    return amount if isinstance(amount, int) else 2


def words_of(ask: Ask, holder: Content) -> str:
    """Return an answer in words; empty for none, and for what stands for none."""
    value = said(holder, ask)
    if ask.kind == "yes":
        return gettext("yes") if value else gettext("no")
    if value in (None, "", [], {}):
        return ""
    if ask.kind == "choice":
        return str(dict(ask.choices).get(str(value), value))
    if ask.kind in LINED:
        return ", ".join(lines_of(ask, value))
    if ask.kind == "date" and (on := as_date(str(value))):
        return day(on)
    return _figure(value) if ask.kind in ("whole", "number") else str(value)


LINED = ("lines", "pairs", "shows")
"""Kinds of answers that are typed one a line."""


def lines_of(ask: Ask, value: Any) -> list[str]:
    """Return an answer as the lines that are typed."""
    if ask.kind == "pairs" and isinstance(value, Mapping):
        return [f"{key} = {each}" for key, each in value.items()]
    rows = value if isinstance(value, list) else []
    if ask.kind == "shows":
        return [f"{row.get('pointer', '')} {row.get('kind', '')}" for row in rows if isinstance(row, Mapping)]
    return [str(row) for row in rows]


def _figure(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not isfinite(value):
        return str(value)
    places = len(f"{value:.4f}".rstrip("0").partition(".")[2])  # two sums that differ must not read alike
    return number(value, places)


def _answer(what: object, ask: Ask, old: Content, new: Content) -> Iterator[Change]:
    before, after = words_of(ask, old), words_of(ask, new)
    if value_at(old, ask.key) == value_at(new, ask.key) or before == after:
        return
    facts = {"what": what, "old": before[:_LONGEST], "new": after[:_LONGEST]}
    yield Change(OTHER if before and after else NEW if after else GONE, facts)


def _list(path: str, old: Content, new: Content) -> Iterator[Change]:
    """Compare two lists row by row; a row is the same where the answers that tell it from others are."""
    listed = LISTS[pattern_of(path)]
    before, after = _by_key(listed, rows_at(old, path)), _by_key(listed, rows_at(new, path))
    for key, row in before.items():
        if key not in after:
            yield Change(ROW_GONE, {"row": title_of(path, row)})
    for key, row in after.items():
        if key not in before:
            yield Change(ROW_NEW, {"row": title_of(path, row), "said": summary_of(path, row) or "–"})
            continue
        yield from _row(path, listed, before[key], row)
    if value_at(new, path) == [] and value_at(old, path) is None:
        yield Change(NONE_NOW, {"list": listed.title})
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Change(ORDER_CHANGED, {"list": listed.title})


def _row(path: str, listed: List, old: Content, new: Content) -> Iterator[Change]:
    title = title_of(path, new)
    is_time = {"amount", "unit"} <= {ask.key for ask in listed.asks}
    for ask in listed.asks:
        if is_time and ask.key == "unit":
            continue
        if is_time and ask.key == "amount":
            if (old.get("amount"), old.get("unit")) != (new.get("amount"), new.get("unit")):
                what = f"{title}, {_lower(ask.label)}"
                yield Change(OTHER, {"what": what, "old": time_of(old), "new": time_of(new)})
            continue
        yield from _answer(f"{title}, {_lower(ask.label)}", ask, old, new)
    for below in LISTS:
        if below.startswith(f"{path}/*/"):
            key = below.rpartition("/")[2]
            for change in _list(
                below,
                {"fee": {"items": {"*": {key: old.get(key) or []}}}},
                {"fee": {"items": {"*": {key: new.get(key) or []}}}},
            ):
                yield Change(_("{above}: {change}"), {"above": title, "change": change})


def _by_key(listed: List, rows: list[Any]) -> dict[tuple[str, ...], Content]:
    """Return rows by the answers that tell them apart; those given twice by their number too."""
    found: dict[tuple[str, ...], Content] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        key = tuple(str(row.get(name) or "") for name in listed.key)
        if "code" in listed.key and len(listed.key) > 1 and key[0]:
            key = (key[0], "")
        while key in found:
            key = (*key, "")
        found[key] = row
    return found


def _lower(label: Text) -> str:
    words = str(label)
    return words[:1].lower() + words[1:]
