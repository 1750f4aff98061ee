"""What somebody who leaves had taken goes back to the list of its role."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.casework import access
from tinhso.kernel.casework.models import LIVE, Task, TaskState
from tinhso.kernel.journal.public import record


@act
def release_all(official_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Put back every step that an official had taken, for colleagues of the role; returns how many."""
    require(access.can_release_all, actor)
    held = list(Task.objects.select_for_update().filter(assignee_official_id=str(official_id), state__in=LIVE))
    for task in held:
        task.assignee_official_id = task.assignee_name = ""
        task.state, task.taken_at = TaskState.OPEN, None
        task.version += 1
        task.save(update_fields=["assignee_official_id", "assignee_name", "state", "taken_at", "version"])
        record(
            "casework.task_released", task, actor=actor, at=at, agency=task.agency_code, task=str(task.pk),
            node=task.node_id, had=str(official_id),
        )  # fmt: skip
    record("casework.work_handed_back", ("official", str(official_id)), actor=actor, at=at, count=len(held))
    return len(held)
