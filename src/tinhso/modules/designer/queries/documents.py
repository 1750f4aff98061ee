"""Drafts of documents that other modules lend: what stands in one, what is wrong with it, what changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import pgettext_lazy

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Drafted, DraftFault, drafted
from tinhso.modules.designer import access
from tinhso.modules.designer.models import Draft, DraftKind, DraftState
from tinhso.modules.designer.queries.drafts import list_drafts
from tinhso.modules.designer.queries.proving import prove_service

OWN = frozenset(DraftKind.values)
PROCEDURES = "procedure"
FLOW = pgettext_lazy("draft", "Flow")


def lent_kind(kind: str) -> Drafted:
    """Return a kind that a module lends. Raises NotFound."""
    found = drafted(kind) if kind not in OWN else None
    if found is None:
        raise NotFound
    return found


def get_document_draft(draft_id: UUID) -> tuple[Draft, Drafted]:
    """Return a draft and its lent kind. Raises NotFound."""
    found = Draft.objects.filter(pk=draft_id).exclude(kind__in=OWN).first()
    if found is None:
        raise NotFound
    return found, lent_kind(found.kind)


def document_drafts(kind: str, *, is_open: bool = True) -> list[Draft]:
    """Return the drafts of a kind without their texts, last changed first. One statement."""
    return list_drafts(kind=kind, is_open=is_open)


def count_procedures_waiting(actor: Actor) -> int:
    """Return how many drafts of procedures wait for a decision, for who decides. One statement."""
    return Draft.objects.filter(state=DraftState.SENT, kind=PROCEDURES).count() if access.can_decide(actor) else 0


def document_of(draft: Draft) -> dict[str, Any]:
    """Return what stands in a draft."""
    found: dict[str, Any] = json.loads(bytes(draft.xml))
    return found


def text_of(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is kept; the order of its keys stays."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def differences(draft: Draft) -> Sequence[Any]:
    """Return in sentences what changes against the last version; of a published draft against the one it replaced."""
    kind = lent_kind(draft.kind)
    number = draft.base_version if draft.state == DraftState.PUBLISHED else kind.current(draft.code)
    old = kind.base(draft.code, number) if number else None
    return kind.compare(old, document_of(draft)) if old is not None else []


def faults_of(draft: Draft, on: date) -> list[DraftFault]:
    """Return what is wrong with a draft, faults first."""
    kind = lent_kind(draft.kind)
    return sorted(whole_faults(kind, draft, kind.earliest(on)), key=lambda fault: not fault.is_error)


def whole_faults(kind: Drafted, draft: Draft, on: date) -> list[DraftFault]:
    """
    Return what is wrong with a draft that is to hold from a day on: what its module says, and what its flow says to it.

    A flow is asked once the rest is right: limits that cannot be counted say nothing.
    """
    document = document_of(draft)
    found = list(kind.faults(draft.code, document, on))
    if kind.service is None or any(fault.is_error for fault in found):
        return found
    proved = prove_service(kind.service(draft.code, document), on)
    return found + [DraftFault("", FLOW, str(fault), is_error=fault.is_error) for fault in proved]
