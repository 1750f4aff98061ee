"""
What the one-stop shop holds of one applicant, for them.

Their drafts and dossiers as their own pages show them, and no more: nothing of who merely handed a dossier in for another,
no result before it is issued and paid for, nothing that offices wrote to each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Prefetch

from tinhso.base.actors import Actor
from tinhso.base.personal import Held, OwnFile
from tinhso.kernel.documents.public import linked, own_file
from tinhso.kernel.journal.public import Entry
from tinhso.modules.onestop.models import (
    Application,
    ApplicationState,
    DeliveryState,
    Dossier,
    DossierFile,
    FileOrigin,
    Payment,
    Rating,
    Reading,
    Result,
)
from tinhso.modules.onestop.queries.shown import happened

BATCH = 200
APPLICATION = (
    "id", "service_code", "service_name", "case_code", "agency_code", "form_code", "form_version", "answers",
    "delivery", "state", "created_at", "updated_at", "expires_at",
)  # fmt: skip
DOSSIER = (
    "code", "service_code", "service_name", "case_code", "agency_code", "agency_name", "way", "result_way",
    "result_address", "state", "money", "delivery", "applicant_name", "applicant_number", "applicant_phone",
    "applicant_email", "applicant_address", "form_code", "form_version", "answers", "submitted_at", "received_at",
    "due_at", "finished_at", "returned_at", "closing_reason", "fee_vnd",
)  # fmt: skip
PAYMENT = ("order_code", "amount_vnd", "method", "state", "payer_name", "receipt_number", "created_at", "settled_at")
READING = ("hour", "reader_name", "agency_code", "purpose")
RATING = ("score", "aspects", "comment", "at")
SUPPLEMENT = ("number", "items", "asked_at", "answer_by", "answered_at", "changed", "reply")
RESULT = ("kind", "title", "number", "reason", "signed_at", "issued_at", "taken_by")
FILE = ("document_id", "component_code", "component_name", "name", "size_bytes", "sha256", "origin", "added_at")


def applications_of(actor: Actor, _at: datetime) -> Held:
    """Return the actor's drafts, and what is kept of them after filing; their files come with the documents."""
    rows = Application.objects.filter(owner_key=actor.key).exclude(state=ApplicationState.DISCARDED)
    rows = rows.prefetch_related("files")
    return Held(
        [
            {
                **_told(row, APPLICATION),
                "files": [
                    {"document_id": file.document_id, "component_code": file.component_code, "name": file.name}
                    for file in row.files.all()
                ],
            }
            for row in rows.order_by("id")
        ]
    )


def dossiers_of(actor: Actor, _at: datetime) -> Held:
    """Return the actor's dossiers, oldest first, with the papers scanned for them and the results they were given."""
    rows = Dossier.objects.filter(owner_key=actor.key).order_by("id").select_related("result", "rating")
    rows = rows.prefetch_related(
        Prefetch("files", DossierFile.objects.exclude(origin=FileOrigin.OFFICE).order_by("added_at")),
        Prefetch("payments", Payment.objects.order_by("created_at")),
        Prefetch("readings", Reading.objects.order_by("hour")),
        "supplements",
    )
    data: list[dict[str, Any]] = []
    files: list[OwnFile] = []
    for batch in _batches(rows.iterator(chunk_size=BATCH)):
        history = _history(batch)
        for dossier in batch:
            given = _given(dossier)
            data.append({**_whole(dossier), "files": [_told(f, FILE) for f in given], "history": history[dossier.code]})
            files += _opened(dossier, {file.document_id for file in given})
    others = Dossier.objects.filter(submitter_key=actor.key).exclude(owner_key=actor.key).order_by("id")
    handed_in = list(others.values("code", "service_code", "submitted_at"))
    return Held({"own": data, "handed_in_for_others": handed_in}, tuple(files))


def _whole(dossier: Dossier) -> dict[str, Any]:
    result: Result | None = getattr(dossier, "result", None)
    rating: Rating | None = getattr(dossier, "rating", None)
    return {
        **_told(dossier, DOSSIER),
        "papers": dossier.components,
        "payments": [_told(one, PAYMENT) for one in dossier.payments.all()],
        "supplements": [_told(one, SUPPLEMENT) for one in dossier.supplements.all()],
        "result": _told(result, RESULT) if result and result.issued_at else None,
        "rating": _told(rating, RATING) if rating else None,
        "read_by": [_told(one, READING) for one in dossier.readings.all()],
    }


def _given(dossier: Dossier) -> list[DossierFile]:
    """Return the files of a dossier that are the applicant's to have: a result once it is issued and paid for."""
    is_out = dossier.delivery != DeliveryState.NONE and not dossier.holds_result
    return [file for file in dossier.files.all() if is_out or file.origin != FileOrigin.RESULT]


def _opened(dossier: Dossier, wanted: set[UUID]) -> Iterator[OwnFile]:
    if wanted:
        yield from (own_file(link.document) for link in linked(dossier.journal_subject) if link.document_id in wanted)


def _history(dossiers: Iterable[Dossier]) -> Mapping[str, list[dict[str, Any]]]:
    """Return what happened to these dossiers, as the applicant is told it: one statement."""
    codes = [dossier.code for dossier in dossiers]
    lines: dict[str, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(subject_type="dossier", subject_key__in=codes).order_by("id"):
        lines[entry.subject_key].append(entry)
    return {code: happened(lines[code], own=True) for code in codes}


def _batches(rows: Iterator[Dossier]) -> Iterator[list[Dossier]]:
    batch: list[Dossier] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _told(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
