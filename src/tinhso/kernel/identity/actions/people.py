"""People and businesses: made known once, changed by themselves, by officials who serve them, or by VNeID."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault
from tinhso.base.text import nfc
from tinhso.kernel.identity import access
from tinhso.kernel.identity.identifiers import checked_citizen_number, checked_tax_code
from tinhso.kernel.identity.models import Business, Person, Sex
from tinhso.kernel.journal.public import record

PERSON_DETAILS = ("birth_on", "sex", "address", "unit_code", "phone", "email")
BUSINESS_DETAILS = ("address", "unit_code", "phone", "email", "representative_id")


def find_or_add_person(*, citizen_number: str, full_name: str, actor: Actor, at: datetime, **details: Any) -> Person:
    """
    Return the person with this personal number, made known now if nobody had the number before.

    What is known already is not overwritten (`change_person` does that). `details`: birth_on, sex, address,
    unit_code, phone, email. Raises BadInput for a number or a name that cannot be.
    """
    number = checked_citizen_number(citizen_number)
    known = Person.objects.filter(citizen_number=number).first()
    return known or add_person(citizen_number=number, full_name=full_name, actor=actor, at=at, **details)


@act
def add_person(
    *,
    citizen_number: str,
    full_name: str,
    birth_on: date | None = None,
    sex: str = "",
    address: str = "",
    unit_code: str = "",
    phone: str = "",
    email: str = "",
    verified_by: str = "",
    actor: Actor,
    at: datetime,
) -> Person:
    """Make a person known. Raises BadInput for a number or a name that cannot be."""
    require(access.can_add_person, actor)
    person = Person(
        citizen_number=checked_citizen_number(citizen_number),
        birth_on=birth_on,
        sex=_sex(sex),
        address=nfc(address),
        unit_code=unit_code,
        phone=phone.strip(),
        email=email.strip(),
        verified_by=verified_by,
        added_at=at,
        changed_at=at,
    )
    person.rename(_named(full_name))
    Person.objects.bulk_create([person], ignore_conflicts=True)
    # another desk may have added the same number in this very moment: theirs stands
    kept = Person.objects.get(citizen_number=person.citizen_number)
    event = "identity.person_added" if kept.pk == person.pk else "identity.person_found"
    record(event, kept, actor=actor, at=at, verified_by=verified_by)
    return kept


@act
def change_person(
    person: Person, *, full_name: str = "", verified_by: str = "", actor: Actor, at: datetime, **details: Any
) -> Person:
    """
    Change what is known of a person; what is not given stays. The journal keeps the names of the fields, not values.

    What VNeID vouches for (name, birth date, sex) is changed by VNeID only: others' changes of it are left out.
    """
    require(access.can_change_person, actor, person)
    wanted = {name: value for name, value in details.items() if name in PERSON_DETAILS and value is not None}
    if person.verified_by and not verified_by:
        full_name = ""
        wanted = {name: value for name, value in wanted.items() if name not in {"birth_on", "sex"}}
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, nfc(wanted[name]) if isinstance(wanted[name], str) else wanted[name])
    if full_name and nfc(full_name) != person.full_name:
        person.rename(_named(full_name))
        changed += ["full_name", "name_folded"]
    if verified_by and verified_by != person.verified_by:
        person.verified_by = verified_by
        changed.append("verified_by")
    if changed:
        person.changed_at = at
        person.save(update_fields=[*changed, "changed_at"])
    record("identity.person_changed", person, actor=actor, at=at, fields=changed)
    return person


def find_or_add_business(*, tax_code: str, name: str, actor: Actor, at: datetime, **details: Any) -> Business:
    """Return the business with this tax code, made known now if it was not. Raises BadInput."""
    code = checked_tax_code(tax_code)
    known = Business.objects.filter(tax_code=code).first()
    return known or add_business(tax_code=code, name=name, actor=actor, at=at, **details)


@act
def add_business(
    *,
    tax_code: str,
    name: str,
    address: str = "",
    unit_code: str = "",
    phone: str = "",
    email: str = "",
    representative: Person | None = None,
    actor: Actor,
    at: datetime,
) -> Business:
    """Make a business known. Raises BadInput for a tax code or a name that cannot be."""
    require(access.can_add_person, actor)
    business = Business(
        tax_code=checked_tax_code(tax_code),
        address=nfc(address),
        unit_code=unit_code,
        phone=phone.strip(),
        email=email.strip(),
        representative=representative,
        added_at=at,
        changed_at=at,
    )
    business.rename(_named(name))
    Business.objects.bulk_create([business], ignore_conflicts=True)
    kept = Business.objects.get(tax_code=business.tax_code)
    event = "identity.business_added" if kept.pk == business.pk else "identity.business_found"
    record(event, kept, actor=actor, at=at)
    return kept


@act
def change_business(business: Business, *, name: str = "", actor: Actor, at: datetime, **details: Any) -> Business:
    """Change what is known of a business; what is not given stays."""
    require(access.can_change_person, actor, business)
    wanted = {key: value for key, value in details.items() if key in BUSINESS_DETAILS and value is not None}
    changed = [key for key, value in wanted.items() if getattr(business, key) != value]
    for key in changed:
        setattr(business, key, nfc(wanted[key]) if isinstance(wanted[key], str) else wanted[key])
    if name and nfc(name) != business.name:
        business.rename(_named(name))
        changed += ["name", "name_folded"]
    if changed:
        business.changed_at = at
        business.save(update_fields=[*changed, "changed_at"])
    record("identity.business_changed", business, actor=actor, at=at, fields=changed)
    return business


def _named(name: str) -> str:
    if not nfc(name):
        raise BadInput(faults=[Fault("/full_name", _("Enter the full name."), "required")])
    return name


def _sex(sex: str) -> str:
    if sex not in Sex.values:
        raise BadInput(faults=[Fault("/sex", _("Choose female or male."), "invalid")])
    return sex
