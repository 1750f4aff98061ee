"""Every read of casework. Whose worklist it is, is a filter of the query; each costs a fixed number of statements."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import BooleanField, Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from tinhso.base.actors import Actor
from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.kernel.casework import access
from tinhso.kernel.casework.actions.standing import graph_of
from tinhso.kernel.casework.bpmn.graph import Outcome
from tinhso.kernel.casework.models import LIVE, Case, Flow, FlowState, Job, Task, Timer

PAGE = 50
MOST = 200
SOON = timedelta(days=2)

# written out: with the states as parameters SQLite cannot know that the partial indexes of open tasks hold all it needs,
# and walks through every task ever done
IS_LIVE = RawSQL("casework_task.state IN ('open', 'taken')", [], output_field=BooleanField())

Bucket = Literal["", "overdue", "today", "soon", "later", "none"]
Whose = Literal["", "mine", "free", "own", "others"]
"""Own is mine or free: what the actor can go on with."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a worklist is narrowed to; empty means all."""

    bucket: Bucket = ""
    """By due time: overdue, today, soon (after today, within `soon`), later, none (no due time)."""
    whose: Whose = ""
    role: str = ""
    agency: str = ""
    kind: str = ""
    form: str = ""
    forms: tuple[str, ...] = ()
    """Any of these kinds of step."""
    text: str = ""
    """In step, subject code or title; marks may be missing."""
    urgent: bool = False
    soon: timedelta = SOON


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a worklist and the cursor of the next one (empty: there is none)."""

    tasks: list[Task]
    after: str = ""


def worklist(actor: Actor, filters: Filters | None = None, *, at: datetime, after: str = "", limit: int = PAGE) -> Page:
    """Return the open tasks of the actor's roles in the actor's agencies, by due time. One statement."""
    limit = max(1, min(limit, MOST))
    rows = _narrowed(_visible(actor), actor, filters or Filters(), at)
    if after:
        rows = rows.filter(_beyond(after))
    found = list(rows.order_by("sort_at", "id")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1]) if more else "")


def counts(actor: Actor, *, at: datetime, kind: str = "", whose: Whose = "", soon: timedelta = SOON) -> dict[str, int]:
    """
    Return how many open tasks there are: all, mine, free, own, others, and by due time. One statement.

    With `whose`, those by due time are of these only; together they are as many as `counts(…)[whose]`.
    """
    rows = _visible(actor)
    if kind:
        rows = rows.filter(kind=kind)
    ways: tuple[Whose, ...] = ("mine", "free", "own", "others")
    held: dict[str, Any] = {name: Count("id", filter=_held(name, actor)) for name in ways}
    buckets: dict[str, Any] = {
        name: Count("id", filter=_bucket(name, at, soon) & _held(whose, actor))
        for name in ("overdue", "today", "soon", "later", "none")
    }
    return rows.aggregate(all=Count("id"), **held, **buckets)


def count_tasks(actor: Actor, *, kind: str, forms: Collection[str]) -> int:
    """Count the open tasks of some kinds of step, up to 1,000: for menus. One statement."""
    return _visible(actor).filter(kind=kind, form__in=forms)[:1000].count()


def _held(whose: Whose, actor: Actor) -> Q:
    mine = access.official_id(actor)
    match whose:
        case "mine":
            return Q(assignee_official_id=mine)
        case "free":
            return Q(assignee_official_id="")
        case "own":
            return Q(assignee_official_id__in=["", mine])
        case "others":
            return ~Q(assignee_official_id__in=["", mine])
    return Q()


def _visible(actor: Actor) -> QuerySet[Task]:
    return Task.objects.filter(access.visible_tasks(actor), IS_LIVE)


def _narrowed(rows: QuerySet[Task], actor: Actor, filters: Filters, at: datetime) -> QuerySet[Task]:
    if filters.bucket:
        rows = rows.filter(_bucket(filters.bucket, at, filters.soon))
    if filters.whose:
        rows = rows.filter(_held(filters.whose, actor))
    exact = {"role": filters.role, "agency_code": filters.agency, "kind": filters.kind, "form": filters.form}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.forms:
        rows = rows.filter(form__in=filters.forms)
    if filters.urgent:
        rows = rows.filter(urgent=True)
    for word in fold(filters.text).split()[:6]:
        rows = rows.filter(search__contains=word)
    return rows


def _bucket(name: str, at: datetime, soon: timedelta) -> Q:
    tomorrow = datetime.combine(civil_date(at) + timedelta(days=1), time(), CIVIL_ZONE)
    return {
        "overdue": Q(due_at__lt=at),
        "today": Q(due_at__gte=at, due_at__lt=tomorrow),
        "soon": Q(due_at__gte=tomorrow, due_at__lt=tomorrow + soon),
        "later": Q(due_at__gte=tomorrow + soon),
        "none": Q(due_at=None),
    }[name]


def _cursor(task: Task) -> str:
    return base64.urlsafe_b64encode(f"{task.sort_at.isoformat()}|{task.pk}".encode()).decode().rstrip("=")


def _beyond(cursor: str) -> Q:
    """Return the filter of what comes after a cursor; a cursor that was tampered with begins nowhere: NotFound."""
    try:
        moment, _bar, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        sort_at, task_id = datetime.fromisoformat(moment), UUID(key)
        if sort_at.tzinfo is None:
            raise NotFound
        sort_at = sort_at.astimezone(UTC)  # what lies beyond the years of a calendar overflows here, not in the query
    except (ValueError, OverflowError, binascii.Error) as error:
        raise NotFound from error
    return Q(sort_at__gt=sort_at) | Q(sort_at=sort_at, id__gt=task_id)


def outcomes_of(task: Task) -> tuple[Outcome, ...]:
    """Return the ways in which a task may end: the buttons of its page. Empty: it is simply done."""
    return graph_of(task.case.flow_id).nodes[task.node_id].outcomes


def open_tasks(case_id: UUID) -> list[Task]:
    """Return what is to be done in a case now, oldest first. One statement; for those who may see the subject."""
    return list(
        Task.objects.filter(case_id=case_id, state__in=LIVE).select_related("case").order_by("created_at", "id")
    )


def history(case_id: UUID) -> list[Task]:
    """Return all steps of a case that were opened, in order: who did them, when, how they ended. One statement."""
    return list(Task.objects.filter(case_id=case_id).select_related("case").order_by("created_at", "id"))


def get_case(case_id: UUID) -> Case:
    """Return a case. Raises NotFound."""
    case = Case.objects.select_related("flow").defer("flow__xml", "flow__graph").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def list_flows(*, with_retired: bool = False) -> list[Flow]:
    """Return the flows without their files, by code, newest version first."""
    rows = Flow.objects.defer("xml", "graph").order_by("code", "-version")
    return list(rows if with_retired else rows.filter(state=FlowState.PUBLISHED))


def get_flow(code: str, version: int | None = None) -> Flow:
    """Return one version of a flow, the published one by default. Raises NotFound."""
    wanted: dict[str, Any] = {"version": version} if version else {"state": FlowState.PUBLISHED}
    flow = Flow.objects.filter(code=code, **wanted).first()
    if flow is None:
        raise NotFound
    return flow


def list_stuck(limit: int = PAGE) -> Sequence[Timer | Job]:
    """Return timers and services that were given up, oldest first, with their cases. Two statements."""
    rows: list[Timer | Job] = []
    for kind in (Timer, Job):
        rows += kind.objects.filter(is_dead=True).select_related("case").order_by("due_at")[:limit]
    return sorted(rows, key=lambda row: row.due_at)[:limit]
