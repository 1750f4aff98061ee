"""Work that comes, as open worklists hear of it: the parts are roles in agencies, as `access.visible_tasks` has them."""

from __future__ import annotations

from tinhso.base.actors import Actor, ActorKind
from tinhso.kernel.casework import events
from tinhso.kernel.casework.models import LIVE, Task
from tinhso.kernel.journal.public import EntryView

_OPENS_STEPS = frozenset(
    event.key
    for event in (
        events.CASE_STARTED,
        events.TASK_DONE,
        events.MESSAGE_RECEIVED,
        events.TIMER_FIRED,
        events.SERVICE_ANSWERED,
    )
)


def work_changed(entry: EntryView) -> list[str]:
    """Return whose worklists an entry adds a step to: those it opened, and the one that was put back."""
    if entry.event in _OPENS_STEPS:
        steps = Task.objects.filter(kind=entry.subject_type, subject_key=entry.subject_key, created_at=entry.at)
    elif entry.event == events.TASK_RELEASED.key:
        steps = Task.objects.filter(pk=entry.facts["task"])
    else:
        return []
    found = steps.filter(state__in=LIVE).values_list("agency_code", "role")
    return [_part(agency, role) for agency, role in found]


def work_heard(actor: Actor, _about: str) -> list[str]:
    """Return the roles in agencies whose work an actor sees."""
    if actor.kind is not ActorKind.OFFICIAL:
        return []
    return sorted({_part(holding.agency, role) for holding in actor.holdings for role in holding.roles})


def _part(agency: str, role: str) -> str:
    return f"{agency}:{role}"
