"""Services that flows call: those that only reckon, inside the act; the others after it, again until they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tinhso.kernel.casework.actions import complete_task, fire_due_timers, run_services, start_case
from tinhso.kernel.casework.loans import ServiceCall, ServiceTask
from tinhso.kernel.casework.models import Case, Flow, Job, Task
from tinhso.kernel.casework.queries import get_case, list_stuck, open_tasks
from tinhso.kernel.casework.tests.drawing import Draw, duration
from tinhso.kernel.casework.tests.people import BINH, MONDAY, OFFICE

pytestmark = pytest.mark.django_db


class Register:
    """A service of the test's own: it remembers its calls, fails as often as it is told, and answers."""

    def __init__(self, failures: int = 0, **answer: Any) -> None:
        self.failures = failures
        self.answer = answer
        self.calls: list[ServiceCall] = []
        self.was_in_transaction: list[bool] = []

    def __call__(self, call: ServiceCall) -> Mapping[str, Any]:
        self.calls.append(call)
        self.was_in_transaction.append(connection.in_atomic_block)
        if len(self.calls) <= self.failures:
            raise ConnectionError("the register does not answer")
        return self.answer


def calling_flow() -> Draw:
    d = Draw("calls")
    d.node("serviceTask", "Look", t_service="register.look", name="Tra cứu")
    d.exclusive("G", default="no")
    d.chain(d.start(), d.user("A"), "Look", "G")
    d.flow("G", d.user("Found"), "found == true")
    d.flow("G", d.end(), id="no")
    d.flow("Found", d.end("E2"))
    d.border("Late", "Look", duration("P1D"))
    d.chain("Late", d.user("ByHand"), "E2")
    return d


@pytest.fixture
def begun(publish: Callable[[Draw], Flow], lend: Callable[..., None]) -> Callable[..., Case]:
    def begin(service: Register, *, is_pure: bool) -> Case:
        lend(ServiceTask("register.look", "Look up", service, is_pure=is_pure))
        publish(calling_flow())
        case = start_case(
            "calls",
            ("dossier", "1"),
            title="x",
            agencies={"": OFFICE},
            variables={"number": "049"},
            actor=BINH,
            at=MONDAY,
        )
        (task,) = open_tasks(case.id)
        complete_task(task.id, actor=BINH, at=MONDAY)
        return case

    return begin


def nodes(case: Case) -> list[str]:
    return [task.node_id for task in open_tasks(case.id)]


def test_a_service_that_only_reckons_is_called_at_once(begun: Callable[..., Case]) -> None:
    service = Register(found=True)
    case = begun(service, is_pure=True)
    assert nodes(case) == ["Found"]
    assert service.calls[0].variables["number"] == "049"
    assert get_case(case.id).variables["found"] is True
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_any_other_is_called_by_the_worker_outside_of_a_transaction(begun: Callable[..., Case]) -> None:
    service = Register(found=True)
    case = begun(service, is_pure=False)
    assert nodes(case) == []
    assert service.calls == []
    assert run_services(at=MONDAY) == 1
    assert service.was_in_transaction == [False]
    assert nodes(case) == ["Found"]
    assert not Job.objects.exists()
    assert run_services(at=MONDAY + timedelta(days=1)) == 0


def test_a_failing_service_is_called_again_later_and_then_given_up(begun: Callable[..., Case]) -> None:
    service = Register(failures=99)
    case = begun(service, is_pure=False)
    at = MONDAY
    assert run_services(at=at) == 0
    assert run_services(at=at) == 0
    assert len(service.calls) == 1
    for _hour in range(20):
        at += timedelta(hours=2)
        run_services(at=at)
    assert len(service.calls) == 8
    (stuck,) = list_stuck()
    assert stuck.problem == "the register does not answer"
    assert nodes(case) == []


def test_a_service_that_answers_late_finds_the_case_where_it_was(begun: Callable[..., Case]) -> None:
    service = Register(failures=2, found=True)
    case = begun(service, is_pure=False)
    for minutes in (0, 2, 5):
        run_services(at=MONDAY + timedelta(minutes=minutes))
    assert nodes(case) == ["Found"]


def test_an_answer_nobody_waits_for_is_dropped(begun: Callable[..., Case]) -> None:

    case = begun(Register(found=True), is_pure=False)
    assert fire_due_timers(at=MONDAY + timedelta(days=1)) == 1
    assert nodes(case) == ["ByHand"]
    assert not Job.objects.exists()
    assert run_services(at=MONDAY + timedelta(days=2)) == 0
    assert Task.objects.filter(case=case).count() == 2
