"""Papers bound to a dossier: rows of their own, and the right to read them for whoever may read the dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tinhso.base.rows import insert, new
from tinhso.kernel.casework.public import HeldResult, Service
from tinhso.kernel.documents.public import Document, link_many
from tinhso.modules.onestop.models import ApplicationFile, Dossier, DossierFile, FileOrigin

NO_NAMES = ("", "")


@dataclass(frozen=True, slots=True)
class Paper:
    """A stored file, given for one component."""

    component: str
    document_id: UUID
    name: str
    size_bytes: int
    sha256: str
    held_id: UUID | None = None
    """What it is in the data store, when it came from there."""

    @classmethod
    def of(cls, component: str, document: Document) -> Paper:
        """Return a document that was given for a component."""
        return cls(component, document.id, document.name, document.size_bytes, document.sha256)

    @classmethod
    def of_draft(cls, file: ApplicationFile) -> Paper:
        """Return a file of a draft."""
        return cls(file.component_code, file.document_id, file.name, file.size_bytes, file.sha256, file.held_id)

    @classmethod
    def held(cls, component: str, held: HeldResult) -> Paper:
        """Return what the data store holds and stands for a component."""
        return cls(component, held.document_id, held.name, held.size_bytes, held.sha256, held.id)


def names_of(service: Service) -> dict[str, tuple[str, str]]:
    """Return the names of a service's components by code, Vietnamese and English."""
    return {component.code: (component.name, component.name_en) for component in service.components}


def bind(
    dossier: Dossier,
    papers: Sequence[Paper],
    names: Mapping[str, tuple[str, str]],
    *,
    origin: FileOrigin,
    at: datetime,
) -> None:
    """
    Bind papers to the dossier: two statements, however many there are. For an act that runs.

    `names` are the Vietnamese and English names of components by code.
    """
    insert(
        *(
            new(
                DossierFile,
                dossier=dossier,
                component_code=paper.component,
                component_name=names.get(paper.component, NO_NAMES)[0],
                component_name_en=names.get(paper.component, NO_NAMES)[1],
                document_id=paper.document_id,
                name=paper.name,
                size_bytes=paper.size_bytes,
                sha256=paper.sha256,
                origin=FileOrigin.HELD if paper.held_id else origin,
                held_id=paper.held_id,
                added_at=at,
            )
            for paper in papers
        )
    )
    link_many([paper.document_id for paper in papers], *dossier.journal_subject)
