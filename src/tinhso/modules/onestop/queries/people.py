"""The applicant as identity knows them: for filling in and for the dossier."""

from __future__ import annotations

from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity.public import Business, Person, find_person, get_business, get_person


def applicant(actor: Actor) -> Person | Business:
    """Return the person or business that the actor is. Raises NotFound."""
    if not actor.is_applicant:
        raise NotFound
    kind, _colon, key = actor.key.partition(":")
    return get_business(key) if kind == "business" else get_person(key)


def prefill_of(actor: Actor) -> dict[str, Any]:
    """Return what is known about the applicant, by source, for filling in forms (ask once)."""
    if not actor.is_applicant:
        return {}
    found = applicant(actor)
    if isinstance(found, Business):
        return {
            "business": {"name": found.name, "tax_code": found.tax_code, "address": found.address, "phone": found.phone}
        }
    return {
        "person": {
            "full_name": found.full_name,
            "citizen_number": found.citizen_number,
            "birth_on": found.birth_on.isoformat() if found.birth_on else "",
            "born_on": found.birth_on.isoformat() if found.birth_on else "",
            "sex": found.sex,
            "address": found.address,
            "unit_code": found.unit_code,
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
