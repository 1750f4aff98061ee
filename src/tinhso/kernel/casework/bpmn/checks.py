"""What can be seen wrong in a graph without running it: places never reached, ways without an end, loops on their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.casework.bpmn.faults import Finding
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Kind, Node

NO_START = _("“{element}” has no start event.")
MANY_STARTS = _("“{element}” has more than one plain start event: which one begins a case?")
NO_END = _("“{element}” has no end event.")
UNREACHABLE = _("“{element}” is never reached: no arrow leads to it.")
DEAD_END = _("The flow stops at “{element}”: draw an arrow to the next step or to an end event.")
CANNOT_END = _("From “{element}” no way leads to an end event.")
ARROW_INTO = _("No arrow may lead to “{element}”.")
ARROW_OUT_OF = _("No arrow may lead away from “{element}”.")
NO_CONDITION = _("“{element}” needs a condition: at its gateway every arrow but the default one has one.")
NO_DEFAULT = _("At “{element}” it may happen that no condition holds: mark one arrow as the default.")
IDLE_CONDITION = _("The condition on “{element}” is not asked: its gateway takes every arrow.")
NO_ROLE = _("“{element}” is nobody's work: put it in a lane, or give it tinhso:role.")
NO_SERVICE = _("“{element}” names no service: give it tinhso:service.")
NO_TIMER = _("“{element}” names no time.")
ENDLESS = _("“{element}” lies on a way that goes round without anybody doing anything: it would never stop.")
ROUND_BY_CLOCK = _("“{element}” lies on a way that goes round by the clock alone, without a person.")
NEVER_JOINED = _("The branches that part at “{element}” never meet again: nothing waits for all of them.")
TOO_LONG = _("“{element}” has {length} letters in {what}: at most {most} fit.")
NO_OTHER = _("“{element}” is kept apart from “{other}”, which is no step of this flow.")
EMPTY_STEP = _("“{element}” has no name: officers would not know what to do.")


_SHOWN = 60


def check_graph(graph: Graph) -> list[Finding]:
    """Return everything that is wrong or doubtful in a graph, errors first, in the order of the file."""
    found = [finding for check in CHECKS for finding in check(graph)]
    return sorted(found, key=lambda finding: (not finding.is_error, finding.line))


def _at(node: Node, code: str, text: Text, *, is_error: bool = True) -> Finding:
    return Finding(code, text, node.id, node.name, node.line, is_error)


_LONGEST = {"id": 300, "name": 300, "name_en": 300, "form": 100, "role": 60, "service": 100}
"""Letters that fit the columns in which a case keeps its steps, and the flow its own names."""
_LONGEST_CODE = 100


def _check_lengths(graph: Graph) -> Iterator[Finding]:
    parts: list[tuple[str, str, int, str, str, int]] = [
        ("id", graph.code, _LONGEST_CODE, graph.code, graph.name, 0),
        ("name", graph.name, _LONGEST["name"], graph.code, graph.name, 0),
        ("name_en", graph.name_en, _LONGEST["name_en"], graph.code, graph.name, 0),
    ]
    for node in graph.nodes.values():
        about = (node.id, node.name, node.line)
        parts += [(what, getattr(node, what), most, *about) for what, most in _LONGEST.items()]
        parts += [("outcome", outcome.code, _LONGEST_CODE, *about) for outcome in node.outcomes]
    for what, text, most, element, name, line in parts:
        if len(text) > most:
            facts = {"what": what, "length": len(text), "most": most}
            yield Finding("too_long", TOO_LONG, element[:_SHOWN], name[:_SHOWN], line, facts=facts)


def _check_apart(graph: Graph) -> Iterator[Finding]:
    """Find steps kept apart from what is no step of anybody: a misspelt id would keep nothing apart."""
    for node in graph.nodes.values():
        for other in node.not_same_as:
            if other not in graph.nodes or graph.nodes[other].kind not in PEOPLE:
                yield Finding("no_other", NO_OTHER, node.id, node.name, node.line, facts={"other": other[:_SHOWN]})


def _scopes(graph: Graph) -> dict[str, list[Node]]:
    scopes: dict[str, list[Node]] = {"": []}
    for node in graph.nodes.values():
        scopes.setdefault(node.scope, []).append(node)
        if node.kind is Kind.SUBPROCESS:
            scopes.setdefault(node.id, [])
    return scopes


def _check_scopes(graph: Graph) -> Iterator[Finding]:
    for scope, nodes in _scopes(graph).items():
        name = (graph.nodes[scope].name if scope else graph.name) or scope
        line = graph.nodes[scope].line if scope else 0
        starts = [node for node in nodes if node.kind is Kind.START]
        plain = [node for node in starts if not node.message]
        if not starts or (scope and not plain):
            yield Finding("no_start", NO_START, scope, name, line)
        if len(plain) > 1:
            yield Finding("many_starts", MANY_STARTS, scope, name, line)
        if not any(node.kind is Kind.END for node in nodes):
            yield Finding("no_end", NO_END, scope, name, line)


def next_nodes(graph: Graph, node: Node, *, borders: bool = True) -> list[str]:
    """Return where a token at a node may go next: along its arrows, and out through the events on its border."""
    found = graph.targets(node.id)
    if borders:
        found += [boundary.id for boundary in graph.boundaries.get(node.id, ())]
    return found


def _spread(start: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    seen = set(start)
    queue = list(seen)
    while queue:
        for found in step(queue.pop()):
            if found not in seen:
                seen.add(found)
                queue.append(found)
    return seen


def _check_ways(graph: Graph) -> Iterator[Finding]:
    starts = [node.id for node in graph.nodes.values() if node.kind is Kind.START]
    reached = _spread(starts, lambda at: next_nodes(graph, graph.nodes[at]))
    before: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for target in next_nodes(graph, node):
            before.setdefault(target, []).append(node.id)
    ends = [node.id for node in graph.nodes.values() if node.kind is Kind.END]
    ending = _spread(ends, lambda at: before.get(at, ()))
    for node in graph.nodes.values():
        if node.kind in (Kind.START, Kind.BOUNDARY) and node.incoming:
            yield _at(node, "arrow_into", ARROW_INTO)
        if node.kind is Kind.END and node.outgoing:
            yield _at(node, "arrow_out_of", ARROW_OUT_OF)
        if node.id not in reached:
            yield _at(node, "unreachable", UNREACHABLE)
        elif node.kind is not Kind.END and not node.outgoing:
            yield _at(node, "dead_end", DEAD_END)
        elif node.id not in ending:
            yield _at(node, "cannot_end", CANNOT_END)


def _check_gateways(graph: Graph) -> Iterator[Finding]:
    for node in graph.nodes.values():
        arrows = [graph.flows[flow] for flow in node.outgoing]
        if node.kind is Kind.PARALLEL:
            for arrow in arrows:
                if arrow.condition:
                    yield Finding("idle_condition", IDLE_CONDITION, arrow.id, arrow.name, arrow.line, is_error=False)
        if node.kind not in (Kind.EXCLUSIVE, Kind.INCLUSIVE) or len(arrows) < 2:  # noqa: PLR2004 - a choice takes two
            continue
        for arrow in arrows:
            if not arrow.condition and arrow.id != node.default:
                yield Finding("no_condition", NO_CONDITION, arrow.id, arrow.name or node.name, arrow.line)
        if not node.default and not _covers_all_outcomes(graph, node):
            yield _at(node, "no_default", NO_DEFAULT, is_error=False)


def _covers_all_outcomes(graph: Graph, gateway: Node) -> bool:
    """Tell whether the gateway asks, right after a step, for each outcome that the step may have and for nothing else."""
    before = [graph.nodes[graph.flows[flow].source] for flow in gateway.incoming]
    if not before or not all(node.kind in PEOPLE and node.outcomes for node in before):
        return False
    asked = set()
    for flow in gateway.outgoing:
        condition = graph.flows[flow].condition.replace("'", '"')
        code = condition.removeprefix('outcome == "').removesuffix('"')
        if condition != f'outcome == "{code}"':
            return False
        asked.add(code)
    return all({outcome.code for outcome in node.outcomes} <= asked for node in before)


def _check_nodes(graph: Graph) -> Iterator[Finding]:
    for node in graph.nodes.values():
        if node.kind in PEOPLE:
            if not node.role:
                yield _at(node, "no_role", NO_ROLE)
            if not node.name:
                yield _at(node, "no_name", EMPTY_STEP, is_error=False)
        if node.kind is Kind.SERVICE and not node.service:
            yield _at(node, "no_service", NO_SERVICE)
        if node.kind in (Kind.CATCH_TIMER, Kind.BOUNDARY) and not node.timer and not node.message:
            yield _at(node, "no_timer", NO_TIMER)


def _has_people(graph: Graph, subprocess: str) -> bool:
    return any(
        node.scope == subprocess
        and (
            node.kind in PEOPLE | {Kind.RECEIVE, Kind.CATCH_MESSAGE}
            or (node.kind is Kind.SUBPROCESS and _has_people(graph, node.id))
        )
        for node in graph.nodes.values()
    )


def _needs_nobody(graph: Graph, node: Node) -> bool:
    if node.kind is Kind.SUBPROCESS:
        return not _has_people(graph, node.id)
    return node.kind not in PEOPLE | {Kind.RECEIVE, Kind.CATCH_MESSAGE}


def _check_loops(graph: Graph) -> Iterator[Finding]:
    alone = {node.id for node in graph.nodes.values() if _needs_nobody(graph, node)}

    def ahead(at: str) -> list[str]:
        return [target for target in next_nodes(graph, graph.nodes[at]) if target in alone]

    told: set[str] = set()
    for start in graph.nodes:
        if start not in alone or start in told:
            continue
        way = _spread(ahead(start), ahead)
        if start not in way:
            continue
        ring = {at for at in way if start in _spread(ahead(at), ahead)} | {start}
        told |= ring
        by_clock = any(graph.nodes[at].timer for at in ring)
        node = graph.nodes[start]
        if by_clock:
            yield _at(node, "round_by_clock", ROUND_BY_CLOCK, is_error=False)
        else:
            yield _at(node, "endless", ENDLESS)


def _check_branches(graph: Graph) -> Iterator[Finding]:
    joins = {
        node.id
        for node in graph.nodes.values()
        if node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and len(node.incoming) > 1
    }
    for node in graph.nodes.values():
        parts = node.kind is Kind.PARALLEL or (node.kind is not Kind.EXCLUSIVE and node.kind is not Kind.INCLUSIVE)
        if not parts or len(node.outgoing) < 2:  # noqa: PLR2004 - two branches
            continue
        meets = [
            joins & _spread([target], lambda at: next_nodes(graph, graph.nodes[at]))
            for target in graph.targets(node.id)
        ]
        if any(not (left & right) for left, right in pairwise(meets)):
            yield _at(node, "never_joined", NEVER_JOINED, is_error=False)


CHECKS: tuple[Callable[[Graph], Iterator[Finding]], ...] = (
    _check_lengths,
    _check_scopes,
    _check_ways,
    _check_gateways,
    _check_nodes,
    _check_apart,
    _check_loops,
    _check_branches,
)
