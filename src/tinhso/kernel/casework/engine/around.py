"""What lies around a token: the repetitions and subprocesses it is in."""

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
