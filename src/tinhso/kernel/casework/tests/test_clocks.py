"""Due times, timers, reminders, and what becomes of a case that cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tinhso.base.refusals import Forbidden
from tinhso.kernel.casework.actions import (
    fire_due_timers,
    reschedule_case,
    try_again,
)
from tinhso.kernel.casework.models import Case, CaseState, Flow, TaskState, Timer
from tinhso.kernel.casework.queries import get_case, history, list_stuck, open_tasks
from tinhso.kernel.casework.tests.drawing import Draw, approval, cycle, duration, one_step
from tinhso.kernel.casework.tests.people import (
    BINH,
    CHI,
    LAN,
    LOADER,
    MONDAY,
    OFFICE,
)
from tinhso.kernel.casework.tests.playing import begin, do, the_task

pytestmark = pytest.mark.django_db
Publish = Callable[[Draw], Flow]


# — due times


def test_a_step_is_due_after_its_working_time(publish: Publish) -> None:
    publish(approval())
    friday = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)  # 15:30 in Việt Nam
    case = begin(at=friday)
    first = the_task(case)
    assert first.due_at is not None
    # 1.5 h until 17:00 on Friday, the other 2.5 h on Monday morning
    assert first.due_at.astimezone(UTC).date().isoformat() == "2026-03-09"
    do(case, LAN, "accept", at=friday)
    second = the_task(case)
    assert second.due_at is not None
    assert second.due_at.astimezone(UTC) == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # Tuesday 17:00


def test_a_step_without_a_time_of_its_own_is_due_with_the_case(publish: Publish) -> None:
    publish(one_step())
    due = MONDAY + timedelta(days=5)
    case = begin("one", agencies={"": OFFICE}, due_at=due)
    assert the_task(case).due_at == due
    reschedule_case(case.id, due_at=due + timedelta(days=2), actor=CHI, at=MONDAY)
    assert the_task(case).due_at == the_task(case).sort_at == due + timedelta(days=2)


def test_a_step_is_never_due_later_than_its_case(publish: Publish) -> None:
    publish(approval())
    case = begin(at=MONDAY, due_at=MONDAY + timedelta(hours=1))
    assert the_task(case).due_at == MONDAY + timedelta(hours=1)
    reschedule_case(case.id, due_at=MONDAY + timedelta(days=30), actor=CHI, at=MONDAY)
    own = the_task(case).due_at
    assert own is not None
    assert MONDAY + timedelta(hours=1) < own < MONDAY + timedelta(days=30)
    reschedule_case(case.id, due_at=None, actor=CHI, at=MONDAY)
    assert the_task(case).due_at == own


# — clocks


def with_clock(*, interrupting: bool, inner: str) -> Draw:
    d = Draw("clock")
    d.user("A")
    d.chain(d.start(), "A", d.end())
    d.border("Clock", "A", inner, interrupting=interrupting)
    d.chain("Clock", d.user("Late", t_role="head"), d.end("E2"))
    return d


def test_a_clock_that_runs_out_moves_the_case(publish: Publish) -> None:
    publish(with_clock(interrupting=True, inner=duration("P3D")))
    case = begin("clock", agencies={"": OFFICE})
    assert Timer.objects.get().due_at == MONDAY + timedelta(days=3)
    assert fire_due_timers(at=MONDAY + timedelta(days=2)) == 0
    assert fire_due_timers(at=MONDAY + timedelta(days=3)) == 1
    assert the_task(case).node_id == "Late"
    assert not Timer.objects.exists()
    assert [task.state for task in history(case.id)] == [TaskState.CANCELLED, TaskState.OPEN]
    assert fire_due_timers(at=MONDAY + timedelta(days=9)) == 0


def test_a_clock_stops_when_the_step_is_done(publish: Publish) -> None:
    publish(with_clock(interrupting=True, inner=duration("2d")))
    case = begin("clock", agencies={"": OFFICE})
    assert Timer.objects.get().due_at.astimezone(UTC) == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    do(case, BINH)
    assert not Timer.objects.exists()
    assert get_case(case.id).state == CaseState.ENDED


def test_a_reminder_comes_as_often_as_it_says(publish: Publish) -> None:
    publish(with_clock(interrupting=False, inner=cycle("R2/P1D")))
    case = begin("clock", agencies={"": OFFICE})
    for day in (1, 2, 3):
        fire_due_timers(at=MONDAY + timedelta(days=day, hours=1))
    assert [task.node_id for task in open_tasks(case.id)] == ["A", "Late", "Late"]
    assert not Timer.objects.exists()


def test_an_expression_gives_the_moment(publish: Publish) -> None:
    moment = "<bpmn:timerEventDefinition><bpmn:timeDate>answer_by</bpmn:timeDate></bpmn:timerEventDefinition>"
    publish(with_clock(interrupting=True, inner=moment))
    begin("clock", agencies={"": OFFICE}, variables={"answer_by": "2026-03-20T17:00:00+07:00"})
    assert Timer.objects.get().due_at == datetime(2026, 3, 20, 10, 0, tzinfo=UTC)


def test_a_case_that_cannot_go_on_is_tried_again_then_given_up_and_holds_up_no_other(publish: Publish) -> None:
    d = Draw("fails")
    d.node("intermediateCatchEvent", "Pause", duration("P1D"))
    d.exclusive("G", default="low")
    d.chain(d.start(), d.user("A"), "Pause", "G")
    d.flow("G", d.user("B"), "amount > 10")
    d.flow("G", d.end(), id="low")
    d.flow("B", d.end("E2"))
    publish(d)
    bad, good = begin("fails", agencies={"": OFFICE}), begin("fails", agencies={"": OFFICE})
    do(bad, BINH)
    do(good, BINH, amount=50)
    at = MONDAY + timedelta(days=1)
    assert fire_due_timers(at=at) == 1
    assert the_task(good).node_id == "B"
    timer = Timer.objects.get()
    assert (timer.tries, timer.due_at > at) == (1, True)
    assert "amount" in timer.problem
    for day in range(2, 12):
        fire_due_timers(at=MONDAY + timedelta(days=day))
    (stuck,) = list_stuck()
    assert stuck.tries == 8
    Case.objects.filter(pk=bad.pk).update(variables={"amount": 50})
    with pytest.raises(Forbidden):
        try_again(stuck.pk, actor=BINH, at=at)
    try_again(stuck.pk, actor=LOADER, at=MONDAY + timedelta(days=20))
    assert fire_due_timers(at=MONDAY + timedelta(days=20)) == 1
    assert the_task(bad).node_id == "B"
