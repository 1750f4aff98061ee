"""The files that somebody keeps here, for them."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.personal import Held, OwnFile
from tinhso.kernel.documents.access import owner_key
from tinhso.kernel.documents.models import Document
from tinhso.kernel.documents.queries import open_document


def files_of(actor: Actor, _at: datetime) -> Held:
    """Return every file that the actor saved, attached to something or not."""
    rows = Document.objects.select_related("blob").filter(owner=owner_key(actor)).order_by("id")
    own = list(rows)
    data = [
        {"id": one.pk, "name": one.name, "purpose": one.purpose, "saved_at": one.saved_at, "sha256": one.sha256}
        for one in own
    ]
    return Held(data, tuple(own_file(one) for one in own))


def own_file(document: Document) -> OwnFile:
    """Return a document as it goes into the archive of whose it is."""
    return OwnFile(
        str(document.pk), document.name, document.size_bytes, document.sha256, lambda: open_document(document)
    )
