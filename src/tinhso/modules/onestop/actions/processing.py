"""The officer's acts: take, assign, propose, pass on, consult, correct, postpone, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.base.rows import insert, new, update
from tinhso.kernel.casework.public import assign_task, cancel_case, open_tasks, release_task, reschedule_case, take_task
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Official, calendar_for
from tinhso.law.clocks import Postponing, postponing
from tinhso.law.later_fees import When
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import fingerprints
from tinhso.modules.onestop.actions.demands import demand_by_rule, withdraw_by_rule
from tinhso.modules.onestop.actions.numbers import give_form_number
from tinhso.modules.onestop.actions.owing import count_fee_anew, owe_back
from tinhso.modules.onestop.actions.steps import (
    WITH_RESULT,
    WrongState,
    become,
    case_of,
    finish,
    locked_dossier,
    proposed_result,
    require_open,
    require_unfinished,
    require_work_goes_on,
    save,
    task_at_hand,
)
from tinhso.modules.onestop.models import CauseClass, Dossier, DueChange, DueChangeKind, Result, ResultKind, Way
from tinhso.modules.onestop.queries.declarations import declaration_faults
from tinhso.modules.onestop.queries.papers import named_in
from tinhso.modules.onestop.queries.services import service_filed

FARTHEST_DAYS = 366
"""A new date farther away is a slip of the hand."""
DECIDING = ("review", "sign", "issue", "return")
"""Steps at which a proposal is read or done: nothing under it moves meanwhile."""


class PostponedBefore(Refusal):
    """A new date is given once."""

    code = "onestop.postponed_before"
    text = _("Dossier {dossier} was given a new date on {day}; this may be done once.")
    law = "NĐ 61/2018/NĐ-CP Đ.19 k.9"


class TooLateToPostpone(Refusal):
    """The apology comes at the latest one day before the due date."""

    code = "onestop.too_late_to_postpone"
    text = _("A new date must be given at the latest {days} day before {dossier} is due.")
    law = "NĐ 61/2018/NĐ-CP Đ.19 k.9"


class DeclarationIncomplete(BadInput):
    """A result is not granted on a declaration that is not whole."""

    code = "onestop.declaration_incomplete"
    text = _("The declaration of {dossier} is not whole: {count} answers are missing or wrong. Enter them first.")


class NotEntered(Refusal):
    """Declared online, or there is no form: nothing is entered by the office."""

    code = "onestop.not_entered"
    text = _("The declaration of {dossier} is the applicant's own. Ask for a supplement to have it changed.")


class NotLater(BadInput):
    """The new date must lie after the old one."""

    code = "onestop.not_later"
    text = _("Choose a date after the present due date.")


class DayOff(BadInput):
    """Nobody is there on the new date."""

    code = "onestop.day_off"
    text = _("The agency is closed on {day}. Choose a day on which it works.")


class ClockStands(Refusal):
    """While the applicant is asked for papers or a payment, there is no date to move."""

    code = "onestop.clock_stands"
    text = _("The clock of {dossier} stands until the papers or the payment come, and the date is counted anew then.")


@act
def take_dossier(code: str, task_id: UUID, *, version: int | None = None, actor: Actor, at: datetime) -> Dossier:
    """Take a waiting task of this dossier for oneself. Raises NotFound, casework's TakenAlready, naming who was first."""
    dossier = locked_dossier(code, actor)
    require(access.can_work_on, actor, dossier)
    take_task(task_id, version=version, case_id=case_of(dossier), actor=actor, at=at)
    if dossier.state == NationalState.ACCEPTED:
        become(dossier, NationalState.PROCESSING)
        save(dossier, "state")
    record("onestop.task_taken", dossier, actor=actor, at=at, task=str(task_id))
    return dossier


@act
def give_back(code: str, task_id: UUID, *, actor: Actor, at: datetime) -> Dossier:
    """Put a task back for colleagues."""
    dossier = locked_dossier(code, actor)
    require(access.can_work_on, actor, dossier)
    release_task(task_id, case_id=case_of(dossier), actor=actor, at=at)
    record("onestop.task_taken", dossier, actor=actor, at=at, task=str(task_id), given_back=True)
    return dossier


