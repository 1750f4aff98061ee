"""
Discrete events: cases arrive, wait for somebody at a post, are worked on, go where the flow leads them.

The engine of real cases moves them; only people, clocks and what they decide are played. Time is working time in seconds since
some moment, so that nights, holidays and Tết do not exist. Each draw depends on the seed, the case, the step and the round
alone: two flows meet the same people with the same luck. A case is settled when nobody has anything to do in it any more but
to hand over what the applicant comes for.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tinhso.kernel.casework import engine
from tinhso.kernel.casework.actions.places import place_of
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.durations import parse_duration, parse_within, within_minutes
from tinhso.kernel.casework.bpmn.graph import Flow, Graph, Kind, Node
from tinhso.kernel.casework.engine import BadCollection, Marking, NotWaiting, NoWayOn, Step
from tinhso.kernel.casework.proofs.time import STOPS_CLOCK, hand_overs

Post = tuple[str, str]
"""Agency and role."""
SHORTEST = 60.0
DAY_SECONDS = 8 * 3600
MOST_ROUNDS = 200
"""Steps of one case after which it is given up: its draws lead round for ever."""


class TooLong(Exception):  # noqa: N818 - an answer
    """The time that was given for the rehearsal is over."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case: when it came, which agency stands at each place, when it was first due; working seconds."""

    at: float
    places: Mapping[str, str] = field(hash=False)
    due: float | None = None
    allowed: float | None = None
    """The whole of its legal time, given anew once papers of the applicant have come; None: from `at` to `due`."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of how the work is done; steps by their ids."""

    staff: Mapping[Post, int]
    """How many people work at a post; one where nothing is said."""
    seconds: Mapping[str, Sequence[float]]
    """Working seconds that a step took, as often as it was done."""
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    absent: Sequence[float] = (3.0 * DAY_SECONDS,)
    """How long applicants were waited for."""


@dataclass(slots=True)
class Rehearsed:
    """What a rehearsal shows."""

    cases: int = 0
    finished: int = 0
    late: int = 0
    with_due: int = 0
    turnaround: list[float] = field(default_factory=list)
    """From coming in to being settled."""
    waits: dict[Post, list[float]] = field(default_factory=dict)
    queues: dict[Post, list[float]] = field(default_factory=dict)
    """Mean number of waiting cases by week."""
    busy: dict[Post, float] = field(default_factory=dict)
    """Working seconds in which somebody at the post worked."""
    assumed: set[str] = field(default_factory=set)
    """Steps of which nothing is known: a share of their own time was assumed."""
    given_up: int = 0


@dataclass(slots=True)
class _Case:
    number: int
    arrival: Arrival
    due: float | None
    marking: Marking = field(default_factory=Marking)
    rounds: dict[str, int] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    is_over: bool = False
    settled: float = 0.0


class _Chooser:
    """Chooses by the outcome that was drawn; what else a condition asks is not known of old cases: the default holds then."""

    def choose(self, graph: Graph, gateway: Node, variables: Mapping[str, Any]) -> list[Flow]:
        """Return the arrows to take."""
        arrows = [graph.flows[flow] for flow in gateway.outgoing]
        taken = [arrow for arrow in arrows if arrow.id != gateway.default and _holds(arrow.condition, variables)]
        if gateway.kind is Kind.EXCLUSIVE:
            taken = taken[:1]
        fallback = [graph.flows[gateway.default]] if gateway.default else arrows[:1]
        return arrows if len(arrows) == 1 else taken or fallback

    def items(self, node: Node, variables: Mapping[str, Any]) -> Sequence[Any]:  # noqa: ARG002
        """Return one item."""
        return [0]


def _holds(condition: str, variables: Mapping[str, Any]) -> bool:
    try:
        return bool(condition) and conditions.is_true(condition, variables)
    except (conditions.BadExpression, conditions.ConditionFailed, NoWayOn, BadCollection):
        return False


_CHOOSER = _Chooser()


