"""
Telling the portal: noted with the act's line, taken up in a short act, sent outside of any transaction, settled in a second act.

Messages of one dossier go in their order: while the first is put off or parked, those behind it wait. A worker that is killed
leaves what it took to the next one, and the portal takes what it is told twice as once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Exists, F, OuterRef, QuerySet

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import NotFound
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import (
    NATIONAL_SUBJECT,
    NationalCases,
    NationalPortal,
    NationalStep,
    PortalAway,
    PortalRefuses,
)
from tinhso.kernel.journal.public import EntryView, new_id, record
from tinhso.law.states import NationalState
from tinhso.modules.nationalportal import access
from tinhso.modules.nationalportal.models import Message, MessageKind, MessageState, Taken

log = logging.getLogger(__name__)
BATCH = 50
ASKED_BEFORE_AWAY = 3
"""Dossiers about which nothing is answered, one after the other, before the portal counts as away."""
MOST_TRIES = 12
"""Of one dossier while others go through, some two days; then a person has to look."""
SECONDS = 30.0
"""How long one run tells; the rest comes in the next."""
LEASE = timedelta(minutes=5)
"""How long what was taken up is left alone."""
LONGEST_WAIT = timedelta(hours=6)
MOST_DOUBLINGS = 10
KEPT = timedelta(days=90)
AT_ONCE_FORGOTTEN = 2000


class _Nothing(Exception):  # noqa: N818 - rolls back an act that found no work
    pass


def note(entry: EntryView, step: Mapping[str, Any]) -> None:
    """Note that a dossier changed, and by which step. Told twice it is noted once; no act: the line of the journal is one."""
    made = [
        Message(
            id=new_id(),
            dossier_code=entry.subject_key,
            agency_code=entry.agency,
            kind=kind,
            entry_id=entry.id,
            facts=step if kind == MessageKind.STEP else {},
            made_at=entry.delivered_at,
            next_at=entry.delivered_at,
        )
        # a step is taken only of a dossier that is known there
        for kind in (MessageKind.DOSSIER, MessageKind.STEP)
    ]
    Message.objects.bulk_create(made, ignore_conflicts=True)


def tell_some(portal: NationalPortal, *, actor: Actor, at: datetime) -> int:
    """
    Tell what is due; return how many messages went. Safe in two processes at once.

    A portal that answers nothing about several dossiers one after the other is away: the rest is put back as it was, for a
    minute. One dossier on which it falls over holds up no other.
    """
    told, silent, until = 0, 0, time.monotonic() + SECONDS
    while silent < ASKED_BEFORE_AWAY and time.monotonic() < until and _due(at).exists():
        try:
            batch = _take(actor=actor, at=at)
        except _Nothing:
            break
        groups = [list(some) for _code, some in groupby(batch, key=lambda one: one.dossier_code)]
        for place, mine in enumerate(groups):
            if silent >= ASKED_BEFORE_AWAY:
                _put_back([one for group in groups[place:] for one in group], at)
                break
            fault = _tell(portal, mine)
            silent = silent + 1 if isinstance(fault, PortalAway) and not isinstance(fault, OwnFault) else 0
            told += _settle(mine, fault, actor=actor, at=at)
    return told


def _due(at: datetime) -> QuerySet[Message]:
    before = Message.objects.filter(dossier_code=OuterRef("dossier_code"), id__lt=OuterRef("id"))
    held = before.exclude(state=MessageState.SENT).exclude(state=MessageState.WAITING, next_at__lte=at)
    return Message.objects.filter(state=MessageState.WAITING, next_at__lte=at).exclude(Exists(held))


def _next_due(at: datetime) -> QuerySet[Message]:
    """Return what has waited longest, in the order of the index: a long queue is not sorted for each batch."""
    return _due(at).order_by("next_at")


@act
def _take(*, actor: Actor, at: datetime) -> list[Message]:
    """Take up all that is due of the dossiers whose turn has come, by dossier and in order."""
    require(by_system, actor)
    codes = set(_next_due(at).values_list("dossier_code", flat=True)[:BATCH])
    due = _due(at).filter(dossier_code__in=codes).order_by("dossier_code", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    batch = _from_the_first(list(due))
    if not batch:
        raise _Nothing
    for row in batch:
        row.tries += 1
        # without a fault and not due: in somebody's hand
        row.next_at, row.fault = at + LEASE, ""
    Message.objects.bulk_update(batch, ["tries", "next_at", "fault"])
    record("nationalportal.taken", ("message", str(batch[0].pk)), actor=actor, at=at, count=len(batch))
    return batch


def _from_the_first(rows: list[Message]) -> list[Message]:
    """Leave out what stands behind a message that another worker has in hand: skipping locked rows hides those from us."""
    mine = {row.pk for row in rows}
    unsent = Message.objects.filter(dossier_code__in={row.dossier_code for row in rows}).exclude(
        state=MessageState.SENT
    )
    held: dict[str, UUID] = {}
    for code, key in unsent.values_list("dossier_code", "id"):
        if key not in mine:
            held[code] = min(key, held.get(code, key))
    return [row for row in rows if row.dossier_code not in held or row.pk < held[row.dossier_code]]


def _put_back(messages: Sequence[Message], at: datetime) -> None:
    """Put back what was taken up and not tried. No act: nothing was done."""
    keys = [one.pk for one in messages]
    rows = Message.objects.filter(pk__in=keys, state=MessageState.WAITING, tries__gt=0)
    rows.update(tries=F("tries") - 1, next_at=at + wait_after(1))


class OwnFault(PortalAway):
    """A fault of ours in one dossier. Only its kind is kept: its words may name somebody."""


def _tell(portal: NationalPortal, messages: Sequence[Message]) -> PortalAway | PortalRefuses | None:
    """Tell all of one dossier: once as it is now, then its steps. Return None or why not."""
    code = messages[0].dossier_code
    try:
        dossier = registry.one(NationalCases).read(code)
        if dossier is None:  # erased meanwhile: there is nothing left that could be told
            return None
        steps = [step_of(code, one.facts) for one in messages if one.kind == MessageKind.STEP]
        if any(one.kind == MessageKind.DOSSIER for one in messages):
            portal.tell_dossier(dossier)
        if steps:
            portal.tell_steps(steps)
    except (PortalAway, PortalRefuses) as fault:
        return fault
    except DatabaseError:
        raise
    except Exception as fault:  # one dossier's bug must not stop the others; it is logged
        log.exception("%s could not be told to the national portal", code)
        return OwnFault(type(fault).__name__)
    return None


def step_of(code: str, facts: Mapping[str, Any]) -> NationalStep:
    """Return a step as it was noted."""
    due = facts.get("due_at")
    return NationalStep(
        code=code,
        by=facts["by"],
        post=facts["post"],
        at=datetime.fromisoformat(facts["at"]),
        office=facts["office"],
        what=facts["what"],
        state=NationalState(facts["state"]),
        due_at=datetime.fromisoformat(due) if due else None,
    )


@act
def _settle(
    messages: Sequence[Message], fault: PortalAway | PortalRefuses | None, *, actor: Actor, at: datetime
) -> int:
    """Note how it went. What was told meanwhile by another process stays told."""
    require(by_system, actor)
    rows = Message.objects.filter(pk__in=[one.pk for one in messages], state=MessageState.WAITING)
    code = messages[0].dossier_code
    parked = isinstance(fault, PortalRefuses) or (fault is not None and _is_given_up(messages[0], at))
    if fault is None:
        went = rows.update(state=MessageState.SENT, sent_at=at, fault="")
        if any(one.kind == MessageKind.DOSSIER for one in messages):
            note_taken([code], at)
    else:
        went = 0
        wait = wait_after(messages[0].tries)
        rows.update(next_at=at + wait, fault=str(fault)[:300])
        if parked:
            # those behind it wait for it
            Message.objects.filter(pk=messages[0].pk, state=MessageState.WAITING).update(state=MessageState.PARKED)
    event = "nationalportal.parked" if parked else "nationalportal.told"
    # a line of its own: those of the dossier say which version of it somebody has read. The portal's words may quote who
    # applies, and a line of the journal is never erased: they stay with the message
    record(event, (NATIONAL_SUBJECT, code), actor=actor, at=at, went=went, fault=type(fault).__name__ if fault else "")
    return went


def note_taken(codes: Iterable[str], at: datetime) -> None:
    """Keep that the portal has these dossiers, within the act that runs; twice is once."""
    rows = [Taken(dossier_code=code, at=at) for code in codes]
    Taken.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _is_given_up(message: Message, at: datetime) -> bool:
    """Tell whether it was tried often enough while others went through: a portal that is away gives up nothing."""
    if message.tries < MOST_TRIES:
        return False
    went = Message.objects.filter(state=MessageState.SENT, sent_at__gte=at - 2 * LONGEST_WAIT)
    return went.exclude(dossier_code=message.dossier_code).exists()


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 1, 2, 4, … minutes, six hours at most."""
    return min(timedelta(minutes=2 ** min(tries - 1, MOST_DOUBLINGS)), LONGEST_WAIT)


