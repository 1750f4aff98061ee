"""What the engine asks the variables of a case: which arrows to take, and for which items to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.graph import Flow, Graph, Kind, Node

MAX_ITEMS = 500
"""Most instances of one repeated activity: all agencies of a large province."""


class NoWayOn(Refusal):
    """At a gateway no condition holds and there is no default; nothing was changed."""

    code = "casework.no_way_on"
    text = _("At “{where}” the flow knows no way on for this case. Tell your administrator.")


class BadCollection(Refusal):
    """What a repeated activity is to be done for is not a list, or too long a one."""

    code = "casework.bad_collection"
    text = _("“{where}” is repeated for “{expression}”, which is not a list of at most {most} items.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Judge(Protocol):
    """Answers the questions of the engine. Proofs answer them otherwise than the variables of a case."""

    def choose(self, graph: Graph, gateway: Node, variables: Mapping[str, Any]) -> list[Flow]:
        """Return the arrows to take from an exclusive (one) or inclusive (at least one) gateway."""
        ...

    def items(self, node: Node, variables: Mapping[str, Any]) -> Sequence[Any]:
        """Return the items for which a repeated activity is done."""
        ...


class ByVariables:
    """The judge of real cases: evaluates the conditions on the variables."""

    def choose(self, graph: Graph, gateway: Node, variables: Mapping[str, Any]) -> list[Flow]:
        """Return the first arrow (exclusive) or all arrows (inclusive) that hold, else the default. Raises NoWayOn."""
        arrows = [graph.flows[flow] for flow in gateway.outgoing]
        if len(arrows) == 1:
            return arrows
        where = gateway.name or gateway.id
        taken = []
        for arrow in arrows:
            if arrow.id != gateway.default and conditions.is_true(arrow.condition, variables, where=where):
                taken.append(arrow)
                if gateway.kind is Kind.EXCLUSIVE:
                    break
        if not taken and gateway.default:
            taken = [graph.flows[gateway.default]]
        if not taken:
            raise NoWayOn(where=where)
        return taken

    def items(self, node: Node, variables: Mapping[str, Any]) -> Sequence[Any]:
        """Return the list that the collection's expression gives; a number n gives 0 … n-1. Raises BadCollection."""
        assert node.multi is not None
        value = conditions.evaluate(node.multi.collection, variables, where=node.name or node.id)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ITEMS:
            return range(value)
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise BadCollection(where=node.name or node.id, expression=node.multi.collection, most=MAX_ITEMS)
        return value
