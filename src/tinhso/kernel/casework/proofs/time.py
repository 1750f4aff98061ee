"""
The longest course of a case in working time, against what the law allows.

Days and hours of the steps are added as an internal procedure adds them, eight hours to a day. Branches side by side count
as the longest of them. Waiting for papers of the applicant stops the clock, and the time is counted anew behind it (NĐ
61/2018/NĐ-CP Đ.17). A way back that states how often it may be taken (`tinhso:most`) counts so many times; one that does not
is named, and then no step is counted twice between two of the others. The last step without a time, where the result is fetched, is the applicant's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework.bpmn.durations import parse_duration, parse_within, within_minutes
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Kind, Node
from tinhso.kernel.casework.proofs.courses import IN, Arc, in_walk, longest, reached, shortest
from tinhso.kernel.casework.proofs.faults import Fault, at_node
from tinhso.kernel.casework.proofs.notes import Notes
from tinhso.kernel.casework.proofs.walks import longest_walk
from tinhso.law.working_time import Calendar, Limit, Unit, due, is_working_day, working_days_between

DAY = 480
STOPS_CLOCK = frozenset({"supplement"})
"""Messages for which a case waits on its applicant."""

TOO_SLOW = _(
    "A case may take {took}, more than the {limit} that {procedure} allows ({way}). “{element}” takes longest."
)
TIGHT = _(
    "Over Tết and other holidays {limit} of {procedure} ({way}) leave only {least}; a case may take {took}: extend in time."
)
NO_BOUND = _("“{element}” lies on a way back that may be taken without end: state how often at most (tinhso:most).")
UNTIMED = _("“{element}” states no time, so the sum leaves it out.")


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """What one way of one procedure allows, in minutes of working time."""

    procedure: str
    way: str
    words: str
    minutes: Decimal
    least: Decimal | None = None
    """On the worst day of receipt of the year, where that is less: over Tết."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A way back: the course round, how often at most (None: without end), how long once round."""

    path: tuple[str, ...]
    most: int | None
    minutes: Decimal


@dataclass(frozen=True, slots=True)
class WorstTime:
    """The longest course: minutes of working time, the course, the ways back, and what has no time of its own."""

    minutes: Decimal
    path: tuple[str, ...]
    loops: tuple[Loop, ...]
    untimed: tuple[str, ...]

    @property
    def is_bounded(self) -> bool:
        """Tell whether every way back says how often it may be taken."""
        return all(loop.most is not None for loop in self.loops)


def worst_time(graph: Graph, notes: Notes) -> WorstTime:
    """Return the longest course of a case through a flow that is sound."""
    return _Scope(graph, notes, "").worst


def check_time(graph: Graph, notes: Notes, limits: Iterable[LegalLimit]) -> list[Fault]:
    """Return the procedures that a case could not keep to, and what the sum cannot know."""
    worst = worst_time(graph, notes)
    found = []
    for limit in limits:
        least = limit.minutes if limit.least is None else limit.least
        facts: dict[str, Any] = {
            "took": worked(worst.minutes),
            "limit": limit.words,
            "procedure": limit.procedure,
            "way": limit.way,
        }
        slowest = _slowest(graph, worst) if worst.minutes > least else None
        if slowest and worst.minutes > limit.minutes:
            found.append(at_node(slowest, "too_slow", TOO_SLOW, path=worst.path, **facts))
        elif slowest:
            tight = {**facts, "least": worked(least)}
            found.append(at_node(slowest, "tight", TIGHT, path=worst.path, is_error=False, **tight))
    for loop in worst.loops:
        if loop.most is None:
            node = graph.nodes[next((each for each in loop.path if graph.nodes[each].kind in PEOPLE), loop.path[0])]
            found.append(at_node(node, "no_bound", NO_BOUND, path=loop.path, is_error=False))
    found += [at_node(graph.nodes[each], "untimed", UNTIMED, is_error=False) for each in worst.untimed]
    return found


def _slowest(graph: Graph, worst: WorstTime) -> Node:
    def own(each: str) -> Decimal:
        within = graph.nodes[each].within
        return within_minutes(within) if within else Decimal(0)

    return graph.nodes[max(worst.path, key=own)]


