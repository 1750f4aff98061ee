"""
Who may do what with files. A file is its owner's; whoever may see what it is attached to may read it too.

What an official scanned or signed is theirs only until it is attached: from then on it belongs to the matter, and whoever
leaves the matter leaves its papers. People and businesses keep what is theirs wherever it is attached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.registry import Registry, registry
from tinhso.kernel.documents.models import Document


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Lent by whoever attaches documents: tells who may read those attached to subjects of one type."""

    key: str
    """The subject type, e.g. `onestop.dossier`."""
    may: Callable[[Actor, str], bool]
    """Called with the actor and the subject's key."""
    noted: Callable[[Actor, str, datetime], None] | None = None
    """Called with the actor, the subject's key and the time, when somebody reads a file of it by the file's own address."""


def owner_key(actor: Actor) -> str:
    """
    Return whose the files of this actor are: the actor's key; for nobody with a session, the session.

    The session is hashed: a database row must not be enough to take a session over. Empty when there is neither.
    """
    if actor.kind is not ActorKind.ANONYMOUS:
        return actor.key
    if not actor.session:
        return ""
    return "session:" + hashlib.sha256(f"documents:{actor.session}".encode()).hexdigest()[:40]


def can_save(actor: Actor) -> bool:
    """Save a file: anyone who is somebody, or at least has a session to keep it for."""
    return bool(owner_key(actor))


def is_owner(actor: Actor, document: Document) -> bool:
    """Tell whether the document is the actor's own; an official's no more once it is attached to something."""
    if not owner_key(actor) or document.owner != owner_key(actor):
        return False
    # asked as it was read with the document, where it was
    return actor.kind is not ActorKind.OFFICIAL or not document.links.all()


def can_read(actor: Actor, document: Document, *, lenders: Registry = registry) -> bool:
    """Read a file: its owner, our own doors, and who may see something it is attached to."""
    if actor.kind is ActorKind.SYSTEM or is_owner(actor, document):
        return True
    readers = {reader.key: reader for reader in lenders.of(DocumentReader)}
    return any(
        readers[link.subject_type].may(actor, link.subject_key)
        for link in document.links.all()
        if link.subject_type in readers
    )


def can_attach(actor: Actor, document: Document) -> bool:
    """Attach or detach a file: its owner, our own doors, and officials who may read it."""
    return (
        actor.kind is ActorKind.SYSTEM or is_owner(actor, document) or (actor.is_official and can_read(actor, document))
    )


def can_discard(actor: Actor, document: Document) -> bool:
    """Remove a file: its owner, and our own doors."""
    return actor.kind is ActorKind.SYSTEM or is_owner(actor, document)
