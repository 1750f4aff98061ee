"""Drafts: lists, one draft with its proofs, and what changes against the published version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal, Text
from tinhso.kernel.casework.public import (
    Change,
    Flow,
    FlowState,
    Properties,
    Version,
    compare_flows,
    compile_flow,
    count_running,
    get_flow,
    list_flows,
    properties_of,
    published_graph,
    read_graph,
    read_notes,
    with_drawing,
)
from tinhso.kernel.organisation.public import ROLES
from tinhso.modules.designer import access
from tinhso.modules.designer.models import Draft, DraftKind, DraftState
from tinhso.modules.designer.queries.proving import Proof, prove

__all__ = [
    "OPEN",
    "PAGE",
    "Draft",
    "DraftKind",
    "DraftView",
    "Step",
    "count_forms_waiting",
    "count_waiting",
    "current_version",
    "differences",
    "drawn",
    "get_draft",
    "kind_of",
    "list_drafts",
    "properties",
    "published_flows",
    "running_on",
    "view_draft",
]
"""With the tables' words, for the pages."""
PAGE = 50
OPEN = (DraftState.EDITING, DraftState.SENT, DraftState.APPROVED)


def list_drafts(*, kind: str = DraftKind.FLOW, is_open: bool = True) -> list[Draft]:
    """Return drafts without their files, last changed first: those on their way, or those that are done. One statement."""
    rows = Draft.objects.filter(state__in=OPEN) if is_open else Draft.objects.exclude(state__in=OPEN)
    return list(rows.filter(kind=kind).defer("xml").order_by("-changed_at")[:PAGE])


def count_waiting(actor: Actor) -> int:
    """Return how many drafts of flows wait for a decision, for who decides. One statement."""
    return _waiting(DraftKind.FLOW) if access.can_decide(actor) else 0


def count_forms_waiting(actor: Actor) -> int:
    """Return how many drafts of forms wait for a decision, for who decides. One statement."""
    return _waiting(DraftKind.FORM) if access.can_decide(actor) else 0


def _waiting(kind: str) -> int:
    return Draft.objects.filter(state=DraftState.SENT, kind=kind).count()


def published_flows() -> list[Flow]:
    """Return the flows on which new cases begin. One statement."""
    return [flow for flow in list_flows() if flow.state == FlowState.PUBLISHED]


def get_draft(draft_id: UUID, kind: str = DraftKind.FLOW) -> Draft:
    """Return a draft of a kind. Raises NotFound."""
    found = Draft.objects.filter(pk=draft_id, kind=kind).first()
    if found is None:
        raise NotFound
    return found


def kind_of(draft_id: UUID) -> str:
    """Return of what kind a draft is. Raises NotFound."""
    found = Draft.objects.filter(pk=draft_id).values_list("kind", flat=True).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the table of steps."""

    properties: Properties
    role: Text


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its page shows it."""

    draft: Draft
    proof: Proof
    steps: list[Step]
    running: int
    """Open cases on all versions of this flow: they keep theirs."""


STEPS = ("userTask", "manualTask")
SHOWN = (
    *STEPS,
    "serviceTask",
    "sendTask",
    "receiveTask",
    "endEvent",
    "intermediateCatchEvent",
    "boundaryEvent",
    "subProcess",
)


def view_draft(draft: Draft, at: datetime) -> DraftView:
    """Return a draft with its steps, what is proved of it and how many cases run on earlier versions."""
    try:
        found = properties_of(bytes(draft.xml))
    except Refusal:
        found = {}
    steps = [Step(each, ROLES.get(each.role, each.role)) for each in found.values() if each.kind in SHOWN]
    return DraftView(draft, prove(bytes(draft.xml), civil_date(at)), steps, running_on(draft.code))


def running_on(code: str) -> int:
    """Return how many open cases there are on all versions of a flow. Two statements."""
    running = count_running()
    return sum(running.get(flow.pk, 0) for flow in list_flows(with_retired=True) if flow.code == code)


def properties(draft: Draft, element: str) -> Properties:
    """Return the properties of one element. Raises NotFound."""
    found = properties_of(bytes(draft.xml)).get(element)
    if found is None:
        raise NotFound
    return found


def drawn(draft: Draft) -> bytes:
    """Return the file of a draft with a drawing of everything in it, for the canvas."""
    return with_drawing(bytes(draft.xml))


def current_version(code: str) -> int:
    """Return the number of the published version of a flow, 0 when there is none. One statement."""
    return next((flow.version for flow in published_flows() if flow.code == code), 0)


def differences(draft: Draft) -> list[Change]:
    """Return in sentences what changes against the published version. Raises what keeps the file from being compiled."""
    new = _version(bytes(draft.xml))
    number = current_version(draft.code)
    if draft.state == DraftState.PUBLISHED:
        number = draft.base_version
    if not number:
        return []
    old = get_flow(draft.code, number)
    return compare_flows(Version(read_graph(old), read_notes(bytes(old.xml))), new)


def _version(xml: bytes) -> Version:
    return Version(compile_flow(xml, library=published_graph), read_notes(xml))
