"""Writing the draft of a form: begun from the one in force, from a file or empty; changed question by question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.forms.public import (
    add_question,
    canonical,
    change_form,
    change_question,
    change_rule,
    empty_form,
    load_form,
    move_question,
    read_form_file,
    remove_question,
    remove_rule,
)
from tinhso.kernel.journal.public import record
from tinhso.modules.designer import access
from tinhso.modules.designer.actions.drafts import held, keep, writable
from tinhso.modules.designer.actions.refusals import CodeTaken
from tinhso.modules.designer.models import Draft, DraftKind
from tinhso.modules.designer.queries.forms import current_version, resolved, schema_of

LONGEST_NAME = 300


@act
def begin_form(code: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a draft from the form in force. Raises NotFound."""
    require(access.can_draft, actor)
    number = current_version(code)
    if not number:
        raise NotFound
    return _begin(code, dict(load_form(code, number).schema), number, actor, at)


@act
def begin_empty_form(code: str, name: str, name_en: str, *, actor: Actor, at: datetime) -> Draft:
    """Begin a form that there was not, without a step. Raises CodeTaken."""
    require(access.can_draft, actor)
    if current_version(code):
        raise CodeTaken(code=code)
    return _begin(code, empty_form(code, name, name_en), 0, actor, at)


@act
def begin_form_from_file(given: bytes, common: bytes = b"", *, actor: Actor, at: datetime) -> Draft:
    """
    Begin a draft from the file of a pack, with the definitions that its forms share where it names them.

    It may still be full of faults, but it must be the file of a form that says whose it is. Raises CannotEdit.
    """
    require(access.can_draft, actor)
    code, schema = resolved(read_form_file(given), read_form_file(common) if common else {})
    return _begin(code, schema, current_version(code), actor, at)


def _begin(code: str, schema: Mapping[str, Any], base: int, actor: Actor, at: datetime) -> Draft:
    draft = Draft.objects.create(
        kind=DraftKind.FORM, code=code, name=_name(schema), xml=canonical(schema).encode(), base_version=base,
        authors=[actor.key], changed_at=at, changed_by=actor.name, begun_at=at,
    )  # fmt: skip
    record("designer.draft_begun", draft, actor=actor, at=at, form=code, base=base)
    return draft


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("title") or schema.get("$id") or "–")[:LONGEST_NAME]


def _open(draft_id: UUID, seen: int, actor: Actor) -> tuple[Draft, dict[str, Any]]:
    require(access.can_draft, actor)
    draft = writable(held(draft_id, DraftKind.FORM), seen)
    return draft, schema_of(draft)


def _keep(draft: Draft, schema: Mapping[str, Any], actor: Actor, at: datetime, what: str) -> Draft:
    return keep(draft, canonical(schema).encode(), actor, at, what=what or "form", name=_name(schema))


@act
def put_in_question(
    draft_id: UUID, above: str, values: Mapping[str, Any], *, key: str = "", seen: int, actor: Actor, at: datetime
) -> tuple[Draft, str]:
    """Put a question into a step or group, or a step into the form. Raises CannotEdit, ChangedMeanwhile, NotEditing."""
    draft, schema = _open(draft_id, seen, actor)
    made, path = add_question(schema, above, values, key=key)
    return _keep(draft, made, actor, at, path), path


@act
def save_question(
    draft_id: UUID, path: str, values: Mapping[str, Any], *, seen: int, actor: Actor, at: datetime
) -> Draft:
    """Say something else of a question. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    return _keep(draft, change_question(schema, path, values), actor, at, path)


@act
def shift_question(
    draft_id: UUID, path: str, *, by: int = 0, into: str | None = None, seen: int, actor: Actor, at: datetime
) -> tuple[Draft, str]:
    """Move a question among its neighbours or into another step. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    made, there = move_question(schema, path, by=by, into=into)
    return _keep(draft, made, actor, at, there), there


@act
def take_out_question(draft_id: UUID, path: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Take a step or a question out. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    return _keep(draft, remove_question(schema, path), actor, at, path)


@act
def save_form(draft_id: UUID, values: Mapping[str, str], *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Say something else of the form as a whole. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    return _keep(draft, change_form(schema, values), actor, at, "")


@act
def save_rule(
    draft_id: UUID, index: int | None, values: Mapping[str, str], *, seen: int, actor: Actor, at: datetime
) -> Draft:
    """Put a rule between answers into the form, or another one in its place. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    return _keep(draft, change_rule(schema, index, values), actor, at, "x-rules")


@act
def take_out_rule(draft_id: UUID, index: int, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Take a rule out of the form. Raises as `put_in_question` does."""
    draft, schema = _open(draft_id, seen, actor)
    return _keep(draft, remove_rule(schema, index), actor, at, "x-rules")
