"""Writing the draft of a document that another module lends: begun, answered page by page, rows put in and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Begun, Drafted
from tinhso.kernel.journal.public import record
from tinhso.modules.designer import access
from tinhso.modules.designer.actions.drafts import held, keep, writable
from tinhso.modules.designer.models import Draft
from tinhso.modules.designer.queries.documents import OWN, document_of, lent_kind, text_of


@act
def begin_document(kind: str, code: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a draft from the last version of a document. Raises NotFound."""
    require(access.can_draft, actor)
    return _begin(kind, lent_kind(kind).begin(code, civil_date(at)), actor, at)


@act
def begin_new_document(kind: str, code: str, name: str, name_en: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a document that there was not. Raises what the lender refuses, such as a code that is taken."""
    require(access.can_draft, actor)
    return _begin(kind, lent_kind(kind).begin_new(code, name, name_en, civil_date(at)), actor, at)


def _begin(kind: str, begun: Begun, actor: Actor, at: datetime) -> Draft:
    draft = Draft.objects.create(
        kind=kind, code=begun.code, name=begun.name, xml=text_of(begun.document), base_version=begun.version,
        authors=[actor.key], changed_at=at, changed_by=actor.name, begun_at=at,
    )  # fmt: skip
    record("designer.draft_begun", draft, actor=actor, at=at, **{kind: begun.code}, base=begun.version)
    return draft


def _open(draft_id: UUID, seen: int, actor: Actor) -> tuple[Draft, Drafted, dict[str, Any]]:
    require(access.can_draft, actor)
    draft = held(draft_id)
    if draft.kind in OWN:
        raise NotFound
    return writable(draft, seen), lent_kind(draft.kind), document_of(draft)


def _keep(draft: Draft, document: Mapping[str, Any], actor: Actor, at: datetime, what: str) -> Draft:
    return keep(draft, text_of(document), actor, at, what=what, name=str(document.get("name") or draft.name)[:300])


@act
def save_page(draft_id: UUID, page: str, cleaned: Mapping[str, Any], *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Answer a block or a row otherwise. Raises NotFound, NotEditing, ChangedMeanwhile."""
    draft, kind, document = _open(draft_id, seen, actor)
    return _keep(draft, kind.change(document, page, kind.read(page, cleaned)), actor, at, page)


@act
def put_in_row(
    draft_id: UUID, into: str, cleaned: Mapping[str, Any], *, seen: int, actor: Actor, at: datetime
) -> tuple[Draft, str]:
    """Put a row at the end of a list; return the draft and the place of the row. Raises as `save_page` does."""
    draft, kind, document = _open(draft_id, seen, actor)
    if any(part.pointer == into and part.fills for part in kind.parts(document)):
        # a first row of its own would silently put aside those that hold so far
        document = kind.fill(draft.code, document, into)
    made, page = kind.put_in(document, into, kind.read(into, cleaned))
    return _keep(draft, made, actor, at, page), page


@act
def fill_list(draft_id: UUID, into: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Write what is known elsewhere into a list that says nothing of its own, to be changed there. Raises as `save_page` does."""
    draft, kind, document = _open(draft_id, seen, actor)
    return _keep(draft, kind.fill(draft.code, document, into), actor, at, into)


@act
def take_out_row(draft_id: UUID, page: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Take a row out of its list. Raises as `save_page` does."""
    draft, kind, document = _open(draft_id, seen, actor)
    return _keep(draft, kind.take_out(document, page), actor, at, page)


@act
def shift_row(draft_id: UUID, page: str, by: int, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Move a row among its neighbours. Raises as `save_page` does."""
    draft, kind, document = _open(draft_id, seen, actor)
    made, there = kind.shift(document, page, by)
    return _keep(draft, made, actor, at, there)
