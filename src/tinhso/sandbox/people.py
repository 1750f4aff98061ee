"""The invented people of `people.yaml`, and anybody whose number a tester types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from tinhso.law.identity_numbers import citizen_number

FILE = Path(__file__).with_name("people.yaml")


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody who can sign in, for themselves or for a business."""

    citizen_number: str
    name: str
    birthdate: str
    gender: str
    address: str = ""
    phone: str = ""
    email: str = ""
    level: int = 2
    tax_code: str = ""
    business_name: str = ""

    @property
    def key(self) -> str:
        """Return what names this choice: the number, and the tax code when they come for a business."""
        return f"{self.citizen_number}/{self.tax_code}" if self.tax_code else self.citizen_number


@cache
def everybody() -> tuple[Citizen, ...]:
    """Return the invented people, then those of them who come for a business."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    people = [Citizen(**{**row, "birthdate": str(row["birthdate"])}) for row in data["people"]]
    by_number = {one.citizen_number: one for one in people}
    for row in data["businesses"]:
        who = by_number[row["representative"]]
        people.append(replace(who, tax_code=row["tax_code"], business_name=row["name"]))
    return tuple(people)


def find(key: str) -> Citizen | None:
    """Return the invented person of a key, or one made up for a number of valid form; None for no such number."""
    for one in everybody():
        if one.key == key:
            return one
    try:
        number = citizen_number(key)
    except ValueError:
        return None
    name = f"Người Thử Nghiệm {number.digits[-4:]}"
    return Citizen(number.digits, name, f"{number.birth_year}-01-01", str(number.sex))
