"""What is asked of the catalogue and of the organisation about one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import LEAD, Part, Service, ServiceCatalogue, Way, WayKind
from tinhso.kernel.organisation.public import (
    Agency,
    agencies_by_code,
    agency_beside,
    desk_for,
    division_for,
    get_agency,
    list_agencies,
    province,
    served_by,
)
from tinhso.law.codes import DossierCodePattern
from tinhso.modules.onestop.models import Dossier
from tinhso.web.words import own


class NotCompetent(Refusal):
    """The agency chosen does not settle this service."""

    code = "onestop.not_competent"
    text = _("{agency} does not settle “{service}”. Choose another agency.")


class NoSuchCase(BadInput):
    """The procedure does not know this case."""

    code = "onestop.no_such_case"


class NotOnline(Refusal):
    """The service cannot be filed here yet."""

    code = "onestop.not_online"
    text = _("“{service}” cannot be filed online yet. The procedure page says where to go.")


class WorkedElsewhere(Refusal):
    """A central system works it."""

    code = "onestop.worked_elsewhere"
    text = _("“{service}” is filed at {system}: {url}")


def get_service(code: str, on: date, *, version: str = "") -> Service:
    """Return a service as it is on a day, or in the version of a dossier. Raises NotFound."""
    return registry.one(ServiceCatalogue).get(code, on=on, version=version)


def service_filed(dossier: Dossier) -> Service:
    """Return the service as it was when a dossier was filed: its own version, whatever came on the same day. Raises NotFound."""
    return get_service(dossier.service_code, civil_date(dossier.submitted_at), version=dossier.service_version)


def get_fileable_service(code: str, on: date) -> Service:
    """Return a service that can be filed here. Raises NotFound, WorkedElsewhere, NotOnline."""
    service = get_service(code, on)
    if service.central is not None:
        system = own(service.central, "system")
        raise WorkedElsewhere(service=own(service, "name"), system=system, url=service.central.url)
    if not service.complete:
        raise NotOnline(service=own(service, "name"))
    return service


def competent_agencies(service: Service, on: date) -> list[Agency]:
    """Return the agencies among which the applicant chooses, by path."""
    rule = service.agency_rule
    if rule.agency:
        return [get_agency(rule.agency, on)]
    return list_agencies(on=on, level=rule.level, kind=rule.kind or "committee")


def check_agency(service: Service, code: str, on: date) -> Agency:
    """Return the agency if it settles the service. Raises NotCompetent."""
    rule = service.agency_rule
    try:
        agency = get_agency(code, on)
    except NotFound:
        raise NotCompetent(agency=code, service=own(service, "name")) from None
    fits = (
        agency.code == rule.agency
        if rule.agency
        else agency.level == rule.level and agency.kind == (rule.kind or "committee")
    )
    if not fits:
        raise NotCompetent(agency=own(agency, "name"), service=own(service, "name"))
    return agency


def check_case(service: Service, code: str, *, chosen: bool = True) -> str:
    """
    Return the code of a case that the service has, or none where it has none. Raises NoSuchCase.

    With `chosen` false it may still be open, as in a draft.
    """
    known = {case.code for case in service.cases}
    if (code and code not in known) or (known and chosen and not code):
        raise NoSuchCase(faults=[Fault("/case_code", _("Choose one of the cases of this procedure."), "case")])
    return code


def lanes(service: Service, agency: Agency, on: date) -> dict[str, str]:
    """
    Return which agency does each lane of the flow: desk, office (the division) and agency (who signs).

    `agency_rule.roles` names further ones: `{"office": "field:construction"}` is the division of the agency that works
    in a field, `unit:police` the agency of a field that serves the same unit or one above it, anything else is the code
    of an agency (for opinions and linked procedures). Raises NotCompetent where there is none.
    """
    found = {"desk": desk_for(agency.code, on).code, "office": agency.code, "agency": agency.code}
    for lane, wanted in service.agency_rule.roles.items():
        how, colon, field = wanted.partition(":")
        try:
            if colon and how == "unit":
                found[lane] = agency_beside(agency.code, field, on).code
            else:
                found[lane] = (division_for(agency.code, field, on) if colon else get_agency(wanted, on)).code
        except NotFound:
            raise NotCompetent(agency=own(agency, "name"), service=own(service, "name")) from None
    return found


def parts_in(service: Service, where: Mapping[str, str]) -> list[Part]:
    """Return who takes part in a linked procedure, each with its agency; nobody where one agency settles it."""
    return [replace(part, agency=where["agency" if part.key == LEAD else part.key]) for part in service.parts]


def flow_places(service: Service, agency: str, on: date) -> dict[str, str]:
    """Return what `lanes` says for the code of an agency: whoever proves a flow asks it. Raises NotFound."""
    return lanes(service, get_agency(agency, on), on)


def way_of(service: Service, way: str, case: str = "") -> Way | None:
    """Return the service's own terms for one way of filing, else those of the counter, else the first it has."""
    own = service.way(WayKind(way), case) or service.way(WayKind.DIRECT, case)
    return own or (service.ways[0] if service.ways else None)


