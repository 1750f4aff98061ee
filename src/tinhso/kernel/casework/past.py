"""What happened in cases of a flow: when they came, who did what for how long. Bare of names of people and of what it was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from tinhso.base.registry import registry
from tinhso.kernel.casework.loans import MOST_CLOCKS, PastClock, PastClocks
from tinhso.kernel.casework.models import Case, Task, TaskState


@dataclass(frozen=True, slots=True)
class PastTask:
    """A task that was done."""

    node: str
    agency: str
    role: str
    opened_at: datetime
    taken_at: datetime | None
    """When somebody took it on; the same as `done_at` when nobody did before it was done."""
    done_at: datetime
    outcome: str
    by: str = ""
    """Whose hand did it: never their name, and kept nowhere."""


@dataclass(slots=True)
class PastCase:
    """A case of the past, with the tasks that were done in it."""

    opened_at: datetime
    agencies: Mapping[str, str]
    clock: PastClock | None = None
    """None where no legal time was running, or nobody keeps it."""
    tasks: list[PastTask] = field(default_factory=list)


def past_cases(code: str, since: datetime, until: datetime, *, limit: int) -> list[PastCase]:
    """Return cases of all versions of a flow that began in a span, in their order, at most `limit`. A few statements a batch."""
    rows = Case.objects.filter(flow__code=code, opened_at__gte=since, opened_at__lt=until).order_by("opened_at", "id")
    found: dict[UUID, PastCase] = {}
    kinds: dict[str, list[UUID]] = {}
    for key, kind, opened, closed, due, agencies in rows.values_list(
        "pk", "kind", "opened_at", "closed_at", "due_at", "agencies"
    )[:limit]:
        found[key] = PastCase(opened, agencies, PastClock(opened, due, due, closed) if due else None)
        kinds.setdefault(kind, []).append(key)
    for loan in registry.of(PastClocks):
        keys = kinds.get(loan.key, [])
        for start in range(0, len(keys), MOST_CLOCKS):
            some = keys[start : start + MOST_CLOCKS]
            for key, clock in loan.read(some).items():
                found[key].clock = clock
    _take_tasks(found)
    return list(found.values())


def _take_tasks(found: Mapping[UUID, PastCase]) -> None:
    keys = list(found)
    names = (
        "case_id", "node_id", "agency_code", "role", "created_at", "taken_at", "done_at", "outcome", "assignee_official_id",
    )  # fmt: skip
    for start in range(0, len(keys), MOST_CLOCKS):
        tasks = Task.objects.filter(
            case_id__in=keys[start : start + MOST_CLOCKS], state=TaskState.DONE, done_at__isnull=False
        )
        for case, *told in tasks.values_list(*names):
            found[case].tasks.append(PastTask(*told))


def past_posts(code: str, since: datetime, until: datetime, *, limit: int) -> list[tuple[str, str]]:
    """Return the posts (agency and role) that did most in cases of a flow that began in a span, busiest first. One statement."""
    rows = Task.objects.filter(
        case__flow__code=code, case__opened_at__gte=since, case__opened_at__lt=until, state=TaskState.DONE
    )
    counted = rows.values("agency_code", "role").annotate(number=Count("pk")).order_by("-number", "agency_code", "role")
    return list(counted.values_list("agency_code", "role")[:limit])
