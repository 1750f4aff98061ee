"""What the worker does for plans: sees to it that texts that wait are read, in a process beside it."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.beside import beside
from tinhso.modules.plan.models import Plan, PlanState


def read_some(*, at: datetime) -> bool:
    """See to it that what waits is being read; tell whether a process was started for it."""
    del at
    return Plan.objects.filter(state=PlanState.READING).exists() and beside("read_plans")
