"""Every refusal bears a legal basis: a citizen is never told no, or stop, without being told by which law."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tinhso.base.text import fold
from tinhso.kernel.casework.bpmn.conditions import outcomes_in
from tinhso.kernel.casework.bpmn.graph import GATEWAYS, Flow, Graph, Kind
from tinhso.kernel.casework.proofs.faults import Fault
from tinhso.kernel.casework.proofs.notes import Notes

NO_BASIS = _("“{element}” refuses or stops a case and names no legal basis. Write the article of law on it.")

REFUSING = frozenset({"refuse", "reject", "deny", "stop"})
"""Outcomes that mean no. A flow with words of its own marks the end with `tinhso:ending`."""
ENDINGS = frozenset({"refused", "stopped"})
_WORDS = ("tu choi", "dung giai quyet", "dung xu ly", "khong giai quyet", "khong tiep nhan", "refus", "reject")
_PASSED = GATEWAYS | {Kind.THROW, Kind.THROW_MESSAGE, Kind.SEND}


def check_refusals(graph: Graph, notes: Notes) -> list[Fault]:
    """Return the ends that refuse, and the arrows that refuse without leading to an end at once, without a legal basis."""
    return list(_faults(graph, notes))


def _faults(graph: Graph, notes: Notes) -> Iterator[Fault]:
    asked: set[str] = set()
    for flow in graph.flows.values():
        if not REFUSING & {*outcomes_in(flow.condition), flow.outcome}:
            continue
        ends = _ends_at_once(graph, flow)
        asked |= set(ends)
        if notes.legal.get(flow.id) or (ends and all(notes.legal.get(end) for end in ends)):
            continue
        place = graph.nodes[ends[0]] if ends else None
        name = flow.name or (place.name if place else "") or graph.nodes[flow.source].name
        path = (*way_to(graph, flow.source), *ends[:1])
        yield Fault("no_basis", NO_BASIS, place.id if place else flow.id, name, flow.line, path=path)
    for node in graph.nodes.values():
        if node.kind is not Kind.END or node.id in asked or notes.legal.get(node.id):
            continue
        ending = notes.ending.get(node.id, "")
        if ending in ENDINGS or (not ending and fold(node.name).startswith(_WORDS)):
            yield Fault("no_basis", NO_BASIS, node.id, node.name, node.line, path=way_to(graph, node.id))


def _ends_at_once(graph: Graph, flow: Flow) -> list[str]:
    """Return the ends to which an arrow leads without a step in between."""
    found, queue, seen = [], deque([flow.target]), set[str]()
    while queue:
        here = queue.popleft()
        if here in seen:
            continue
        seen.add(here)
        if graph.nodes[here].kind is Kind.END:
            found.append(here)
        elif graph.nodes[here].kind in _PASSED:
            queue.extend(graph.targets(here))
    return found


def way_to(graph: Graph, node: str) -> tuple[str, ...]:
    """Return the shortest course along arrows from a beginning to a node."""
    back: dict[str, str] = {each.id: "" for starts in graph.starts.values() for each in starts}
    queue = deque(back)
    while queue:
        here = queue.popleft()
        if here == node:
            break
        beside = [event.id for event in graph.boundaries.get(here, ())]
        for target in (*graph.targets(here), *beside):
            if target not in back:
                back[target] = here
                queue.append(target)
    way, at = [], node if node in back else ""
    while at:
        way.append(at)
        at = back[at]
    return tuple(reversed(way))
