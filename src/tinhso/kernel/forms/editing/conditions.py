"""Conditions of equalities, `this.sex == 'female' && child.known == true`, as an officer says them: question and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tinhso.kernel.forms.conditions import equalities
from tinhso.kernel.forms.editing.outline import Node, kind_of, node_at
from tinhso.kernel.forms.words import Words


@dataclass(frozen=True, slots=True)
class Told:
    """One question and the answers under which another one is asked."""

    path: str
    values: tuple[str, ...]


def told(schema: Node, path: str, source: str) -> list[Told] | None:
    """Return what a condition of the question at `path` compares; None where it says more than equalities."""
    found = []
    for root, rest, values in equalities(source) or ():
        where = _whole(schema, path, root, rest)
        if node_at(schema, where) is None or not values:
            return None
        found.append(Told(where, values))
    return found or None


def _whole(schema: Node, path: str, root: str, rest: str) -> str:
    above = path.rpartition(".")[0]
    if root == "item":
        while above and kind_of(node_at(schema, above) or {}) != "repeat":
            above = above.rpartition(".")[0]
    elif root != "this":
        above = root
    return f"{above}.{rest}" if above else rest


def condition_of(schema: Node, path: str, wanted: Sequence[Told]) -> str:
    """Return the condition, in CEL, under which the question at `path` is asked; empty for no equality."""
    above = path.rpartition(".")[0]
    parts = []
    for each in wanted:
        holder, _dot, key = each.path.rpartition(".")
        name = f"this.{key}" if holder == above else _named(schema, above, each.path)
        truth = kind_of(node_at(schema, each.path) or {}) in ("yes-no", "checkbox")
        values = [value if truth else "'" + value.replace("'", "") + "'" for value in each.values]
        parts.append(f"{name} == {values[0]}" if len(values) == 1 else f"{name} in [{', '.join(values)}]")
    return " && ".join(parts)


def _named(schema: Node, above: str, path: str) -> str:
    """Return how a question elsewhere is named: from the entry of the list around both, or from its step."""
    while above:
        if kind_of(node_at(schema, above) or {}) == "repeat" and path.startswith(f"{above}."):
            return "item" + path.removeprefix(above)
        above = above.rpartition(".")[0]
    return path


def condition_words(schema: Node, path: str, source: str) -> str:
    """Return a condition in words, as it is written where it is more than equalities."""
    parts = told(schema, path, source)
    if parts is None:
        return source
    said = [
        _("“{question}” is {answers}").format(
            question=Words.of(node_at(schema, part.path) or {}, "title"), answers=_answers(schema, part)
        )
        for part in parts
    ]
    return _(" and ").join(said)


def _answers(schema: Node, part: Told) -> str:
    node = node_at(schema, part.path) or {}
    chosen: Mapping[str, Any] = {str(each.get("const")): Words.of(each, "title") for each in node.get("oneOf", [])}
    truth = {"true": _("Yes"), "false": _("No")}
    return _(" or ").join(f"“{chosen.get(value) or truth.get(value, value)}”" for value in part.values)
