"""A head gives a step to an officer who holds its role, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from tinhso.base.refusals import Forbidden, NotFound
from tinhso.kernel.casework.actions import NotHolder, assign_task, complete_task, start_case
from tinhso.kernel.casework.models import Case, Flow, TaskState
from tinhso.kernel.casework.queries import open_tasks
from tinhso.kernel.casework.tests.drawing import Draw, one_step
from tinhso.kernel.casework.tests.people import BINH, CHI, LAN, MONDAY, OFFICE
from tinhso.kernel.organisation.public import Agency, Official, Post, Tenure
from tinhso.kernel.organisation.stamp import touch

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


def appoint(key: str, name: str, role: str, agency: str = OFFICE) -> Official:
    """Enter an official who holds a post with this role."""
    official = Official.objects.create(
        id=UUID(key) if key else uuid4(), staff_code=f"S-{name}", full_name=name, folded=""
    )
    post = f"{agency}/{role}/{name}"
    Agency.objects.get_or_create(
        code=agency, defaults={"name": agency, "name_en": agency, "path": agency, "valid_from": SINCE, "folded": ""}
    )
    Post.objects.create(code=post, agency_code=agency, title=role, title_en=role, roles=[role], valid_from=SINCE)
    Tenure.objects.create(post_code=post, official=official, valid_from=SINCE)
    touch()
    return official


@pytest.fixture
def case(publish: Callable[[Draw], Flow]) -> Case:
    publish(one_step(t_form="process"))
    return start_case("one", ("dossier", "1"), title="x", agencies={"": OFFICE}, actor=LAN, at=MONDAY)


def test_a_head_assigns_and_only_that_officer_can_do_it(case: Case) -> None:
    binh = appoint(BINH.key.removeprefix("official:"), "Bình", "processor")
    task = assign_task(case.id, form="process", official=binh, actor=CHI, at=MONDAY)
    assert (task.state, task.assignee_name) == (TaskState.TAKEN, "Bình")
    with pytest.raises(Forbidden):
        complete_task(task.id, actor=CHI, at=MONDAY)
    assert complete_task(task.id, actor=BINH, at=MONDAY).state == TaskState.DONE


def test_who_does_not_hold_the_role_gets_nothing(case: Case) -> None:
    for official in (appoint("", "Clerk", "clerk"), appoint("", "Elsewhere", "processor", "H47.99")):
        with pytest.raises(NotHolder) as no:
            assign_task(case.id, official=official, actor=CHI, at=MONDAY)
        assert no.value.facts["official"] == official.full_name
    assert open_tasks(case.id)[0].state == TaskState.OPEN


def test_only_heads_assign_and_only_what_is_open(case: Case) -> None:
    binh = appoint(BINH.key.removeprefix("official:"), "Bình", "processor")
    with pytest.raises(Forbidden):
        assign_task(case.id, official=binh, actor=BINH, at=MONDAY)
    wrong: list[dict[str, Any]] = [{"form": "sign"}, {"task_id": uuid4()}]
    for which in wrong:
        with pytest.raises(NotFound):
            assign_task(case.id, official=binh, actor=CHI, at=MONDAY, **which)
