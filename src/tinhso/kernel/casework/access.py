"""Who may do what in casework. Modules add their own conditions (scopes, assurance, the subject) before they ask us."""

from __future__ import annotations

from django.db.models import Q

from tinhso.base.actors import Actor, ActorKind
from tinhso.kernel.casework.models import Case, Task

SUPERIORS = ("head", "leader")


def can_publish_flows(actor: Actor) -> bool:
    """Publish and retire flows: the loader of packs, and the administrator of the whole province."""
    return actor.kind is ActorKind.SYSTEM or actor.has_role_for_province("admin")


def can_move_cases(actor: Actor, _case: Case | None = None) -> bool:
    """Open, cancel and send messages to cases: anybody known; the module that calls decides who of them."""
    return actor.kind is not ActorKind.ANONYMOUS


def can_do_task(actor: Actor, task: Task) -> bool:
    """Do a task: its role in its agency, and it is nobody else's."""
    return holds_task(actor, task) and task.assignee_official_id in ("", official_id(actor))


def can_take_task(actor: Actor, task: Task) -> bool:
    """Take a task: its role in its agency."""
    return holds_task(actor, task)


def can_release_task(actor: Actor, task: Task) -> bool:
    """Put a task back: who has it, and their superiors."""
    return (holds_task(actor, task) and task.assignee_official_id == official_id(actor)) or can_assign_task(actor, task)


def can_assign_task(actor: Actor, task: Task) -> bool:
    """Give a task to somebody: heads and leaders of its agency, heads and leaders with its role."""
    return actor.kind is ActorKind.OFFICIAL and actor.has_role(*SUPERIORS, agency=task.agency_code)


def can_release_all(actor: Actor) -> bool:
    """Put back all that somebody who leaves had taken: the worker and administrators of the province."""
    return actor.kind is ActorKind.SYSTEM or actor.has_role_for_province("admin")


def can_hand_on(actor: Actor) -> bool:
    """Hand cases on to the agencies that took over: the loader of a reform, the worker, administrators of the province."""
    return actor.kind is ActorKind.SYSTEM or (actor.scopes is None and actor.has_role_for_province("admin"))


def can_mend_cases(actor: Actor) -> bool:
    """Try again what failed in a case (a timer, a service): the worker and administrators of the province."""
    return actor.kind is ActorKind.SYSTEM or actor.has_role_for_province("admin")


def holds_task(actor: Actor, task: Task) -> bool:
    """Tell whether the actor holds the task's role in its agency."""
    return actor.kind is ActorKind.OFFICIAL and actor.has_role(task.role, agency=task.agency_code)


def official_id(actor: Actor) -> str:
    """Return the id of the official behind an actor; empty for others."""
    return actor.key.removeprefix("official:") if actor.kind is ActorKind.OFFICIAL else ""


def visible_tasks(actor: Actor) -> Q:
    """Return the filter that leaves the tasks of the actor's roles in the actor's agencies: none for others."""
    roles_by_agency: dict[str, set[str]] = {}
    if actor.kind is ActorKind.OFFICIAL:
        for holding in actor.holdings:
            roles_by_agency.setdefault(holding.agency, set()).update(holding.roles)
    agencies_by_roles: dict[frozenset[str], list[str]] = {}
    for agency, roles in roles_by_agency.items():
        agencies_by_roles.setdefault(frozenset(roles), []).append(agency)
    if not agencies_by_roles:
        return Q(pk__in=[])
    found = Q()
    for roles_held, agencies in sorted(agencies_by_roles.items(), key=lambda item: sorted(item[1])):
        found |= Q(agency_code__in=sorted(agencies), role__in=sorted(roles_held))
    return found
