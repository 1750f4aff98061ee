"""The questions of a form as rows, each with its dotted path: `applicant.relation`; entries of a list name their list only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tinhso.kernel.forms.definition.vocabulary import widget_of
from tinhso.kernel.forms.words import Words

Node = Mapping[str, Any]
MOST_QUESTIONS: Final = 400
"""Of a form that is edited on pages; the longest form of the packs has some ninety."""
STEP: Final = "step"
_HOLDING: Final = ("group", "repeat", STEP)


@dataclass(frozen=True, slots=True)
class Row:
    """One step, group or question of a form."""

    path: str
    depth: int
    title: Words
    kind: str
    required: bool
    when: str
    sensitive: str
    node: Node
    is_first: bool
    is_last: bool

    @property
    def is_step(self) -> bool:
        """Tell whether it stands right below the form."""
        return self.depth == 0

    @property
    def holds(self) -> bool:
        """Tell whether questions can stand in it."""
        return self.kind in _HOLDING


def holder_of(node: Node) -> Node:
    """Return the object whose `properties` are the questions inside: for a list, that of one entry."""
    items = node.get("items")
    return items if isinstance(items, Mapping) and items.get("type") == "object" else node


def members_of(node: Node) -> Mapping[str, Any]:
    """Return the questions right inside a node; none where there cannot be any."""
    found = holder_of(node).get("properties")
    return found if isinstance(found, Mapping) else {}


def choices_of(node: Node) -> list[Node]:
    """Return the choices that a question offers, of one or of several."""
    holder = node.get("items") if node.get("type") == "array" else node
    found = holder.get("oneOf") if isinstance(holder, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def kind_of(node: Node) -> str:
    """Return which kind of question a node is, as KINDS names it."""
    return widget_of(dict(node))


def walk(schema: Node) -> Iterator[tuple[tuple[str, ...], Node, Node]]:
    """Yield every question with its path and the object that holds it, in the order of the form; without recursion."""
    waiting: list[tuple[tuple[str, ...], Any, Node]] = []
    waiting += [((key,), node, schema) for key, node in members_of(schema).items()][::-1]
    while waiting:
        path, node, above = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        yield path, node, above
        inside = holder_of(node)
        waiting += [((*path, key), child, inside) for key, child in members_of(node).items()][::-1]


def outline(schema: Node) -> list[Row]:
    """Return every step and question as a row."""
    rows = []
    for path, node, above in walk(schema):
        keys, required = list(members_of(above)), above.get("required")
        rows.append(
            Row(
                path=".".join(path),
                depth=len(path) - 1,
                title=Words.of(node, "title"),
                kind=STEP if len(path) == 1 else kind_of(node),
                required=isinstance(required, list) and path[-1] in required,
                when=str(node.get("x-when", "")),
                sensitive=str(node.get("x-sensitive", "")),
                node=node,
                is_first=keys[0] == path[-1],
                is_last=keys[-1] == path[-1],
            )
        )
    return rows


def paths_of(schema: Node) -> frozenset[str]:
    """Return the dotted path of every step and question."""
    return frozenset(".".join(path) for path, _node, _above in walk(schema))


def node_at(schema: Node, path: str) -> Node | None:
    """Return the question at a dotted path, the form itself for an empty one, None where there is none."""
    node: Any = schema
    for key in path.split(".") if path else ():
        node = members_of(node).get(key)
        if not isinstance(node, Mapping):
            return None
    return node  # type: ignore[no-any-return]
