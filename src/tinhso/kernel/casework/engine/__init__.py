"""
The engine: pure functions from a marking to the next one and to what must be done about it.

No database, no clock, no names of people. Whoever calls it writes the marking down and carries the effects out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.casework.bpmn.graph import Graph, Node
from tinhso.kernel.casework.engine.around import PAUSING, holder_of, is_instance, items_of, part_of, parts_open
from tinhso.kernel.casework.engine.decide import BadCollection, ByVariables, Judge, NoWayOn
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
from tinhso.kernel.casework.engine.run import Run

__all__ = [
    "PAUSING",
    "BadCollection",
    "CallService",
    "CancelTask",
    "DropService",
    "Effect",
    "Ended",
    "Judge",
    "Marking",
    "NoStart",
    "NoWayOn",
    "NotWaiting",
    "OpenTask",
    "Send",
    "StartTimer",
    "Step",
    "StopTimer",
    "Token",
    "Wait",
    "cancel",
    "complete",
    "correlate",
    "fire_timer",
    "holder_of",
    "is_instance",
    "items_of",
    "listeners",
    "part_of",
    "parts_open",
    "start",
    "variables_of",
]

BY_VARIABLES = ByVariables()
Variables = Mapping[str, Any]


class NotWaiting(Exception):  # noqa: N818 - an answer, which actions put into words
    """The token, timer or message is not waited for (any more)."""


class NoStart(Exception):  # noqa: N818
    """The flow has no start event of this kind."""


def start(graph: Graph, variables: Variables, *, message: str = "", judge: Judge = BY_VARIABLES) -> Step:
    """Return the first step of a case: from the plain start event, or from the one that waits for `message`."""
    for node in graph.starts.get("", ()):
        if node.message == message:
            run = Run(graph, Marking(), variables, judge)
            run.add(node.id)
            return run.settle()
    raise NoStart(message)


def complete(graph: Graph, marking: Marking, number: int, variables: Variables, *, judge: Judge = BY_VARIABLES) -> Step:
    """Return the step after a task was done, or a service has answered. Raises NotWaiting."""
    token = marking.tokens.get(number)
    if token is None or token.wait not in (Wait.TASK, Wait.SERVICE):
        raise NotWaiting(number)
    run = Run(graph, marking, variables, judge)
    run.finish(token)
    return run.settle()


def fire_timer(
    graph: Graph, marking: Marking, number: int, node: str, variables: Variables, *, judge: Judge = BY_VARIABLES
) -> Step:
    """Return the step after a clock ran out: of the event a token waits at, or of one on its border. Raises NotWaiting."""
    token = marking.tokens.get(number)
    if token is None:
        raise NotWaiting(node)
    run = Run(graph, marking, variables, judge)
    if token.node == node and token.wait is Wait.TIMER:
        run.finish(token)
    elif graph.nodes[node].attached_to == token.node:
        run.interrupt(token, graph.nodes[node])
    else:
        raise NotWaiting(node)
    return run.settle()


def listeners(graph: Graph, marking: Marking, message: str) -> list[tuple[Token, Node]]:
    """Return who waits for a message: tokens with the node that hears it, oldest first, border events after steps."""
    direct = [
        (token, graph.nodes[token.node])
        for token in marking.tokens.values()
        if token.wait is Wait.MESSAGE and graph.nodes[token.node].message == message
    ]
    border = [
        (token, boundary)
        for token in marking.tokens.values()
        if token.wait is not Wait.JOIN and not is_instance(marking.tokens, token)
        for boundary in graph.boundaries.get(token.node, ())
        if boundary.message == message
    ]
    return sorted(direct, key=_oldest) + sorted(border, key=_oldest)


def _oldest(pair: tuple[Token, Node]) -> int:
    return pair[0].number


def correlate(
    graph: Graph,
    marking: Marking,
    message: str,
    variables: Variables,
    *,
    item: Any = None,
    judge: Judge = BY_VARIABLES,
) -> Step:
    """
    Return the step after a message came: it goes to one token, the one that has waited longest.

    `item` narrows it to the instance of a repeated activity that is about this item (the agency that answers). Raises
    NotWaiting when nobody waits for it.
    """
    run = Run(graph, marking, variables, judge)
    for token, node in listeners(graph, marking, message):
        if item is not None and item not in items_of(graph, marking.tokens, token).values():
            continue
        if node.attached_to:
            run.interrupt(token, node)
        else:
            run.finish(token)
        return run.settle()
    raise NotWaiting(message)


def cancel(graph: Graph, marking: Marking) -> Step:
    """Return the step that ends everything that is still open."""
    run = Run(graph, marking, {}, BY_VARIABLES)
    run.cancel_all()
    return run.settle()


def variables_of(graph: Graph, marking: Marking, token: Token, variables: Variables) -> dict[str, Any]:
    """Return the variables as a token sees them, with the items of the repetitions around it."""
    return {"outcome": "", **variables, **items_of(graph, marking.tokens, token)}
