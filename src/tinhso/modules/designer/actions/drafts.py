"""Writing a draft: begun from a flow in effect or from a file, drawn, changed by the table, sent for approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import (
    BadFile,
    add_step,
    change_element,
    get_flow,
    process_named,
    remove_step,
    with_drawing,
)
from tinhso.kernel.journal.public import record
from tinhso.modules.designer import access
from tinhso.modules.designer.actions import kinds
from tinhso.modules.designer.actions.refusals import ChangedMeanwhile, NotEditing, NothingChanged, OtherCode
from tinhso.modules.designer.models import Draft, DraftKind, DraftState
from tinhso.modules.designer.queries.drafts import current_version
from tinhso.web import words

LONGEST_CODE, LONGEST_NAME = 100, 300
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:tinhso="urn:tinhso:bpmn" id="definitions_{id}" targetNamespace="urn:tinhso:flows">
<bpmn:process id="{code}" name="{name}" isExecutable="true"><bpmn:startEvent id="begin"/><bpmn:endEvent id="end"/>
<bpmn:sequenceFlow id="first" sourceRef="begin" targetRef="end"/></bpmn:process></bpmn:definitions>
"""


@act
def begin_draft(code: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a draft from the version in effect. Raises NotFound."""
    require(access.can_draft, actor)
    number = current_version(code)
    if not number:
        raise NotFound
    flow = get_flow(code, number)
    return _begin(code, flow.name, with_drawing(bytes(flow.xml)), number, actor=actor, at=at)


@act
def begin_empty(code: str, name: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a flow that there was not: a beginning, an end, and nothing in between yet."""
    require(access.can_draft, actor)
    clean = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    xml = EMPTY.format(id=code, code=code, name=clean).encode()
    return _begin(code, name, with_drawing(xml), current_version(code), actor=actor, at=at)


@act
def begin_from_file(xml: bytes, *, actor: Actor, at: datetime) -> Draft:
    """Begin a draft from an uploaded file; it may still be full of faults, but it must be plain, small BPMN. Raises BadFile."""
    require(access.can_draft, actor)
    drawn = with_drawing(xml)
    code, name = _named(drawn)
    return _begin(code, name, drawn, current_version(code), actor=actor, at=at)


def _begin(code: str, name: str, xml: bytes, base: int, *, actor: Actor, at: datetime) -> Draft:
    draft = Draft.objects.create(
        code=code, name=name, xml=xml, base_version=base, authors=[actor.key], changed_at=at, changed_by=actor.name,
        begun_at=at,
    )  # fmt: skip
    record("designer.draft_begun", draft, actor=actor, at=at, flow=code, base=base)
    return draft


def _named(xml: bytes) -> tuple[str, str]:
    code, name = process_named(xml)
    if len(code) > LONGEST_CODE:
        raise BadFile(reason="process id")
    return code, name[:LONGEST_NAME]


@act
def save_drawing(draft_id: UUID, xml: bytes, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Keep what was drawn. Raises ChangedMeanwhile, NotEditing, OtherCode, BadFile."""
    require(access.can_draft, actor)
    draft = _open(draft_id, seen)
    code, name = _named(xml)
    if code != draft.code:
        raise OtherCode(code=draft.code)
    return keep(draft, xml, actor, at, name=name, what="drawing")


@act
def change_properties(
    draft_id: UUID, element: str, values: Mapping[str, str], *, seen: int, actor: Actor, at: datetime
) -> Draft:
    """Change what is said of one element. Raises ChangedMeanwhile, NotEditing, CannotChange."""
    require(access.can_draft, actor)
    draft = _open(draft_id, seen)
    return keep(draft, change_element(bytes(draft.xml), element, values), actor, at, what=element)


@act
def put_in_step(
    draft_id: UUID, after: str, values: Mapping[str, str], *, seen: int, actor: Actor, at: datetime
) -> tuple[Draft, str]:
    """Put a step in behind another element; return the draft and the id of the step. Raises as `change_properties` does."""
    require(access.can_draft, actor)
    draft = _open(draft_id, seen)
    xml, step = add_step(bytes(draft.xml), after, values)
    return keep(draft, with_drawing(xml), actor, at, what=step), step


@act
def take_out_step(draft_id: UUID, element: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Take a step out; what led to it leads on. Raises as `change_properties` does."""
    require(access.can_draft, actor)
    draft = _open(draft_id, seen)
    return keep(draft, with_drawing(remove_step(bytes(draft.xml), element)), actor, at, what=element)


def _open(draft_id: UUID, seen: int) -> Draft:
    draft = held(draft_id, DraftKind.FLOW)
    return writable(draft, seen)


def writable(draft: Draft, seen: int) -> Draft:
    """Return a held draft that is still written, as it was seen. Raises NotEditing, ChangedMeanwhile."""
    if not draft.is_open:
        raise NotEditing(state=draft.get_state_display())
    if draft.version != seen:
        raise ChangedMeanwhile(who=draft.changed_by, when=words.moment(draft.changed_at))
    return draft


def held(draft_id: UUID, kind: str = "") -> Draft:
    """Return a draft (of a kind), held until the act commits. Raises NotFound."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None or (kind and draft.kind != kind):
        raise NotFound
    return draft


def keep(draft: Draft, xml: bytes, actor: Actor, at: datetime, *, what: str, name: str = "") -> Draft:
    """Write down the file of a held draft, and who changed what of it."""
    draft.xml, draft.version = xml, draft.version + 1
    draft.name = name or draft.name
    draft.changed_at, draft.changed_by = at, actor.name
    draft.authors = list(dict.fromkeys([*draft.authors, actor.key]))
    draft.save(update_fields=["xml", "version", "name", "changed_at", "changed_by", "authors"])
    record(
        "designer.draft_changed",
        draft,
        actor=actor,
        at=at,
        **{draft.kind: draft.code},
        version=draft.version,
        what=what,
    )
    return draft


@act
def send_draft(draft_id: UUID, note: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Send a draft for approval. Raises NotProved, NothingChanged, ChangedMeanwhile, NotEditing."""
    require(access.can_draft, actor)
    draft = writable(held(draft_id), seen)
    kind = kinds.kind_of(draft)
    kind.demand_proof(draft, at)
    if draft.base_version and not kind.differences(draft):
        raise NothingChanged
    draft.state, draft.sent_at, draft.note, draft.words = DraftState.SENT, at, note, ""
    draft.version += 1
    draft.authors = list(dict.fromkeys([*draft.authors, actor.key]))
    draft.save(update_fields=["state", "sent_at", "note", "words", "version", "authors"])
    record("designer.draft_sent", draft, actor=actor, at=at, **{draft.kind: draft.code}, version=draft.version)
    return draft


@act
def drop_draft(draft_id: UUID, *, actor: Actor, at: datetime) -> Draft:
    """Drop a draft that is not in effect; it is kept and can be read. Raises NotEditing."""
    require(access.can_draft, actor)
    draft = held(draft_id)
    if draft.state in (DraftState.PUBLISHED, DraftState.DROPPED):
        raise NotEditing(state=draft.get_state_display())
    draft.state, draft.version = DraftState.DROPPED, draft.version + 1
    draft.save(update_fields=["state", "version"])
    record("designer.draft_dropped", draft, actor=actor, at=at, **{draft.kind: draft.code})
    return draft
