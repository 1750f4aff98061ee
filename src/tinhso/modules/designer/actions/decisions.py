"""Deciding on a draft: approved with the day from which it holds, or sent back with words. Never by who wrote it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import drafted
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import new_id, record
from tinhso.modules.designer import access
from tinhso.modules.designer.actions.drafts import held
from tinhso.modules.designer.actions.kinds import kind_of
from tinhso.modules.designer.actions.refusals import (
    ChangedMeanwhile,
    DayPast,
    NotSent,
    OvertakenDraft,
    OwnDraft,
    TooFar,
    TooSoon,
)
from tinhso.modules.designer.models import Draft, DraftState
from tinhso.web import words

PUBLISHER = system("designer")
FURTHEST = timedelta(days=731)
TAKEN_BACK = gettext_noop(
    "“{name}” ({code}) does not come in force as approved: {problem} Mend the draft and send it again."
)


def _sent(draft_id: UUID, seen: int, actor: Actor) -> Draft:
    draft = held(draft_id)
    if actor.key in draft.authors:
        raise OwnDraft
    require(access.can_decide_this, actor, draft)
    if draft.state != DraftState.SENT:
        raise NotSent(state=draft.get_state_display())
    if draft.version != seen:
        raise ChangedMeanwhile(who=draft.changed_by, when=words.moment(draft.changed_at))
    return draft


@act
def return_draft(draft_id: UUID, said: str, *, seen: int, actor: Actor, at: datetime) -> Draft:
    """Send a draft back with what must be mended. Raises OwnDraft, NotSent, ChangedMeanwhile."""
    require(access.can_decide, actor)
    draft = _sent(draft_id, seen, actor)
    draft.state, draft.words, draft.version = DraftState.EDITING, said, draft.version + 1
    draft.decided_at, draft.decided_by, draft.decided_key = at, actor.name, actor.key
    draft.save(update_fields=["state", "words", "version", "decided_at", "decided_by", "decided_key"])
    record("designer.draft_returned", draft, actor=actor, at=at, **{draft.kind: draft.code}, words=said)
    return draft


@act
def approve_draft(
    draft_id: UUID, effective_on: date, *, seen: int, at_once: str = "", actor: Actor, at: datetime
) -> Draft:
    """
    Approve a draft from a day on. Today: new cases and declarations begin on it at once; later: the worker publishes it that day.

    Running cases stay on their version. What another module lends is announced at once, with its day, and holds from today
    only where `at_once` says why. Raises OwnDraft, NotSent, NotProved, FormFaulty, DocumentFaulty, OvertakenDraft, DayPast,
    TooSoon, TooFar, ChangedMeanwhile.
    """
    require(access.can_decide, actor)
    draft = _sent(draft_id, seen, actor)
    kind = kind_of(draft)
    _demand_day(kind.earliest(civil_date(at)), effective_on, at_once, civil_date(at))
    draft.effective_on = effective_on
    kind.demand_proof(draft, at)
    _demand_newest(draft)
    is_early = effective_on < kind.earliest(civil_date(at))
    draft.state, draft.version = DraftState.APPROVED, draft.version + 1
    draft.decided_at, draft.decided_by, draft.decided_key = at, actor.name, actor.key
    draft.at_once = at_once if is_early else ""
    draft.save(update_fields=["state", "effective_on", "version", "decided_at", "decided_by", "decided_key", "at_once"])
    record(
        "designer.draft_approved", draft, actor=actor, at=at, **{draft.kind: draft.code}, version=draft.version,
        effective_on=effective_on.isoformat(), **({"at_once": at_once} if is_early else {}),
    )  # fmt: skip
    return _publish(draft, at) if kind.is_announced or effective_on == civil_date(at) else draft


def _demand_day(earliest: date, wanted: date, at_once: str, today: date) -> None:
    if wanted < today:
        raise DayPast
    if wanted < earliest and not at_once.strip():
        raise TooSoon(day=words.day(earliest))
    if wanted > today + FURTHEST:
        raise TooFar(day=words.day(today + FURTHEST))


def _demand_newest(draft: Draft) -> None:
    current = kind_of(draft).current_version(draft.code)
    if current != draft.base_version:
        raise OvertakenDraft(version=current)


def _publish(draft: Draft, at: datetime) -> Draft:
    number = kind_of(draft).publish(draft, PUBLISHER, at)
    draft.state, draft.published_version, draft.version = DraftState.PUBLISHED, number, draft.version + 1
    draft.save(update_fields=["state", "published_version", "version"])
    record("designer.draft_published", draft, actor=PUBLISHER, at=at, **{draft.kind: draft.code}, published=number)
    return draft


@act
def publish_due(draft_id: UUID, *, actor: Actor, at: datetime) -> Draft:
    """
    Bring one approved draft into effect on its day.

    Where its proofs hold no more (a post is gone, another version came), it goes back to its authors with the reason.
    """
    require(access.can_publish_due, actor)
    draft = held(draft_id)
    if draft.state != DraftState.APPROVED or draft.effective_on is None or draft.effective_on > civil_date(at):
        raise NotSent(state=draft.get_state_display())
    try:
        kind_of(draft).demand_proof(draft, at)
        _demand_newest(draft)
    except Refusal as no:
        draft.state, draft.words, draft.version = DraftState.EDITING, str(no)[:1000], draft.version + 1
        draft.save(update_fields=["state", "words", "version"])
        record("designer.draft_returned", draft, actor=actor, at=at, **{draft.kind: draft.code}, words=draft.words)
        return draft
    return _publish(draft, at)


@act
def take_back_announced(draft_id: UUID, *, actor: Actor, at: datetime) -> Draft:
    """
    Take back what was announced and fails its proofs now, on its first day or before.

    The version before it holds on, the draft goes back to its authors, and they and who approved are told why. Raises
    NotSent where nothing is wrong, or another version followed already.
    """
    require(access.can_publish_due, actor)
    draft = held(draft_id)
    why = fails(draft, at) if draft.state == DraftState.PUBLISHED else ""
    lent = drafted(draft.kind)
    if not why or lent is None or not lent.take_back(draft.code, draft.published_version, actor=PUBLISHER, at=at):
        raise NotSent(state=draft.get_state_display())
    _give_back(draft, why, actor, at)
    return draft


def fails(draft: Draft, at: datetime) -> str:
    """Return why a draft could not come in force today; empty where it can."""
    try:
        kind_of(draft).demand_proof(draft, at)
    except Refusal as no:
        return str(no)[:1000]
    return ""


def _give_back(draft: Draft, why: str, actor: Actor, at: datetime) -> None:
    draft.state, draft.words, draft.version, draft.published_version = DraftState.EDITING, why, draft.version + 1, 0
    draft.save(update_fields=["state", "words", "version", "published_version"])
    record("designer.draft_returned", draft, actor=actor, at=at, **{draft.kind: draft.code}, words=why)
    event, link = new_id(), reverse("designer:document_draft", args=[draft.pk])
    for reader in dict.fromkeys([*draft.authors, draft.decided_key]):
        if reader:
            facts = {"name": draft.name, "code": draft.code, "problem": why}
            notify(reader, text=TAKEN_BACK, facts=facts, link=link, event_id=event, at=at)