def worked(minutes: Decimal) -> str:
    """Return working time in words: days of eight hours, hours, minutes."""
    days, rest = divmod(int(minutes), DAY)
    hours, left = divmod(rest, 60)
    parts = [
        (days, gettext("{n} working days") if days != 1 else gettext("{n} working day")),
        (hours, gettext("{n} hours") if hours != 1 else gettext("{n} hour")),
        (left, gettext("{n} minutes") if left != 1 else gettext("{n} minute")),
    ]
    return " ".join(words.format(n=n) for n, words in parts if n) or gettext("no time")


def hand_overs(graph: Graph) -> frozenset[str]:
    """Return the steps without a time behind which nobody has anything more to do: there the applicant is waited for."""
    found = set()
    arrows = [Arc(flow.source, flow.target, Decimal(0)) for flow in graph.flows.values()]
    for node in graph.nodes.values():
        timed = node.within or any(each.timer and each.interrupting for each in graph.boundaries.get(node.id, ()))
        waits = node.kind in PEOPLE or node.kind in (Kind.RECEIVE, Kind.CATCH_MESSAGE)
        if waits and not node.scope and not timed:
            behind = reached(arrows, node.id)
            if not any(graph.nodes[each].kind in PEOPLE for each in behind):
                found.add(node.id)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Allowed:
    """How much working time a limit leaves: without holidays in it, and on the year's worst day of receipt."""

    usual: Decimal
    least: Decimal


def limit_minutes(limit: Limit, calendar: Calendar, on: date) -> Allowed | None:
    """
    Return the working time that a limit leaves to whoever receives on any day of the year from `on`; None: no limit.

    Calendar days, months and years leave less over Tết: that is told apart from what they leave otherwise.
    """
    if limit.unit in (Unit.WORKING_HOUR, Unit.WORKING_DAY):
        minutes = Decimal(limit.amount) * (60 if limit.unit is Unit.WORKING_HOUR else DAY)
        return Allowed(minutes, minutes)
    if limit.unit is Unit.UNSPECIFIED or not limit.is_whole:
        return None
    found = []
    for ahead in range(366):
        day = on + timedelta(days=ahead)
        if is_working_day(day, calendar):
            last = due(calendar.closes(day), limit, calendar).value.date()
            special = any(day <= each <= last for each in calendar.special)
            found.append((special, working_days_between(day, last, calendar)))
    least = min(days for _special, days in found)
    usual = min((days for special, days in found if not special), default=least)
    return Allowed(Decimal(usual * DAY), Decimal(least * DAY))