@act
def assign_dossier(code: str, official: Official, *, note: str = "", actor: Actor, at: datetime) -> Dossier:
    """Give the dossier to an officer of the division: finishes the step "assign" and names who does the next."""
    dossier = locked_dossier(code, actor)
    require(access.can_assign, actor, dossier)
    task = task_at_hand(dossier, actor, "assign")
    require_work_goes_on(dossier)
    become(dossier, NationalState.PROCESSING)
    save(dossier, "state")
    finish(task, "assign", actor=actor, at=at)
    assign_task(case_of(dossier), form="process", official=official, actor=actor, at=at)
    record("onestop.dossier_assigned", dossier, actor=actor, at=at, official=str(official.id), note=note)
    return dossier


@act
def enter_answers(code: str, step: str, answers: Mapping[str, Any], *, actor: Actor, at: datetime) -> Dossier:
    """
    Enter one step of the declaration that the applicant made on paper at the counter; right or wrong, it is kept.

    Only for dossiers taken in at the counter or by post: what was declared online is the applicant's to change. What is
    before the head or the leader stays as they read it. A fee that is not paid follows. Raises NotEntered, WrongState,
    FeeSettled.
    """
    dossier = locked_dossier(code, actor, along=WITH_RESULT)
    require(access.can_enter_answers, actor, dossier)
    if dossier.way == Way.ONLINE or not dossier.form_code:
        raise NotEntered(dossier=code)
    require_open(dossier)
    if any(task.form in DECIDING for task in open_tasks(case_of(dossier))):
        raise WrongState(dossier=code, state=gettext(NationalState(dossier.state).title))
    dossier.answers, dossier.is_declared_whole = {**dossier.answers, step: dict(answers)}, False
    fee = count_fee_anew(dossier, dossier.answers, actor=actor, at=at)
    save(dossier, "answers", "is_declared_whole", *fee)
    declared = fingerprints.of_declared(dossier)
    record("onestop.answers_entered", dossier, actor=actor, at=at, step=step, declared=declared)
    return dossier