class Rehearsal:
    """One run of all arrivals through one flow."""

    def __init__(
        self,
        graph: Graph,
        known: Known,
        *,
        seed: int,
        weeks: Sequence[float] = (),
        is_over_time: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the flow, what is known of the work, and the working seconds at which each week begins."""
        self.graph, self.known, self.seed, self.weeks = graph, known, seed, list(weeks)
        self.is_over_time = is_over_time
        self.told = Rehearsed()
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.count = 0
        self.waiting: dict[Post, deque[tuple[float, _Case, int, str]]] = {}
        self.free: dict[Post, int] = {}
        self.since: dict[Post, float] = {}
        self.area: dict[Post, list[float]] = {}
        self.hand_overs = hand_overs(graph)

    def run(self, arrivals: Sequence[Arrival]) -> Rehearsed:
        """Send all arrivals through the flow until the last has ended. Raises TooLong."""
        for number, arrival in enumerate(arrivals):
            case = _Case(number, arrival, arrival.due, settled=arrival.at)
            self._plan(arrival.at, lambda now, case=case: self._begin(case, now))  # type: ignore[misc]
        self.told.cases = len(arrivals)
        done = 0
        while self.events:
            now, _number, happen = heapq.heappop(self.events)
            happen(now)
            done += 1
            if done % 1000 == 0 and self.is_over_time():
                raise TooLong
        spans = [end - start for start, end in zip(self.weeks, self.weeks[1:], strict=False)]
        for post, area in self.area.items():
            self.told.queues[post] = [each / span if span else 0.0 for each, span in zip(area, spans, strict=False)]
        return self.told

    def _plan(self, at: float, happen: Callable[[float], None]) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, happen))

    def _begin(self, case: _Case, now: float) -> None:
        self._follow(case, engine.start(self.graph, {}, judge=_CHOOSER), now)

    def _follow(self, case: _Case, step: Step, now: float) -> None:
        """Take a move over: open tasks, clocks, messages; note the end."""
        case.marking = step.marking
        if sum(case.rounds.values()) > MOST_ROUNDS:
            case.is_over = True
            self.told.given_up += 1
            return
        for effect in step.effects:
            if isinstance(effect, engine.OpenTask):
                self._open(case, effect.token, self.graph.nodes[effect.node], now)
            elif isinstance(effect, engine.CallService):
                self._plan(now, lambda then, token=effect.token: self._complete(case, token, "", then))  # type: ignore[misc]
            elif isinstance(effect, engine.StartTimer):
                self._start_clock(case, effect.token, self.graph.nodes[effect.node], now)
        for token in step.marking.tokens.values():
            if token.wait is engine.Wait.MESSAGE and f"{token.number}@{token.node}" not in case.rounds:
                case.rounds[f"{token.number}@{token.node}"] = 1
                wait = self._luck(case, token.node).choice(list(self.known.absent))
                self._plan(now + wait, lambda then, token=token: self._hear(case, token.number, then))  # type: ignore[misc]
        if step.is_over:
            self._end(case)

    def _note_settled(self, case: _Case, node: str, now: float) -> None:
        if node not in self.hand_overs:
            case.settled = now

    def _end(self, case: _Case) -> None:
        case.is_over = True
        told = self.told
        told.finished += 1
        told.turnaround.append(case.settled - case.arrival.at)
        if case.due is not None:
            told.with_due += 1
            told.late += case.settled > case.due

    def _open(self, case: _Case, token: int, node: Node, now: float) -> None:
        places = case.arrival.places
        post = (place_of(node, places, {}) or next(iter(places.values()), ""), node.role)
        if post not in self.free:
            self.free[post] = self.known.staff.get(post, 1)
            self.waiting[post] = deque()
        self._note_queue(post, now)
        self.waiting[post].append((now, case, token, node.id))
        self._serve(post, now)

    def _serve(self, post: Post, now: float) -> None:
        """Give whoever is free at a post the work that has waited longest."""
        queue = self.waiting[post]
        while queue and self.free[post] > 0:
            self._note_queue(post, now)
            since, case, token, node = queue.popleft()
            mark = case.marking.tokens.get(token)
            if case.is_over or mark is None or mark.node != node:
                continue
            self.told.waits.setdefault(post, []).append(now - since)
            luck = self._luck(case, node)
            spent = self._seconds(node, luck)
            outcome = self._outcome(node, luck)
            self.free[post] -= 1
            self.told.busy[post] = self.told.busy.get(post, 0.0) + spent

            def done(then: float, case: _Case = case, token: int = token, outcome: str = outcome) -> None:
                self.free[post] += 1
                self._complete(case, token, outcome, then)
                self._serve(post, then)

            self._plan(now + spent, done)

    def _note_queue(self, post: Post, now: float) -> None:
        """Add how long how many have waited, to the weeks it lies in."""
        if len(self.weeks) < 2:  # noqa: PLR2004 - a week has two ends
            return
        area = self.area.setdefault(post, [0.0] * (len(self.weeks) - 1))
        start, length = self.since.get(post, now), len(self.waiting[post])
        while length and start < now:
            week = bisect_right(self.weeks, start) - 1
            if week < 0 or week >= len(area):
                break
            stop = min(now, self.weeks[week + 1])
            area[week] += length * (stop - start)
            start = stop
        self.since[post] = now

    def _complete(self, case: _Case, token: int, outcome: str, now: float) -> None:
        mark = case.marking.tokens.get(token)
        if case.is_over or mark is None:
            return
        self._note_settled(case, mark.node, now)
        try:
            step = engine.complete(self.graph, case.marking, token, {"outcome": outcome}, judge=_CHOOSER)
        except NotWaiting:
            return
        self._follow(case, step, now)

    def _hear(self, case: _Case, token: int, now: float) -> None:
        """Let what was waited for come: behind papers of the applicant the legal time is counted anew."""
        mark = case.marking.tokens.get(token)
        if case.is_over or mark is None:
            return
        message, arrival = self.graph.nodes[mark.node].message, case.arrival
        if arrival.due is not None and message.split("-")[0] in STOPS_CLOCK:
            case.due = now + (arrival.due - arrival.at if arrival.allowed is None else arrival.allowed)
        self._note_settled(case, mark.node, now)
        try:
            step = engine.correlate(self.graph, case.marking, message, {}, judge=_CHOOSER)
        except NotWaiting:
            return
        self._follow(case, step, now)

    def _start_clock(self, case: _Case, token: int, node: Node, now: float) -> None:
        timer, wait = node.timer, 0.0
        if timer is None or timer.kind not in ("within", "duration"):
            return
        if timer.kind == "within":
            wait = float(within_minutes(parse_within(timer.value))) * 60
        else:
            span = parse_duration(timer.value)
            wait = (span.months * 22 + span.span.days) * DAY_SECONDS + min(span.span.seconds, DAY_SECONDS)

        def fire(then: float) -> None:
            if case.is_over:
                return
            try:
                step = engine.fire_timer(self.graph, case.marking, token, node.id, {}, judge=_CHOOSER)
            except NotWaiting:
                return
            if node.interrupting:
                self._note_settled(case, node.id, then)
            self._follow(case, step, then)

        self._plan(now + wait, fire)

    def _luck(self, case: _Case, node: str) -> Random:
        case.rounds[node] = case.rounds.get(node, 0) + 1
        return Random(f"{self.seed}:{case.number}:{node}:{case.rounds[node]}")  # noqa: S311 - play, kept by its seed

    def _seconds(self, node: str, luck: Random) -> float:
        known = self.known.seconds.get(node)
        if known:
            return max(SHORTEST, known[int(luck.random() * len(known))])
        self.told.assumed.add(node)
        within = self.graph.nodes[node].within
        own = float(within_minutes(within)) * 60 if within else 4 * SHORTEST
        return max(SHORTEST, own * luck.uniform(0.1, 0.5))

    def _outcome(self, node: str, luck: Random) -> str:
        codes = [outcome.code for outcome in self.graph.nodes[node].outcomes]
        counted = {code: n for code, n in self.known.outcomes.get(node, {}).items() if code in codes or not codes}
        if counted:
            return luck.choices(list(counted), list(counted.values()))[0]
        return codes[0] if codes else ""
