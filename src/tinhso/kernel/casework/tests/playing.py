"""Opening cases and doing their steps, in as few words as a test has room for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.kernel.casework.actions import complete_task, start_case
from tinhso.kernel.casework.models import Case, Task
from tinhso.kernel.casework.queries import open_tasks
from tinhso.kernel.casework.tests.people import AGENCIES, LAN, MONDAY


def begin(code: str = "approval", *, at: datetime = MONDAY, actor: Any = LAN, **more: Any) -> Case:
    given: dict[str, Any] = {"title": "Đăng ký khai sinh", "agencies": AGENCIES, **more}
    return start_case(code, ("dossier", "H47.12-260302-0001"), actor=actor, at=at, **given)


def the_task(case: Case) -> Task:
    (task,) = open_tasks(case.id)
    return task


def do(case: Case, actor: Any, outcome: str = "", at: datetime = MONDAY, **variables: Any) -> Task:
    return complete_task(the_task(case).id, outcome=outcome, variables=variables, actor=actor, at=at)
