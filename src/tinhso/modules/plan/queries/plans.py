"""Plans as they stand: one by its id, the register, the lines of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import Agency, find_agency, last_known_agency
from tinhso.modules.plan.models import HELD, Item, ItemState, Kind, Plan, PlanState, Standing

PAGE = 50
REVIEW_PAGE = 20
DIRECTIVES = ("Chỉ thị", "Công văn", "Kết luận", "Thông báo", "Hướng dẫn")
"""Kinds of texts that direct rather than plan (S-47)."""
OVER = (Standing.DONE, Standing.DROPPED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows the register to."""

    words: str = ""
    kind: str = ""
    """`plan` or `directive`."""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How a plan's lines stand."""

    proposed: int
    goals: int
    tasks: int
    done: int
    stuck: int


def any_plan() -> bool:
    """Tell whether any text was taken in."""
    return Plan.objects.exists()


def get_plan(plan_id: UUID) -> Plan:
    """Return a plan. Raises NotFound."""
    found = Plan.objects.filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    return found


def get_item(plan_id: UUID, item_id: UUID) -> Item:
    """Return a line of a plan, with its plan and its money. Raises NotFound."""
    found = Item.objects.select_related("plan").prefetch_related("amounts").filter(pk=item_id, plan_id=plan_id).first()
    if found is None:
        raise NotFound
    return found


def unit_of(plan: Plan, at: datetime) -> Agency:
    """Return the agency that holds to a plan, as it is now or was last. Raises NotFound."""
    return find_agency(plan.unit, on=civil_date(at)) or last_known_agency(plan.unit)


def path_of(plan: Plan, at: datetime) -> Sequence[str]:
    """Return the codes from the province down to the agency that holds to a plan."""
    return unit_of(plan, at).path_codes


def list_plans(filters: Filters, *, page: int = 1) -> tuple[list[Plan], int]:
    """Return a page of the register, the newest text first, and how many there are. Two statements."""
    rows = Plan.objects.defer("text", "doubts", "cited")
    rows = rows.filter(state=filters.state) if filters.state else rows.exclude(state=PlanState.WITHDRAWN)
    if filters.kind == "directive":
        rows = rows.filter(kind__in=DIRECTIVES)
    elif filters.kind == "plan":
        rows = rows.exclude(kind__in=DIRECTIVES)
    for word in filters.words.split()[:8]:
        rows = rows.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(issuer__icontains=word))
    ordered = rows.order_by("-signed_on", "-taken_at")
    return list(ordered[(page - 1) * PAGE : page * PAGE]), rows.count()


def counts_of(plans: Iterable[UUID]) -> dict[UUID, Counts]:
    """Return how the lines of plans stand. One statement."""
    held = Q(state__in=HELD)
    task = held & Q(kind=Kind.TASK)
    rows = (
        Item.objects.filter(plan__in=list(plans))
        .values("plan")
        .annotate(
            proposed=Count("pk", filter=Q(state=ItemState.PROPOSED)),
            goals=Count("pk", filter=held & Q(kind=Kind.GOAL)),
            tasks=Count("pk", filter=task & ~Q(standing=Standing.DROPPED)),
            done=Count("pk", filter=task & Q(standing=Standing.DONE)),
            stuck=Count("pk", filter=held & Q(standing=Standing.STUCK)),
        )
    )
    return {row["plan"]: Counts(row["proposed"], row["goals"], row["tasks"], row["done"], row["stuck"]) for row in rows}


def items_of(plan: Plan, *, kind: str = "", state: str = "") -> QuerySet[Item]:
    """Return lines of a plan in the order of its text; `state` `held` for those that count."""
    rows = Item.objects.filter(plan=plan).prefetch_related("amounts").order_by("order")
    if kind:
        rows = rows.filter(kind=kind)
    if state == "held":
        return rows.filter(state__in=HELD)
    return rows.filter(state=state) if state else rows


def kinds_of(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return how many lines there are of each kind, and of how many nothing was decided. One statement."""
    rows = (
        Item.objects.filter(plan=plan)
        .values("kind")
        .annotate(all=Count("pk"), open=Count("pk", filter=Q(state=ItemState.PROPOSED)))
    )
    return {row["kind"]: (row["all"], row["open"]) for row in rows}


def tasks_of(codes: Iterable[str] | None, *, state: str, words: str = "", page: int = 1) -> tuple[list[Item], int]:
    """
    Return tasks of all texts that are held to, of some agencies or of all, and how many there are. Two statements.

    `state`: `open` for those to be done, `done`, `stuck`, or empty for all.
    """
    rows = Item.objects.filter(kind=Kind.TASK, state__in=HELD, plan__state__in=(PlanState.HELD, PlanState.REVIEW))
    if codes is not None:
        rows = rows.filter(lead__in=list(codes))
    if state == "open":
        rows = rows.exclude(standing__in=OVER)
    elif state:
        rows = rows.filter(standing=state)
    for word in words.split()[:8]:
        rows = rows.filter(text__icontains=word)
    ordered = (
        rows.select_related("plan")
        .defer("plan__text", "plan__doubts", "plan__cited")
        .order_by(F("due").asc(nulls_last=True), "plan__signed_on", "plan", "order")
    )
    return list(ordered[(page - 1) * PAGE : page * PAGE]), rows.count()
