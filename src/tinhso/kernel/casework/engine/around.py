"""What lies around a token: the repetitions, subprocesses and parts of participants it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tinhso.kernel.casework.bpmn.graph import Graph
from tinhso.kernel.casework.engine.marking import Token, Wait

Tokens = Mapping[int, Token]


def is_instance(tokens: Tokens, token: Token) -> bool:
    """Tell whether a token is one instance of a repeated activity."""
    holder = tokens.get(token.scope)
    return holder is not None and holder.wait is Wait.MULTI


def _repetitions(tokens: Tokens, token: Token) -> Iterator[tuple[Token, Token]]:
    """Yield, from the inside out, the instance a token is in and the token that holds its repetition."""
    at = token
    while (holder := tokens.get(at.scope)) is not None:
        if holder.wait is Wait.MULTI:
            yield at, holder
        at = holder


def holder_of(tokens: Tokens, token: Token) -> Token | None:
    """Return the token that holds the nearest repetition around a token, or None."""
    return next((holder for _instance, holder in _repetitions(tokens, token)), None)


def items_of(graph: Graph, tokens: Tokens, token: Token) -> dict[str, Any]:
    """Return the items of the repetitions around a token, by the names their flow gives them; the inner name wins."""
    found: dict[str, Any] = {}
    for instance, holder in _repetitions(tokens, token):
        multi = graph.nodes[holder.node].multi
        assert multi is not None
        found.setdefault(multi.element, instance.item)
    return found


PAUSING = "supplement"
"""Names of messages begin so that a participant waits for with its clock standing: what the applicant is to bring."""


def part_of(graph: Graph, tokens: Tokens, token: Token) -> str:
    """Return whose part of the case a token is in: the participant, with its item when the part is repeated; else empty."""
    at: Token | None = token
    while at is not None:
        node, holder = graph.nodes[at.node], tokens.get(at.scope)
        if node.participant and at.wait is not Wait.MULTI:
            return f"{node.participant}/{at.item}" if holder and holder.wait is Wait.MULTI else node.participant
        at = holder
    return ""


def parts_open(graph: Graph, tokens: Tokens) -> dict[str, str]:
    """
    Return who has its part of the case open now, each with the message that its clock stands for; empty: it runs.

    A clock stands when all that is open in the part waits for the applicant.
    """
    waits: dict[str, list[str]] = {}
    for token in tokens.values():
        part = part_of(graph, tokens, token)
        if part:
            inside = waits.setdefault(part, [])
            if token.wait not in (Wait.SCOPE, Wait.MULTI):
                inside.append(graph.nodes[token.node].message if token.wait is Wait.MESSAGE else "")
    return {
        part: inside[0] if inside and all(each.startswith(PAUSING) for each in inside) else ""
        for part, inside in waits.items()
    }
