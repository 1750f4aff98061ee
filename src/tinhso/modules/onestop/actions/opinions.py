"""
Another body's opinion: asked with content and a deadline; late or missing, it is told to the heads (NĐ 61/2018/NĐ-CP Đ.19 k.5).

Silence is noted by the clock of the flow, once (`casework.part_silent`); whether the dossier goes on then, the flow says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.casework.public import (
    Participant,
    note_late_answer,
    part_of_task,
    participants_of,
    silent_part,
    tasks_at_hand,
)
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.figures import figure
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.steps import case_of, finish, locked_dossier, require_work_goes_on, task_at_hand
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.deadlines import due_for


class BadDeadline(BadInput):
    """The deadline of a question is a working day ahead, and not after the day the dossier is due."""

    code = "onestop.bad_deadline"
    text = _("Choose a working day ahead, not later than the day on which the dossier is due.")
    law = "NĐ 61/2018/NĐ-CP Đ.19 k.5"


@act
def ask_opinion(code: str, *, question: str, until: date | None = None, actor: Actor, at: datetime) -> Dossier:
    """
    Ask another body for its opinion, where the flow foresees it (Đ.19 k.5): until the end of a day's office hours.

    Without a day the figure `onestop.opinion_within` counts. Raises BadInput, BadDeadline, NotYourStep.
    """
    if not question.strip():
        raise BadInput(faults=[Fault("/question", _("Write what you ask."))])
    dossier = locked_dossier(code, actor)
    task = task_at_hand(dossier, actor, "process")
    require_work_goes_on(dossier)
    by = _deadline(dossier, until, at)
    finish(task, "consult", actor=actor, at=at, opinion_by=by.isoformat())
    record("onestop.opinion_asked", dossier, actor=actor, at=at, question=question.strip(), until=by.isoformat())
    return dossier


def days_for_opinion(at: datetime) -> int:
    """Return the working days for an opinion where whoever asks names no deadline."""
    return int(figure("onestop.opinion_within", on=civil_date(at)).value)


def _deadline(dossier: Dossier, until: date | None, at: datetime) -> datetime:
    if until is None:
        days = Decimal(days_for_opinion(at))
        return due_for(days, "working_day", agency_code=dossier.agency_code, clock_from=at).value.astimezone(UTC)
    calendar, ends = calendar_for(dossier.agency_code, at), dossier.due_at
    if not calendar.hours_on(until) or calendar.closes(until) <= at or (ends and until > civil_date(ends)):
        raise BadDeadline(faults=[Fault("/until", BadDeadline.text, "deadline")])
    return calendar.closes(until).astimezone(UTC)


@act
def give_opinion(code: str, *, opinion: str, actor: Actor, at: datetime) -> Dossier:
    """
    Answer a request for opinion; after its time it is kept and marked late, even when the dossier went on without it.

    Raises BadInput, NotYourStep.
    """
    if not opinion.strip():
        raise BadInput(faults=[Fault("/opinion", _("Write your opinion."))])
    dossier = locked_dossier(code, actor, access.can_see)
    late_to = _gone_on_without(dossier, actor)
    if late_to is not None:
        require(access.can_answer_late, actor, late_to)
        note_late_answer(late_to.pk, actor=actor, at=at)
        _tell(dossier, late_to, opinion, late=True, actor=actor, at=at)
        return dossier
    task = task_at_hand(dossier, actor, "consult")
    key = part_of_task(task)
    row = next((row for row in participants_of(case_of(dossier)) if row.key == key and row.is_running), None)
    finish(task, "answered", actor=actor, at=at)
    # by the moment, not by whether the worker's clock has struck: a second late is late
    late = row is not None and row.due_at is not None and at > row.due_at
    _tell(dossier, row, opinion, late=late, actor=actor, at=at)
    return dossier


def _gone_on_without(dossier: Dossier, actor: Actor) -> Participant | None:
    """Return the part of the actor's agency that the flow went on without; None while a step asks them."""
    case_id = case_of(dossier)
    if any(task.form == "consult" and access.can_do_task(actor, task) for task in tasks_at_hand(case_id)):
        return None
    return silent_part(case_id, frozenset(actor.agencies_with(access.OFFICE)))


def _tell(dossier: Dossier, row: Participant | None, opinion: str, *, late: bool, actor: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {"late": True, "agency": row.agency_code, "part": str(row.pk)} if late and row else {}
    record("onestop.opinion_given", dossier, actor=actor, at=at, opinion=opinion.strip(), **facts)
