"""
Separation of duties: one person does not do two steps of a case that the flow keeps apart (`tinhso:not-same-as`).

Who did a step is the official in person: a delegation lends a role, not another pair of eyes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.actions.standing import graph_of
from tinhso.kernel.casework.models import Task, TaskState


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
    graph = graph_of(task.case.flow_id)
    apart = graph.nodes[task.node_id].not_same_as
    if not apart or not official_id:
        return
    other = Task.objects.filter(
        case_id=task.case_id, node_id__in=apart, state=TaskState.DONE, assignee_official_id=official_id
    ).first()
    if other is not None:
        raise DidTheOther(name=name, other=other.name, step=task.name)
