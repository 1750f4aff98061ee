"""
The compiled flow: nodes and arrows, immutable, and the same thing as JSON.

A graph is data: it is stored beside the BPMN it came from, and a running case keeps the one it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class Kind(StrEnum):
    """What a node is. The value is stored in the graph's JSON."""

    START = "start"
    END = "end"
    USER = "user"
    MANUAL = "manual"
    SERVICE = "service"
    SEND = "send"
    RECEIVE = "receive"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    CATCH_TIMER = "catch_timer"
    CATCH_MESSAGE = "catch_message"
    THROW = "throw"
    THROW_MESSAGE = "throw_message"
    BOUNDARY = "boundary"
    SUBPROCESS = "subprocess"


GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE})
PEOPLE = frozenset({Kind.USER, Kind.MANUAL})
"""What a person does: a Task row is opened for it."""
WAITING = PEOPLE | {Kind.RECEIVE, Kind.CATCH_MESSAGE, Kind.CATCH_TIMER, Kind.SERVICE}
"""Where a token rests until something outside the engine happens."""
ACTIVITIES = PEOPLE | {Kind.SERVICE, Kind.SEND, Kind.RECEIVE, Kind.SUBPROCESS}
"""What may carry boundary events and be repeated over a collection."""


@dataclass(frozen=True, slots=True)
class Within:
    """A length of working time: `amount` working days (`d`) or working hours (`h`). `0.5d` is half a working day."""

    amount: str
    unit: str


