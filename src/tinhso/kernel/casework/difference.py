"""
What changed between two versions of a flow, in sentences for whoever approves it.

Steps are matched by the id of their element. Gateways are not spoken of: what counts is which step follows which, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.casework.bpmn.graph import GATEWAYS, PEOPLE, Flow, Graph, Kind, Node, Within
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
ENDING = _("The end “{step}” now means: {new}; before: {old}.")
MESSAGE = _("“{step}” is about the message {new}; before: {old}.")
CUTS = _("“{step}” now ends the step at which it stands; before it went on beside it.")
BESIDE = _("“{step}” now goes on beside the step at which it stands; before it ended it.")
TERMINATES = _("The end “{step}” now ends the whole case, whatever else is still done in it.")
TERMINATES_NOT = _("The end “{step}” no longer ends what else is still done in the case.")
SEQUENTIAL = _("“{step}” is now done for one after the other; before: for all at once.")
AT_ONCE = _("“{step}” is now done for all at once; before: for one after the other.")
BRANCHING = _("The branching “{step}” is now: {new}; before: {old}.")
KIND = _("“{step}” is now: {new}; before: {old}.")
DETAILS = _("“{step}” changes in what no sentence tells; look at the files: {fields}.")
WORDS = _("The arrow from “{step}” to “{target}” is now called {new}; before: {old}.")
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


BRANCHINGS: dict[Kind, Text] = {
    Kind.EXCLUSIVE: _("one way of several"),
    Kind.PARALLEL: _("all ways at once"),
    Kind.INCLUSIVE: _("every way whose condition holds"),
}
ENDINGS: dict[str, Text] = {
    "settled": _("The case is settled"),
    "refused": _("It is refused"),
    "stopped": _("It is stopped"),
}
TOLD = frozenset(
    """id line incoming outgoing name role agency lane within timer form service multi outcomes not_same_as message
    interrupting terminate kind default""".split()  # noqa: SIM905 - reads as the list of words it is
)
"""Fields of a node of which a sentence of their own tells, or the ways between steps, or that mean nothing to a reader."""
MOST_WAYS = 2_000
"""How many combinations of conditions are followed from one step; beyond, a way is told without its conditions."""


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
    named = [" · ".join(filter(None, (each.graph.name, each.graph.name_en))) for each in (old, new)]
    if named[0] != named[1]:
        found.append(Change("renamed", RENAMED, facts={"old": named[0], "new": named[1]}))
    before, after = _told(old.graph), _told(new.graph)
    for node in after.values():
        if node.id not in before:
            found.append(_added(node))
        else:
            found += _changed(before[node.id], node, old, new)
    found += _branchings(old.graph, new.graph)
    ways = list(_ways(old.graph, new.graph))
    found += ways
    found += _arrows(old.graph, new.graph, ways_told=bool(ways))
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
    yield from say("message", MESSAGE, was.message, node.message)
    yield from _turned(was, node, step)
    yield from say("outcomes", OUTCOMES, _labels(was), _labels(node))
    yield from say("apart", APART, _others(old.graph, was), _others(new.graph, node))


def _turned(was: Node, node: Node, step: dict[str, Any]) -> Iterator[Change]:
    """Yield what is one way or the other, and by name whatever else differs: nothing is approved unseen."""
    if was.kind is not node.kind:
        kinds = {"old": KINDS.get(was.kind, was.kind.value), "new": KINDS.get(node.kind, node.kind.value)}
        yield Change("kind", KIND, node.id, {**step, **kinds})
    if was.interrupting is not node.interrupting:
        yield Change("interrupting", CUTS if node.interrupting else BESIDE, node.id, step)
    if was.terminate is not node.terminate:
        yield Change("terminate", TERMINATES if node.terminate else TERMINATES_NOT, node.id, step)
    if was.multi and node.multi and was.multi.sequential is not node.multi.sequential:
        yield Change("sequential", SEQUENTIAL if node.multi.sequential else AT_ONCE, node.id, step)
    names = [each.name for each in fields(Node) if each.name not in TOLD]
    differ = [name for name in names if getattr(was, name) != getattr(node, name)]
    differ += _inside("timer", was.timer, node.timer, ("value",))
    differ += _inside("multi", was.multi, node.multi, ("collection", "sequential"))
    if _labels(was) == _labels(node) and was.outcomes != node.outcomes:
        differ.append("outcomes")
    if differ:
        yield Change("details", DETAILS, node.id, {**step, "fields": ", ".join(differ)})


def _inside(name: str, was: Any, now: Any, told: tuple[str, ...]) -> list[str]:
    """Return the parts of a clock or repetition that differ and of which no sentence tells."""
    if was is None or now is None:
        return []
    parts = [each.name for each in fields(was) if each.name not in told]
    return [f"{name}.{part}" for part in parts if getattr(was, part) != getattr(now, part)]


def _branchings(old: Graph, new: Graph) -> Iterator[Change]:
    for node in new.nodes.values():
        was = old.nodes.get(node.id)
        if was and was.kind is not node.kind and {was.kind, node.kind} <= GATEWAYS:
            kinds = {"old": BRANCHINGS[was.kind], "new": BRANCHINGS[node.kind]}
            yield Change("branching", BRANCHING, node.id, {"step": node.name or node.id, **kinds})


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
        for flow_id, said in queue:  # grows while we walk
            flow = graph.flows[flow_id]
            conditions: tuple[str, ...] = (*said, *_condition(graph, flow_id)) if len(seen) < MOST_WAYS else ()
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


def _arrows(old: Graph, new: Graph, *, ways_told: bool) -> Iterator[Change]:
    """Yield arrows that are called otherwise, and conditions of which no way between steps tells (too many combinations)."""
    for flow in new.flows.values():
        was = old.flows.get(flow.id)
        if was is None or (was.source, was.target) != (flow.source, flow.target):
            continue
        ends = {"step": name_of(new.nodes[flow.source]), "target": name_of(new.nodes[flow.target])}
        if was.condition != flow.condition:
            if not ways_told:
                given = {"old": When({was.condition}), "new": When({flow.condition})}
                yield Change("condition", CONDITION, flow.source, {**ends, **given})
        elif _words(was) != _words(flow):
            yield Change("words", WORDS, flow.id, {**ends, "old": _words(was), "new": _words(flow)})


def _words(flow: Flow) -> str:
    name = "" if flow.condition else flow.name  # a condition is told with the name of its arrow
    return " · ".join(each for each in (name, flow.name_en, flow.outcome) if each)


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
        ("ending", ENDING, old.notes.ending, new.notes.ending),
        ("most", MOST, old.notes.most, new.notes.most),
    ):
        for element in dict.fromkeys([*theirs, *mine]):
            before, after = (ENDINGS.get(str(each), each) for each in (mine.get(element), theirs.get(element)))
            if before != after:
                yield Change(code, text, element, {"step": called(element), "old": before, "new": after})


def _said(value: Any) -> Any:
    return gettext("none") if value in (None, "") else value
