"""Worklists: whose they are, in which order, and that a page costs one statement."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.base.actors import ANONYMOUS
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.actions import start_case, take_task
from tinhso.kernel.casework.models import Case, Flow
from tinhso.kernel.casework.overview import count_running
from tinhso.kernel.casework.queries import Filters, counts, open_tasks, worklist
from tinhso.kernel.casework.tests.drawing import Draw, approval, one_step
from tinhso.kernel.casework.tests.people import AGENCIES, BINH, CHI, DESK, HOA, HUNG, LAN, MONDAY, OFFICE, TU, official

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten(publish: Callable[[Draw], Flow]) -> list[Case]:
    """Ten cases at the office, due a day apart, the first three days ago; the last without a due time."""
    publish(one_step())
    publish(approval())
    return [
        start_case(
            "one", ("dossier" if number % 2 else "letter", f"D-{number}"), title=f"Cấp giấy phép số {number}", agencies={"": OFFICE},
            due_at=None if number == 9 else MONDAY + timedelta(days=number - 3, hours=1 if number == 3 else 0), actor=LAN, at=MONDAY,
        )
        for number in range(10)
    ]  # fmt: skip


def keys(*args: Any, at: datetime = MONDAY, **more: Any) -> list[str]:
    return [task.subject_key for task in worklist(*args, at=at, **more).tasks]


def test_only_ones_own_work_is_seen_and_in_order(ten: list[Case]) -> None:
    assert keys(BINH) == [f"D-{number}" for number in range(10)]
    for stranger in (LAN, HUNG, TU, ANONYMOUS):
        assert keys(stranger) == []
        assert counts(stranger, at=MONDAY)["all"] == 0


def test_a_role_in_one_agency_is_no_role_in_another(publish: Callable[[Draw], Flow]) -> None:
    publish(approval())
    start_case("approval", ("dossier", "D"), title="x", agencies=AGENCIES, actor=LAN, at=MONDAY)
    both = official("Both", ("processor", DESK), ("reception", OFFICE))
    assert keys(both) == []
    assert keys(LAN) == ["D"]


def test_pages_go_on_where_the_last_one_ended(ten: list[Case]) -> None:
    seen: list[str] = []
    after = ""
    for _page in range(4):
        page = worklist(BINH, at=MONDAY, after=after, limit=3)
        seen += [task.subject_key for task in page.tasks]
        after = page.after
    assert seen == [f"D-{number}" for number in range(10)]
    assert after == ""
    before_all_time = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{UUID(int=1)}".encode()).decode()
    for bad in ("x", "####", "MjAyNg", before_all_time):
        with pytest.raises(NotFound):
            worklist(BINH, at=MONDAY, after=bad)


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [("overdue", [0, 1, 2]), ("today", [3]), ("soon", [4, 5]), ("later", [6, 7, 8]), ("none", [9])],
)
def test_buckets(ten: list[Case], bucket: Any, expected: list[int]) -> None:
    assert keys(BINH, Filters(bucket=bucket)) == [f"D-{number}" for number in expected]
    assert counts(BINH, at=MONDAY)[bucket] == len(expected)


def test_filters(ten: list[Case]) -> None:
    take_task(open_tasks(ten[1].id)[0].id, actor=BINH, at=MONDAY)
    take_task(open_tasks(ten[2].id)[0].id, actor=CHI, at=MONDAY)
    assert keys(BINH, Filters(whose="mine")) == ["D-1"]
    assert keys(BINH, Filters(whose="others")) == ["D-2"]
    assert len(keys(BINH, Filters(whose="free"))) == 8
    assert keys(BINH, Filters(kind="dossier", text="giay phep so 3")) == ["D-3"]
    assert keys(BINH, Filters(text="Giấy PHÉP", bucket="none")) == ["D-9"]
    assert keys(BINH, Filters(text="100%")) == []
    assert keys(BINH, Filters(role="head")) == []
    assert len(keys(CHI, Filters(agency=OFFICE))) == 10
    found = counts(BINH, at=MONDAY)
    assert (found["all"], found["mine"], found["free"]) == (10, 1, 8)
    assert counts(BINH, at=MONDAY, kind="letter")["all"] == 5


def test_each_costs_one_statement(ten: list[Case], at_most: Any) -> None:
    with at_most(1):
        worklist(BINH, Filters(text="giay", bucket="later"), at=MONDAY)
    with at_most(1):
        counts(BINH, at=MONDAY)
    with at_most(1):
        open_tasks(ten[0].id)


def test_a_desk_with_two_people(publish: Callable[[Draw], Flow]) -> None:
    publish(approval())
    case = start_case("approval", ("dossier", "D"), title="x", agencies=AGENCIES, actor=LAN, at=MONDAY)
    take_task(open_tasks(case.id)[0].id, actor=LAN, at=MONDAY)
    assert keys(HOA, Filters(whose="others")) == ["D"]
    assert keys(HOA, Filters(whose="mine")) == []


def test_a_title_longer_than_its_place_is_shortened(publish: Callable[[Draw], Flow]) -> None:
    publish(one_step())
    name = "Cấp giấy phép " * 80
    case = start_case("one", ("dossier", "D"), title=name, agencies={"": OFFICE}, actor=LAN, at=MONDAY)
    (task,) = open_tasks(case.id)
    assert len(task.title) <= 500
    assert task.title == Case.objects.get().title == f"{name[:499].rstrip()}…"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02", "x"])
def test_a_forged_cursor_is_not_found(ten: list[Case], moment: str) -> None:
    forged = base64.urlsafe_b64encode(f"{moment}|{ten[0].id}".encode()).decode()
    with pytest.raises(NotFound):
        worklist(BINH, at=MONDAY, after=forged)


def test_running_cases_are_counted_in_an_index_of_the_open_ones(ten: list[Case]) -> None:
    with CaptureQueriesContext(connection) as asked:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        assert count_running() == {ten[0].flow_id: 10}
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + asked.captured_queries[-1]["sql"])
        assert "casework_case_running" in str(cursor.fetchall())
