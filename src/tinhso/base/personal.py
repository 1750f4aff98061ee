"""
What a package knows of a person, lent so that nobody has to know them all: it is handed out to whose data it is.

Lent in a manifest (`PersonalData`), gathered by `kernel.privacy`. Whoever collects gives the data of the asker and of
nobody else: no opinion that offices wrote for each other, no draft of a result, nothing of other people's dossiers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

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
