"""
Walking through a flow before anybody does: every choice, every order, every clock.

The engine itself runs on all markings that can be reached, with a judge that lets every branch be taken. So a join that
would wait for ever, or a step that would be opened twice over, is found when the flow is loaded, not in somebody's
dossier.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework import engine
from tinhso.kernel.casework.bpmn.checks import check_graph
from tinhso.kernel.casework.bpmn.faults import Finding
from tinhso.kernel.casework.bpmn.graph import Flow, Graph, Kind, Node
from tinhso.kernel.casework.engine import Marking, Step, Wait

MOST_MARKINGS = 2_000
"""Where the walk stops; a flow beyond that is published with a warning that it was not walked through whole."""
MOST_TOKENS = 60
MOST_MOVES = 200_000
"""Nodes that tokens pass on one walk, all runs together: gateways behind one another multiply what may happen in one step."""

STUCK = _("A case can get stuck at “{element}”: it would wait for a branch that was not taken.")
TWICE = _("“{element}” can be open twice at once: branches that run side by side meet there without a parallel join.")
NOT_WALKED = _("The flow has too many possible courses to be walked through: look closely at its gateways.")
UNKNOWN_SERVICE = _("“{element}” calls the service “{service}”, which no module lends.")

Event = tuple[str, int, str]


class TooMany(Exception):  # noqa: N818 - an answer of the walk to itself
    """Too many nodes would be passed."""


class Moves:
    """How many nodes may still be passed on a walk."""

    def __init__(self, most: int = MOST_MOVES) -> None:
        """Take how many."""
        self.left = most

    def take(self, step: Step) -> None:
        """Count those of a step. Raises TooMany."""
        self.left -= len(step.trace) + 1
        if self.left < 0:
            raise TooMany


class _Every:
    """A judge that takes, run after run, every combination of choices: a script of choices, and how many there were."""

    def __init__(self) -> None:
        self.script: list[int] = []
        self.sizes: list[int] = []

    def _pick(self, options: int) -> int:
        at = len(self.sizes)
        self.sizes.append(options)
        if at == len(self.script):
            self.script.append(0)
        return self.script[at]

    def choose(self, graph: Graph, gateway: Node, variables: Mapping[str, Any]) -> list[Flow]:  # noqa: ARG002
        """Return the arrows of the present choice."""
        arrows = [graph.flows[flow] for flow in gateway.outgoing]
        if len(arrows) == 1:
            return arrows
        if gateway.kind is Kind.EXCLUSIVE:
            return [arrows[self._pick(len(arrows))]]
        open_arrows = [arrow for arrow in arrows if arrow.id != gateway.default]
        sets = 2 ** len(open_arrows) - 1  # which of them hold: the bits of a number, from 1 on
        chosen = self._pick(sets + bool(gateway.default)) + 1
        if chosen > sets:
            return [graph.flows[gateway.default]]
        return [arrow for bit, arrow in enumerate(open_arrows) if chosen >> bit & 1]

    def items(self, node: Node, variables: Mapping[str, Any]) -> Sequence[Any]:  # noqa: ARG002
        """Return no item, or two."""
        return ([], ["a", "b"])[self._pick(2)]

    def next(self) -> bool:
        """Turn to the next combination; tell whether there is one."""
        del self.script[len(self.sizes) :]
        while self.script and self.script[-1] + 1 >= self.sizes[len(self.script) - 1]:
            self.script.pop()
        self.sizes = []
        if not self.script:
            return False
        self.script[-1] += 1
        return True


def check_flow(graph: Graph) -> list[Finding]:
    """Return everything wrong or doubtful about a flow: what is seen in the graph, then what is met on the walk."""
    found = check_graph(graph)
    if not any(finding.is_error for finding in found):
        found += walk(graph)
    return sorted(found, key=lambda finding: (not finding.is_error, finding.line))


@dataclass(frozen=True)
class Place:
    """A marking on the walk, and which events beside a step have fired in it: each is let fire once per step."""

    marking: Marking
    fired: frozenset[tuple[int, str]] = frozenset()

    def shape(self) -> Any:
        """Return the place without the numbers of its tokens."""
        return shape_of(self.marking), tuple(sorted(boundary for _number, boundary in self.fired))

    def after(self, step: Step, event: Event, graph: Graph) -> Place:
        """Return the place that a step leads to."""
        kind, number, what = event
        fired = self.fired
        if kind == "timer" and not graph.nodes[what].interrupting:
            fired |= {(number, what)}
        left = step.marking.tokens
        kept = {(n, what) for n, what in fired if n in left and left[n].node == graph.nodes[what].attached_to}
        return Place(step.marking, frozenset(kept))


class _Walk:
    """A walk through a flow: what was seen, what is still to be looked at, what was found."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[tuple[str, str], Finding] = {}
        self.seen: set[Any] = set()
        self.queue: deque[Place] = deque()

    def take_in(self, place: Place) -> None:
        """Note a place to go on from, unless one like it was seen."""
        shape = place.shape()
        if shape not in self.seen:
            self.seen.add(shape)
            if place.marking.tokens:
                self.queue.append(place)

    def go(self) -> None:
        """Walk on from every place until there is none left, or too many."""
        try:
            self._on(Moves())
        except TooMany:
            self._stop()

    def _stop(self) -> None:
        self.found["not_walked", ""] = Finding("not_walked", NOT_WALKED, name=self.graph.name, is_error=False)

    def _on(self, moves: Moves) -> None:
        for start in self.graph.starts.get("", ()):
            for step in every_choice(partial(engine.start, self.graph, {}, message=start.message), moves):
                self.take_in(Place(step.marking))
        while self.queue:
            place = self.queue.popleft()
            _look(self.graph, place.marking, self.found)
            if len(self.seen) > MOST_MARKINGS or len(place.marking.tokens) > MOST_TOKENS:
                self._stop()
                return
            for event in events_of(self.graph, place.marking):
                if (event[1], event[2]) not in place.fired:
                    for step in every_choice(partial(happen, self.graph, place.marking, event), moves):
                        self.take_in(place.after(step, event, self.graph))


