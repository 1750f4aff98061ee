"""Who stands at the counter becomes a person or business that identity knows."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.refusals import BadInput, Fault
from tinhso.base.text import fold
from tinhso.kernel.identity.public import (
    Business,
    Person,
    checked_tax_code,
    find_or_add_business,
    find_or_add_person,
)

CITIZEN_DIGITS = 12


class OtherName(BadInput):
    """The number belongs to somebody of another name."""

    code = "onestop.other_name"
    text = _("{number} belongs to “{known}”. Check the number and the name on the card.")

    @classmethod
    def text_of(cls, number: str, known: str) -> str:
        """Return the sentence for the field."""
        return str(cls.text).format(number=number, known=known)


def know_visitor(
    number: str, name: str, *, phone: str = "", address: str = "", actor: Actor, at: datetime
) -> Person | Business:
    """
    Return the person (12 digits) or business (tax code) behind a number, made known now if nobody had it before.

    Raises BadInput for a number or a name that cannot be, OtherName when the number is known under another name: a
    dossier, its scans and its result must not go to a stranger for one wrong digit.
    """
    digits = "".join(c for c in number if c.isdigit())
    found: Person | Business
    if len(digits) == CITIZEN_DIGITS:
        found = find_or_add_person(
            citizen_number=digits, full_name=name, phone=phone, address=address, actor=actor, at=at
        )
        known = found.full_name
    else:
        found = find_or_add_business(
            tax_code=_checked(number), name=name, phone=phone, address=address, actor=actor, at=at
        )
        known = found.name
    if fold(known) != fold(name):
        raise OtherName(number=number, known=known, faults=[Fault("/citizen_number", OtherName.text_of(number, known))])
    return found


def _checked(number: str) -> str:
    """Return a tax code; whoever mistyped the number of a card is not told about tax codes alone. Raises BadInput."""
    try:
        return checked_tax_code(number.strip())
    except BadInput as no:
        text = _("Enter the 12 digits of the identity card, or the tax code.")
        raise BadInput(faults=[Fault("/citizen_number", text, "citizen_number")]) from no
