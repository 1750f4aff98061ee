"""Everything that packages hold of one person, gathered from their loans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.personal import OwnFile, PersonalData
from tinhso.base.registry import Registry, registry

FORMAT = "tinhso.personal-data/1"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file and where it lies in the archive."""

    path: str
    file: OwnFile


@dataclass(frozen=True, slots=True)
class Gathered:
    """What goes into the archive: the data, and the files in their places."""

    data: dict[str, Any]
    files: tuple[PlacedFile, ...]


def parts(lenders: Registry = registry) -> list[PersonalData]:
    """Return the loans, in their order: what the page lists."""
    return lenders.of(PersonalData)


def gather(actor: Actor, *, at: datetime, lenders: Registry = registry) -> Gathered:
    """Return what is held of the actor. Asks no permission: the act that hands it out has."""
    held = {part.key: part.collect(actor, at) for part in parts(lenders)}
    placed = tuple(_placed(file for one in held.values() for file in one.files))
    data = {
        "format": FORMAT,
        "of": actor.key,
        "name": actor.name,
        "made_at": at,
        "parts": {key: one.data for key, one in held.items()},
        "files": [
            {
                "id": one.file.key,
                "path": one.path,
                "name": one.file.name,
                "size_bytes": one.file.size_bytes,
                "sha256": one.file.sha256,
            }
            for one in placed
        ],
    }
    return Gathered(data, placed)


def _placed(files: Iterable[OwnFile]) -> Iterable[PlacedFile]:
    """Return each file once, numbered, so that equal names do not meet."""
    once = {file.key: file for file in files}
    for number, file in enumerate(once.values(), start=1):
        yield PlacedFile(f"files/{number:04}-{_safe(file.name)}", file)


def _safe(name: str) -> str:
    """Return a name that every system can unpack: no folders, nothing unprintable, no end of a point or space."""
    kept = "".join("_" if letter in '/\\:*?"<>|' or not letter.isprintable() else letter for letter in name)
    kept = kept.strip(". ") or "tep"
    stem, point, kind = kept.rpartition(".")
    return kept if len(kept) <= _LONGEST_NAME else f"{(stem or kept)[: _LONGEST_NAME - 10]}{point}{kind[:9]}"