def walk(graph: Graph) -> list[Finding]:
    """Return what is met on a walk through all markings that can be reached."""
    tour = _Walk(graph)
    tour.go()
    return list(tour.found.values())


def every_choice(run: Callable[..., Step], moves: Moves) -> Iterator[Step]:
    """Yield the step for every combination of choices. Raises TooMany."""
    judge = _Every()
    while True:
        step = run(judge=judge)
        moves.take(step)
        yield step
        if not judge.next():
            return


def shape_of(marking: Marking, scope: int = 0) -> Any:
    """Return a marking without the numbers of its tokens: two courses that come to the same are walked on once."""
    return tuple(
        sorted(
            (token.node, token.wait.value, token.arrived if token.wait is Wait.JOIN else "", len(token.left), shape_of(marking, token.number))
            for token in marking.tokens.values()
            if token.scope == scope
        )
    )  # fmt: skip


def events_of(graph: Graph, marking: Marking) -> list[Event]:
    """
    Return what may happen next from outside: kind (`complete`, `timer`, `message`), token, node or message.

    A message on a border does what a clock there does, so it goes as one.
    """
    found: list[Event] = []
    for token in marking.tokens.values():
        if token.wait in (Wait.TASK, Wait.SERVICE):
            found.append(("complete", token.number, token.node))
        elif token.wait is Wait.MESSAGE:
            found.append(("message", token.number, graph.nodes[token.node].message))
        elif token.wait is Wait.TIMER:
            found.append(("timer", token.number, token.node))
        if token.wait is Wait.JOIN or engine.is_instance(marking.tokens, token):
            continue
        found += [("timer", token.number, boundary.id) for boundary in graph.boundaries.get(token.node, ())]
    return found


def happen(graph: Graph, marking: Marking, event: Event, *, judge: engine.Judge) -> Step:
    """Return the step after something happened from outside."""
    kind, number, what = event
    if kind == "complete":
        return engine.complete(graph, marking, number, {}, judge=judge)
    if kind == "timer":
        return engine.fire_timer(graph, marking, number, what, {}, judge=judge)
    return engine.correlate(graph, marking, what, {}, judge=judge)


def _look(graph: Graph, marking: Marking, found: dict[tuple[str, str], Finding]) -> None:
    """Note a marking in which nothing can happen any more, and nodes at which more than one token rests."""
    if not events_of(graph, marking):
        joins = [token for token in marking.tokens.values() if token.wait is Wait.JOIN]
        node = graph.nodes[joins[0].node]
        found["stuck", node.id] = Finding("stuck", STUCK, node.id, node.name, node.line)
    for (at, _scope), number in _crowds(marking).items():
        if number > 1 and not _has_reminders(graph):
            node = graph.nodes[at]
            found["twice", at] = Finding("twice", TWICE, node.id, node.name, node.line, is_error=False)


def _crowds(marking: Marking) -> Counter[tuple[str, int]]:
    return Counter(
        (token.node, token.scope)
        for token in marking.tokens.values()
        if token.wait is not Wait.JOIN and not engine.is_instance(marking.tokens, token)
    )


def _has_reminders(graph: Graph) -> bool:
    """Tell whether events beside a step may fire more than once: then two of the same are meant."""
    return any(node.kind is Kind.BOUNDARY and not node.interrupting for node in graph.nodes.values())
