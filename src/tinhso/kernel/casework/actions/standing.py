"""Where a case stands, as read: one statement for the case, its tokens and its open tasks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from tinhso.base.acts import BrokenAct, running
from tinhso.base.rows import fetch, key_value
from tinhso.kernel.casework.bpmn.graph import Graph, from_json
from tinhso.kernel.casework.engine import Marking, Wait
from tinhso.kernel.casework.engine import Token as Mark
from tinhso.kernel.casework.models import Case, Flow, Task, Token
from tinhso.kernel.organisation.models import Stamp
from tinhso.kernel.organisation.public import note_stamp

SOURCE = (
    "casework_token JOIN casework_case ON casework_case.id = casework_token.case_id"
    " LEFT JOIN casework_task ON casework_task.token_id = casework_token.id"
    " LEFT JOIN organisation_stamp ON organisation_stamp.id = 1"
)
"""Tokens, their case and their open tasks; the organisation's stamp is read along, for what is remembered hangs on it."""
OF_TASK = "(SELECT case_id FROM casework_task WHERE id = %s)"


@dataclass
class Standing:
    """A case with everything that is open in it."""

    case: Case
    graph: Graph
    rows: dict[int, Token]
    tasks: dict[int, Task]
    """Open tasks by the number of their token."""

    @cached_property
    def marking(self) -> Marking:
        """Return the tokens as the engine sees them."""
        return Marking({number: mark_of(row) for number, row in self.rows.items()}, self.case.last_token)

    def task(self, task_id: UUID) -> Task | None:
        """Return an open task by its id."""
        return next((task for task in self.tasks.values() if task.pk == task_id), None)


def mark_of(row: Token) -> Mark:
    """Return a row as the engine's token."""
    return Mark(row.number, row.node_id, Wait(row.wait), row.scope, row.arrived, row.item, tuple(row.left))


def read_standing(*, case_id: UUID | None = None, task_id: UUID | None = None) -> Standing | None:
    """Return where a case stands, by its id or that of any of its tasks; None when it is over or unknown."""
    if case_id:
        where, key = "casework_token.case_id = %s", key_value(Case, case_id)
    else:
        where, key = f"casework_token.case_id = {OF_TASK}", key_value(Task, task_id)
    found = fetch(f"{SOURCE} WHERE {where} ORDER BY casework_token.number", [key], Token, Case, Task, Stamp)
    if not found:
        return None
    case, tokens, tasks = found[0][1], {}, {}
    for token, _case, task, _stamp in found:
        token.case = case
        tokens[token.number] = token
        if task is not None:
            task.case, task.token = case, token
            tasks[token.number] = task
    stamp = found[0][3]
    note_stamp(stamp.value if stamp else None)
    return Standing(case, graph_of(case.flow_id), tokens, tasks)


def tasks_at_hand(case_id: UUID) -> list[Task]:
    """
    Return what is to be done in a case now, oldest first, and keep what was read for the act that is running.

    The step that this act then completes begins from it instead of reading the case again; the versions of case and
    task are its guard, as always. One statement. Raises BrokenAct outside of an act.
    """
    standing = read_standing(case_id=case_id)
    if standing is None:
        return []
    running().notes[_note(case_id)] = standing
    return sorted(standing.tasks.values(), key=lambda task: (task.created_at, task.pk))


def take_up(case_id: UUID | None = None, *, task_id: UUID | None = None) -> Standing | None:
    """Return what the running act has read of a case, once; whoever moves the case or changes a task takes it up."""
    try:
        notes = running().notes
    except BrokenAct:
        return None
    for name, standing in notes.items():
        if not isinstance(standing, Standing):
            continue
        if standing.case.pk == case_id or (task_id is not None and standing.task(task_id) is not None):
            del notes[name]
            return standing
    return None


def _note(case_id: UUID) -> str:
    return f"casework.standing:{case_id}"


@lru_cache(maxsize=256)
def graph_of(flow_id: UUID) -> Graph:
    """Return the graph of a flow, read once per process: a published flow never changes."""
    return from_json(Flow.objects.values_list("graph", flat=True).get(pk=flow_id))
