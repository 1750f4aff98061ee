"""Cases whose agencies ended: they go on in those that took over, with the same flow, at the same step, by the same clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.kernel.casework import access
from tinhso.kernel.casework.actions.standing import graph_of
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph
from tinhso.kernel.casework.models import LIVE, Case, CaseState, Participant, Task, TaskState, Token
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import who_holds

type Heir = Callable[[UUID, str, frozenset[str]], str]
"""Who goes on: asked with the case, the agency that ended, and the roles that are carried there."""


@act
def hand_on_cases(
    case_ids: Sequence[UUID],
    heir: Heir,
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """
    Put successors in the place of agencies that ended, in these cases and what is open in them; return how many changed.

    `heir(case, agency, roles)` names who goes on with what these roles do; empty or the same: nothing changes. Who has a task and holds its role
    in the successor keeps it; else it is put back for all who do. The order and the due times stay, and the clocks of who
    takes part run on. Six statements for all, and one for each agency and role that somebody's task went to.
    """
    require(access.can_hand_on, actor)
    cases = list(Case.objects.select_for_update().filter(pk__in=case_ids, state=CaseState.OPEN).order_by("pk"))
    changed = [case for case in cases if _places(case, heir)]
    for case in changed:
        case.version += 1  # a move that read the case before must not write the old agencies back
    Case.objects.bulk_update(changed, ["agencies", "version"])
    tasks = list(Task.objects.filter(case__in=cases, state__in=LIVE).order_by("pk"))
    holders: dict[tuple[str, str], set[str]] = {}
    moved = [task for task in tasks if _task(task, heir, holders, at)]
    Task.objects.bulk_update(
        moved, ["agency_code", "assignee_official_id", "assignee_name", "state", "taken_at", "version"]
    )
    parts = list(Participant.objects.select_for_update().filter(case__in=cases, ended_at__isnull=True).order_by("pk"))
    passed = [part for part in parts if _part(part, heir, at)]
    Participant.objects.bulk_update(passed, ["agency_code", "before"])
    tokens = [token for token in Token.objects.filter(case__in=cases) if _token(token, heir)]
    Token.objects.bulk_update(tokens, ["item", "left"])
    where: dict[UUID, list[str]] = {}
    for task in moved:
        where.setdefault(task.case_id, []).append(task.agency_code)
    for case in changed:
        facts: dict[str, Any] = {
            "tasks_at": where.get(case.pk, []),
            "parts": sorted(part.key for part in passed if part.case_id == case.pk),
        }
        record("casework.case_handed_on", case, actor=actor, at=at, case=str(case.pk), **facts)
    return len(changed)


def _places(case: Case, heir: Heir) -> bool:
    before, carried = case.agencies, _roles_by_place(graph_of(case.flow_id))
    case.agencies = {
        place: heir(case.pk, code, carried.get(place, frozenset())) or code for place, code in before.items()
    }
    return bool(case.agencies != before)


def _roles_by_place(graph: Graph) -> dict[str, frozenset[str]]:
    """Return which roles the steps of each place ask for."""
    found: dict[str, set[str]] = {}
    for node in graph.nodes.values():
        if node.kind in PEOPLE and node.role:
            for place in (node.agency,) if node.agency else (node.lane, node.role):
                found.setdefault(place, set()).add(node.role)
    return {place: frozenset(roles) for place, roles in found.items()}


def _task(task: Task, heir: Heir, holders: dict[tuple[str, str], set[str]], at: datetime) -> bool:
    code = heir(task.case_id, task.agency_code, frozenset({task.role})) or task.agency_code
    if code == task.agency_code:
        return False
    task.agency_code = code
    task.version += 1
    if not task.assignee_official_id:
        return True
    key = (code, task.role)
    if key not in holders:
        holders[key] = {str(official.pk) for official in who_holds(code, task.role, civil_date(at))}
    if task.assignee_official_id not in holders[key]:
        task.assignee_official_id = task.assignee_name = ""
        task.state, task.taken_at = TaskState.OPEN, None
    return True


def _part(part: Participant, heir: Heir, at: datetime) -> bool:
    code = heir(part.case_id, part.agency_code, frozenset()) or part.agency_code
    if code == part.agency_code:
        return False
    part.before = [*part.before, {"agency": part.agency_code, "until": at.isoformat()}]
    part.agency_code = code
    return True


def _token(token: Token, heir: Heir) -> bool:
    """Put the successor in the place of an agency over which a step is repeated."""

    def of(item: object) -> object:
        return (heir(token.case_id, item, frozenset()) or item) if isinstance(item, str) else item

    item, left = of(token.item), [of(each) for each in token.left]
    if (item, left) == (token.item, list(token.left)):
        return False
    token.item, token.left = item, left
    return True
