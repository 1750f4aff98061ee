"""Opening a case, telling it something, changing its due time, cancelling it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import EllipsisType
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.base.rows import fetch_one, insert, new, update
from tinhso.base.text import shorten
from tinhso.kernel.casework import access, engine
from tinhso.kernel.casework.actions.moving import (
    Moved,
    Plan,
    advance,
    answer_pure_services,
    apply_to_case,
    checked_variables,
    due_of_step,
    write_move,
)
from tinhso.kernel.casework.actions.places import check_places
from tinhso.kernel.casework.actions.refusals import CaseOver, NoFlow, NotExpected
from tinhso.kernel.casework.actions.standing import Standing, graph_of, read_standing, take_up
from tinhso.kernel.casework.actions.taking_part import plan_parts
from tinhso.kernel.casework.models import FAR, LIVE, LONGEST_TITLE, Case, CaseState, Flow, FlowState, Task
from tinhso.kernel.casework.services import Part
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import remembered


@act
def start_case(
    flow_code: str,
    subject: tuple[str, str],
    *,
    title: str,
    agencies: Mapping[str, str],
    variables: Mapping[str, Any] | None = None,
    subject_code: str | None = None,
    urgent: bool = False,
    due_at: datetime | None = None,
    message: str = "",
    parts: Sequence[Part] = (),
    actor: Actor,
    at: datetime,
) -> Case:
    """
    Open a case on the published flow, from its plain start or from the one that waits for `message`.

    `subject` is type and key as in the journal; `subject_code` what officers call it (default: the key). A long
    `title` is shortened: it is a copy for worklists. `agencies` is
    the agency code by place: lane, role, or what `tinhso:agency` names. `due_at` is the due time of steps that have
    none of their own. `parts`: who will take part, each with its agency (`taking_part`). Raises NoFlow, NoAgency, TooMuchData, and what the conditions raise.
    """
    require(access.can_move_cases, actor)
    flow = remembered(("flow", flow_code), lambda: _published(flow_code))
    graph = graph_of(flow.pk)
    given = checked_variables(variables or {})
    check_places(graph, agencies, given)
    kind, key = subject
    case = new(
        Case, flow=flow, kind=kind, subject_key=str(key), subject_code=str(key) if subject_code is None else subject_code,
        title=shorten(title, LONGEST_TITLE), urgent=urgent, agencies=dict(agencies), variables=given, due_at=due_at, opened_at=at,
    )  # fmt: skip
    try:
        step = engine.start(graph, given, message=message)
    except engine.NoStart as error:
        raise NoFlow(flow=f"{flow_code} ({message})" if message else flow_code) from error
    standing = Standing(case, graph, {}, {})
    plan = answer_pure_services(standing, Plan(step, given), actor, at)
    apply_to_case(case, plan, at)
    insert(case)
    if parts:
        plan_parts(case, parts)
    moved = write_move(standing, plan, actor=actor, at=at)
    record("casework.case_started", case, actor=actor, at=at, flow=flow.code, version=flow.version, **moved.facts)
    return case


def _published(flow_code: str) -> Flow:
    """Return the version on which new cases begin, without its file. Raises NoFlow."""
    flow = Flow.objects.filter(code=flow_code, state=FlowState.PUBLISHED).only("id", "code", "version").first()
    if flow is None:
        raise NoFlow(flow=flow_code)
    return flow


def require_standing(case_id: UUID) -> Standing:
    """Return where an open case stands. Raises CaseOver, NotFound."""
    standing = take_up(case_id) or read_standing(case_id=case_id)
    if standing is not None:
        return standing
    if Case.objects.filter(pk=case_id).exists():
        raise CaseOver
    raise NotFound


@act
def correlate(
    case_id: UUID,
    message: str,
    *,
    variables: Mapping[str, Any] | None = None,
    item: str | None = None,
    due_at: datetime | EllipsisType | None = ...,
    actor: Actor,
    at: datetime,
) -> Case:
    """
    Tell a case that a message has come: the step or event that has waited longest for it goes on.

    `due_at` as for `complete_task`. `item` says for which instance of a repeated step it is (the agency that answers). Raises NotExpected, CaseOver.
    """

    def decide(standing: Standing) -> Plan:
        require(access.can_move_cases, actor, standing.case)
        merged = checked_variables({**standing.case.variables, **(variables or {})})
        try:
            step = engine.correlate(standing.graph, standing.marking, message, merged, item=item)
        except engine.NotWaiting as error:
            raise NotExpected(message=message) from error
        if due_at is not ...:
            standing.case.due_at = due_at
        return Plan(step, merged)

    moved = advance(lambda: require_standing(case_id), decide, actor=actor, at=at)
    _tell("casework.message_received", moved, actor, at, message=message, item=item)
    return moved.standing.case


@act
def cancel_case(case_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Case:
    """End everything that is open in a case. Raises CaseOver, NotFound."""

    def decide(standing: Standing) -> Plan:
        require(access.can_move_cases, actor, standing.case)
        standing.case.reason = reason[:500]
        return Plan(engine.cancel(standing.graph, standing.marking), standing.case.variables)

    moved = advance(lambda: require_standing(case_id), decide, actor=actor, at=at)
    _tell("casework.case_cancelled", moved, actor, at, reason=reason)
    return moved.standing.case


@act
def reschedule_case(case_id: UUID, *, due_at: datetime | None, actor: Actor, at: datetime) -> Case:
    """Change the due time of a case, and of its open steps: none is due later than the case. Raises CaseOver, NotFound."""
    case = fetch_one(Case, case_id, lock=True)
    if case is None:
        raise NotFound
    require(access.can_move_cases, actor, case)
    if case.state != CaseState.OPEN:
        raise CaseOver
    take_up(case_id)
    was, case.due_at = case.due_at, due_at
    case.version += 1  # a move that read the case before must not write the old date back
    update(case, "due_at", "version")
    graph = graph_of(case.flow_id)
    nodes = {node.id: node for node in graph.steps()}
    # what participants owe is counted by their own clocks
    live = [
        task for task in Task.objects.filter(case=case_id, state__in=LIVE) if not graph.participant_at(task.node_id)
    ]
    for task in live:
        task.due_at = due_of_step(nodes[task.node_id], due_at, task.created_at, task.agency_code)
        task.sort_at = task.due_at or FAR
    Task.objects.bulk_update(live, ["due_at", "sort_at"])
    record("casework.case_rescheduled", case, actor=actor, at=at, case=str(case.pk), was=was, due_at=due_at)
    return case


def _tell(event: str, moved: Moved, actor: Actor, at: datetime, **facts: Any) -> None:
    record(event, moved.standing.case, actor=actor, at=at, **moved.facts, **facts)
