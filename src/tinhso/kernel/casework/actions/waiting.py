"""What the worker does in cases: fire the clocks that ran out, call the services that are waited for."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.casework import access, engine
from tinhso.kernel.casework.actions.cases import require_standing
from tinhso.kernel.casework.actions.moving import Plan, advance, checked_variables, service
from tinhso.kernel.casework.actions.places import place_of, timer_due
from tinhso.kernel.casework.actions.standing import Standing
from tinhso.kernel.casework.loans import ServiceCall
from tinhso.kernel.casework.models import Job, Timer
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for

log = logging.getLogger(__name__)
WORKER = system("worker")
MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=5)
"""How long a called service may take before another worker calls it again."""


class Passed(Refusal):
    """Another worker was faster, or the case has moved on: nothing is left to do."""

    code = "casework.passed"


def fire_due_timers(*, at: datetime, limit: int = 100) -> int:
    """Fire the clocks that have run out by `at`, oldest first; return how many. A failing one is tried again later."""
    due = list(
        Timer.objects.filter(due_at__lte=at, is_dead=False)
        .order_by("due_at", "id")
        .values_list("pk", flat=True)[:limit]
    )
    fired = 0
    for timer_id in due:
        try:
            fire_timer(timer_id, actor=WORKER, at=at)
            fired += 1
        except Passed:
            continue
        except Exception as error:  # noqa: BLE001 - one broken case must not hold up the others
            _note_failure(Timer, timer_id, error, at)
    return fired


@act
def fire_timer(timer_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Fire one clock. Raises Passed when it was fired, stopped or put off meanwhile."""
    timer = Timer.objects.select_for_update().filter(pk=timer_id, due_at__lte=at).first()
    if timer is None:
        raise Passed
    require(access.can_mend_cases, actor)

    def decide(standing: Standing) -> Plan:
        variables = standing.case.variables
        try:
            step = engine.fire_timer(standing.graph, standing.marking, timer.token_number, timer.node_id, variables)
        except engine.NotWaiting as error:
            raise Passed from error
        return Plan(step, variables, fired=(timer.token_number, timer.node_id))

    moved = advance(lambda: require_standing(timer.case_id), decide, actor=actor, at=at)
    _next_firing(timer, moved.standing)
    case = moved.standing.case
    record("casework.timer_fired", case, actor=actor, at=at, node=timer.node_id, due_at=timer.due_at, **moved.facts)


def _next_firing(timer: Timer, standing: Standing) -> None:
    """Set a reminder's clock again, counted from when it was due; take any other clock away."""
    if not timer.repeat or timer.token_number not in standing.rows:
        timer.delete()
        return
    graph, case = standing.graph, standing.case
    node = graph.nodes[timer.node_id]
    place = place_of(graph.nodes[node.attached_to], case.agencies, {})
    working = calendar_for(place or None, timer.due_at)
    timer.due_at = timer_due(node, case.variables, timer.due_at, working)
    timer.repeat -= 1
    timer.save(update_fields=["due_at", "repeat"])


def run_services(*, at: datetime, limit: int = 20) -> int:
    """Call the services that cases wait for, outside of any transaction; return how many answered."""
    due = list(Job.objects.filter(due_at__lte=at, is_dead=False).order_by("due_at", "id")[:limit])
    answered = 0
    for job in due:
        # a lease, not an act: it says who is calling, and lapses by itself
        leased = Job.objects.filter(pk=job.pk, due_at=job.due_at).update(due_at=at + LEASE)
        if not leased:
            continue
        try:
            answer_service(job.pk, call_service(job, at), actor=WORKER, at=at)
            answered += 1
        except Passed:
            continue
        except Exception as error:  # noqa: BLE001 - one broken service must not hold up the others
            _note_failure(Job, job.pk, error, at)
    return answered


def call_service(job: Job, at: datetime) -> Mapping[str, Any]:
    """Return a service's answer. Raises what the service raises; LookupError when nobody lends it."""
    lent = service(job.service)
    if lent is None:
        raise LookupError(f"no module lends the service {job.service}")
    standing = require_standing(job.case_id)
    mark = standing.marking.tokens.get(job.token_number)
    if mark is None:
        raise Passed
    case = standing.case
    variables = engine.variables_of(standing.graph, standing.marking, mark, case.variables)
    return lent.call(ServiceCall(case.pk, case.journal_subject, job.node_id, variables, WORKER, at))


@act
def answer_service(job_id: UUID, answer: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Take in a service's answer: the case goes on. Raises Passed when it is not waited for any more."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise Passed
    require(access.can_mend_cases, actor)

    def decide(standing: Standing) -> Plan:
        merged = checked_variables({**standing.case.variables, **answer})
        try:
            step = engine.complete(standing.graph, standing.marking, job.token_number, merged)
        except engine.NotWaiting as error:
            raise Passed from error
        return Plan(step, merged)

    moved = advance(lambda: require_standing(job.case_id), decide, actor=actor, at=at)
    job.delete()
    case = moved.standing.case
    record("casework.service_answered", case, actor=actor, at=at, node=job.node_id, service=job.service, **moved.facts)


def _note_failure(kind: type[Timer | Job], key: UUID, error: Exception, at: datetime) -> None:
    """Put it off for a while, longer each time; give up after MOST_TRIES. Bookkeeping of the worker, not an act."""
    row = kind.objects.filter(pk=key).first()
    if row is None:
        return
    log.warning("%s %s of case %s failed", kind.__name__, row.node_id, row.case_id, exc_info=error)
    pause = min(FIRST_PAUSE * 2**row.tries, LONGEST_PAUSE)
    kind.objects.filter(pk=key).update(
        tries=row.tries + 1, due_at=at + pause, problem=str(error)[:500], is_dead=row.tries + 1 >= MOST_TRIES
    )


@act
def try_again(waiting_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Let a timer or service that was given up be tried again now. Raises NotFound."""
    require(access.can_mend_cases, actor)
    for kind in (Timer, Job):
        row = kind.objects.filter(pk=waiting_id, is_dead=True).select_related("case").first()
        if row is not None:
            kind.objects.filter(pk=waiting_id).update(is_dead=False, tries=0, due_at=at)
            record("casework.retried", row.case, actor=actor, at=at, node=row.node_id, problem=row.problem)
            return
    raise NotFound