@act
def tell_again(code: str, *, actor: Actor, at: datetime) -> Message:
    """Tell the portal of a dossier anew, and let go what was parked of it. Raises NotFound."""
    require(access.can_tell, actor)
    if registry.one(NationalCases).read(code) is None:
        raise NotFound
    Message.objects.filter(dossier_code=code, state=MessageState.PARKED).update(
        state=MessageState.WAITING, tries=0, next_at=at
    )
    # what a worker has in hand is left to it
    Message.objects.filter(dossier_code=code, state=MessageState.WAITING).exclude(fault="").update(next_at=at)
    key = new_id()
    made = Message.objects.create(
        id=key, dossier_code=code, kind=MessageKind.DOSSIER, entry_id=key, made_at=at, next_at=at
    )
    record("nationalportal.told_again", (NATIONAL_SUBJECT, code), actor=actor, at=at)
    return made


def forget_sent(*, actor: Actor, at: datetime) -> int:
    """Throw away what was sent ninety days ago: the journal has what was done, the portal what it was told."""
    old: list[UUID] = list(
        Message.objects.filter(state=MessageState.SENT, sent_at__lt=at - KEPT).values_list("pk", flat=True)[
            :AT_ONCE_FORGOTTEN
        ]
    )
    return _forget(old, actor=actor, at=at) if old else 0


@act
def _forget(keys: list[UUID], *, actor: Actor, at: datetime) -> int:
    require(by_system, actor)
    gone, _each = Message.objects.filter(pk__in=keys).delete()
    record("nationalportal.forgotten", ("messages", "sent"), actor=actor, at=at, count=gone)
    return gone
