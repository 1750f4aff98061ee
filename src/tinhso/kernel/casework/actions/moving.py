"""Writing a move down: what the engine decided becomes rows, in as few statements as it can be said."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from tinhso.base.actors import Actor
from tinhso.base.refusals import Stale
from tinhso.base.registry import registry
from tinhso.base.rows import delete, new, update_guarded, upsert, upsert_guarded
from tinhso.base.text import fold
from tinhso.kernel.casework import engine
from tinhso.kernel.casework.actions.places import place_of, timer_due, working_time_after
from tinhso.kernel.casework.actions.refusals import NoAgency, TooMuchData
from tinhso.kernel.casework.actions.standing import Standing
from tinhso.kernel.casework.actions.taking_part import Parts, move_parts
from tinhso.kernel.casework.bpmn.graph import Node
from tinhso.kernel.casework.engine import Step
from tinhso.kernel.casework.engine import Token as Mark
from tinhso.kernel.casework.loans import ServiceCall, ServiceTask
from tinhso.kernel.casework.models import FAR, Case, CaseState, Job, Task, TaskState, Timer, Token
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for

TRIES = 5
CHANGES = ("variables", "last_token", "state", "closed_at", "ended_at_node", "reason", "due_at", "version")
"""What a move changes of its case."""
MOST_KB = 256


@dataclass
class Plan:
    """A move before it is written: the step, the variables after it, the task it completes."""

    step: Step
    variables: dict[str, Any]
    done: Task | None = None
    fired: tuple[int, str] | None = None
    """Token and node of the clock that ran out, when one did."""


@dataclass
class Moved:
    """A move that was written."""

    standing: Standing
    plan: Plan
    opened: list[Task] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the journal says of the move: which steps were passed, which are now open and where."""
        return {
            "case": str(self.standing.case.pk),
            "passed": list(dict.fromkeys(self.plan.step.trace)),
            "opened": [
                {"task": str(task.pk), "node": task.node_id, "agency": task.agency_code, "role": task.role}
                for task in self.opened
            ],
        }


def advance(read: Callable[[], Standing], decide: Callable[[Standing], Plan], *, actor: Actor, at: datetime) -> Moved:
    """
    Read where the case stands, decide the move, write it; decide again if another move came in between.

    The case's version is the guard: two branches finished at the same moment both get through, one after the other.
    Raises Stale after TRIES attempts, and what `read` and `decide` raise.
    """
    for _try in range(TRIES):
        standing = read()
        plan = answer_pure_services(standing, decide(standing), actor, at)
        if _write_case(standing.case, plan, at):
            return write_move(standing, plan, actor=actor, at=at)
    raise Stale


