"""What whoever counts quality is told of cases: measured rows, without a name; and how to reach an applicant who consented."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tinhso.base.actors import Actor
from tinhso.base.registry import registry
from tinhso.law.quality.measured import Measured

MOST_MEASURED = 500
"""How many cases are asked for at once."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who can be asked how it was, and about what. Told for as long as it takes to ask, never kept by who asks."""

    code: str
    holder: str
    """Key of whose case it is (`person:<id>`): whom consent is asked of."""
    name: str
    phone: str
    email: str
    service: str
    service_en: str


@dataclass(frozen=True, slots=True)
class CaseMeasures:
    """
    Measured rows of one kind of subject, lent by the module that works it.

    `read(codes)` answers at most MOST_MEASURED codes in a few statements, leaving out what was never received; `walk(after,
    limit)` gives codes in order, for whoever counts all of them; `contacts(codes)` leaves out what was erased; `links(codes,
    actor)` leads by code to the page where that officer works on it, else to the page that anybody with its code may open.
    """

    key: str
    """The kind of subject, as the journal names it: `dossier`."""
    read: Callable[[Sequence[str]], list[Measured]]
    walk: Callable[[str, int], list[str]]
    contacts: Callable[[Sequence[str]], Mapping[str, Contact]]
    links: Callable[[Sequence[str], Actor], Mapping[str, str]]
    also: frozenset[str] = frozenset()
    """Other kinds of subject whose lines in the journal, under the code of a case, may change what is measured of it."""


def case_measures() -> CaseMeasures:
    """Return the measures that are lent. Raises LookupError when none or two are."""
    return registry.one(CaseMeasures)
