"""How long a flow may take at worst: the longest way from start to each end, in working time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tinhso.kernel.casework.bpmn.checks import next_nodes
from tinhso.kernel.casework.bpmn.durations import parse_within, within_minutes
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Kind, Node


@dataclass(frozen=True, slots=True)
class Way:
    """The slowest way to one end event. A way back is not walked: a loop has no worst case."""

    end: str
    minutes: Decimal
    """Working minutes; branches side by side count once, the longest of them."""
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """What can be said about the length of a flow."""

    ways: tuple[Way, ...]
    """Slowest first, one for each end event."""
    untimed: tuple[str, ...]
    """Steps without `within`: counted as nothing."""
    by_role: dict[str, Decimal]
    """Working minutes of all steps of a role, each counted once: the clock of one desk or division."""
    repeats: bool
    """Whether there is a way back, or a repetition one after another: then the worst case may come more than once."""

    @property
    def worst_minutes(self) -> Decimal:
        """Return the length of the slowest way."""
        return self.ways[0].minutes if self.ways else Decimal(0)


def times_of(graph: Graph, *, day: int = 480) -> Times:
    """Return the worst-case times of a flow; `day` is the length of a working day in minutes."""
    steps = graph.steps()
    by_role: dict[str, Decimal] = {}
    for node in steps:
        if node.within:
            by_role[node.role] = by_role.get(node.role, Decimal(0)) + within_minutes(node.within, day=day)
    walker = _Walker(graph, day)
    ways = walker.ways("")
    return Times(
        ways=tuple(sorted(ways, key=lambda way: -way.minutes)),
        untimed=tuple(node.id for node in steps if node.within is None),
        by_role=by_role,
        repeats=walker.met_loop or any(node.multi and node.multi.sequential for node in graph.nodes.values()),
    )


class _Walker:
    """Longest ways by depth-first search, each node reckoned once; an arrow back to a node on the way is left out."""

    def __init__(self, graph: Graph, day: int) -> None:
        self.graph = graph
        self.day = day
        self.met_loop = False
        self.lengths: dict[str, Decimal] = {}

    def ways(self, scope: str) -> list[Way]:
        """Return the slowest way to each end event of a scope."""
        order = self._order(scope)
        best: dict[str, tuple[Decimal, tuple[str, ...]]] = {}
        for start in self.graph.starts.get(scope, ()):
            best[start.id] = (Decimal(0), (start.id,))
        rank = {node: place for place, node in enumerate(order)}
        for at in order:
            if at not in best:
                continue
            node = self.graph.nodes[at]
            for target in next_nodes(self.graph, node):
                if rank[target] <= rank[at]:
                    self.met_loop = True
                    continue
                length = best[at][0] + self._length(self.graph.nodes[target])
                if target not in best or length > best[target][0]:
                    best[target] = (length, (*best[at][1], target))
        return [
            Way(at, minutes, nodes)
            for at, (minutes, nodes) in best.items()
            if self.graph.nodes[at].kind is Kind.END and self.graph.nodes[at].scope == scope
        ]

    def _order(self, scope: str) -> list[str]:
        """Return the nodes of a scope so that every arrow but those back leads forward."""
        done: list[str] = []
        seen: set[str] = set()
        for start in self.graph.starts.get(scope, ()):
            stack: list[tuple[str, bool]] = [(start.id, False)]
            while stack:
                at, is_left = stack.pop()
                if is_left:
                    done.append(at)
                elif at not in seen:
                    seen.add(at)
                    stack.append((at, True))
                    stack += [(target, False) for target in next_nodes(self.graph, self.graph.nodes[at])]
        return done[::-1]

    def _length(self, node: Node) -> Decimal:
        if node.id not in self.lengths:
            self.lengths[node.id] = self._reckon(node)
        return self.lengths[node.id]

    def _reckon(self, node: Node) -> Decimal:
        if node.kind in PEOPLE and node.within:
            return within_minutes(node.within, day=self.day)
        if node.kind is Kind.SUBPROCESS:
            return max((way.minutes for way in self.ways(node.id)), default=Decimal(0))
        if node.kind is Kind.CATCH_TIMER and node.timer and node.timer.kind == "within":
            return within_minutes(parse_within(node.timer.value), day=self.day)
        return Decimal(0)
