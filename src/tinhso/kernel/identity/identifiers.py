"""Personal numbers and tax codes as people type them, checked by law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import BadInput, Fault
from tinhso.law.identity_numbers import citizen_number, tax_code


def checked_citizen_number(text: str) -> str:
    """Return the twelve digits of a personal number. Raises BadInput."""
    try:
        return str(citizen_number(text))
    except ValueError as fault:
        sentence = _("Enter the 12 digits of the personal identification number, as on the identity card.")
        raise BadInput(faults=[Fault("/citizen_number", sentence, "citizen_number")]) from fault


def checked_tax_code(text: str) -> str:
    """Return a tax code: ten digits, or ten, a hyphen and the three of a branch. Raises BadInput."""
    try:
        return str(tax_code(text))
    except ValueError as fault:
        sentence = _("Enter a tax code of 10 digits, or 13 for a branch.")
        raise BadInput(faults=[Fault("/tax_code", sentence, "tax_code")]) from fault
