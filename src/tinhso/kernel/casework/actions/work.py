"""What officers do with the steps of a case: take, put back, give to a colleague, complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import EllipsisType
from typing import Any, NoReturn, Protocol
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Stale
from tinhso.base.rows import fetch, key_value, update_guarded
from tinhso.kernel.casework import access, engine
from tinhso.kernel.casework.actions.moving import Plan, advance, checked_variables
from tinhso.kernel.casework.actions.refusals import NotHolder, NotTaken, StepOver, TakenAlready, UnknownOutcome
from tinhso.kernel.casework.actions.separation import require_another
from tinhso.kernel.casework.actions.standing import Standing, read_standing, take_up
from tinhso.kernel.casework.models import LIVE, Case, Task, TaskState
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import holdings_of


class OfficialLike(Protocol):
    """An official of the organisation, as far as a task needs to know them."""

    id: UUID
    full_name: str


def _with_case(task_id: UUID) -> Task | None:
    """Return a task that knows its case: one statement."""
    source = "casework_task JOIN casework_case ON casework_case.id = casework_task.case_id"
    found = fetch(f"{source} WHERE casework_task.id = %s", [key_value(Task, task_id)], Task, Case)
    if not found:
        return None
    task: Task = found[0][0]
    task.case = found[0][1]
    return task


def get_live_task(task_id: UUID, case_id: UUID | None = None) -> Task:
    """Return a task that is still to be done, of this case where one is named. Raises NotFound, StepOver."""
    task = _with_case(task_id)
    if task is None or (case_id is not None and task.case_id != case_id):
        raise NotFound
    if not task.is_live:
        raise StepOver
    return task


def take_task(
    task_id: UUID, *, version: int | None = None, case_id: UUID | None = None, actor: Actor, at: datetime
) -> Task:
    """
    Take a task for oneself; taking what one has already changes nothing.

    `version` is that of the task on the reader's screen; with `case_id` a task of another case is NotFound. Raises TakenAlready (it names who was first), Stale, StepOver.
    """
    task = get_live_task(task_id, case_id)
    mine = access.official_id(actor)
    if mine and task.assignee_official_id == mine:
        return task
    return _take(task, version, actor=actor, at=at)


@act
def _take(task: Task, version: int | None, *, actor: Actor, at: datetime) -> Task:
    require(access.can_take_task, actor, task)
    if task.assignee_official_id:
        raise TakenAlready(who=task.assignee_name)
    if version is not None and version != task.version:
        raise Stale
    require_another(task, access.official_id(actor), actor.name)
    task.assignee_official_id, task.assignee_name = access.official_id(actor), actor.name
    task.state, task.taken_at = TaskState.TAKEN, at
    if not _changed(task):
        _say_who(task)
    record(
        "casework.task_taken", task, actor=actor, at=at, agency=task.agency_code, task=str(task.pk), node=task.node_id
    )
    return task


def _say_who(task: Task) -> NoReturn:
    now = get_live_task(task.pk)
    if now.assignee_official_id:
        raise TakenAlready(who=now.assignee_name)
    raise Stale


def _changed(task: Task) -> bool:
    """Write who has the task, if nobody else changed it since it was read; tell whether it was written."""
    take_up(task.case_id)  # what the act has read of the case is no longer how it stands
    task.version += 1
    return update_guarded(
        task, "assignee_official_id", "assignee_name", "state", "taken_at", "version", guard="version"
    )


@act
def release_task(task_id: UUID, *, case_id: UUID | None = None, actor: Actor, at: datetime) -> Task:
    """Put a task back for colleagues; with `case_id` only one of that case. Raises NotFound, NotTaken, StepOver, Stale."""
    task = get_live_task(task_id, case_id)
    require(access.can_release_task, actor, task)
    if not task.assignee_official_id:
        raise NotTaken
    had = task.assignee_official_id
    task.assignee_official_id = task.assignee_name = ""
    task.state, task.taken_at = TaskState.OPEN, None
    if not _changed(task):
        raise Stale
    record(
        "casework.task_released", task, actor=actor, at=at, agency=task.agency_code, task=str(task.pk),
        node=task.node_id, had=had,
    )  # fmt: skip
    return task


@act
def assign_task(
    case_id: UUID,
    *,
    official: OfficialLike,
    form: str = "",
    task_id: UUID | None = None,
    actor: Actor,
    at: datetime,
) -> Task:
    """
    Give an open task of a case to an official who holds its role: the one named, or the first of this form.

    Raises NotFound (no such open task), NotHolder, Stale.
    """
    wanted = {"pk": task_id} if task_id else ({"form": form} if form else {})
    task = Task.objects.filter(case_id=case_id, state__in=LIVE, **wanted).order_by("created_at", "id").first()
    if task is None:
        raise NotFound
    require(access.can_assign_task, actor, task)
    held = holdings_of(official.id, civil_date(at))
    if not any(holding.agency == task.agency_code and task.role in holding.roles for holding in held):
        raise NotHolder(official=official.full_name, step=task.name)
    require_another(task, str(official.id), official.full_name)
    task.assignee_official_id, task.assignee_name = str(official.id), official.full_name
    task.state, task.taken_at = TaskState.TAKEN, at
    if not _changed(task):
        raise Stale
    record(
        "casework.task_assigned", task, actor=actor, at=at, agency=task.agency_code, task=str(task.pk),
        node=task.node_id, to=str(official.id),
    )  # fmt: skip
    return task


@act
def complete_task(
    task_id: UUID,
    *,
    outcome: str = "",
    variables: Mapping[str, Any] | None = None,
    version: int | None = None,
    due_at: datetime | EllipsisType | None = ...,
    actor: Actor,
    at: datetime,
) -> Task:
    """
    Do a task: the case goes on as the flow says for this outcome. A task nobody has is taken and done at once.

    `due_at` is until when the whole case is to be done from now on, where that changes: no step that opens is due later.

    Raises UnknownOutcome (with the choices), StepOver, Stale, Forbidden, and what the conditions of the flow raise.
    """

    def read() -> Standing:
        standing = take_up(task_id=task_id) or read_standing(task_id=task_id)
        if standing is None or standing.task(task_id) is None:
            get_live_task(task_id)
            raise StepOver
        return standing

    def decide(standing: Standing) -> Plan:
        task = standing.task(task_id)
        assert task is not None
        assert task.token is not None
        require(access.can_do_task, actor, task)
        if version is not None and version != task.version:
            raise Stale
        require_another(task, access.official_id(actor), actor.name)
        _check_outcome(standing, task, outcome)
        merged = checked_variables(_merged(standing, task, outcome, variables or {}, actor))
        step = engine.complete(standing.graph, standing.marking, task.token.number, merged)
        _mark_done(task, outcome, actor, at)
        if due_at is not ...:
            standing.case.due_at = due_at
        return Plan(step, merged, task)

    moved = advance(read, decide, actor=actor, at=at)
    done = moved.plan.done
    assert done is not None
    record(
        "casework.task_done", done, actor=actor, at=at, agency=done.agency_code, task=str(done.pk), node=done.node_id,
        outcome=outcome, **moved.facts,
    )  # fmt: skip
    return done


def _check_outcome(standing: Standing, task: Task, outcome: str) -> None:
    known = standing.graph.nodes[task.node_id].outcomes
    if known and outcome not in {each.code for each in known}:
        choices = ", ".join(each.code for each in known)
        raise UnknownOutcome(step=task.name, outcome=outcome, choices=choices)


def _merged(standing: Standing, task: Task, outcome: str, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Return the variables after the task: what was given, `outcome`, `outcomes` by step, and what a repetition collects."""
    before = standing.case.variables
    merged = {**before, **variables, "outcome": outcome}
    merged["outcomes"] = {**before.get("outcomes", {}), task.node_id: outcome}
    assert task.token is not None
    tokens = standing.marking.tokens
    holder = engine.holder_of(tokens, tokens[task.token.number])
    multi = standing.graph.nodes[holder.node].multi if holder else None
    if multi and multi.collect:
        items = engine.items_of(standing.graph, tokens, tokens[task.token.number])
        line = {"item": items[multi.element], "outcome": outcome, "by": actor.name, **variables}
        merged[multi.collect] = [*before.get(multi.collect, []), line]
    return merged


def _mark_done(task: Task, outcome: str, actor: Actor, at: datetime) -> None:
    task.assignee_official_id, task.assignee_name = access.official_id(actor), actor.name
    task.state, task.outcome, task.done_at = TaskState.DONE, outcome, at
    task.taken_at = task.taken_at or at
    task.token = None
    task.version += 1
