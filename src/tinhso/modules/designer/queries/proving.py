"""Everything that is proved of a flow: the file, the organisation that will run it, the procedures that use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound, Text
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import (
    Allowed,
    BadFile,
    BrokenFlow,
    Fault,
    Finding,
    FlowPlaces,
    Graph,
    LegalLimit,
    Runner,
    Service,
    ServiceCatalogue,
    UnsupportedElement,
    WayKind,
    WorstTime,
    check_refusals,
    check_roles,
    check_soundness,
    check_time,
    compile_flow,
    get_flow,
    limit_minutes,
    path_in_words,
    published_graph,
    read_graph,
    read_notes,
    worst_time,
)
from tinhso.kernel.organisation.public import calendar_for, list_agencies, roles_by_agency
from tinhso.law.working_time import Limit, Unit

PAGE = 200
WAYS: dict[WayKind, Text] = {
    WayKind.DIRECT: _("at the counter"),
    WayKind.ONLINE: _("online"),
    WayKind.POST: _("by post"),
}


@dataclass(slots=True)
class Proof:
    """What was found, and what it was asked of."""

    graph: Graph | None = None
    faults: list[Fault] = field(default_factory=list)
    worst: WorstTime | None = None
    services: list[Service] = field(default_factory=list)
    runners: int = 0
    unreadable: str = ""

    @property
    def errors(self) -> list[Fault]:
        """Return what keeps the flow from being published."""
        return [fault for fault in self.faults if fault.is_error]

    @property
    def is_proved(self) -> bool:
        """Tell whether it may be published."""
        return self.graph is not None and not self.unreadable and not self.errors

    def path_of(self, fault: Fault) -> list[str]:
        """Return the course on which a fault happens, in words."""
        return path_in_words(self.graph, fault.path) if self.graph else []


def prove(xml: bytes, on: date) -> Proof:
    """
    Return what is proved of a flow file on a day, for every procedure that names its code and every agency that settles one.

    Never raises for what stands in the file: a fault is an answer.
    """
    proof = Proof()
    try:
        proof.graph, notes = compile_flow(xml, library=published_graph), read_notes(xml)
    except BadFile as no:
        proof.unreadable = str(no)
        return proof
    except (UnsupportedElement, BrokenFlow) as no:
        proof.faults = [_fault(finding) for finding in no.findings]
        return proof
    graph = proof.graph
    proof.faults = [*check_soundness(graph), *check_refusals(graph, notes)]
    if proof.errors:
        return proof
    proof.services = list(services_of(graph.code, on))
    proof.worst = worst_time(graph, notes)
    proof.faults += check_time(graph, notes, [limit for each in proof.services for limit in limits_of(each, on)])
    runners = runners_of(proof.services, on)
    proof.runners = len(runners)
    proof.faults += check_roles(graph, runners, roles_by_agency(on), roles_by_agency(on, held=True))
    proof.faults.sort(key=lambda fault: not fault.is_error)
    return proof


def prove_service(service: Service, on: date) -> list[Fault]:
    """
    Return what keeps the flow of one procedure from being run as the procedure says: its limits, posts that nobody has.

    What is wrong with the flow itself is not said here, nor what could not be proved of it. Without a flow there is nothing.
    """
    try:
        flow = get_flow(service.flow_code) if service.flow_code else None
    except NotFound:
        flow = None
    if flow is None:
        return []
    graph, notes = read_graph(flow), read_notes(bytes(flow.xml))
    faults = [
        fault for fault in check_time(graph, notes, limits_of(service, on)) if fault.code in ("too_slow", "tight")
    ]
    return faults + check_roles(graph, runners_of([service], on), roles_by_agency(on), roles_by_agency(on, held=True))


def _fault(finding: Finding) -> Fault:
    return Fault(
        finding.code, finding.text, finding.element, finding.name, finding.line, finding.is_error, (), finding.facts
    )


def services_of(flow: str, on: date) -> Iterator[Service]:
    """Yield the procedures that a flow carries on a day."""
    catalogues = registry.of(ServiceCatalogue)
    for catalogue in catalogues:
        after = ""
        while catalogue.list is not None:
            found = catalogue.list(on=on, after=after, limit=PAGE, complete=True)
            yield from (service for service in found if service.flow_code == flow)
            if len(found) < PAGE:
                break
            after = found[-1].code


def limits_of(service: Service, on: date) -> list[LegalLimit]:
    """Return the limits of a procedure, each way its own, those that say the same only once."""
    calendar, found = calendar_for(None, on), dict[tuple[str, str], LegalLimit]()
    known_limits: dict[Limit, Allowed | None] = {}
    for way in service.ways:
        limit = Limit(way.limit_amount or 0, Unit(way.limit_unit))
        if limit not in known_limits:
            known_limits[limit] = limit_minutes(limit, calendar, on) if way.limit_amount is not None else None
        allowed = known_limits[limit]
        if allowed is not None:
            words = limit.words().say(gettext, get_language() or "vi")
            known = found.get((words, way.case))
            ways = f"{known.way}, {WAYS[way.way]}" if known else str(WAYS[way.way])
            found[words, way.case] = LegalLimit(service.name, ways, words, allowed.usual, allowed.least)
    return list(found.values())


def runners_of(services: list[Service], on: date) -> list[Runner]:
    """Return the agencies that settle the procedures, with who stands at each place of their flow."""
    found: dict[tuple[str, ...], Runner] = {}
    by_rule = {repr(service.agency_rule): service for service in services}  # many procedures, few rules
    for service in by_rule.values():
        rule = service.agency_rule
        agencies = [
            agency
            for agency in list_agencies(
                on=on, level=rule.level or None, kind=None if rule.agency else rule.kind or "committee"
            )
            if not rule.agency or agency.code == rule.agency
        ]
        for agency in agencies:
            places = _places(service, agency.code, on)
            found[agency.code, *sorted(f"{place}={code}" for place, code in places.items())] = Runner(
                agency.code, agency.name, places
            )
    return list(found.values())


def _places(service: Service, agency: str, on: date) -> dict[str, str]:
    places: dict[str, str] = {}
    for loan in registry.of(FlowPlaces):
        try:
            places.update(loan.call(service, agency, on))
        except NotFound:
            continue
    return places
