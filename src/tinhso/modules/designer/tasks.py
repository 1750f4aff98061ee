"""What the worker does for the designer every so often. Each may run twice."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.modules.designer.actions.decisions import publish_due
from tinhso.modules.designer.models import Draft, DraftState

WORKER = system("worker")


def publish_approved(*, at: datetime) -> int:
    """Bring approved drafts into effect on their day; return how many were looked at."""
    due = list(
        Draft.objects.filter(state=DraftState.APPROVED, effective_on__lte=civil_date(at)).values_list("pk", flat=True)
    )
    for draft in due:
        try:
            publish_due(draft, actor=WORKER, at=at)
        except Refusal:
            continue  # another worker was faster
    return len(due)
