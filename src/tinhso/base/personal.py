"""
What a package knows of a person, lent so that nobody has to know them all: handed out to whose data it is, erased in time.

Lent in a manifest (`PersonalData`, `Erasure`), used by `kernel.privacy`. Whoever collects gives the data of the asker and of
nobody else: no opinion that offices wrote for each other, no draft of a result, nothing of other people's dossiers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import QuerySet

from tinhso.base.actors import Actor
from tinhso.base.refusals import Text


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that goes with the data. The same `key` (id of the document) from two packages is one file."""

    key: str
    name: str
    size_bytes: int
    sha256: str
    open: Callable[[], BinaryIO]
    """Opens the content, verified; raises a Refusal when it is gone or altered."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one package holds of a person: data as JSON has it (moments and ids may be objects), and files."""

    data: Any
    files: tuple[OwnFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Lent by who holds data of people: `collect(actor, at)` gives what belongs to this person or business."""

    key: str
    """Its name in data.json, e.g. `dossiers`."""
    title: Text
    collect: Callable[[Actor, datetime], Held]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Before:
    """What may go: what ended before `moment` (None: nothing), and of some classes what ended before another moment."""

    moment: datetime | None
    classes: Mapping[str, datetime | None] = field(default_factory=dict)
    """Classes that an archive keeps longer, e.g. services by code."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """
    Lent by who holds data that is not kept for ever.

    `due(before)` returns what may go, oldest first; `erase(keys, actor, at)` erases those within the running act and returns
    how many. Which moment that is, the province's rules of retention say (`kernel.privacy`).
    """

    key: str
    """The kind that rules name, e.g. `onestop.dossier`."""
    title: Text
    due: Callable[[Before], QuerySet[Any]]
    erase: Callable[[list[Any], Actor, datetime], int]
    days: int | None = None
    """For how many days it is kept where no checked rule speaks of it; None: until one does."""
    batch: int = 500
    """How many go in one act."""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Purpose:
    """
    Something that is done only with somebody's consent, lent by who does it and asks `privacy.public.has_consent` before.

    What people read before they consent is the province's (`purposes.yaml`); a purpose without such words is not done.
    """

    key: str
    title: Text
