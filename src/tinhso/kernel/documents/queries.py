"""Reads of the documents kernel."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import BinaryIO

from django.db.models import QuerySet

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents import access
from tinhso.kernel.documents.models import Document, DocumentLink, as_id
from tinhso.kernel.documents.store import get_store


def get_document(document_id: uuid.UUID | str, *, seen_by: Actor) -> Document:
    """Return one document. Raises NotFound alike for absent and for hidden."""
    document = _documents().prefetch_related("links").filter(pk=as_id(document_id)).first()
    if document is None or not access.can_read(seen_by, document):
        raise NotFound
    return document


def list_own(document_ids: Collection[uuid.UUID | str], *, seen_by: Actor) -> list[Document]:
    """Return the actor's own documents among these (`access.is_owner`), in the order asked: what a form may attach."""
    owner = access.owner_key(seen_by)
    asked = [as_id(one) for one in document_ids]
    own = _documents().filter(pk__in=asked, owner=owner)
    if seen_by.kind is ActorKind.OFFICIAL:
        own = own.filter(links=None)
    found = {one.pk: one for one in own} if owner else {}
    return [found[one] for one in asked if one in found]


def linked(subject: tuple[str, str], *, role: str | None = None) -> list[DocumentLink]:
    """
    Return what is attached to a subject, oldest first, each link with its document and content: one statement.

    Asks no permission: the caller has already decided that the reader may see the subject.
    """
    kind, key = subject
    links = DocumentLink.objects.select_related("document__blob").filter(subject_type=kind, subject_key=key)
    return list((links if role is None else links.filter(role=role)).order_by("id"))


def open_document(document: Document, *, again: bool = False) -> BinaryIO:
    """
    Open the content for reading, verified against its fingerprint. Raises Damaged. Close it after use.

    `again`: only a part of it is read, so that other parts will be asked for soon.
    """
    return get_store().open(document.sha256, name=document.name, again=again)


def read_document(document: Document) -> bytes:
    """Return the whole content. Raises Damaged. For papers (typeset, signed), not for scans."""
    with open_document(document) as file:
        return file.read()


def _documents() -> QuerySet[Document]:
    return Document.objects.select_related("blob")
