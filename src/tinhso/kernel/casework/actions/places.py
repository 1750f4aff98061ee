"""Which agency does a step, and by when: the flow names places and spans, the case and the calendar fill them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.casework.actions.refusals import BadMoment, NoAgency
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.durations import parse_duration, parse_within
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Node, Within
from tinhso.law.working_time import Calendar, Limit, Unit, due

UNITS = {"d": Unit.WORKING_DAY, "h": Unit.WORKING_HOUR}


def place_of(node: Node, agencies: Mapping[str, str], items: Mapping[str, Any]) -> str:
    """
    Return the code of the agency that does a step; empty when nothing names it.

    `tinhso:agency` names the item of a repetition or a place in `agencies`. Without it: the lane, the role, the place
    called `""`, and last the only agency there is.
    """
    if node.agency:
        item = items.get(node.agency)
        return item if isinstance(item, str) else agencies.get(node.agency, "")
    for place in (node.lane, node.role, ""):
        if agencies.get(place):
            return agencies[place]
    codes = set(agencies.values())
    return codes.pop() if len(codes) == 1 else ""


def places_of(graph: Graph) -> frozenset[str]:
    """Return the names by which the steps of a flow find their agency: a case fills them."""
    steps = [node for node in graph.nodes.values() if node.kind in PEOPLE]
    return frozenset(
        place for node in steps for place in ((node.agency,) if node.agency else (node.lane, node.role)) if place
    )


def check_places(graph: Graph, agencies: Mapping[str, str], variables: Mapping[str, Any]) -> None:
    """Raise NoAgency for a step whose agency is neither named now nor by a repetition: before the case is stuck there."""
    elements = {node.multi.element for node in graph.nodes.values() if node.multi}
    for node in graph.nodes.values():
        if node.kind in PEOPLE and node.agency not in elements and not place_of(node, agencies, variables):
            raise NoAgency(step=node.name or node.id, place=node.agency or node.lane or node.role)


def working_time_after(within: Within, at: datetime, working: Calendar) -> datetime:
    """Return the moment at which a span of working time that begins now is over."""
    return due(at, Limit(Decimal(within.amount), UNITS[within.unit]), working).value


def timer_due(node: Node, variables: Mapping[str, Any], at: datetime, working: Calendar) -> datetime:
    """Return when the timer of an event fires, if it starts now. Raises BadMoment, ConditionFailed."""
    timer = node.timer
    assert timer is not None
    if timer.kind == "within":
        return working_time_after(parse_within(timer.value), at, working)
    if timer.kind == "duration":
        return parse_duration(timer.value).after(at)
    where = node.name or node.id
    value = conditions.evaluate(timer.value, variables, where=where) if timer.kind == "expression" else timer.value
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadMoment(where=where, value=value) from error
    if moment.tzinfo is None:
        raise BadMoment(where=where, value=value)
    return moment
