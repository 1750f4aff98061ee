"""
The longest walk of a case, where some arrows lead back and say how often they may be taken.

Part by part of what lies on common rings, last part first. Inside a part a walk is cut at the arrows that count: between two of
them it passes no node twice, and each is taken as often as it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod

from tinhso.kernel.casework.proofs.courses import IN, Arc, Course, longest, rings

MOST_STATES = 20_000
"""How many ways to have used up the bounds of one part are looked at; beyond, the walk is told too long, never too short."""
_OUT = "\1"
"""Before the id of a node in another part."""
_Parts = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class _Walk:
    """Minutes, and the courses between arrows that count, one after the other."""

    minutes: Decimal
    parts: _Parts

    def behind(self, minutes: Decimal, part: tuple[str, ...]) -> _Walk:
        """Return the walk with a course before it."""
        return _Walk(self.minutes + minutes, (part, *self.parts))


def longest_walk(arcs: Sequence[Arc], most: Mapping[str, int], start: str) -> Course:
    """
    Return the longest walk from a node to anywhere, and what it passes, each round told once.

    `most`: how often an arrow may be taken, by its id. Where no arrow says so, no node is passed twice.
    """
    after: dict[str, list[Arc]] = {start: []}
    for arc in arcs:
        after.setdefault(arc.source, []).append(arc)
        after.setdefault(arc.target, [])
    known: dict[str, _Walk] = {}
    for ring in rings(after, start):
        part = _Part(frozenset(ring), [arc for node in ring for arc in after[node]], most, known)
        entered = {arc.target for arc in arcs if arc.target in part.inside and arc.source not in part.inside}
        for entry in sorted(entered | ({start} & part.inside)):
            known[entry] = part.from_entry(entry)
    found = known[start]
    told = [node for part_ in dict.fromkeys(found.parts) for node in part_]
    return found.minutes, tuple(node.removeprefix(IN) for node in told)


@dataclass(slots=True)
class _Part:
    """Nodes that lie on common rings (or one alone), with the arrows out of them."""

    inside: frozenset[str]
    arcs: list[Arc]
    most: Mapping[str, int]
    known: Mapping[str, _Walk]
    """The longest walks from where other parts are entered."""
    counted: list[Arc] = field(init=False)
    free: list[Arc] = field(init=False)
    table: dict[tuple[str, tuple[int, ...]], _Walk] = field(init=False, default_factory=dict)
    ways: dict[tuple[str, str], Course] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        within = [arc for arc in self.arcs if arc.target in self.inside]
        self.counted = [arc for arc in within if arc.flow in self.most]
        self.free = [arc for arc in within if arc.flow not in self.most]

    def from_entry(self, entry: str) -> _Walk:
        """Return the longest walk that begins at a node of this part."""
        bounds = [self.most[arc.flow] for arc in self.counted]
        if prod(bound + 1 for bound in bounds) > MOST_STATES:
            return self._never_too_short(entry)
        if self.counted and not self.table:
            targets = sorted({arc.target for arc in self.counted})
            for used in reversed([*product(*(range(bound + 1) for bound in bounds))]):
                for target in targets:
                    self.table[target, used] = self._best(target, used)
        return self._best(entry, (0,) * len(bounds))

    def _best(self, here: str, used: tuple[int, ...]) -> _Walk:
        """Return the longest walk from a node when the arrows have been taken so often."""
        best = self._last(here)
        for number, arc in enumerate(self.counted):
            way = self._way(here, arc.source)
            if used[number] < self.most[arc.flow] and way[1]:
                more = (*used[:number], used[number] + 1, *used[number + 1 :])
                rest = self.table[arc.target, more]
                if rest.minutes + way[0] + arc.minutes > best.minutes:
                    best = rest.behind(way[0] + arc.minutes, way[1])
        return best

    def _way(self, here: str, there: str) -> Course:
        """Return the longest course between two nodes that takes no arrow that counts; of no node when there is none."""
        if (here, there) not in self.ways:
            self.ways[here, there] = longest(self.free, here, {there})
        return self.ways[here, there]

    def _last(self, here: str) -> _Walk:
        """Return the longest walk on from a node that takes no arrow that counts in this part any more."""
        out = [
            Arc(arc.source, _OUT + arc.target, arc.minutes + self.known[arc.target].minutes)
            for arc in self.arcs
            if arc.target not in self.inside
        ]
        key = (here, _OUT)
        if key not in self.ways:
            self.ways[key] = longest([*self.free, *out], here, None)
        minutes, way = self.ways[key]
        if way and way[-1].startswith(_OUT):
            beyond = self.known[way[-1].removeprefix(_OUT)]
            first, *others = beyond.parts or ((),)
            return _Walk(minutes, ((*way[:-1], *first), *others))
        return _Walk(minutes, (way or (here,),))

    def _never_too_short(self, entry: str) -> _Walk:
        """Return a walk that takes as long as any: each arrow as often as it may be, each time the longest way to another."""

        def furthest(here: str) -> Decimal:
            return max((self._way(here, arc.source)[0] for arc in self.counted), default=Decimal(0))

        last = max((self._last(here) for here in (entry, *self._targets())), key=lambda walk: walk.minutes)
        rounds = sum(
            (self.most[arc.flow] * (arc.minutes + furthest(arc.target)) for arc in self.counted), start=Decimal(0)
        )
        return _Walk(furthest(entry) + rounds + last.minutes, self._last(entry).parts)

    def _targets(self) -> Iterable[str]:
        return sorted({arc.target for arc in self.counted})
