"""
A flow is sound: from whatever may happen, an end can still be reached; nothing waits for ever; no step is for show.

The engine itself runs through every marking that can be reached, so the proof is about what will run and not about a model of
it. It is exact up to MOST_MARKINGS; beyond, the proof says that it did not finish.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework import engine
from tinhso.kernel.casework.bpmn.checks import check_graph
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Kind
from tinhso.kernel.casework.engine import Step, Wait
from tinhso.kernel.casework.proof import (
    MOST_MARKINGS,
    MOST_TOKENS,
    NOT_WALKED,
    STUCK,
    Moves,
    Place,
    TooMany,
    events_of,
    every_choice,
    happen,
)
from tinhso.kernel.casework.proofs.faults import Fault, at_node, of_finding
from tinhso.kernel.casework.proofs.refusals import way_to

NO_END_FROM = _("Once a case is at “{element}” it can never end: every way from there leads round.")
LEFT_OPEN = _("At “{element}” one branch of a case is over while another still runs: join the branches before the end.")
NEVER_DONE = _("“{element}” is never done, whatever happens: no course of a case comes there.")


@dataclass(slots=True)
class _Space:
    """All places that can be reached: how one came to each, and where one goes on from it."""

    places: list[Place] = field(default_factory=list)
    came: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """For each place the one before it (-1: none) and the nodes passed."""
    after: list[set[int]] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    left_open: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    is_whole: bool = True

    def path(self, at: int, more: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the nodes passed on the way to a place."""
        parts = [more]
        while at >= 0:
            at, passed = self.came[at]
            parts.append(passed)
        return tuple(node for part in reversed(parts) for node in part)


def check_soundness(graph: Graph, *, most: int = MOST_MARKINGS) -> list[Fault]:
    """Return everything that keeps a flow from being sound, each with a course on which it happens."""
    static = check_graph(graph)
    faults = [
        of_finding(each, is_error=each.is_error or each.code == "never_joined", path=way_to(graph, each.element))
        for each in static
    ]
    if any(each.is_error for each in static):
        return faults
    space = _explore(graph, most)
    joined = {fault.element for fault in faults if fault.code == "never_joined"}
    faults += _stuck(graph, space)
    faults += [] if joined else _left_open(graph, space)
    if space.is_whole:
        faults += _without_end(graph, space)
        faults += [
            at_node(node, "never_done", NEVER_DONE, path=way_to(graph, node.id))
            for node in graph.nodes.values()
            if node.id not in space.passed and node.kind in PEOPLE | {Kind.END, Kind.SERVICE}
        ]
    else:
        faults.append(Fault("not_walked", NOT_WALKED, name=graph.name, is_error=False))
    return sorted(faults, key=lambda fault: (not fault.is_error, fault.line))


def _explore(graph: Graph, most: int) -> _Space:
    space = _Space()
    try:
        _walk(graph, space, most)
    except TooMany:
        space.is_whole = False
    return space


def _walk(graph: Graph, space: _Space, most: int) -> None:
    """Take in every place that can be reached. Raises TooMany."""
    moves = Moves()
    for start in graph.starts.get("", ()):
        for step in every_choice(partial(engine.start, graph, {}, message=start.message), moves):
            _take_in(graph, space, Place(step.marking), -1, step)
    for here, place in enumerate(space.places):  # grows while we walk
        if len(space.seen) > most or len(place.marking.tokens) > MOST_TOKENS:
            space.is_whole = False
            return
        for event in events_of(graph, place.marking):
            if (event[1], event[2]) not in place.fired:
                for step in every_choice(partial(happen, graph, place.marking, event), moves):
                    _take_in(graph, space, place.after(step, event, graph), here, step)


def _take_in(graph: Graph, space: _Space, place: Place, before: int, step: Step) -> None:
    """Note a place, how one came to it, and the ends that were passed beside branches still open."""
    space.passed.update(step.trace)
    shape = place.shape()
    if shape not in space.seen:
        space.seen[shape] = len(space.places)
        space.places.append(place)
        space.came.append((before, step.trace))
        space.after.append(set())
    if before >= 0:
        space.after[before].add(space.seen[shape])
    for node in step.trace:
        if _ends_beside_others(graph, step, node):
            space.left_open.setdefault(node, (before, step.trace))


def _ends_beside_others(graph: Graph, step: Step, node: str) -> bool:
    """Tell whether a branch came to this end of the whole flow while another still runs, reminders left aside."""
    end = graph.nodes[node]
    if end.kind is not Kind.END or end.scope or end.terminate:
        return False
    beside = any(each.kind is Kind.BOUNDARY and not each.interrupting for each in graph.nodes.values())
    return not beside and bool(step.marking.tokens)


def _stuck(graph: Graph, space: _Space) -> list[Fault]:
    found: dict[str, Fault] = {}
    for number, place in enumerate(space.places):
        tokens = list(place.marking.tokens.values())
        if tokens and not events_of(graph, place.marking):
            at = next((token for token in tokens if token.wait is Wait.JOIN), tokens[0])
            node = graph.nodes[at.node]
            found.setdefault(node.id, at_node(node, "stuck", STUCK, path=space.path(number)))
    return list(found.values())


def _left_open(graph: Graph, space: _Space) -> list[Fault]:
    return [
        at_node(graph.nodes[node], "left_open", LEFT_OPEN, path=space.path(before, passed))
        for node, (before, passed) in space.left_open.items()
    ]


def _without_end(graph: Graph, space: _Space) -> list[Fault]:
    """Return places from which no end can be reached, of each ring the one that is come to first."""
    back: list[set[int]] = [set() for _place in space.places]
    for here, targets in enumerate(space.after):
        for target in targets:
            back[target].add(here)
    ending = {number for number, place in enumerate(space.places) if not place.marking.tokens}
    queue = deque(ending)
    while queue:
        for before in back[queue.popleft()] - ending:
            ending.add(before)
            queue.append(before)
    found: dict[str, Fault] = {}
    for number, place in enumerate(space.places):
        if number not in ending and events_of(graph, place.marking):
            if space.came[number][0] >= 0 and space.came[number][0] not in ending:
                continue
            node = graph.nodes[next(iter(place.marking.tokens.values())).node]
            found.setdefault(node.id, at_node(node, "no_end", NO_END_FROM, path=space.path(number)))
    return list(found.values())
