"""Reads about who takes part in a case: the records, and why each is due when it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.casework.actions.standing import graph_of
from tinhso.kernel.casework.models import LIVE, CaseState, Participant, PartRole, Task
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import Answer
from tinhso.law.working_time import Limit, Unit, due


def participants_of(case_id: UUID) -> list[Participant]:
    """Return everybody who takes part in a case, by order; a part that was reached twice is there twice. One statement."""
    return list(Participant.objects.filter(case_id=case_id).order_by("position", "id"))


def agencies_taking_part() -> list[str]:
    """Return the agencies that have a participant's part before them, begun or to come; the lead is not one. One statement."""
    rows = Participant.objects.filter(ended_at__isnull=True).exclude(role=PartRole.LEAD)
    return list(rows.order_by("agency_code").values_list("agency_code", flat=True).distinct())


def open_parts_of(codes: Sequence[str]) -> list[Participant]:
    """Return the parts, begun or to come, that these agencies have before them, with their cases. One statement."""
    rows = Participant.objects.filter(agency_code__in=codes, ended_at__isnull=True).exclude(role=PartRole.LEAD)
    return list(rows.select_related("case").order_by("agency_code", "id"))


def cases_at(codes: Sequence[str]) -> QuerySet[Any]:
    """Return the ids of open cases in which one of these agencies has a step or a part before it. For a subquery."""
    steps = Task.objects.filter(agency_code__in=codes, state__in=LIVE, case__state=CaseState.OPEN).values("case_id")
    parts = Participant.objects.filter(agency_code__in=codes, ended_at__isnull=True, case__state=CaseState.OPEN)
    return steps.union(parts.values("case_id"))


def silent_part(case_id: UUID, agencies: frozenset[str]) -> Participant | None:
    """Return the part of one of these agencies that the flow went on without, and whose answer has not come."""
    rows = Participant.objects.filter(
        case_id=case_id, agency_code__in=agencies, outcome="silent", answered_late_at__isnull=True
    )
    return rows.order_by("-ended_at").first()


def why_part_due(row: Participant) -> Answer[datetime] | None:
    """Return when a part is due and why, by its own limit on its agency's calendar; None before it began or without one."""
    if row.clock_from is None or row.limit_amount is None or not row.limit_unit:
        return None
    return due(
        row.clock_from, Limit(row.limit_amount, Unit(row.limit_unit)), calendar_for(row.agency_code, row.clock_from)
    )


def due_if_begun(row: Participant, at: datetime) -> datetime | None:
    """Return until when a part would have to be done if its clock began now; None without a limit."""
    if row.limit_amount is None or not row.limit_unit:
        return None
    return due(at, Limit(row.limit_amount, Unit(row.limit_unit)), calendar_for(row.agency_code, at)).value


def due_of_part(row: Participant) -> datetime | None:
    """Return until when a part is to be done."""
    answer = why_part_due(row)
    return answer.value if answer else None


def part_of_task(task: Task) -> str:
    """Return whose part of the case a step lies in; empty for nobody's."""
    return graph_of(task.case.flow_id).participant_at(task.node_id)
