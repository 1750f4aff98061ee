"""
Every act on files. Receiving (writing, looking, scanning) comes first, outside any transaction; the act is short.

    prepared = prepare(upload, name=upload.name)          # bytes on disk, checked, scanned: no transaction yet
    document = save(prepared, actor=actor, at=at)         # one short act; may join a larger one
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from tinhso.base.actors import Actor
from tinhso.base.acts import BrokenAct, act, by_system, require, running
from tinhso.base.refusals import NotFound
from tinhso.base.registry import registry
from tinhso.base.rows import insert, new
from tinhso.kernel.documents import access
from tinhso.kernel.documents.contents import Content, clean_name, clean_purpose, look_at, name_for
from tinhso.kernel.documents.models import Blob, Document, DocumentLink, as_id
from tinhso.kernel.documents.refusals import Empty, Infected, InUse
from tinhso.kernel.documents.scanning import MalwareScanner, get_scanner
from tinhso.kernel.documents.signing import Holder, get_key_ring, holder_of
from tinhso.kernel.documents.store import Staged, get_store, read_chunks
from tinhso.kernel.journal.public import new_id, record


@dataclass(frozen=True, slots=True)
class Prepared:
    """Content that is in the store, looked at and scanned, waiting for the act that gives it a name and an owner."""

    name: str
    sha256: str
    size_bytes: int
    content: Content
    scanned_with: str


def prepare(content: bytes | IO[bytes] | Path, *, name: str) -> Prepared:
    """
    Take in content from outside: write it to disk, see what it is, scan it. Call it before the act, never in one.

    Raises Empty, TooLarge, WrongType, Incomplete, Unreadable (Locked), TooManyPixels, Infected, ScannerAway,
    NoSpace, StoreAway;
    keeps nothing when it does. A Path is taken over without copying.
    """
    if _in_an_act():
        raise BrokenAct("call prepare() before the act (it may speak to the network); papers made here: save_made()")
    return _receive(content, name=clean_name(name), scan=True)


def save(
    content: bytes | IO[bytes] | Prepared,
    *,
    name: str = "",
    actor: Actor,
    at: datetime,
    purpose: str = "",
    document_id: uuid.UUID | None = None,
) -> Document:
    """
    Save a file that came from outside. In an act of your own, `prepare()` it before and give the Prepared.

    Raises what `prepare` raises, and SignInNeeded for nobody without a session.
    """
    require(access.can_save, actor)  # before the bytes are read, and once more in the act
    prepared = content if isinstance(content, Prepared) else prepare(content, name=name)
    return _save_prepared(
        prepared,
        name=clean_name(name or prepared.name),
        actor=actor,
        at=at,
        purpose=clean_purpose(purpose),
        document_id=document_id,
    )


def prepare_made(content: bytes, *, name: str) -> Prepared:
    """
    Put a paper that the platform itself made (typeset, signed) on disk; not scanned. Call it before the act.

    Waiting for the disk in an act would hold up everybody who writes. Raises Empty, NoSpace.
    """
    return _receive(content, name=clean_name(name), scan=False)


def save_made(
    content: bytes | Prepared, *, name: str = "", actor: Actor, at: datetime, purpose: str = "", owner: str = ""
) -> Document:
    """
    Save a paper that the platform itself made. Not scanned; may be called inside an act, best with what was prepared.

    `owner` is whose it is when not the actor's: the result that a leader signs is the agency's, until it is let out.
    """
    require(access.can_save, actor)
    prepared = content if isinstance(content, Prepared) else prepare_made(content, name=name)
    return _save_prepared(prepared, name=prepared.name, actor=actor, at=at, purpose=purpose, owner=owner)


@act
def _save_prepared(
    prepared: Prepared,
    *,
    name: str,
    actor: Actor,
    at: datetime,
    purpose: str,
    owner: str = "",
    document_id: uuid.UUID | None = None,
) -> Document:
    """Give stored content a name and an owner."""
    require(access.can_save, actor)
    blob = new(
        Blob,
        sha256=prepared.sha256,
        size_bytes=prepared.size_bytes,
        media_type=prepared.content.media_type,
        pages=prepared.content.pages,
        scanned_with=prepared.scanned_with,
        stored_at=at,
    )
    # the same bytes may be there already: then they say the same of themselves, and nothing needs reading
    insert(blob, known="skip")
    document = new(
        Document,
        id=document_id or new_id(),
        blob=blob,
        name=name_for(name, prepared.content),
        owner=owner or access.owner_key(actor),
        purpose=purpose,
        saved_at=at,
    )
    insert(document)
    record(
        "documents.document_saved", document, actor=actor, at=at, sha256=blob.sha256, size_bytes=blob.size_bytes,
        purpose=purpose,
    )  # fmt: skip
    return document


def save_many(files: Sequence[Prepared], *, owner: str, purpose: str, at: datetime) -> list[Document]:
    """
    Give stored contents a name and an owner within the act that runs: two statements, and no line of their own.

    That act journals what it did and answers for whose they are. Raises BrokenAct outside of one.
    """
    running()
    blobs = {
        one.sha256: new(
            Blob,
            sha256=one.sha256,
            size_bytes=one.size_bytes,
            media_type=one.content.media_type,
            pages=one.content.pages,
            scanned_with=one.scanned_with,
            stored_at=at,
        )
        for one in files
    }
    insert(*blobs.values(), known="skip")
    made = [
        new(
            Document,
            id=new_id(),
            blob=blobs[one.sha256],
            name=name_for(clean_name(one.name), one.content),
            owner=owner,
            purpose=purpose,
            saved_at=at,
        )
        for one in files
    ]
    insert(*made)
    return made


def link_each(document_subjects: Mapping[uuid.UUID, str], subject_type: str) -> None:
    """Attach each document to a subject of its own within the act that runs: one statement, as `link_many`."""
    running()
    links = [
        new(DocumentLink, document_id=one, subject_type=subject_type, subject_key=key, role="")
        for one, key in document_subjects.items()
    ]
    insert(*links, known="skip")


@act
def link(
    document: Document | uuid.UUID | str,
    subject_type: str,
    subject_key: str,
    role: str = "",
    *,
    actor: Actor,
    at: datetime,
) -> DocumentLink:
    """Attach a document to a subject. Twice in the same role is once. Raises NotFound, Forbidden."""
    found = _locked(document)
    require(access.can_attach, actor, found)
    made, _new = DocumentLink.objects.get_or_create(
        document=found,
        subject_type=subject_type,
        subject_key=subject_key,
        role=role,
    )
    record("documents.document_linked", found, actor=actor, at=at, to=[subject_type, subject_key], role=role)
    return made


def link_many(document_ids: Collection[uuid.UUID], subject_type: str, subject_key: str, role: str = "") -> None:
    """
    Attach many documents to a subject within the act that runs: one statement, no line and no permission of its own.

    That act journals what it did and has seen to it that the files are the actor's (`list_own`). Raises BrokenAct
    outside of one.
    """
    running()
    links = [
        new(DocumentLink, document_id=one, subject_type=subject_type, subject_key=subject_key, role=role)
        for one in document_ids
    ]
    insert(*links, known="skip")


@act
def unlink(
    document: Document | uuid.UUID | str,
    subject_type: str,
    subject_key: str,
    role: str = "",
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Detach a document from a subject. The document itself stays. Raises NotFound, Forbidden."""
    found = _locked(document)
    require(access.can_attach, actor, found)
    DocumentLink.objects.filter(document=found, subject_type=subject_type, subject_key=subject_key, role=role).delete()
    record("documents.document_unlinked", found, actor=actor, at=at, to=[subject_type, subject_key], role=role)