def choices(at: datetime) -> Mapping[str, Any]:
    """Return the province's settings that rule dossiers: code pattern, cut-off, warning window."""
    return province(civil_date(at)).settings


DEFAULT_PATTERN = {"pattern": "{agency}-{yymmdd}-{n:4}", "counter": "day"}


def dossier_pattern(at: datetime) -> DossierCodePattern:
    """Return how codes of dossiers are made: the province's choice, else the national pattern."""
    rule = {**DEFAULT_PATTERN, **choices(at).get("dossier_code", {})}
    return DossierCodePattern.parse_pattern(rule["pattern"], scope=rule["counter"])


def dossier_patterns(on: date) -> list[DossierCodePattern]:
    """Return the patterns of the codes that people may type on a day: of now, and of the year before where it was another."""
    moments = (datetime.combine(day, time(12), CIVIL_ZONE) for day in (on, on - timedelta(days=365)))
    return list({pattern.text: pattern for pattern in map(dossier_pattern, moments)}.values())


def agencies_at_desks(actor: Actor, service: Service, on: date) -> list[Agency]:
    """Return the agencies for which the actor's desks receive and that settle the service."""
    rule = service.agency_rule
    found: dict[str, Agency] = {}
    for desk in _desks_of(actor, on):
        for agency in (get_agency(desk, on), *served_by(desk, on)):
            fits = (
                agency.code == rule.agency
                if rule.agency
                else (agency.level == rule.level and agency.kind == (rule.kind or "committee"))
            )
            if fits:
                found[agency.code] = agency
    return [found[code] for code in sorted(found)]


def _desks_of(actor: Actor, on: date) -> list[str]:
    """Return the desks at which the actor receives, or for which as a postal agent."""
    posts = agencies_by_code(actor.agencies_with(("postal",)), on).values()
    return sorted(actor.agencies_with(("reception",)) | {agent.desk_code for agent in posts if agent.desk_code})


def post_office_of(actor: Actor, agency: Agency, on: date) -> str:
    """Return the post office at which the actor takes in dossiers for the desk of an agency; empty for none."""
    posts = agencies_by_code(actor.agencies_with(("postal",)), on).values()
    offices = [agent for agent in posts if agent.desk_code]
    return next((one.code for one in offices if agency.code in {a.code for a in served_by(one.desk_code, on)}), "")


def services_at_desks(actor: Actor, text: str, *, on: date, limit: int = 60) -> list[Service]:
    """Return the services that can be taken in at the actor's desks, by name."""
    catalogue = registry.one(ServiceCatalogue)
    found = [service for service in catalogue.find(text, limit, on=on) if service.complete]
    return [service for service in found if agencies_at_desks(actor, service, on)]
