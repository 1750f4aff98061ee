"""Procedures, flows and forms: what is in force, what is missing, which versions there were."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Text
from tinhso.base.registry import Entry, registry
from tinhso.kernel.casework.public import (
    Flow,
    Graph,
    Service,
    ServiceCatalogue,
    check_refusals,
    check_soundness,
    count_running,
    get_flow,
    list_flow_versions,
    list_flows,
    read_graph,
    read_notes,
)
from tinhso.kernel.forms.public import list_forms
from tinhso.law.working_time import Unit
from tinhso.modules.administration.queries.people import english, roles_said
from tinhso.modules.administration.queries.words import actor_said

PAGE = 50
DRAFTED_AT = "designer:home"
"""Where a flow becomes a draft: nothing is published from here, as one person alone would decide."""
MOST_VERSIONS = 20
KINDS: dict[str, Text] = {
    "start": gettext_lazy("Beginning"),
    "end": gettext_lazy("End"),
    "user": gettext_lazy("Step of a person"),
    "manual": gettext_lazy("Step outside of the system"),
    "service": gettext_lazy("Automatic step"),
    "send": gettext_lazy("Message is sent"),
    "receive": gettext_lazy("Waiting for a message"),
    "exclusive": gettext_lazy("Choice: one way"),
    "parallel": gettext_lazy("Side by side"),
    "inclusive": gettext_lazy("Choice: one way or several"),
    "catch_timer": gettext_lazy("Waiting for a time"),
    "catch_message": gettext_lazy("Waiting for a message"),
    "throw": gettext_lazy("Mark"),
    "throw_message": gettext_lazy("Message is sent"),
    "boundary": gettext_lazy("Event beside a step"),
    "subprocess": gettext_lazy("Part"),
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A procedure with what keeps it from being run here."""

    service: Service
    name: str
    missing: list[Text]


def list_services(*, text: str, after: str, show: str, at: datetime) -> tuple[list[ServiceRow], str]:
    """
    Return procedures and the code that the next page begins after: by code, or (with words) the best that fit.

    `show`: `complete`, `incomplete` or empty for all. Three statements, and those of the catalogue's search.
    """
    on, catalogue = civil_date(at), registry.one(ServiceCatalogue)
    wanted = {"complete": True, "incomplete": False}.get(show)
    if text or catalogue.list is None:
        rows = [row for row in catalogue.find(text, PAGE, on=on) if wanted is None or row.complete == wanted]
        return _rows(rows), ""
    found = catalogue.list(on=on, after=after, limit=PAGE + 1, complete=wanted)
    return _rows(found[:PAGE]), found[PAGE - 1].code if len(found) > PAGE else ""


def _rows(services: Sequence[Service]) -> list[ServiceRow]:
    flows = {flow.code for flow in list_flows()}
    forms = {form.code for form in list_forms()}
    return [ServiceRow(each, _name(each), missing_of(each, flows, forms)) for each in services]


def _name(service: Service) -> str:
    return service.name_en if english() and service.name_en else service.name


def missing_of(service: Service, flows: set[str], forms: set[str]) -> list[Text]:
    """Return what a procedure lacks before dossiers can be filed, settled and returned here."""
    rule = service.agency_rule
    limited = any(way.limit_amount is not None and way.limit_unit != Unit.UNSPECIFIED for way in service.ways)
    asked = [
        (not service.flow_code, _("No flow")),
        (bool(service.flow_code) and service.flow_code not in flows, _("Its flow is not published")),
        (not service.form_code, _("No form")),
        (bool(service.form_code) and service.form_code not in forms, _("Its form is not in force")),
        (not limited, _("No time limit that can be counted")),
        (not (rule.level or rule.agency), _("No competent agency")),
        (not service.results, _("No result")),
    ]
    return [text for lacks, text in asked if lacks]