def note_reading(document: Document, *, actor: Actor, at: datetime) -> None:
    """Tell whoever lent what the document is attached to that an actor reads it by the file's own address."""
    readers = {reader.key: reader for reader in registry.of(access.DocumentReader)}
    for link in document.links.all():
        reader = readers.get(link.subject_type)
        if reader is not None and reader.noted is not None:
            reader.noted(actor, link.subject_key, at)


@act
def discard(document: Document | uuid.UUID | str, *, actor: Actor, at: datetime) -> None:
    """Remove one's own file that is attached to nothing. Its content goes with the next purge. Raises InUse."""
    found = _locked(document)
    require(access.can_discard, actor, found)
    if found.links.exists() or found.signed_versions.exists():
        raise InUse(name=found.name)
    record("documents.document_discarded", found, actor=actor, at=at, sha256=found.sha256)
    # what was made of it is as personal as it is
    made = Document.objects.filter(made_of__document=found)
    pages = list(made.values_list("pk", flat=True))
    found.delete()
    Document.objects.filter(pk__in=pages, links=None).delete()


@act
def issue_signing_key(
    owner: str, pin: str, *, name: str, organisation: str, staff_code: str, actor: Actor, at: datetime
) -> Holder:
    """
    Have the key ring make a signing key for an official (`owner` is their actor's key) and return whom it names.

    For our own doors: demonstration and administration. Raises WeakPin, CannotIssue.
    """
    require(by_system, actor)
    certificate = get_key_ring().issue_key(
        owner, pin, name=name, organisation=organisation, staff_code=staff_code, at=at
    )
    fingerprint = hashlib.sha256(certificate).hexdigest()
    record("documents.signing_key_issued", ("signing_key", owner), actor=actor, at=at, certificate=fingerprint)
    return holder_of(certificate)


@act
def purge_content(digests: Iterable[str], *, actor: Actor, at: datetime) -> list[str]:
    """Forget content that no document names. Returns what may now leave the store. For our own doors."""
    require(by_system, actor)
    unused = Blob.objects.filter(sha256__in=list(digests), documents=None)
    gone = sorted(unused.values_list("sha256", flat=True))
    Blob.objects.filter(sha256__in=gone).delete()
    record("documents.content_purged", ("document", "store"), actor=actor, at=at, sha256=gone)
    return gone


def _receive(content: bytes | IO[bytes] | Path, *, name: str, scan: bool) -> Prepared:
    store, scanner = get_store(), get_scanner() if scan else None
    staged = _staged(content, name)
    try:
        seen = _look(staged, name, scanner)
        store.keep(staged)
    except BaseException:
        store.drop(staged)
        raise
    return Prepared(name, staged.sha256, staged.size_bytes, seen, scanner.name if scanner else "")


def _look(staged: Staged, name: str, scanner: MalwareScanner | None) -> Content:
    if not staged.size_bytes:
        raise Empty(name=name)
    with staged.path.open("rb") as file:
        seen = look_at(file, name=name)
        if scanner and (malware := scanner.scan(file)):
            raise Infected(name=name, found=malware)
    return seen


def _staged(content: bytes | IO[bytes] | Path, name: str) -> Staged:
    store = get_store()
    if isinstance(content, Path):
        return store.adopt(content)
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return store.stage(read_chunks(stream), name=name, limit_bytes=settings.MAX_FILE_BYTES)


def _locked(document: Document | uuid.UUID | str) -> Document:
    key = document.pk if isinstance(document, Document) else as_id(document)
    found = Document.objects.select_for_update(of=("self",)).select_related("blob").filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _in_an_act() -> bool:
    try:
        running()
    except BrokenAct:
        return False
    return True
