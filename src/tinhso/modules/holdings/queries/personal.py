"""What the data store holds of one person or business, for their archive, and what may be erased of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from tinhso.base.actors import Actor
from tinhso.base.personal import Before, Held, OwnFile
from tinhso.kernel.documents.public import linked, own_file
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Reading
from tinhso.modules.holdings.queries.held import SUBJECT, held_of, numbers_of, own_number

HOLDING = (
    "id", "source", "state", "state_reason", "type_code", "title", "number", "issued_on", "issuer", "valid_from",
    "valid_to", "version", "document_id", "sha256", "dossier_code", "signed_by", "original_kept", "kept_at",
)  # fmt: skip
READING = ("reader_name", "agency_code", "why", "reference", "at", "holdings")


def collect(actor: Actor, _at: datetime) -> Held:
    """Return what is held of the actor, with the papers, and who was shown it; nothing for who has not proven who they are."""
    if not actor.is_applicant or actor.level < access.PROVEN:
        return Held({"results": [], "readings": []})
    number = own_number(actor)
    rows = list(held_of(number).order_by("id"))
    readings = Reading.objects.filter(owner_number__in=numbers_of(number)).order_by("id")
    return Held(
        {
            "results": [{name: getattr(row, name) for name in HOLDING} for row in rows],
            "readings": list(readings.values(*READING)),
        },
        tuple(file for row in rows for file in _files(str(row.id))),
    )


def _files(holding: str) -> list[OwnFile]:
    return [own_file(link.document) for link in linked((SUBJECT, holding))]


def readings_due(before: Before) -> QuerySet[Reading]:
    """Return readings that may go."""
    if before.moment is None:
        return Reading.objects.none()
    return Reading.objects.filter(at__lt=before.moment).order_by("id")