@act
def propose_result(
    code: str,
    *,
    kind: str = ResultKind.GRANT,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> Result:
    """
    Propose what the dossier ends in: a grant with what its template prints, or a refusal with its reason.

    Raises NotYourStep, BadInput for a refusal without a reason, DeclarationIncomplete for a grant on answers that are not
    whole: what is signed is made of them.
    """
    if kind == ResultKind.REFUSAL and not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."))])
    dossier = locked_dossier(code, actor, along=WITH_RESULT)
    task = task_at_hand(dossier, actor, "process")
    require_work_goes_on(dossier)
    if kind == ResultKind.GRANT and (faults := declaration_faults(dossier)):
        raise DeclarationIncomplete(dossier=code, count=len(faults), faults=faults)
    become(dossier, NationalState.PROCESSING)
    service = service_filed(dossier)
    type_code, title = named_in(service)
    result = _write_result(
        dossier,
        kind=kind,
        type_code=type_code,
        title=title,
        data=dict(data or {}),
        reason=reason.strip(),
        proposed_by=actor.name,
        proposed_at=at,
        draft_document_id=None,
    )
    save(dossier, "state")
    finish(task, "propose", actor=actor, at=at, kind=str(kind))
    proposed = fingerprints.of_proposed(dossier.code, result)
    record("onestop.result_proposed", dossier, actor=actor, at=at, kind=str(kind), proposed=proposed)
    if kind == ResultKind.GRANT:
        demand_by_rule(dossier, When.PROPOSED, at=at)
    else:
        withdraw_by_rule(dossier, at=at)
    return result


def _write_result(dossier: Dossier, **proposed: Any) -> Result:
    """Write what is proposed: a new result, or the one that was sent back. One statement; the dossier is locked."""
    result = proposed_result(dossier)
    if result is None:
        result = new(Result, dossier=dossier, **proposed)
        insert(result)
        return result
    for name, value in proposed.items():
        setattr(result, name, value)
    update(result, *proposed)
    return result


@act
def pass_on(code: str, *, note: str = "", actor: Actor, at: datetime) -> Dossier:
    """Agree with a proposal and pass it on to the leader."""
    dossier = locked_dossier(code, actor)
    task = task_at_hand(dossier, actor, "review")
    require_work_goes_on(dossier)
    finish(task, "agree", actor=actor, at=at)
    record("onestop.step_finished", dossier, actor=actor, at=at, step=task.node_id, note=note)
    return dossier


@act
def return_for_correction(code: str, *, reason: str, actor: Actor, at: datetime) -> Dossier:
    """Send a proposal back to the officer with what to correct. Raises BadInput, NotYourStep."""
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say what to correct."))])
    dossier = locked_dossier(code, actor)
    task = task_at_hand(dossier, actor, "review", "sign")
    finish(task, "correct", actor=actor, at=at)
    record("onestop.returned_for_correction", dossier, actor=actor, at=at, reason=reason.strip(), step=task.node_id)
    return dossier


@act
def postpone_result(code: str, *, to: date, reason: str, cause: str = "", actor: Actor, at: datetime) -> Dossier:
    """
    Give the applicant a new date, with an apology (form 04): the end of office hours of a civil day.

    `cause` is a class of the list (`CauseClass`), `reason` the words that go with it; programs of before give no class.

    Raises PostponedBefore, TooLateToPostpone, NotLater, DayOff, ClockStands, WrongState.
    """
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."))])
    if cause and cause not in CauseClass.values:
        raise BadInput(faults=[Fault("/cause", _("Choose the cause."), "choice")])
    dossier = locked_dossier(code, actor)
    require(access.can_postpone, actor, dossier)
    require_unfinished(dossier)
    if dossier.paused_at:
        raise ClockStands(dossier=code)
    calendar = calendar_for(dossier.agency_code, at)
    if not calendar.hours_on(to):
        day = f"{to:%d/%m/%Y}"
        raise DayOff(day=day, faults=[Fault("/to", _("The agency is closed on {day}.").format(day=day), "day_off")])
    if (to - civil_date(at)).days > FARTHEST_DAYS:
        raise NotLater(faults=[Fault("/to", _("Choose a date within a year."), "far")])
    until = calendar.closes(to).astimezone(UTC)
    if dossier.due_at is None or until <= dossier.due_at:
        raise NotLater(faults=[Fault("/to", _("Choose a date after the present due date."))])
    verdict = postponing(
        civil_date(dossier.received_at or at),
        civil_date(dossier.due_at),
        civil_date(at),
        times_before=dossier.due_changes.filter(kind=DueChangeKind.POSTPONED).count() if dossier.postponed_at else 0,
    )
    step = verdict.steps[-1]
    if verdict.value is Postponing.USED_UP:
        assert dossier.postponed_at is not None
        raise PostponedBefore(dossier=code, day=f"{civil_date(dossier.postponed_at):%d/%m/%Y}")
    if verdict.value is Postponing.TOO_LATE:
        raise TooLateToPostpone(dossier=code, days=step.facts["days"])
    DueChange.objects.create(
        dossier=dossier,
        kind=DueChangeKind.POSTPONED,
        number=give_form_number("04", dossier.agency_code, at),
        at=at,
        was=dossier.due_at,
        became=until,
        by=actor.name,
        reason=reason.strip(),
        law=step.source,
        cause=cause,
    )
    was, dossier.due_at, dossier.postponed_at = dossier.due_at, until, at
    save(dossier, "due_at", "postponed_at")
    reschedule_case(case_of(dossier), due_at=until, actor=actor, at=at)
    record(
        "onestop.result_postponed",
        dossier,
        actor=actor,
        at=at,
        was=was.isoformat(),
        due_at=until.isoformat(),
        reason=reason.strip(),
        **({"cause": cause} if cause else {}),
    )
    return dossier


@act
def stop_dossier(code: str, *, reason: str, actor: Actor, at: datetime) -> Dossier:
    """
    Stop processing with a reason: the applicant never came back, or the law changed (form 05, TT 03/2025).

    What was paid for a dossier that was never received goes back, as when it is refused or withdrawn.
    """
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."))])
    dossier = locked_dossier(code, actor)
    require(access.can_assign, actor, dossier)
    require_unfinished(dossier)
    become(dossier, NationalState.STOPPED)
    if dossier.paused_at:
        dossier.pauses.filter(ended_at__isnull=True).update(ended_at=at)
    dossier.closing_reason, dossier.finished_at, dossier.paused_at = reason.strip(), at, None
    dossier.stop_number = give_form_number("stop", dossier.agency_code, at)
    owe_back(dossier, actor=actor, at=at)
    save(dossier, "state", "closing_reason", "finished_at", "paused_at", "stop_number", "money")
    cancel_case(case_of(dossier), reason="stopped", actor=actor, at=at)
    record("onestop.dossier_stopped", dossier, actor=actor, at=at, reason=reason.strip())
    return dossier
