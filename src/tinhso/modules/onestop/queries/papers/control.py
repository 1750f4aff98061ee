"""The control sheet: who handed the dossier to whom, when, and whether in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Task, TaskState, history
from tinhso.kernel.organisation.public import Agency, agencies_by_code
from tinhso.law.statistics import punctuality
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.papers.parts import Paper, moment, paper, paper_data


def control_paper(dossier: Dossier, at: datetime) -> Paper:
    """
    Return Phiếu kiểm soát quá trình giải quyết hồ sơ: form 05 of TT 01/2018/TT-VPCP, 06 of TT 03/2025/TT-VPCP.

    One row for each step that was finished, in the order of finishing. Five statements.
    """
    steps = history(dossier.case_id) if dossier.case_id else []
    agencies = agencies_by_code({step.agency_code for step in steps}, civil_date(at))
    done = sorted((s for s in steps if s.state == TaskState.DONE and s.done_at), key=lambda s: (s.done_at, s.pk))
    return paper(
        "control-sheet",
        {
            **paper_data(dossier, dossier.agency_code, at),
            "due": moment(dossier.due_at),
            "rows": [_row(step, steps, agencies) for step in done],
            "open": [_who(step, agencies) | {"due": moment(step.due_at)} for step in steps if step.is_live],
        },
    )


def _row(step: Task, steps: Sequence[Task], agencies: dict[str, Agency]) -> dict[str, Any]:
    assert step.done_at is not None
    # one act finishes a step and opens the next: both bear the same moment
    after = [each for each in steps if each.created_at == step.done_at and each.pk != step.pk]
    return {
        "gave": _who(step, agencies),
        "took": [_who(each, agencies) for each in after],
        "opened": moment(step.created_at),
        "finished": moment(step.done_at),
        "due": moment(step.due_at),
        "punctuality": punctuality(step.done_at, step.due_at).value if step.due_at else "",
    }


def _who(step: Task, agencies: dict[str, Agency]) -> dict[str, Any]:
    agency = agencies.get(step.agency_code)
    return {"step": step.name, "agency": agency.name if agency else step.agency_code, "name": step.assignee_name}
