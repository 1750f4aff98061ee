"""The applicant as identity knows them: for filling in and for the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.forms.public import split_address
from tinhso.kernel.identity.public import Business, Person, find_person, get_business, get_person
from tinhso.modules.onestop.models import Dossier


def applicant(actor: Actor) -> Person | Business:
    """Return the person or business that the actor is. Raises NotFound."""
    if not actor.is_applicant:
        raise NotFound
    return _by_key(actor.key)


def prefill_of(actor: Actor, on: date) -> dict[str, Any]:
    """Return what is known about the applicant, by source, for filling in forms (ask once)."""
    return known_about(applicant(actor), on) if actor.is_applicant else {}


def prefill_for(dossier: Dossier, on: date) -> dict[str, Any]:
    """Return what is known about the applicant of a dossier, for a declaration on paper that the office enters."""
    return known_about(_by_key(dossier.owner_key), on)


def _by_key(key: str) -> Person | Business:
    kind, _colon, identifier = key.partition(":")
    return get_business(identifier) if kind == "business" else get_person(identifier)


def known_about(found: Person | Business, on: date) -> dict[str, Any]:
    """Return what is known about a person or business, by source."""
    if isinstance(found, Business):
        return {
            "business": {"name": found.name, "tax_code": found.tax_code, "address": found.address, "phone": found.phone}
        }
    # registers give an address in one line; forms ask for street and commune apart
    street, unit = split_address(found.address, on)
    return {
        "person": {
            "full_name": found.full_name,
            "citizen_number": found.citizen_number,
            "birth_on": found.birth_on.isoformat() if found.birth_on else "",
            "born_on": found.birth_on.isoformat() if found.birth_on else "",
            "sex": found.sex,
            "address": found.address,
            "street": street,
            "unit_code": found.unit_code or unit,
            "phone": found.phone,
            "email": found.email,
        }
    }


def find_visitor(number: str, *, seen_by: Actor) -> dict[str, Any]:
    """Return what fills the intake form for a citizen number typed at the counter; nothing when nobody has it."""
    digits = "".join(c for c in number if c.isdigit())
    found = find_person(digits, seen_by=seen_by) if digits else None
    if found is None:
        return {"citizen_number": digits} if digits else {}
    return {
        "citizen_number": found.citizen_number,
        "full_name": found.full_name,
        "phone": found.phone,
        "address": found.address,
    }
