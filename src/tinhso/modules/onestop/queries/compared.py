"""A paper beside what was declared: what the machine read, and what the officer decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Component
from tinhso.kernel.documents.public import DIFFERS, NOT_FOUND, SAME, Found, can_be_read, compare, found_on, rendition_of
from tinhso.kernel.forms.public import load_form
from tinhso.modules.onestop.models import Dossier, DossierFile, PaperCheck, TrueCopy
from tinhso.modules.onestop.queries.services import service_filed


@dataclass(frozen=True, slots=True)
class Line:
    """One declared answer and what the paper says."""

    question: str
    declared: str
    found: Found


@dataclass(frozen=True, slots=True)
class Compared:
    """A paper with everything that the officer needs to judge it. `outcome` is the reading's; empty while it waits."""

    file: DossierFile
    outcome: str
    is_waiting: bool
    can_be_read: bool
    pages: int
    lines: list[Line]
    checks: list[PaperCheck]
    copy: TrueCopy | None
    replaced_by: str
    """Code of the result that the paper is, when a component names one."""


def file_of(dossier: Dossier, file_id: UUID) -> DossierFile:
    """Return a paper of a dossier that was handed in. Raises NotFound."""
    found = dossier.files.filter(pk=file_id, component_code__gt="").first()
    if found is None:
        raise NotFound
    return found


def compared(dossier: Dossier, file: DossierFile) -> Compared:
    """Return a paper beside the declaration. Some five statements."""
    rendition, component = rendition_of(file.document_id), component_of(dossier, file.component_code)
    pages = found_on(rendition) if rendition else []
    shows = component.shows if component else ()
    return Compared(
        file=file,
        outcome=rendition.outcome if rendition else "",
        is_waiting=rendition is not None and not rendition.outcome,
        can_be_read=can_be_read(),
        pages=len(pages),
        lines=[_line(dossier, each.pointer, each.kind, pages) for each in shows] if pages else [],
        checks=list(file.checks.order_by("-at")[:10]),
        copy=TrueCopy.objects.filter(file=file).first(),
        replaced_by=component.satisfied_by[0] if component and component.satisfied_by else "",
    )


def component_of(dossier: Dossier, code: str) -> Component | None:
    """Return the component as its procedure asked for it when the dossier was filed."""
    try:
        service = service_filed(dossier)
    except NotFound:
        return None
    return next((each for each in service.components if each.code == code), None)


def papers_to_read(dossier: Dossier) -> list[UUID]:
    """Return the documents of papers that show something that was declared: those worth reading."""
    try:
        service = service_filed(dossier)
    except NotFound:
        return []
    shown = {each.code for each in service.components if each.shows}
    rows = dossier.files.filter(component_code__in=shown, replaced_at=None, held_id=None) if shown else []
    return [row.document_id for row in rows]


def _line(dossier: Dossier, pointer: str, kind: str, pages: Any) -> Line:
    declared = answer_at(dossier.answers, pointer)
    form = load_form(dossier.form_code, dossier.form_version) if dossier.form_code else None
    field = form.field_at(pointer) if form else None
    return Line(str(field.title) if field else pointer, declared, compare(kind, declared, pages))


def answer_at(answers: Mapping[str, Any], pointer: str) -> str:
    """Return the answer at a JSON Pointer as text; empty when there is none, or it is no single value."""
    value: Any = answers
    for part in pointer.split("/")[1:]:
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping | list | bool) else str(value)


OUTCOMES = {
    SAME: ("ok", "check", _("Same")),
    DIFFERS: ("warn", "circle-alert", _("Differs")),
    NOT_FOUND: ("plain", "circle-dashed", _("Not found on the paper")),
}
READINGS = {
    "read": _("Read by the machine. Compare it with the picture yourself: it misreads now and then."),
    "part": _("Only the first fifty pages were read."),
    "blank": _("The scan is blank. Look whether the paper lay the right way down, and scan it again."),
    "dark": _("The scan is too dark to be read. Scan it again in more light."),
    "unclear": _("Hardly any text could be read: handwriting, a photograph, or a blurred scan."),
    "failed": _("The machine could not read this file. Look at it as it is."),
}


def line_shown(line: Line) -> dict[str, Any]:
    """Return one line as the page shows it."""
    kind, icon, text = OUTCOMES[line.found.outcome]
    return {
        "question": line.question,
        "declared": _as_written(line.declared),
        "text": line.found.text,
        "page": line.found.page,
        "sure": round(line.found.confidence),
        "chip": {"kind": kind, "icon": icon, "text": text},
    }


def reading_said(outcome: str) -> str:
    """Say what became of the reading; empty while nothing did."""
    return str(READINGS.get(outcome, ""))


def _as_written(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
