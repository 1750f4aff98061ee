"""What happened in cases of a flow: when they came, who did what for how long. Bare of names of people and of what it was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tinhso.kernel.casework.models import Case, Task, TaskState

BATCH = 500


@dataclass(frozen=True, slots=True)
class PastTask:
    """A task that was done."""

    node: str
    agency: str
    role: str
    opened_at: datetime
    taken_at: datetime | None
    done_at: datetime
    outcome: str


@dataclass(slots=True)
class PastCase:
    """A case of the past, with the tasks that were done in it."""

    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    agencies: Mapping[str, str]
    tasks: list[PastTask] = field(default_factory=list)


def past_cases(code: str, since: datetime, until: datetime, *, limit: int) -> list[PastCase]:
    """Return cases of all versions of a flow that began in a span, in their order, at most `limit`. Two statements a batch."""
    rows = Case.objects.filter(flow__code=code, opened_at__gte=since, opened_at__lt=until).order_by("opened_at", "id")
    found: dict[UUID, PastCase] = {
        key: PastCase(opened, closed, due, agencies)
        for key, opened, closed, due, agencies in rows.values_list(
            "pk", "opened_at", "closed_at", "due_at", "agencies"
        )[:limit]
    }
    keys = list(found)
    for start in range(0, len(keys), BATCH):
        tasks = Task.objects.filter(
            case_id__in=keys[start : start + BATCH], state=TaskState.DONE, done_at__isnull=False
        )
        names = ("case_id", "node_id", "agency_code", "role", "created_at", "taken_at", "done_at", "outcome")
        for case, *told in tasks.values_list(*names):
            found[case].tasks.append(PastTask(*told))
    return list(found.values())
