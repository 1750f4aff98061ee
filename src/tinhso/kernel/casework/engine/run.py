"""One run of the engine: takes a marking, lets tokens move until every one of them waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tinhso.kernel.casework.bpmn.graph import Flow, Graph, Kind, Node
from tinhso.kernel.casework.engine.around import items_of
from tinhso.kernel.casework.engine.decide import Judge
from tinhso.kernel.casework.engine.marking import (
    CallService,
    CancelTask,
    DropService,
    Effect,
    Ended,
    Marking,
    OpenTask,
    Send,
    StartTimer,
    Step,
    StopTimer,
    Token,
    Wait,
)

BUDGET = 20_000
"""Most nodes passed in one run. A compiled flow has no way round without a wait, so only a bug spends it."""


class Run:
    """The engine's hands: mutable, used once, by the functions of `engine` only."""

    def __init__(self, graph: Graph, marking: Marking, variables: Mapping[str, Any], judge: Judge) -> None:
        """Start where the case stands."""
        self.graph = graph
        self.tokens = dict(marking.tokens)
        self.last = marking.last
        self.variables = {"outcome": "", **variables}
        self.judge = judge
        self.effects: list[Effect] = []
        self.trace: list[str] = []
        self.moving: deque[int] = deque()
        self.ended = ""

    # — what happens from outside

    def add(self, node: str, *, scope: int = 0, arrived: str = "", item: Any = None) -> None:
        """Put a new token on a node and let it move."""
        self.last += 1
        self._move(Token(self.last, node, Wait.MOVING, scope, arrived, item))

    def finish(self, token: Token) -> None:
        """End what a token waits at: the activity, one instance of it, or the event."""
        holder = self.tokens.get(token.scope)
        if holder is not None and holder.wait is Wait.MULTI:
            del self.tokens[token.number]
            self._next_instance(holder)
            return
        self._stop_clocks(token)
        self._leave(token)

    def interrupt(self, token: Token, boundary: Node) -> None:
        """Let an event on the border of an activity fire: instead of the activity, or beside it."""
        if not boundary.interrupting:
            self.add(boundary.id, scope=token.scope)
            return
        self._drop_inside(token)
        self._stop_clocks(token)
        self._move(Token(token.number, boundary.id, Wait.MOVING, token.scope))

    def cancel_all(self) -> None:
        """End every token."""
        for token in list(self.tokens.values()):
            if token.number in self.tokens:
                self._kill(token)
        self.effects.append(Ended(""))

    def settle(self) -> Step:
        """Move every token until it waits, and return the step that was made."""
        budget = BUDGET
        while self.moving or self._open_inclusive_joins():
            if not self.moving:
                continue
            token = self.tokens.get(self.moving.popleft())
            if token is None or token.wait is not Wait.MOVING:
                continue
            budget -= 1
            assert budget, f"{self.graph.code}: a flow that never rests was compiled"
            self.trace.append(token.node)
            node = self.graph.nodes[token.node]
            self.HANDLERS[node.kind](self, token, node)
        return Step(Marking(self.tokens, self.last), tuple(self.effects), tuple(self.trace))

    # — moving

    def _move(self, token: Token) -> None:
        self.tokens[token.number] = token
        self.moving.append(token.number)

    def _rest(self, token: Token, wait: Wait, **changes: Any) -> None:
        self.tokens[token.number] = replace(token, wait=wait, **changes)

    def _leave(self, token: Token) -> None:
        node = self.graph.nodes[token.node]
        if node.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE):
            arrows: list[Flow] = self.judge.choose(self.graph, node, self.variables_of(token))
        else:
            arrows = [self.graph.flows[flow] for flow in node.outgoing]
        first, *others = arrows
        self._move(Token(token.number, first.target, Wait.MOVING, token.scope, first.id))
        for arrow in others:
            self.add(arrow.target, scope=token.scope, arrived=arrow.id)

    def variables_of(self, token: Token) -> dict[str, Any]:
        """Return the variables as a token sees them: those of the case, and the items of the repetitions around it."""
        return {**self.variables, **items_of(self.graph, self.tokens, token)}

    def _die(self, token: Token) -> None:
        del self.tokens[token.number]
        if any(other.scope == token.scope for other in self.tokens.values()):
            return
        if token.scope:
            self.finish(self.tokens[token.scope])
        else:
            self.effects.append(Ended(token.node))

    def _kill(self, token: Token) -> None:
        self._drop_inside(token)
        self._stop_clocks(token)
        del self.tokens[token.number]

    def _drop_inside(self, token: Token) -> None:
        for inner in [inner for inner in self.tokens.values() if inner.scope == token.number]:
            self._kill(inner)
        if token.wait is Wait.TASK:
            self.effects.append(CancelTask(token.number, token.node))
        elif token.wait is Wait.SERVICE:
            self.effects.append(DropService(token.number, token.node))
        elif token.wait is Wait.TIMER:
            self.effects.append(StopTimer(token.number, token.node))

    def _stop_clocks(self, token: Token) -> None:
        holder = self.tokens.get(token.scope)
        if token.wait is Wait.MOVING or (holder is not None and holder.wait is Wait.MULTI):
            return
        for boundary in self.graph.boundaries.get(token.node, ()):
            if boundary.timer:
                self.effects.append(StopTimer(token.number, boundary.id))

    # — what each kind of node does with a token

    def _pass(self, token: Token, _node: Node) -> None:
        self._leave(token)

    def _throw(self, token: Token, node: Node) -> None:
        self.effects.append(Send(node.id, node.message))
        self._leave(token)

    def _end(self, token: Token, node: Node) -> None:
        if node.message:
            self.effects.append(Send(node.id, node.message))
        if node.terminate:
            for other in list(self.tokens.values()):
                if other.scope == token.scope and other.number != token.number and other.number in self.tokens:
                    self._kill(other)
        self._die(token)

    def _join_all(self, token: Token, node: Node) -> None:
        if len(node.incoming) > 1:
            self._rest(token, Wait.JOIN)
            came = self._came(node, token.scope)
            if len(came) < len(node.incoming):
                return
            token = self._merge(came)
        self._leave(token)

    def _join_some(self, token: Token, node: Node) -> None:
        if len(node.incoming) > 1:
            self._rest(token, Wait.JOIN)
        else:
            self._leave(token)

    def _came(self, node: Node, scope: int) -> dict[str, Token]:
        """Return the first token that waits at a join for each of its arrows."""
        came: dict[str, Token] = {}
        for token in self.tokens.values():
            if token.node == node.id and token.scope == scope and token.wait is Wait.JOIN:
                came.setdefault(token.arrived, token)
        return came

    def _merge(self, came: Mapping[str, Token]) -> Token:
        first, *others = sorted(came.values(), key=lambda token: token.number)
        for other in others:
            del self.tokens[other.number]
        return first

    def _open_inclusive_joins(self) -> bool:
        """Let inclusive joins go on for which nothing is on its way any more. Tell whether one did."""
        for token in list(self.tokens.values()):
            node = self.graph.nodes[token.node]
            if token.wait is Wait.JOIN and node.kind is Kind.INCLUSIVE and self._is_complete(node, token.scope):
                self._leave(self._merge(self._came(node, token.scope)))
                return True
        return False

    def _is_complete(self, join: Node, scope: int) -> bool:
        """
        Tell whether an inclusive join may go on: no token elsewhere can still reach it by an arrow that has none.

        A token that can also reach it by an arrow that has one already is not waited for (BPMN 2.0.2, table 13.3).
        """
        came = self._came(join, scope).keys()
        missing = frozenset(join.incoming) - came
        ways = self.graph.ways_to_joins[join.id]
        for token in self.tokens.values():
            if token.scope != scope or token.node == join.id:
                continue
            way = ways[token.node]
            if way.at_all & missing and not way.along & came:
                return False
        return True

    def _begin(self, token: Token, node: Node) -> None:
        holder = self.tokens.get(token.scope)
        if holder is not None and holder.wait is Wait.MULTI:
            self._enter(token, node)
            return
        items = tuple(self.judge.items(node, self.variables_of(token))) if node.multi else ()
        if node.multi and not items:
            self._leave(token)
            return
        for boundary in self.graph.boundaries.get(node.id, ()):
            if boundary.timer and node.kind is not Kind.SEND:
                self.effects.append(StartTimer(token.number, boundary.id))
        if node.multi is None:
            self._enter(token, node)
            return
        now, later = (items[:1], items[1:]) if node.multi.sequential else (items, ())
        self._rest(token, Wait.MULTI, left=later)
        for item in now:
            self.add(node.id, scope=token.number, item=item)

    def _enter(self, token: Token, node: Node) -> None:
        if node.kind is Kind.SEND:
            self.effects.append(Send(node.id, node.message, token.item))
            self.finish(token)
        elif node.kind is Kind.SUBPROCESS:
            self._rest(token, Wait.SCOPE)
            start = next(start for start in self.graph.starts[node.id] if not start.message)
            self.add(start.id, scope=token.number)
        elif node.kind is Kind.SERVICE:
            self._rest(token, Wait.SERVICE)
            self.effects.append(CallService(token.number, node.id))
        elif node.kind is Kind.RECEIVE:
            self._rest(token, Wait.MESSAGE)
        else:
            self._rest(token, Wait.TASK)
            self.effects.append(OpenTask(token.number, node.id))

    def _next_instance(self, holder: Token) -> None:
        if holder.left:
            self._rest(holder, Wait.MULTI, left=holder.left[1:])
            self.add(holder.node, scope=holder.number, item=holder.left[0])
        elif not any(token.scope == holder.number for token in self.tokens.values()):
            self.finish(holder)

    def _await_message(self, token: Token, _node: Node) -> None:
        self._rest(token, Wait.MESSAGE)

    def _await_time(self, token: Token, node: Node) -> None:
        self._rest(token, Wait.TIMER)
        self.effects.append(StartTimer(token.number, node.id))

    HANDLERS: ClassVar[dict[Kind, Callable[[Run, Token, Node], None]]] = {
        Kind.START: _pass,
        Kind.BOUNDARY: _pass,
        Kind.THROW: _pass,
        Kind.EXCLUSIVE: _pass,
        Kind.THROW_MESSAGE: _throw,
        Kind.END: _end,
        Kind.PARALLEL: _join_all,
        Kind.INCLUSIVE: _join_some,
        Kind.USER: _begin,
        Kind.MANUAL: _begin,
        Kind.SERVICE: _begin,
        Kind.SEND: _begin,
        Kind.RECEIVE: _begin,
        Kind.SUBPROCESS: _begin,
        Kind.CATCH_MESSAGE: _await_message,
        Kind.CATCH_TIMER: _await_time,
    }
