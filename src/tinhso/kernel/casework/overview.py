"""Reads for administrators: versions of flows, what runs on them, what is stuck."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BooleanField, Count
from django.db.models.expressions import RawSQL

from tinhso.kernel.casework.bpmn.graph import Graph, from_json
from tinhso.kernel.casework.models import Case, Flow, Job, Timer

# written out, as `queries.IS_LIVE` is: with the state as a parameter SQLite does not see that the partial index fits
_IS_OPEN = RawSQL("casework_case.state = 'open'", [], output_field=BooleanField())


def list_flow_versions(code: str) -> list[Flow]:
    """Return every version of a flow, newest first, without their files. One statement."""
    return list(Flow.objects.filter(code=code).defer("xml", "graph").order_by("-version"))


def count_running() -> dict[UUID, int]:
    """Return how many open cases there are by version of a flow (id of the row). One statement."""
    rows = Case.objects.filter(_IS_OPEN).values_list("flow_id").annotate(Count("pk"))
    return dict(rows)


def read_graph(flow: Flow) -> Graph:
    """Return the compiled graph of a version."""
    return from_json(flow.graph)


def count_stuck() -> int:
    """Return how many timers and services were given up. Two statements."""
    return sum(kind.objects.filter(is_dead=True).count() for kind in (Timer, Job))