def checked_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables if they are small enough. Raises TooMuchData; TypeError for what JSON cannot say."""
    if len(json.dumps(variables, ensure_ascii=False)) > MOST_KB * 1024:
        raise TooMuchData(most=MOST_KB)
    return dict(variables)


def service(key: str) -> ServiceTask | None:
    """Return the service that is lent under a key."""
    return next((loan for loan in registry.of(ServiceTask) if loan.key == key), None)


def answer_pure_services(standing: Standing, plan: Plan, actor: Actor, at: datetime) -> Plan:
    """Return the plan after every service that only reckons was called: the step goes on in the same act."""
    waiting = [effect for effect in plan.step.effects if isinstance(effect, engine.CallService)]
    while waiting:
        call = waiting.pop(0)
        node = standing.graph.nodes[call.node]
        lent = service(node.service)
        mark = plan.step.marking.tokens.get(call.token)
        if lent is None or not lent.is_pure or mark is None or mark.node != call.node:
            continue
        seen = engine.variables_of(standing.graph, plan.step.marking, mark, plan.variables)
        case = standing.case
        answer = lent.call(ServiceCall(case.pk, case.journal_subject, node.id, seen, actor, at))
        variables = checked_variables({**plan.variables, **answer})
        after = engine.complete(standing.graph, plan.step.marking, call.token, variables)
        waiting += [effect for effect in after.effects if isinstance(effect, engine.CallService)]
        effects = tuple(effect for effect in plan.step.effects if effect != call) + after.effects
        plan = Plan(Step(after.marking, effects, plan.step.trace + after.trace), variables, plan.done, plan.fired)
    return plan


def apply_to_case(case: Case, plan: Plan, at: datetime) -> None:
    """Bring the case in memory to where it stands after the move."""
    case.variables = plan.variables
    case.last_token = plan.step.marking.last
    if plan.step.is_over:
        ended = next(effect for effect in plan.step.effects if isinstance(effect, engine.Ended))
        case.state = CaseState.ENDED if ended.node else CaseState.CANCELLED
        case.closed_at, case.ended_at_node = at, ended.node


def _write_case(case: Case, plan: Plan, at: datetime) -> bool:
    apply_to_case(case, plan, at)
    case.version += 1
    return update_guarded(case, *CHANGES, guard="version")


def write_move(standing: Standing, plan: Plan, *, actor: Actor, at: datetime) -> Moved:
    """Write tokens, tasks, timers and jobs of a move, journal its messages and its end. Raises Stale, NoAgency."""
    moved = Moved(standing, plan)
    old = dict(standing.rows)
    _write_tokens(standing, plan, at)
    outcome = plan.done.outcome if plan.done else ""
    parts = move_parts(standing, plan.step, plan.variables, outcome=outcome, fired=plan.fired, actor=actor, at=at)
    moved.opened = _write_tasks(standing, plan, parts, at)
    gone = [row.pk for number, row in old.items() if number not in plan.step.marking.tokens]
    delete(Token, *gone)  # no cascade to look for: the tasks of these tokens were written just now
    _write_waiting(standing, plan, at)
    case = standing.case
    for effect in plan.step.effects:
        if isinstance(effect, engine.Send):
            node = standing.graph.nodes[effect.node]
            record(
                "casework.message_sent", case, actor=actor, at=at, case=str(case.pk), node=node.id,
                message=effect.message, template=node.template, item=effect.item,
            )  # fmt: skip
        elif isinstance(effect, engine.Ended) and effect.node:
            record("casework.case_ended", case, actor=actor, at=at, case=str(case.pk), node=effect.node)
    return moved


def _write_tokens(standing: Standing, plan: Plan, at: datetime) -> None:
    written = []
    for number, mark in plan.step.marking.tokens.items():
        row = standing.rows.get(number)
        if row is None:
            row = standing.rows[number] = new(Token, case=standing.case, number=number)
        elif _is_same(row, mark):
            continue
        row.node_id, row.wait, row.scope, row.arrived = mark.node, mark.wait, mark.scope, mark.arrived
        row.item, row.left, row.since = mark.item, list(mark.left), at
        written.append(row)
    upsert(written)


def _is_same(row: Token, mark: Mark) -> bool:
    return (row.node_id, row.wait, row.arrived, row.left) == (mark.node, mark.wait, mark.arrived, list(mark.left))


def _write_tasks(standing: Standing, plan: Plan, parts: Parts, at: datetime) -> list[Task]:
    """Write the task that is done, those no longer needed and the new ones: one statement."""
    written = [plan.done] if plan.done else []
    opened: dict[int, Task] = {}
    for effect in plan.step.effects:
        if isinstance(effect, engine.OpenTask):
            opened[effect.token] = _new_task(standing, plan, parts, effect, at)
        elif isinstance(effect, engine.CancelTask) and opened.pop(effect.token, None) is None:
            task = standing.tasks[effect.token]
            task.state, task.done_at, task.token = TaskState.CANCELLED, at, None
            task.version += 1
            written.append(task)
    upsert_guarded([*written, *opened.values()], guard="version", otherwise=Stale)
    return list(opened.values())


def _new_task(standing: Standing, plan: Plan, parts: Parts, effect: engine.OpenTask, at: datetime) -> Task:
    case, node = standing.case, standing.graph.nodes[effect.node]
    mark = plan.step.marking.tokens.get(effect.token)
    items = engine.items_of(standing.graph, plan.step.marking.tokens, mark) if mark else {}
    agency = place_of(node, case.agencies, items)
    if not agency:
        raise NoAgency(step=node.name or node.id, place=node.agency or node.lane or node.role)
    part = parts.due_before(standing.graph, plan.step.marking.tokens, mark)
    if node.participant and part and part.due_at:
        due_at: datetime | None = part.due_at  # its one step: until when the part itself is to be done
    else:
        # a participant owes by its own clock, not by that of the whole case
        due_at = due_of_step(node, part.due_at if part and part.due_at else case.due_at, at, agency)
    return new(
        Task, case=case, token=standing.rows.get(effect.token), node_id=node.id, name=node.name or node.id, name_en=node.name_en,
        form=node.form, agency_code=agency, role=node.role, created_at=at, due_at=due_at, sort_at=due_at or FAR,
        kind=case.kind, subject_key=case.subject_key, subject_code=case.subject_code, title=case.title,
        search=fold(f"{node.name} {case.subject_code} {case.title}")[:1000], urgent=case.urgent,
    )  # fmt: skip


def due_of_step(node: Node, case_due_at: datetime | None, since: datetime, agency: str) -> datetime | None:
    """Return until when a step is to be done: its own time from when it was opened, and never later than its case."""
    if not node.within:
        return case_due_at
    own = working_time_after(node.within, since, calendar_for(agency, since))
    return min(own, case_due_at) if case_due_at else own


def _write_waiting(standing: Standing, plan: Plan, at: datetime) -> None:
    """Start and stop timers and jobs. A flow without them costs no statement here."""
    case = standing.case
    stopped: set[tuple[int, str]] = set()
    timers: dict[tuple[int, str], Timer] = {}
    dropped: set[int] = set()
    jobs: dict[int, Job] = {}
    for effect in plan.step.effects:
        if isinstance(effect, engine.StartTimer):
            timers[effect.token, effect.node] = _new_timer(standing, plan, effect, at)
        elif isinstance(effect, engine.StopTimer) and timers.pop((effect.token, effect.node), None) is None:
            stopped.add((effect.token, effect.node))
        elif isinstance(effect, engine.CallService):
            name = standing.graph.nodes[effect.node].service
            jobs[effect.token] = Job(case=case, token_number=effect.token, node_id=effect.node, due_at=at, service=name)
        elif isinstance(effect, engine.DropService) and jobs.pop(effect.token, None) is None:
            dropped.add(effect.token)
    if stopped:
        wanted = Q()
        for token, node in stopped:
            wanted |= Q(token_number=token, node_id=node)
        Timer.objects.filter(wanted, case=case).delete()
    if dropped:
        Job.objects.filter(case=case, token_number__in=dropped).delete()
    upsert(list(timers.values()))
    upsert(list(jobs.values()))


def _new_timer(standing: Standing, plan: Plan, effect: engine.StartTimer, at: datetime) -> Timer:
    graph, case = standing.graph, standing.case
    node = graph.nodes[effect.node]
    mark = plan.step.marking.tokens.get(effect.token)
    variables, items = plan.variables, {}
    if mark is not None:
        variables = engine.variables_of(graph, plan.step.marking, mark, plan.variables)
        items = engine.items_of(graph, plan.step.marking.tokens, mark)
    clock_of: Node = graph.nodes[node.attached_to] if node.attached_to else node
    working = calendar_for(place_of(clock_of, case.agencies, items) or None, at)
    assert node.timer is not None
    return Timer(
        case=case,
        token_number=effect.token,
        node_id=node.id,
        due_at=timer_due(node, variables, at, working),
        repeat=node.timer.repeat,
    )
