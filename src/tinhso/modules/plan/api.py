"""Plans and directives for programs: the register, the lines of one, its money, what is to be done; reporting how far it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.plan import access
from tinhso.modules.plan.actions.reporting import report
from tinhso.modules.plan.queries import plans as read
from tinhso.modules.plan.queries.money import Line, money_of
from tinhso.modules.plan.queries.prospects import is_late
from tinhso.web.shapes import Shape

if TYPE_CHECKING:
    from tinhso.modules.plan.models import Item, Plan

READ, WRITE = {"x-scope": access.READ}, {"x-scope": access.WRITE}
router = Router()


class PlanOut(Shape):
    """A plan or directive."""

    id: UUID
    kind: str
    number: str
    signed_on: date | None
    issuer: str
    title: str
    unit: str = Field(description="code of the agency that holds to it")
    state: str = Field(description="reading, unread, review, held, withdrawn")


class PlanPage(Shape):
    """A page of the register, fifty at a time."""

    count: int
    plans: list[PlanOut]


class ItemOut(Shape):
    """One line of a plan, as it stands now."""

    id: UUID
    plan: UUID
    kind: str = Field(description="goal, task, money, reported")
    state: str = Field(
        description="proposed, accepted, corrected, added, refused; only accepted, corrected and added count"
    )
    text: str
    sentence: str
    value: float | None
    unit: str
    by: str = Field(description="key of the period until whose end it is promised: 2025, 2025-Q4")
    due: date | None
    lead: str = Field(description="code of the agency that answers for it")
    who: str = Field(description="who is to do it, in the words of the text")
    indicator: str
    standing: str = Field(description="open, going, stuck, done, dropped")
    is_late: bool
    version: int


class SumOut(Shape):
    """A line of money, in đồng by year; the key 0 is all years."""

    id: UUID | None
    name: str
    planned: dict[int, int]
    allocated: dict[int, int]
    disbursed: dict[int, int]


class MoneyOut(Shape):
    """Where the money of a plan stands."""

    whole: SumOut
    sources: list[SumOut]
    projects: list[SumOut]


class TaskPage(Shape):
    """A page of tasks, fifty at a time, the earliest day first."""

    count: int
    tasks: list[ItemOut]


class ReportIn(Shape):
    """How far something is."""

    standing: str = Field(description="open, going, stuck, done, dropped")
    value: str = Field("", description="the figure now, as 1234.5")
    said: str = ""
    on: date | None = None
    version: int = Field(description="the version of the line that was read")


@router.get("", response=PlanPage, summary="Register of plans and directives", openapi_extra=READ)
def list_plans(request: HttpRequest, q: str = "", kind: str = "", page: int = 1) -> PlanPage:
    """Return a page of the register, the newest text first; `kind`: `plan` or `directive`."""
    door = cast("ActorRequest", request)
    require(access.can_see_plans, door.actor)
    found, count = read.list_plans(read.Filters(words=q[:200], kind=kind), page=max(page, 1))
    return PlanPage(count=count, plans=[_plan(each) for each in found])


@router.get("/tasks", response=TaskPage, summary="What is to be done", openapi_extra=READ)
def list_tasks(request: HttpRequest, agency: str = "", state: str = "open", page: int = 1) -> TaskPage:
    """Return the tasks of all texts, of one agency or of all; `state`: `open`, `done`, `stuck`, or empty for all."""
    door = cast("ActorRequest", request)
    require(access.can_see_plans, door.actor)
    found, count = read.tasks_of([agency] if agency else None, state=state, page=max(page, 1))
    return TaskPage(count=count, tasks=[_item(each, door) for each in found])


@router.get("/{plan_id}", response=PlanOut, summary="One plan", openapi_extra=READ)
def get_plan(request: HttpRequest, plan_id: UUID) -> PlanOut:
    """Return one plan or directive."""
    door = cast("ActorRequest", request)
    require(access.can_see_plans, door.actor)
    return _plan(read.get_plan(plan_id))


@router.get("/{plan_id}/items", response=list[ItemOut], summary="Lines of a plan", openapi_extra=READ)
def list_items(request: HttpRequest, plan_id: UUID, kind: str = "", state: str = "held") -> list[ItemOut]:
    """Return the lines of a plan in the order of its text: those that count (`held`), or of another state, or all (empty)."""
    door = cast("ActorRequest", request)
    require(access.can_see_plans, door.actor)
    return [_item(each, door) for each in read.items_of(read.get_plan(plan_id), kind=kind, state=state)]


@router.get("/{plan_id}/money", response=MoneyOut, summary="Where its money stands", openapi_extra=READ)
def get_money(request: HttpRequest, plan_id: UUID) -> MoneyOut:
    """Return what is planned, allocated and paid out, by source and project."""
    door = cast("ActorRequest", request)
    require(access.can_see_plans, door.actor)
    found = money_of(read.get_plan(plan_id))
    return MoneyOut(
        whole=_sum(found.whole),
        sources=[_sum(each) for each in found.sources],
        projects=[_sum(each) for each in found.projects],
    )


@router.post(
    "/{plan_id}/items/{item_id}/progress", response=ItemOut, summary="Report how far it is", openapi_extra=WRITE
)
def report_progress(request: HttpRequest, plan_id: UUID, item_id: UUID, body: ReportIn) -> ItemOut:
    """Report how far a goal or task is."""
    door = cast("ActorRequest", request)
    found = read.get_item(plan_id, item_id)
    report(
        found.pk,
        body.standing,
        value=body.value,
        said=body.said,
        on=body.on,
        seen=body.version,
        actor=door.actor,
        at=door.at,
    )
    return _item(read.get_item(plan_id, item_id), door)


def _plan(found: Plan) -> PlanOut:
    return PlanOut(
        id=found.pk, kind=found.kind, number=found.number, signed_on=found.signed_on, issuer=found.issuer, title=found.title,
        unit=found.unit, state=found.state,
    )  # fmt: skip


def _item(found: Item, door: ActorRequest) -> ItemOut:
    return ItemOut(
        id=found.pk, plan=found.plan_id, kind=found.kind, state=found.state, text=found.text, sentence=found.sentence,
        value=float(found.value) if found.value is not None else None, unit=found.unit, by=found.by, due=found.due, lead=found.lead,
        who=found.who, indicator=found.indicator, standing=found.standing, is_late=is_late(found, door.at), version=found.version,
    )  # fmt: skip


def _sum(line: Line) -> SumOut:
    sums = [{year: int(vnd) for year, vnd in each.items()} for each in (line.planned, line.allocated, line.disbursed)]
    return SumOut(
        id=line.item.pk if line.item else None, name=line.name, planned=sums[0], allocated=sums[1], disbursed=sums[2]
    )
