"""Rehearsals: asked for by who drafts or decides, done by the worker, kept with what they were fed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.modules.designer import access
from tinhso.modules.designer.models import Draft, DraftKind, Rehearsal, RehearsalState

SEED = 20250701
MOST_PEOPLE, MOST_DAYS = 500, 400


class BadStaff(Refusal):
    """How many people work at a post is a whole number."""

    code = "designer.bad_staff"
    text = _("Write for each post a number of people from 1 to {most}, and a span of at most {days} days.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AskedAlready(Refusal):
    """The worker does one after the other; the same draft waits for one of them at most."""

    code = "designer.asked_already"
    text = _("A rehearsal of this draft waits for the worker already. Look at it first, then ask for another one.")


@act
def ask_rehearsal(
    draft_id: UUID,
    *,
    since: date,
    until: date,
    staff: Sequence[tuple[str, str, int]],
    absent_days: float = 3,
    actor: Actor,
    at: datetime,
) -> Rehearsal:
    """Ask the worker to send the cases of a span through the flow in effect and through the draft. Raises BadStaff, AskedAlready, NotFound."""
    require(access.can_rehearse, actor)
    draft = Draft.objects.select_for_update().filter(pk=draft_id, kind=DraftKind.FLOW).first()
    if draft is None:
        raise NotFound
    span = (until - since).days
    if not 0 <= span <= MOST_DAYS or any(not 1 <= people <= MOST_PEOPLE for _agency, _role, people in staff):
        raise BadStaff(most=MOST_PEOPLE, days=MOST_DAYS)
    if draft.rehearsals.filter(state=RehearsalState.ASKED).exists():
        raise AskedAlready
    inputs = {
        "since": since.isoformat(), "until": until.isoformat(), "staff": [list(row) for row in staff],
        "absent_days": absent_days, "seed": SEED,
    }  # fmt: skip
    made = Rehearsal.objects.create(
        draft=draft, draft_version=draft.version, inputs=inputs, asked_at=at, asked_by=actor.name
    )
    record("designer.rehearsal_asked", draft, actor=actor, at=at, flow=draft.code, rehearsal=str(made.pk))
    return made


@act
def end_rehearsal(
    rehearsal_id: UUID,
    *,
    draft_version: int,
    result: dict[str, Any] | None,
    problem: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Keep what a rehearsal of this version of the draft showed, or why it could not be done; the first answer stays."""
    require(access.can_publish_due, actor)
    found = Rehearsal.objects.select_for_update().select_related("draft").get(pk=rehearsal_id)
    if found.state == RehearsalState.ASKED:
        found.state = RehearsalState.DONE if result is not None else RehearsalState.FAILED
        found.result, found.problem, found.finished_at = result or {}, problem[:500], at
        found.draft_version = draft_version
        found.save(update_fields=["state", "result", "problem", "finished_at", "draft_version"])
    record("designer.rehearsal_done", found.draft, actor=actor, at=at, rehearsal=str(found.pk), state=found.state)
