"""A paper compared with the declaration, and its scan signed as a true copy: the officer decides, nothing waits for it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, Refusal, Stale
from tinhso.kernel.documents.public import (
    Document,
    Prepared,
    get_document,
    link_many,
    prepare_made,
    read_document,
    save_made,
    sign_pdf,
    signing_key_of,
)
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.steps import locked_dossier
from tinhso.modules.onestop.models import Dossier, DossierFile, FileOrigin, Finding, PaperCheck, TrueCopy
from tinhso.modules.onestop.queries.compared import component_of, file_of
from tinhso.modules.onestop.queries.dossiers import get_dossier

REASON = "Sao y bản chính"
"""What the signature says, as NĐ 30/2020/NĐ-CP calls it: on the paper, whatever the language of the page."""
SCANNED = (FileOrigin.DESK, FileOrigin.OFFICE)
TURNED = 2480
"""Longest side in points of a picture that becomes a page: A4 at 210 dpi."""


class NotSeen(Refusal):
    """A true copy says that the officer had the paper before them."""

    code = "onestop.not_seen"
    text = _("Only a paper that the office scanned itself becomes a true copy. Scan the original at the counter first.")
    law = "NĐ 30/2020/NĐ-CP"


class CertifiedBefore(Refusal):
    """There is a true copy already."""

    code = "onestop.certified_before"
    text = _("A true copy of this paper was signed already.")


@dataclass(frozen=True, slots=True)
class AboutPaper:
    """What is kept about the paper itself."""

    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    original_kept: bool = False


@act
def settle_comparison(
    code: str, file_id: UUID, finding: str, *, note: str = "", actor: Actor, at: datetime
) -> PaperCheck:
    """Keep what the officer found on comparing a paper with the declaration. It blocks nothing. Raises BadInput, NotFound."""
    dossier = locked_dossier(code, actor)
    require(access.can_enter_answers, actor, dossier)
    file = file_of(dossier, file_id)
    if finding not in Finding.values:
        raise BadInput(faults=[Fault("/finding", _("Choose whether the paper agrees with the declaration."))])
    if finding == Finding.DIFFERS and not note.strip():
        raise BadInput(faults=[Fault("/note", _("Write what differs."))])
    made = PaperCheck.objects.create(
        file=file, finding=finding, note=note.strip()[:1000], by_key=actor.key, by_name=actor.name, at=at
    )
    record("onestop.paper_compared", dossier, actor=actor, at=at, component=file.component_code, finding=finding)
    return made


def certify_copy(code: str, file_id: UUID, about: AboutPaper, *, pin: str, actor: Actor, at: datetime) -> TrueCopy:
    """
    Sign a scan as a true copy: looked at, signed outside of any transaction, kept (docs/adr/0009).

    Raises NotSeen, CertifiedBefore, NotFound, Stale, documents' NoKey, WrongPin, KeyBlocked, CannotSign.
    """
    dossier = get_dossier(code, seen_by=actor)
    file = _scanned(dossier, file_id, actor)
    key = signing_key_of(actor, pin=pin, at=at)
    source = get_document(file.document_id, seen_by=actor)
    signed = sign_pdf(as_pdf(source), key=key, reason=REASON, location=dossier.agency_name, at=at)
    paper = prepare_made(signed, name=f"{source.name.rsplit('.', 1)[0]}-sao-y.pdf")
    return _keep_copy(code, file_id, paper, about, actor=actor, at=at)


def as_pdf(source: Document) -> bytes:
    """Return a scan as PDF: as it is, or a picture on one page."""
    content = read_document(source)
    if source.media_type == "application/pdf":
        return content
    if source.media_type not in ("image/png", "image/jpeg"):
        raise NotSeen
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        if picture.width * picture.height > settings.MAX_IMAGE_PIXELS:
            raise NotSeen
        page = ImageOps.exif_transpose(picture).convert("RGB")
        page.thumbnail((TURNED, TURNED))
        page.save(out, format="PDF", resolution=210)
    return out.getvalue()


@act
def _keep_copy(code: str, file_id: UUID, paper: Prepared, about: AboutPaper, *, actor: Actor, at: datetime) -> TrueCopy:
    """Keep the signed copy beside its scan."""
    dossier = locked_dossier(code, actor)
    file = _scanned(dossier, file_id, actor)
    document = save_made(paper, purpose="true-copy", owner=f"agency:{dossier.agency_code}", actor=actor, at=at)
    link_many([document.id], *dossier.journal_subject)
    component = component_of(dossier, file.component_code)
    made = TrueCopy.objects.create(
        file=file,
        document_id=document.id,
        name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        pages=document.pages,
        type_code=component.satisfied_by[0] if component and component.satisfied_by else "",
        number=about.number.strip()[:60],
        issued_on=about.issued_on,
        issuer=about.issuer.strip()[:300],
        original_kept=about.original_kept,
        agency_code=dossier.agency_code,
        agency_name=dossier.agency_name,
        by_key=actor.key,
        by_name=actor.name,
        at=at,
    )
    record(
        "onestop.copy_certified", dossier, actor=actor, at=at, copy=str(made.id), component=file.component_code,
        sha256=document.sha256,
    )  # fmt: skip
    return made


def _scanned(dossier: Dossier, file_id: UUID, actor: Actor) -> DossierFile:
    require(access.can_certify, actor, dossier)
    file = file_of(dossier, file_id)
    if file.replaced_at is not None:
        raise Stale
    if file.origin not in SCANNED:
        raise NotSeen
    if TrueCopy.objects.filter(file=file).exists():
        raise CertifiedBefore
    return file
