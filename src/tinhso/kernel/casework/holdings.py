"""
What the province holds of a person or business already: asked by whoever takes in dossiers, lent by whoever keeps it.

The data store lends `Holdings`, the one-stop shop lends `IssuedResults` and `DossierAtHand`. Neither knows the other; a
register may lend `Holdings` as well, so a paper that it answers for is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.registry import registry


@dataclass(frozen=True, slots=True)
class HeldResult:
    """One result in force, with its document."""

    id: UUID
    type_code: str
    title: str
    number: str
    issuer: str
    issued_on: date | None
    valid_to: date | None
    document_id: UUID
    name: str
    size_bytes: int
    sha256: str


class HeldFor(Protocol):
    """Return what is in force on a day of the holder of an identity number, of these result codes; newest first."""

    def __call__(self, number: str, codes: Collection[str], *, on: date) -> Sequence[HeldResult]:
        """Return what is held."""
        ...


class NoteOffered(Protocol):
    """Journal that an official was shown what is held of somebody at the counter, and for which procedure."""

    def __call__(self, number: str, held: Sequence[UUID], service: str, *, actor: Actor, at: datetime) -> None:
        """Note it."""
        ...


@dataclass(frozen=True, slots=True)
class Holdings:
    """Lent by who keeps results of people and businesses."""

    key: str
    held_for: HeldFor
    note_offered: NoteOffered


@dataclass(frozen=True, slots=True)
class IssuedResult:
    """The result of a dossier, or a true copy of a paper of it: what the data store keeps of it."""

    dossier: str
    service: str
    owner_key: str
    owner_number: str
    owner_name: str
    type_code: str
    title: str
    title_en: str
    number: str
    issued_on: date
    agency: str
    issuer: str
    document_id: UUID
    name: str
    size_bytes: int
    sha256: str
    valid_months: int = 0
    component: str = ""
    signed_by: str = ""
    original_kept: bool = False
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedResults:
    """Lent by who settles dossiers: the result of one, a true copy in one; None when it grants nothing that may be kept."""

    key: str
    result_of: Callable[[str], IssuedResult | None]
    copy_of: Callable[[UUID], IssuedResult | None]


@dataclass(frozen=True, slots=True)
class DossierAtHand:
    """Lent by who settles dossiers: tells whether an official works on this dossier, of the holder of this number."""

    key: str
    is_at_hand: Callable[[Actor, str, str], bool]
    """Called with the official, the code of the dossier and the identity number."""


def held_for(number: str, codes: Collection[str], *, on: date) -> list[HeldResult]:
    """Return what anybody here holds, in force on a day; nothing without a number or codes."""
    if not number or not codes:
        return []
    return [one for lent in registry.of(Holdings) for one in lent.held_for(number, codes, on=on)]


def note_offered(number: str, held: Sequence[UUID], service: str, *, actor: Actor, at: datetime) -> None:
    """Journal that an official was shown it: every reading has its purpose."""
    for lent in registry.of(Holdings) if held else ():
        lent.note_offered(number, held, service, actor=actor, at=at)
