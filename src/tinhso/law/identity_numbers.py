"""
Personal identification numbers and tax codes: what they tell and whether they can be right.

Personal number: 12 digits (Luật Căn cước 26/2023/QH15 Đ.12; structure of NĐ 137/2015/NĐ-CP Đ.13). Tax code: 10 or 13
digits with a check digit; from 01/07/2025 persons use the personal number (TT 86/2024/TT-BTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.exceptions import ValidationError
from stdnum.vn import mst

from tinhso.law.answer import Malformed, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_date
from tinhso.law.figures import figure

STRUCTURE = "NĐ 137/2015/NĐ-CP Đ.13"
_LENGTH = 12
_FIRST_CENTURY = 19


class Sex(StrEnum):
    """The two values that a personal number can carry."""

    MALE = "male"
    FEMALE = "female"


class MalformedNumber(Malformed):
    """Not a personal number: wrong length, or something else than digits."""

    code = "law.malformed_citizen_number"
    text = _("{text} is not a personal identification number: it has 12 digits.")
    law = STRUCTURE


class MalformedTaxCode(Malformed):
    """Not a tax code: wrong length or wrong check digit."""

    code = "law.malformed_tax_code"
    text = _("{text} is not a tax code: it has 10 digits, or 13 for a branch, and the tenth is a check digit.")


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A personal number taken apart. It has no check digit: only the date of birth and the sex can be compared."""

    digits: str

    @property
    def province_code(self) -> str:
        """Return the three digits of the place of birth registration: province (`049`) or country; never changes."""
        return self.digits[:3]

    @property
    def sex(self) -> Sex:
        """Return the sex that the fourth digit tells: even male, odd female."""
        return Sex.FEMALE if int(self.digits[3]) % 2 else Sex.MALE

    @property
    def birth_year(self) -> int:
        """Return the year of birth: the fourth digit tells the century (0–1: 1900s, 2–3: 2000s, …)."""
        return (_FIRST_CENTURY + int(self.digits[3]) // 2) * 100 + int(self.digits[4:6])

    @property
    def masked(self) -> str:
        """Return the number with all but the first and last three digits hidden, for screens that many can see."""
        return f"{self.digits[:3]}{'•' * 6}{self.digits[-3:]}"

    def mismatches(self, *, birth_on: date | None = None, sex: str | None = None) -> tuple[Step, ...]:
        """
        Return what in the number does not fit the date of birth or the sex; empty when all fits or nothing is known.

        The province is never compared: it is where the birth was registered, under the codes of that time.
        """
        found: list[Step] = []
        if birth_on is not None and birth_on.year != self.birth_year:
            text = _("The number says born in {year}, the date of birth is {day}.")
            facts = {"year": str(self.birth_year), "day": short_date(birth_on)}
            found.append(Step(text, STRUCTURE, birth_on, facts, "citizen_number.birth_year"))
        if sex in (Sex.MALE, Sex.FEMALE) and sex != self.sex:
            text = _("The number is that of a woman.") if self.sex is Sex.FEMALE else _("The number is that of a man.")
            found.append(Step(text, STRUCTURE, None, {}, "citizen_number.sex"))
        return tuple(found)

    def __str__(self) -> str:
        return self.digits


def citizen_number(text: str) -> CitizenNumber:
    """Return a personal number, spaces and dots dropped. Raises MalformedNumber (a ValueError)."""
    digits = _plain(text)
    if len(digits) != _LENGTH or not _are_digits(digits):
        raise MalformedNumber(text=text)
    return CitizenNumber(digits)


def is_citizen_number(text: str) -> bool:
    """Tell whether the text can be a personal number."""
    digits = _plain(text)
    return len(digits) == _LENGTH and _are_digits(digits)


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code: the ten digits of the taxpayer, the branch if there is one, or a personal number."""

    digits: str
    branch: str = ""

    @property
    def is_personal(self) -> bool:
        """Tell whether it is a personal number used as a tax code."""
        return len(self.digits) == _LENGTH

    def __str__(self) -> str:
        return f"{self.digits}-{self.branch}" if self.branch else self.digits


def tax_code(text: str, *, on: date | None = None) -> TaxCode:
    """
    Return a tax code of 10 digits, 13 (`0100109106-001`), or 12 where a personal number may stand for it.

    `on`: the day whose rule applies to personal numbers (TT 86/2024/TT-BTC, from 01/07/2025); None takes them, as old
    papers and new ones lie side by side. Raises MalformedTaxCode (a ValueError).
    """
    plain = _plain(text)
    if "-" not in text and len(plain) == _LENGTH and _are_digits(plain):
        if on is None or figure("identity.personal_number_as_tax_code", on=on).value:
            return TaxCode(plain)
        raise MalformedTaxCode(text=text)
    try:
        digits: str = mst.validate(plain) if plain.isascii() else ""
    except ValidationError as fault:
        raise MalformedTaxCode(text=text) from fault
    if not digits:
        raise MalformedTaxCode(text=text)
    return TaxCode(digits[:10], digits[10:])


def is_tax_code(text: str) -> bool:
    """Tell whether the text can be a tax code of 10 or 13 digits, or a personal number."""
    try:
        tax_code(text)
    except MalformedTaxCode:
        return False
    return True


def _plain(text: str) -> str:
    return "".join(text.split()).replace(".", "").replace("-", "")


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