class _Scope:
    """One level of a flow: the process itself, or the inside of a subprocess."""

    def __init__(self, graph: Graph, notes: Notes, scope: str) -> None:
        self.graph, self.notes, self.scope = graph, notes, scope
        self.nodes = {node.id: node for node in graph.nodes.values() if node.scope == scope}
        self.hand_overs = hand_overs(graph)
        self.loops: list[Loop] = []
        self.untimed: list[str] = []
        self.inner = {
            node.id: _Scope(graph, notes, node.id).worst for node in self.nodes.values() if node.kind is Kind.SUBPROCESS
        }

    @cached_property
    def worst(self) -> WorstTime:
        """The longest course on this level."""
        weights = {node.id: self._own(node) for node in self.nodes.values()}
        arcs = self._arcs(weights)
        bounded = [arc for arc in arcs if arc.flow in self.notes.most and arc.source in reached(arcs, arc.target)]
        left = [arc for arc in arcs if arc not in bounded]
        self._note_rings(left)
        sources = [node.id for node in self.nodes.values() if node.kind is Kind.START or self._stops_clock(node)]
        best: tuple[Decimal, tuple[str, ...]] = (Decimal(0), ())
        most = {arc.flow: self.notes.most[arc.flow] for arc in bounded}
        for source in sources:
            walked = longest_walk(arcs, most, source)
            best = max(best, walked, key=lambda pair: (pair[0], len(pair[1])))
        loops = (*self.loops, *(self._round(arc, left, arcs) for arc in bounded))
        inner = list(self.inner.values())
        return WorstTime(
            best[0],
            self._with_inside(best[1]),
            (*loops, *(loop for each in inner for loop in each.loops)),
            (*self.untimed, *(node for each in inner for node in each.untimed)),
        )

    def _round(self, arc: Arc, left: list[Arc], arcs: list[Arc]) -> Loop:
        """Return the way back along an arrow that says how often it may be taken."""
        minutes, path = longest(left, arc.target, {arc.source})
        path = path or shortest(arcs, arc.target, arc.source)  # it leads round only by another such arrow
        return Loop((*path, arc.target), self.notes.most[arc.flow], minutes + arc.minutes)

    def _with_inside(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for node in path for each in (node, *(self.inner[node].path if node in self.inner else ())))

    def _stops_clock(self, node: Node) -> bool:
        return node.kind in (Kind.CATCH_MESSAGE, Kind.RECEIVE) and node.message in STOPS_CLOCK

    def _own(self, node: Node) -> Decimal:
        """Return how long a token may rest at a node, 0 for what is not counted."""
        if node.kind is Kind.SUBPROCESS:
            return min([self.inner[node.id].minutes * self._rounds(node), *self._cuts(node)])
        if node.kind is Kind.CATCH_TIMER:
            return self._clock(node)
        waits = node.kind in PEOPLE or node.kind in (Kind.RECEIVE, Kind.CATCH_MESSAGE)
        if not waits or self._stops_clock(node):
            return Decimal(0)
        cuts = self._cuts(node)
        own = [within_minutes(node.within) * self._rounds(node)] if node.within else []
        if not cuts and not own and node.id not in self.hand_overs:
            self.untimed.append(node.id)
        return min([*cuts, *own], default=Decimal(0))

    def _cuts(self, node: Node) -> list[Decimal]:
        """Return after how long clocks on the border of an activity end it, all its rounds together."""
        return [
            self._clock(each)
            for each in self.graph.boundaries.get(node.id, ())
            if each.timer and each.interrupting and each.timer.kind in ("within", "duration")
        ]

    def _rounds(self, node: Node) -> int:
        """Return how often something is done one after another: once, unless it is repeated for a list."""
        if not node.multi or not node.multi.sequential:
            return 1
        if node.id not in self.notes.most:
            self.untimed.append(node.id)
        return self.notes.most.get(node.id, 1)

    def _clock(self, node: Node) -> Decimal:
        timer = node.timer
        if timer and timer.kind == "within":
            return within_minutes(parse_within(timer.value))
        if timer and timer.kind == "duration":
            # by the wall clock; it holds at most so much working time
            duration = parse_duration(timer.value)
            days = duration.months * 23 + duration.span.days
            once = Decimal(days * DAY) + min(Decimal(duration.span.seconds) / 60, Decimal(DAY))
            return once * (1 if node.interrupting else timer.repeat + 1)
        self.untimed.append(node.id)
        return Decimal(0)

    def _arcs(self, weights: dict[str, Decimal]) -> list[Arc]:
        """Return the ways between nodes, with the time spent at the first; none leads on through a stopped clock."""
        found = [
            Arc(node.id, self.graph.flows[flow].target, weights[node.id], flow)
            for node in self.nodes.values()
            for flow in node.outgoing
        ]
        found += [
            Arc(node.id, border.id, self._until(border, weights[node.id]))
            for node in self.nodes.values()
            for border in self.graph.boundaries.get(node.id, ())
        ]
        stopped = {node.id for node in self.nodes.values() if self._stops_clock(node)}
        return [
            Arc(arc.source, IN + arc.target if arc.target in stopped else arc.target, arc.minutes, arc.flow)
            for arc in found
        ]

    def _until(self, border: Node, weight: Decimal) -> Decimal:
        """Return when an event on a border happens at the latest; a reminder, while the step lasts that it reminds of."""
        if border.timer is None:
            return weight
        clock = self._clock(border)
        return min(clock, weight) if weight and not border.interrupting else clock

    def _note_rings(self, arcs: list[Arc]) -> None:
        """Note each ring that states no bound."""
        kept: list[Arc] = []
        for arc in in_walk(self.nodes, arcs):
            if arc.source == arc.target or arc.source in reached(kept, arc.target):
                way = shortest(kept, arc.target, arc.source)
                self.loops.append(Loop((*way, arc.target), None, Decimal(0)))
            else:
                kept.append(arc)