def view_service(code: str, at: datetime) -> tuple[ServiceRow, list[Service]]:
    """Return a procedure with what it lacks, and its versions, newest first. Raises NotFound."""
    catalogue, on = registry.one(ServiceCatalogue), civil_date(at)
    service = catalogue.get(code, on=on)
    versions = [service]
    while len(versions) < MOST_VERSIONS and (earlier := versions[-1].valid_from):
        try:
            versions.append(catalogue.get(service.code, on=earlier - timedelta(days=1)))
        except NotFound:
            break
    return _rows([service])[0], versions


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A version of a flow and how many cases run on it."""

    flow: Flow
    name: str
    running: int
    older: int = 0
    """Open cases on versions before this one."""

    @property
    def by(self) -> str:
        """Return who published it, in words."""
        return actor_said(self.flow.published_by)


def list_flow_rows() -> list[FlowRow]:
    """Return the newest version of every flow, with open cases. Two statements."""
    running, rows = count_running(), list_flows(with_retired=True)
    by_code: dict[str, list[Flow]] = {}
    for flow in rows:
        by_code.setdefault(flow.code, []).append(flow)
    return [
        FlowRow(new, flow_name(new), running.get(new.pk, 0), sum(running.get(flow.pk, 0) for flow in old))
        for new, *old in by_code.values()
    ]


def where_flows_are_drafted(actor: Actor) -> str:
    """Return the address of the designer for somebody whose menu leads there, empty for others and where it is not installed."""
    home = next((entry for entry in registry.of(Entry) if entry.key == DRAFTED_AT), None)
    return reverse(DRAFTED_AT) if home is not None and home.needs(actor) else ""


def flow_name(flow: Flow) -> str:
    """Return the name of a flow in the reader's language."""
    return flow.name_en if english() and flow.name_en else flow.name


@dataclass(frozen=True, slots=True)
class FlowView:
    """One version of a flow: its steps in words, what is doubtful about it, and the other versions."""

    flow: Flow
    name: str
    steps: list[dict[str, Any]]
    warnings: list[str]
    versions: list[FlowRow]


def view_flow(code: str, version: int) -> FlowView:
    """Return one version of a flow. Raises NotFound. Three statements."""
    flow = get_flow(code, version)
    graph, running = read_graph(flow), count_running()
    return FlowView(
        flow=flow,
        name=flow_name(flow),
        steps=steps_in_words(graph),
        warnings=[
            str(fault) for fault in (*check_soundness(graph), *check_refusals(graph, read_notes(bytes(flow.xml))))
        ],
        versions=[FlowRow(each, flow_name(each), running.get(each.pk, 0)) for each in list_flow_versions(code)],
    )


def steps_in_words(graph: Graph) -> list[dict[str, Any]]:
    """
    Return the diagram as an ordered list: each node with its number, who does it, within what, and where one goes next.

    It says all the picture says, so that nobody needs to see the picture. Order: as one walks from the beginnings.
    """
    order = _walk(graph)
    number = {node: place for place, node in enumerate(order, 1)}
    return [_step(graph, node, number) for node in order]


def _walk(graph: Graph) -> list[str]:
    seen: dict[str, None] = {}
    queue = deque(
        node.id for node in graph.nodes.values() if not node.incoming and not node.attached_to and not node.scope
    )
    while queue:
        here = queue.popleft()
        if here in seen:
            continue
        seen[here] = None
        inside = [start.id for start in graph.starts.get(here, ())]
        beside = [event.id for event in graph.boundaries.get(here, ())]
        queue.extend([*inside, *graph.targets(here), *beside])
    return [*seen, *(node for node in graph.nodes if node not in seen)]


def _step(graph: Graph, node_id: str, number: dict[str, int]) -> dict[str, Any]:
    node = graph.nodes[node_id]
    flows = [graph.flows[flow] for flow in node.outgoing]
    return {
        "number": number[node_id],
        "name": (node.name_en if english() and node.name_en else node.name) or str(KINDS[node.kind]),
        "kind": KINDS[node.kind],
        "role": roles_said([node.role]) if node.role else "",
        "place": node.agency or node.lane,
        "within": _within(node.within.amount, node.within.unit) if node.within else "",
        "beside": number.get(node.attached_to),
        "next": [
            {
                "number": number[flow.target],
                "label": (flow.name_en if english() and flow.name_en else flow.name)
                or (_("otherwise") if flow.id == node.default else ""),
                "condition": flow.condition,
            }
            for flow in flows
        ],
    }


def _within(amount: str, unit: str) -> str:
    words = _("{amount} working hours") if unit == "h" else _("{amount} working days")
    return words.format(amount=amount.replace(".", ",") if not english() else amount)
