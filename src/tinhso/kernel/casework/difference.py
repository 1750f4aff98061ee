"""
What changed between two versions of a flow, in sentences for whoever approves it.

Steps are matched by the id of their element. Gateways are not spoken of: what counts is which step follows which, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.casework.bpmn.graph import GATEWAYS, PEOPLE, Graph, Kind, Node, Within
from tinhso.kernel.casework.proofs.notes import Notes
from tinhso.kernel.organisation.public import ROLES

RENAMED = _("The flow is now called “{new}”; before: “{old}”.")
ADDED = _("New step “{step}”, done by {role}, within {within}.")
REMOVED = _("The step “{step}” (by {role}) is gone.")
OTHER_ADDED = _("New: “{step}” ({kind}).")
OTHER_REMOVED = _("Gone: “{step}” ({kind}).")
STEP_RENAMED = _("“{old}” is now called “{new}”.")
ROLE = _("“{step}” moves from {old} to {new}.")
PLACE = _("“{step}” is done at “{new}”; before: at “{old}”.")
WITHIN = _("Time for “{step}”: {new}; before: {old}.")
TIMER = _("The clock of “{step}” runs out after {new}; before: after {old}.")
APART = _("“{step}” may not be done by who did {new}; before: {old}.")
FORM = _("“{step}” is done on another screen: {new}; before: {old}.")
SERVICE = _("“{step}” calls {new}; before: {old}.")
REPEAT = _("“{step}” is repeated for {new}; before: for {old}.")
OUTCOMES = _("“{step}” may end with: {new}; before: {old}.")
WAY_ADDED = _("New way: from “{step}” to “{target}”{condition}.")
WAY_REMOVED = _("No more: from “{step}” to “{target}”{condition}.")
CONDITION = _("From “{step}” one goes to “{target}”{new}; before:{old}.")
LEGAL = _("Legal basis of “{step}”: {new}; before: {old}.")
MOST = _("The way back “{step}” may be taken at most {new}; before: {old}.")

KINDS: dict[Kind, Text] = {
    Kind.START: _("beginning"),
    Kind.END: _("end"),
    Kind.SERVICE: _("automatic step"),
    Kind.SEND: _("message sent"),
    Kind.THROW_MESSAGE: _("message sent"),
    Kind.THROW: _("mark"),
    Kind.RECEIVE: _("waiting for a message"),
    Kind.CATCH_MESSAGE: _("waiting for a message"),
    Kind.CATCH_TIMER: _("waiting for a time"),
    Kind.BOUNDARY: _("event beside a step"),
    Kind.SUBPROCESS: _("part"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, as a sentence with its facts; `element` is where it is in the new version, or was in the old one."""

    code: str
    text: Text
    element: str = ""
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return str(self.text).format(**{key: _said(value) for key, value in self.facts.items()})


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two flows that are compared."""

    graph: Graph
    notes: Notes = field(default_factory=Notes)


def compare_flows(old: Version, new: Version) -> list[Change]:
    """Return what changed, in the order of the new file; what is gone stands last."""
    found = []
    if old.graph.name != new.graph.name:
        found.append(Change("renamed", RENAMED, facts={"old": old.graph.name, "new": new.graph.name}))
    before, after = _told(old.graph), _told(new.graph)
    for node in after.values():
        if node.id not in before:
            found.append(_added(node))
        else:
            found += _changed(before[node.id], node, old, new)
    found += _ways(old.graph, new.graph)
    found += _notes(old, new)
    found += [_gone(node) for node in before.values() if node.id not in after]
    return found


def _told(graph: Graph) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes.values() if node.kind not in GATEWAYS}


def name_of(node: Node) -> str:
    """Return what a node is called, its kind when nobody named it."""
    return node.name or str(KINDS.get(node.kind, node.id))


def _role(node: Node) -> Text:
    role: Text = ROLES.get(node.role, node.role) or _("nobody")
    return role


def within_said(within: Within | None) -> Text:
    """Return a time of a step in words."""
    if within is None:
        return _("no time stated")
    words = gettext("{n} working hours") if within.unit == "h" else gettext("{n} working days")
    return words.format(n=within.amount)


def _added(node: Node) -> Change:
    if node.kind in PEOPLE:
        facts = {"step": name_of(node), "role": _role(node), "within": within_said(node.within)}
        return Change("step_added", ADDED, node.id, facts)
    return Change("added", OTHER_ADDED, node.id, {"step": name_of(node), "kind": KINDS[node.kind]})


def _gone(node: Node) -> Change:
    if node.kind in PEOPLE:
        return Change("step_removed", REMOVED, node.id, {"step": name_of(node), "role": _role(node)})
    return Change("removed", OTHER_REMOVED, node.id, {"step": name_of(node), "kind": KINDS[node.kind]})


def _changed(was: Node, node: Node, old: Version, new: Version) -> Iterator[Change]:
    step = {"step": name_of(node)}

    def say(code: str, text: Text, before: Any, after: Any) -> Iterator[Change]:
        if before != after:
            yield Change(code, text, node.id, {**step, "old": before, "new": after})

    if was.name != node.name:
        yield Change("step_renamed", STEP_RENAMED, node.id, {"old": name_of(was), "new": name_of(node)})
    if was.role != node.role:
        yield Change("role", ROLE, node.id, {**step, "old": _role(was), "new": _role(node)})
    yield from say("place", PLACE, was.agency or was.lane, node.agency or node.lane)
    if was.within != node.within:
        yield Change(
            "within", WITHIN, node.id, {**step, "old": within_said(was.within), "new": within_said(node.within)}
        )
    yield from say("timer", TIMER, was.timer and was.timer.value, node.timer and node.timer.value)
    yield from say("form", FORM, was.form, node.form)
    yield from say("service", SERVICE, was.service, node.service)
    yield from say("repeat", REPEAT, was.multi and was.multi.collection, node.multi and node.multi.collection)
    yield from say("outcomes", OUTCOMES, _labels(was), _labels(node))
    yield from say("apart", APART, _others(old.graph, was), _others(new.graph, node))


def _labels(node: Node) -> str:
    return ", ".join(outcome.label or outcome.code for outcome in node.outcomes)


def _others(graph: Graph, node: Node) -> str:
    return ", ".join(f"“{name_of(graph.nodes[each])}”" for each in graph.apart.get(node.id, ()) if each in graph.nodes)


Way = tuple[str, str]


def _all_ways(graph: Graph) -> dict[Way, set[str]]:
    """Return from which step one comes to which other, and under which conditions, gateways left out."""
    found: dict[Way, set[str]] = {}
    for node in _told(graph).values():
        queue: list[tuple[str, tuple[str, ...]]] = [(flow, ()) for flow in node.outgoing]
        seen: set[tuple[str, tuple[str, ...]]] = set()
        while queue:
            flow_id, said = queue.pop(0)
            flow = graph.flows[flow_id]
            conditions: tuple[str, ...] = (*said, *_condition(graph, flow_id))
            target = graph.nodes[flow.target]
            if target.kind not in GATEWAYS:
                found.setdefault((node.id, target.id), set()).add(_and(conditions))
            elif (target.id, conditions) not in seen and len(conditions) <= len(graph.nodes):
                seen.add((target.id, conditions))
                queue += [(each, conditions) for each in target.outgoing]
    return found


def _and(conditions: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(conditions))


def _condition(graph: Graph, flow_id: str) -> tuple[str, ...]:
    flow = graph.flows[flow_id]
    gateway = graph.nodes[flow.source]
    if flow.condition:
        label = f"“{flow.name}” ({flow.condition})" if flow.name else flow.condition
        return (label,)
    return ("\0",) if gateway.kind in GATEWAYS and gateway.default == flow_id and len(gateway.outgoing) > 1 else ()


def _ways(old: Graph, new: Graph) -> Iterator[Change]:
    before, after = _all_ways(old), _all_ways(new)
    for (source, target), conditions in after.items():
        facts = {"step": name_of(new.nodes[source]), "target": name_of(new.nodes[target])}
        if (source, target) not in before:
            yield Change("way_added", WAY_ADDED, source, {**facts, "condition": When(conditions)})
        elif before[source, target] != conditions:
            given = {"old": When(before[source, target]), "new": When(conditions)}
            yield Change("condition", CONDITION, source, {**facts, **given})
    for (source, target), conditions in before.items():
        still = source in new.nodes and target in new.nodes
        if (source, target) not in after and still:
            facts = {"step": name_of(old.nodes[source]), "target": name_of(old.nodes[target])}
            yield Change("way_removed", WAY_REMOVED, source, {**facts, "condition": When(conditions)})


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a way, said behind its sentence."""

    conditions: set[str]

    def __str__(self) -> str:
        """Return them in the active language; nothing when there is none."""
        said = [each.replace("\0", gettext("otherwise")) for each in sorted(self.conditions) if each]
        return f" ({gettext('if')} {gettext(' or ').join(said)})" if said else ""


def _notes(old: Version, new: Version) -> Iterator[Change]:
    def called(element: str) -> str:
        for graph in (new.graph, old.graph):
            if element in graph.nodes:
                return name_of(graph.nodes[element])
            if element in graph.flows:
                return graph.flows[element].name or name_of(graph.nodes[graph.flows[element].source])
        return element

    for code, text, mine, theirs in (
        ("legal", LEGAL, old.notes.legal, new.notes.legal),
        ("most", MOST, old.notes.most, new.notes.most),
    ):
        for element in dict.fromkeys([*theirs, *mine]):
            before, after = mine.get(element), theirs.get(element)
            if before != after:
                yield Change(code, text, element, {"step": called(element), "old": before, "new": after})


def _said(value: Any) -> Any:
    return gettext("none") if value in (None, "") else value
