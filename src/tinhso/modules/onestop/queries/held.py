"""What is held already of an applicant and stands for a paper of this procedure: asked of whoever lends it (`casework.Holdings`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import (
    Component,
    HeldResult,
    IssuedResult,
    RegisterSource,
    Service,
    held_for,
    register_sources,
)
from tinhso.kernel.identity.public import Person
from tinhso.law.reuse import MAY_ASK_AGAIN
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Dossier, DossierFile, Result, ResultKind, SupplementRequest, TrueCopy
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.services import service_filed

Offers = Mapping[str, list[HeldResult]]
"""What stands for a component, by its code."""


def offers_for(number: str, components: Iterable[Component], *, on: date) -> dict[str, list[HeldResult]]:
    """Return what stands for each paper, of what is held of the holder of a number: no statement where nothing may."""
    wanted = {component.code: component.satisfied_by for component in components if component.satisfied_by}
    if not wanted or not number:
        return {}
    held = held_for(number, {code for codes in wanted.values() for code in codes}, on=on)
    fitting = {
        component: [one for one in held if one.type_code in {code.upper() for code in codes}]
        for component, codes in wanted.items()
    }
    return {component: found for component, found in fitting.items() if found}


def number_of(actor: Actor) -> str:
    """Return the identity number under which the actor may use what is held; empty when they have not proven who they are."""
    if not access.can_use_held(actor):
        return ""
    found = people.applicant(actor)
    return found.citizen_number if isinstance(found, Person) else found.tax_code


def offers_to(actor: Actor, service: Service, case: str, *, on: date) -> dict[str, list[HeldResult]]:
    """Return what stands for each paper of a service, of what is held of the actor."""
    components = [component for component in service.components_for(case) if component.satisfied_by]
    return offers_for(number_of(actor), components, on=on) if components else {}


def registers_to_ask(actor: Actor, component: Component) -> list[RegisterSource]:
    """Return the registers of others that may have what stands for a paper of the actor."""
    return register_sources(component.satisfied_by) if component.satisfied_by and access.can_use_held(actor) else []


def number_for(actor: Actor, dossier: Dossier) -> str:
    """
    Return the number under which what is held may stand for papers of a dossier; empty when the actor may use nothing.

    The applicant's own. Who filed for another uses neither the other's papers nor, for the other, their own.
    """
    if not access.can_answer_with_held(actor, dossier):
        return ""
    number = dossier.applicant_number
    return number if not access.can_see_own(actor, dossier) or number_of(actor) == number else ""


def offers_again(
    dossier: Dossier, request: SupplementRequest, actor: Actor, *, on: date
) -> dict[str, list[HeldResult]]:
    """
    Return what stands for each paper asked for in a supplement, of what is held of the applicant.

    Not what stands in the dossier already. Nor anything where the officer wrote that the paper is over, unreadable or
    differs and the dossier has no such paper: then the officer spoke of what is held.
    """
    asked = {item["component"]: item["reason"] for item in request.items if item["component"]}
    components = [each for each in service_filed(dossier).components if each.code in asked and each.satisfied_by]
    number = number_for(actor, dossier) if components else ""
    if not number:
        return {}
    there = list(
        dossier.files.filter(component_code__in=asked, replaced_at=None).values_list("component_code", "held_id")
    )
    known = {code for code, _held in there}
    judged = {code for code, reason in asked.items() if reason in MAY_ASK_AGAIN and code not in known}
    found = offers_for(number, [each for each in components if each.code not in judged], on=on)
    fresh = {code: [one for one in held if (code, one.id) not in there] for code, held in found.items()}
    return {code: held for code, held in fresh.items() if held}


def result_of(code: str) -> IssuedResult | None:
    """Return the granted result of a dossier once it is issued and nothing is left to pay: `casework.IssuedResults`."""
    found = Result.objects.select_related("dossier").filter(dossier__code=code).first()
    if found is None or found.kind != ResultKind.GRANT or not found.issued_at or found.dossier.holds_result:
        return None
    dossier = found.dossier
    signed = found.signed_document_id
    file = DossierFile.objects.filter(dossier=dossier, document_id=signed).first() if signed else None
    if file is None or not dossier.applicant_number or not found.signed_at:
        return None
    try:
        service = service_filed(dossier)
    except NotFound:
        return None
    kind = next((kind for kind in service.results if kind.code == found.type_code), None)
    return IssuedResult(
        dossier=dossier.code,
        service=dossier.service_code,
        owner_key=dossier.owner_key,
        owner_number=dossier.applicant_number,
        owner_name=dossier.applicant_name,
        type_code=found.type_code,
        title=found.title,
        title_en=kind.name_en if kind else "",
        number=found.number,
        issued_on=civil_date(found.signed_at),
        agency=dossier.agency_code,
        issuer=dossier.agency_name,
        document_id=file.document_id,
        name=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        valid_months=kind.valid_months if kind else 0,
        signed_by=found.signed_by,
    )


def copy_of(copy_id: UUID) -> IssuedResult | None:
    """Return a true copy of a paper of a dossier, as the data store keeps it: `casework.IssuedResults`."""
    found = TrueCopy.objects.select_related("file__dossier").filter(pk=copy_id).first()
    if found is None or not found.file.dossier.applicant_number:
        return None
    dossier = found.file.dossier
    return IssuedResult(
        dossier=dossier.code,
        service=dossier.service_code,
        owner_key=dossier.owner_key,
        owner_number=dossier.applicant_number,
        owner_name=dossier.applicant_name,
        type_code=found.type_code,
        title=found.file.component_name,
        title_en=found.file.component_name_en,
        number=found.number or found.file.sha256[:12],
        issued_on=found.issued_on or civil_date(found.at),
        agency=found.agency_code,
        issuer=found.issuer or found.agency_name,
        document_id=found.document_id,
        name=found.name,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        component=found.file.component_code,
        signed_by=found.by_name,
        original_kept=found.original_kept,
        pages=found.pages,
    )


def is_at_hand(actor: Actor, code: str, number: str) -> bool:
    """Tell whether an official works on this dossier, and it is that person's: `casework.DossierAtHand`."""
    dossier = Dossier.objects.filter(code=code).first()
    return dossier is not None and dossier.applicant_number == number and access.sees_as_office(actor, dossier)
