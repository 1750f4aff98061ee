"""Papers that the desk gives at once: form 01 (taken in, and when it is due) and form 03 (not taken in)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from tinhso.kernel.casework.public import TaskState, history
from tinhso.modules.onestop.models import Dossier, FileOrigin
from tinhso.modules.onestop.queries.papers.parts import Paper, moment, number_of, paper, paper_data


def taken_paper(dossier: Dossier, received_at: datetime) -> Paper:
    """
    Return form 01, Giấy tiếp nhận hồ sơ và hẹn trả kết quả (TT 01/2018/TT-VPCP, TT 03/2025/TT-VPCP).

    It says the due time that was promised on the day, also after the due time was changed. Six statements.
    """
    first_change = dossier.due_changes.order_by("at", "pk").first()
    return paper(
        "form-01",
        {
            **paper_data(dossier, dossier.desk_code, received_at),
            "number": number_of(dossier.form_number),
            "components": components_of(dossier),
            "limit": {"amount": _plain(dossier), "unit": dossier.limit_unit},
            "due": moment(first_change.was if first_change else dossier.due_at),
            "result": {"way": dossier.result_way, "address": dossier.result_address},
            "taken_by": taken_by(dossier),
        },
    )


def refused_paper(dossier: Dossier, refused_at: datetime) -> Paper:
    """Return form 03, Phiếu từ chối tiếp nhận giải quyết hồ sơ. Four statements."""
    return paper(
        "form-03",
        {
            **paper_data(dossier, dossier.desk_code, refused_at),
            "number": number_of(dossier.form_number),
            "reason": dossier.closing_reason,
            "taken_by": taken_by(dossier),
        },
    )


def taken_by(dossier: Dossier) -> str:
    """Return the name of the official who did the reception, or nothing. One statement."""
    steps = history(dossier.case_id) if dossier.case_id else []
    done = [step for step in steps if step.form == "receive" and step.state == TaskState.DONE]
    return done[-1].assignee_name if done else ""


def components_of(dossier: Dossier) -> list[dict[str, Any]]:
    """
    Return the papers handed in: name, originals, copies, files. One statement.

    At the counter they were ticked; online they are the files that stand.
    """
    files = dossier.files.filter(replaced_at=None, origin__in=[FileOrigin.APPLICANT, FileOrigin.DESK])
    given = list(files.order_by("added_at", "id").values_list("component_code", "component_name", "name"))
    digital = Counter(code for code, _component, _name in given)
    rows = [
        {
            "name": row.get("name") or row.get("code", ""),
            "originals": int(row.get("originals") or 0),
            "copies": int(row.get("copies") or 0),
            "digital": digital.pop(str(row.get("code", "")), 0),
        }
        for row in dossier.components
    ]
    names = {code: component or name for code, component, name in reversed(given)}
    return rows + [{"name": names[code], "originals": 0, "copies": 0, "digital": n} for code, n in digital.items()]


def _plain(dossier: Dossier) -> str:
    """Return the amount of the limit as people write it: `15`, `0,5`."""
    amount = dossier.limit_amount
    return "" if amount is None else f"{amount.normalize():f}".replace(".", ",")