@dataclass(frozen=True, slots=True)
class Timer:
    """
    When an event fires.

    `kind`: `within` (working time), `duration` (ISO 8601, by the wall clock), `date` (ISO 8601 moment) or
    `expression` (CEL that gives such a moment as text). `repeat` counts further firings of a reminder.
    """

    kind: str
    value: str
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Multi:
    """An activity done once for each item of `collection` (CEL), together or one after another."""

    collection: str
    element: str
    sequential: bool = False
    collect: str = ""
    """Variable that receives `{item, outcome, by}` of each instance; empty when nobody asks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a step may end, and the words on its button."""

    code: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. `condition` is CEL, empty when there is none."""

    id: str
    source: str
    target: str
    name: str = ""
    name_en: str = ""
    condition: str = ""
    outcome: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the diagram that takes part in the run."""

    id: str
    kind: Kind
    name: str = ""
    name_en: str = ""
    scope: str = ""
    """Id of the subprocess it lies in; empty for the process itself."""
    lane: str = ""
    role: str = ""
    agency: str = ""
    """Name of the place in the case's `agencies` that says which agency does it; see `actions.places`."""
    within: Within | None = None
    not_same_as: tuple[str, ...] = ()
    """Ids of steps that whoever does this one must not do in the same case, as written; both ways in `Graph.apart`."""
    form: str = ""
    template: str = ""
    service: str = ""
    message: str = ""
    outcomes: tuple[Outcome, ...] = ()
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    terminate: bool = False
    attached_to: str = ""
    interrupting: bool = True
    timer: Timer | None = None
    multi: Multi | None = None
    participant: str = ""
    """Whose part of the case it is (`tinhso:participant`): a record with a clock of its own; see `actions.taking_part`."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Ways:
    """By which of its incoming arrows a join can be reached: along arrows only, and also through border events."""

    along: frozenset[str]
    at_all: frozenset[str]


@dataclass(frozen=True)
class Graph:
    """A compiled flow. Nodes and flows by id, in the order of the file."""

    code: str
    """Id of the process in the file."""
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, str] = field(default_factory=dict)
    """Role by lane name."""
    name_en: str = ""

    @cached_property
    def boundaries(self) -> dict[str, tuple[Node, ...]]:
        """Return the boundary events of each activity."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                found[node.attached_to] = (*found.get(node.attached_to, ()), node)
        return found

    @cached_property
    def starts(self) -> dict[str, tuple[Node, ...]]:
        """Return the start events of each scope."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.kind is Kind.START:
                found[node.scope] = (*found.get(node.scope, ()), node)
        return found

    @cached_property
    def apart(self) -> dict[str, tuple[str, ...]]:
        """Return by step which other steps are kept apart from it, whichever of the two says so in the file."""
        found: dict[str, dict[str, None]] = {}
        for node in self.nodes.values():
            for other in node.not_same_as:
                found.setdefault(node.id, {})[other] = None
                found.setdefault(other, {})[node.id] = None
        return {node: tuple(others) for node, others in found.items()}

    @cached_property
    def ways_to_joins(self) -> dict[str, dict[str, Ways]]:
        """Return, for each inclusive join, by which of its arrows it can be reached from each node of its scope."""
        return {
            node.id: self._ways_to(node)
            for node in self.nodes.values()
            if node.kind is Kind.INCLUSIVE and len(node.incoming) > 1
        }

    def _ways_to(self, join: Node) -> dict[str, Ways]:
        inside = [node for node in self.nodes.values() if node.scope == join.scope]
        found = {node.id: Ways(frozenset(), frozenset()) for node in inside}
        changed = True
        while changed:
            changed = False
            for node in inside:
                ways = self._ways_from(node, join, found)
                if ways != found[node.id]:
                    found[node.id] = ways
                    changed = True
        return found

    def _ways_from(self, node: Node, join: Node, found: Mapping[str, Ways]) -> Ways:
        along: frozenset[str] = frozenset()
        at_all: frozenset[str] = frozenset()
        for flow in node.outgoing:
            target = self.flows[flow].target
            if target == join.id:
                along |= {flow}
                at_all |= {flow}
            else:
                along |= found[target].along
                at_all |= found[target].at_all
        for boundary in self.boundaries.get(node.id, ()):
            at_all |= found[boundary.id].at_all
        return Ways(along, at_all)

    @cached_property
    def participants(self) -> frozenset[str]:
        """Return who takes part by a record of its own: most flows have none."""
        return frozenset(node.participant for node in self.nodes.values() if node.participant)

    def participant_at(self, node: str) -> str:
        """Return whose part of the case a node lies in, empty for nobody's."""
        at = self.nodes.get(node)
        while at is not None:
            if at.participant:
                return at.participant
            at = self.nodes.get(at.attached_to or at.scope)
        return ""

    def targets(self, node: str) -> list[str]:
        """Return the ids of the nodes that the arrows out of a node lead to."""
        return [self.flows[flow].target for flow in self.nodes[node].outgoing]

    def steps(self) -> list[Node]:
        """Return the nodes that people do, in the order of the file."""
        return [node for node in self.nodes.values() if node.kind in PEOPLE]

    def outcome_of(self, node: str, code: str) -> Outcome | None:
        """Return the outcome of a step by its code, or None."""
        return next((outcome for outcome in self.nodes[node].outcomes if outcome.code == code), None)

    def as_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back to an equal graph; empty values are left out."""
        return {
            "code": self.code,
            "name": self.name,
            "name_en": self.name_en,
            "lanes": dict(self.lanes),
            "nodes": [_bare(asdict(node)) for node in self.nodes.values()],
            "flows": [_bare(asdict(flow)) for flow in self.flows.values()],
        }


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in row.items()
        if value not in ("", None, (), []) and not (key in ("terminate", "line") and not value)
    }


def _node(row: Mapping[str, Any]) -> Node:
    data = dict(row)
    data["kind"] = Kind(data["kind"])
    for key in ("incoming", "outgoing", "not_same_as"):
        data[key] = tuple(data.get(key, ()))
    data["outcomes"] = tuple(Outcome(**outcome) for outcome in data.get("outcomes", ()))
    for key, made in (("within", Within), ("timer", Timer), ("multi", Multi)):
        if data.get(key):
            data[key] = made(**data[key])
    return Node(**data)


def from_json(data: Mapping[str, Any]) -> Graph:
    """Return the graph that `as_json` wrote."""
    return Graph(
        code=data["code"],
        name=data["name"],
        name_en=data.get("name_en", ""),
        lanes=dict(data.get("lanes", {})),
        nodes={row["id"]: _node(row) for row in data["nodes"]},
        flows={row["id"]: Flow(**row) for row in data["flows"]},
    )
