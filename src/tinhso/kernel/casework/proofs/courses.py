"""Courses through arrows that take time: what is reached, which arrows close a ring, the longest course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tinhso.kernel.casework.bpmn.graph import Node

IN = "\0"
"""Before the id of a node at which the clock stops: a course ends there, and another begins behind it."""
MOST_STEPS = 50_000
"""How far the search for the longest course in a ring goes; beyond, every step of the ring is counted."""
MOST_IN_RING = 150

Course = tuple[Decimal, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Arc:
    """A way from one node to the next, and the time spent at the first."""

    source: str
    target: str
    minutes: Decimal
    flow: str = ""


def reached(arcs: Iterable[Arc], start: str) -> set[str]:
    """Return where one may come from a node; the node itself only when it lies on a ring."""
    after: dict[str, list[str]] = {}
    for arc in arcs:
        after.setdefault(arc.source, []).append(arc.target)
    seen, queue = set[str](), list(after.get(start, ()))
    while queue:
        here = queue.pop()
        if here not in seen:
            seen.add(here)
            queue += after.get(here, ())
    return seen


def shortest(arcs: Sequence[Arc], start: str, end: str) -> tuple[str, ...]:
    """Return the course with the fewest nodes; empty when there is none."""
    before: dict[str, str] = {start: ""}
    queue = [start]
    for here in queue:
        for arc in arcs:
            if arc.source == here and arc.target not in before:
                before[arc.target] = here
                queue.append(arc.target)
    way, at = [], end if end in before else ""
    while at:
        way.append(at)
        at = before[at]
    return tuple(reversed(way))


def in_walk(nodes: Mapping[str, Node], arcs: list[Arc]) -> list[Arc]:
    """Return arcs in the order in which one walks from the beginnings: what closes a ring then leads back."""
    after: dict[str, list[Arc]] = {}
    for arc in arcs:
        after.setdefault(arc.source, []).append(arc)
    stack = [node.id for node in nodes.values() if not node.incoming and not node.attached_to] or list(nodes)
    stack += [node for node in nodes if node not in stack]
    found: list[Arc] = []
    back: list[Arc] = []
    state: dict[str, int] = {}

    def visit(start: str) -> None:
        trail = [(start, iter(after.get(start, ())))]
        state[start] = 1
        while trail:
            here, rest = trail[-1]
            arc = next(rest, None)
            if arc is None:
                state[here] = 2
                trail.pop()
            elif state.get(arc.target) == 1:
                back.append(arc)
            else:
                found.append(arc)
                if arc.target not in state:
                    state[arc.target] = 1
                    trail.append((arc.target, iter(after.get(arc.target, ()))))

    for node in stack:
        if node not in state:
            visit(node)
    return [*found, *back]


def longest(arcs: Sequence[Arc], start: str, ends: set[str] | None) -> Course:
    """
    Return the longest course from a node to one of the ends (None: to anywhere) that passes no node twice.

    Exact; only in a ring too tangled to be searched every step of it is counted, which is never too short.
    """
    after: dict[str, list[Arc]] = {start: []}
    for arc in arcs:
        after.setdefault(arc.source, []).append(arc)
        after.setdefault(arc.target, [])
    known: dict[str, Course | None] = {}
    for ring in rings(after, start):
        for entry in ring:
            known[entry] = _Search(after, frozenset(ring), ends, known).best(entry)
    found = known.get(start)
    return (found[0], tuple(each.removeprefix(IN) for each in found[1])) if found else (Decimal(0), ())


def rings(after: Mapping[str, list[Arc]], start: str) -> list[list[str]]:
    """Return the strongly connected parts that can be reached, each before those that lead to it (Tarjan, 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    found: list[list[str]] = []
    trail: list[tuple[str, Any]] = []

    def enter(node: str) -> None:
        number[node] = low[node] = len(number)
        held.append(node)
        trail.append((node, iter(after[node])))

    enter(start)
    while trail:
        here, rest = trail[-1]
        arc = next(rest, None)
        if arc is None:
            trail.pop()
            if trail:
                low[trail[-1][0]] = min(low[trail[-1][0]], low[here])
            if low[here] == number[here]:
                at = held.index(here)
                found.append(held[at:])
                del held[at:]
        elif arc.target not in number:
            enter(arc.target)
        elif arc.target in held:
            low[here] = min(low[here], number[arc.target])
    return found


class _Search:
    """The search for the longest course that enters one ring and leaves it."""

    def __init__(
        self,
        after: Mapping[str, list[Arc]],
        ring: frozenset[str],
        ends: set[str] | None,
        known: Mapping[str, Course | None],
    ) -> None:
        self.after, self.ring, self.ends, self.known = after, ring, ends, known
        self.left = MOST_STEPS

    def best(self, entry: str) -> Course | None:
        """Return the longest course from a node of the ring, None when it leads to no end."""
        if len(self.ring) > MOST_IN_RING:
            return self._all(entry)
        try:
            return self._from(entry, frozenset({entry}))
        except _TooTangled:
            return self._all(entry)

    def _from(self, here: str, seen: frozenset[str]) -> Course | None:
        self.left -= 1
        if self.left < 0:
            raise _TooTangled
        best: Course | None = (Decimal(0), (here,)) if self.ends is None or here in self.ends else None
        for arc in self.after[here]:
            if arc.target in self.ring:
                if arc.target in seen:
                    continue
                rest = self._from(arc.target, seen | {arc.target})
            else:
                rest = self.known.get(arc.target)
            if rest and (best is None or (arc.minutes + rest[0], len(rest[1]) + 1) > (best[0], len(best[1]))):
                best = (arc.minutes + rest[0], (here, *rest[1]))
        return best

    def _all(self, entry: str) -> Course | None:
        within = sum(
            (max((arc.minutes for arc in self.after[node]), default=Decimal(0)) for node in self.ring), Decimal(0)
        )
        outside = [self.known.get(arc.target) for node in self.ring for arc in self.after[node]]
        beyond = [each for each in outside if each]
        ends_here = self.ends is None or bool(self.ends & self.ring)
        if not beyond and not ends_here:
            return None
        rest = max(beyond, key=lambda each: each[0], default=(Decimal(0), ()))
        return within + rest[0], (entry, *rest[1])


class _TooTangled(Exception):  # noqa: N818 - an answer of the search to itself
    """The ring has too many courses."""
