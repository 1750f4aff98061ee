"""The work on a dossier waits for a payment: it stands in state 6, and its clock where a text says so (S-07)."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.kernel.casework.public import reschedule_case
from tinhso.kernel.journal.public import record
from tinhso.law.later_fees import Holds
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions.steps import become, case_of
from tinhso.modules.onestop.models import PAYMENT, Dossier, DueChange, DueChangeKind, FeeDemand, Pause
from tinhso.modules.onestop.queries.deadlines import due_after_standing


def hold_work(dossier: Dossier, demand: FeeDemand, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """
    Let the work wait for a demand, if it is one for which it waits; return the names of what to save. Raises WrongState.

    A pause begins where a text lets the clock stand; one that is open goes on.
    """
    if demand.holds != Holds.WORK:
        return ()
    is_waiting = dossier.state == NationalState.PAYMENT_ASKED
    become(dossier, NationalState.PAYMENT_ASKED)
    if demand.stands and not dossier.paused_at:
        Pause.objects.create(dossier=dossier, reason=PAYMENT, base=demand.stands, started_at=at)
        dossier.paused_at = at
    if not is_waiting:
        record("onestop.work_held", dossier, actor=actor, at=at, stands=dossier.paused_at is not None)
    return ("state", "paused_at")


def go_on(dossier: Dossier, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Let the work go on when no open demand holds it any more; return the names of what to save. The date moves with the pause."""
    if dossier.state != NationalState.PAYMENT_ASKED or dossier.demands.filter(state="open", holds=Holds.WORK).exists():
        return ()
    become(dossier, NationalState.PROCESSING)
    if dossier.paused_at:
        _run_again(dossier, actor, at)
    record(
        "onestop.work_resumed", dossier, actor=actor, at=at, due_at=dossier.due_at.isoformat() if dossier.due_at else ""
    )
    return ("state", "paused_at", "due_at")


def _run_again(dossier: Dossier, actor: Actor, at: datetime) -> None:
    pause = dossier.pauses.get(ended_at__isnull=True)
    pause.ended_at = at
    pause.save(update_fields=["ended_at"])
    dossier.paused_at = None
    if dossier.due_at is None:
        return
    was, answer = dossier.due_at, due_after_standing(dossier, pause.started_at, at, pause.base)
    if answer.value is None or answer.value == was:
        return
    dossier.due_at = answer.value
    DueChange.objects.create(
        dossier=dossier, kind=DueChangeKind.PAYMENT, at=at, was=was, became=dossier.due_at, by=actor.name,
        reason=PAYMENT, law=pause.base,
    )  # fmt: skip
    reschedule_case(case_of(dossier), due_at=dossier.due_at, actor=actor, at=at)
