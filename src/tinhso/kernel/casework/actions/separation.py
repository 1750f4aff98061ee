"""
Separation of duties: one person does not do two steps of a case that the flow keeps apart (`tinhso:not-same-as`).

Who did a step is the official in person: a delegation lends a role, not another pair of eyes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.rows import fetch, key_value
from tinhso.kernel.casework.actions.standing import graph_of
from tinhso.kernel.casework.models import Case, Task, TaskState


class DidTheOther(Refusal):
    """The same person did a step that this one checks."""

    code = "casework.did_the_other"
    text = _(
        "{name} did “{other}” in this case, and whoever does “{step}” must be somebody else. Leave it to a colleague."
    )
    status = 403


def require_another(task: Task, official_id: str, name: str) -> None:
    """
    Raise DidTheOther when an official did a step of the case from which the flow keeps this one apart.

    One statement where the flow keeps steps apart, none elsewhere.
    """
    # both ways: of two steps side by side, the one that checks may be done first
    apart = graph_of(task.case.flow_id).apart.get(task.node_id, ())
    if not apart or not official_id:
        return
    marks = ", ".join(["%s"] * len(apart))
    found = fetch(
        f"casework_task WHERE case_id = %s AND node_id IN ({marks}) AND state = %s AND assignee_official_id = %s LIMIT 1",
        [key_value(Case, task.case_id), *apart, TaskState.DONE, official_id],
        Task,
    )
    if found:
        raise DidTheOther(name=name, other=found[0][0].name, step=task.name)
