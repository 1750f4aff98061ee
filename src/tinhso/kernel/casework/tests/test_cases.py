"""Cases on tables: who may do what, what it costs, what is left when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tinhso.base.actors import ANONYMOUS
from tinhso.base.refusals import Forbidden, NotFound, SignInNeeded, Stale
from tinhso.kernel.casework.actions import (
    CaseOver,
    NoAgency,
    NoFlow,
    NotExpected,
    NotTaken,
    StepOver,
    TakenAlready,
    TooMuchData,
    UnknownOutcome,
    cancel_case,
    complete_task,
    correlate,
    deploy_flow,
    release_task,
    reschedule_case,
    retire_flow,
    take_task,
)
from tinhso.kernel.casework.bpmn import BrokenFlow
from tinhso.kernel.casework.bpmn.conditions import ConditionFailed
from tinhso.kernel.casework.models import Case, CaseState, Flow, FlowState, Task, TaskState, Timer, Token
from tinhso.kernel.casework.queries import get_case, get_flow, history, list_flows, open_tasks, outcomes_of
from tinhso.kernel.casework.tests.drawing import Draw, approval, each, message, one_step
from tinhso.kernel.casework.tests.people import (
    AGENCY,
    BINH,
    CHI,
    DESK,
    HOA,
    HUNG,
    LAN,
    LOADER,
    MINH,
    MONDAY,
    OFFICE,
    TU,
    official,
)
from tinhso.kernel.casework.tests.playing import begin, do, the_task
from tinhso.kernel.journal.public import Entry

pytestmark = pytest.mark.django_db
Publish = Callable[[Draw], Flow]


def everything() -> list[Any]:
    """Return all rows that an act could have changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Case, Token, Task, Timer, Entry)]


def test_a_case_goes_from_desk_to_result(publish: Publish) -> None:
    publish(approval())
    case = begin()
    first = the_task(case)
    assert (first.agency_code, first.role, first.form, first.state) == (DESK, "reception", "receive", TaskState.OPEN)
    assert (first.title, first.subject_code) == ("Đăng ký khai sinh", "H47.12-260302-0001")
    assert [outcome.label for outcome in outcomes_of(first)] == ["Tiếp nhận", "Từ chối"]
    do(case, LAN, "accept")
    assert the_task(case).agency_code == OFFICE
    do(case, BINH)
    assert the_task(case).agency_code == AGENCY
    do(case, MINH, "approve")
    do(case, LAN)
    done = get_case(case.id)
    assert (done.state, done.ended_at_node, done.closed_at) == (CaseState.ENDED, "Done", MONDAY)
    assert not Token.objects.exists()
    assert [(task.node_id, task.assignee_name, task.outcome) for task in history(case.id)] == [
        ("Receive", "Lan", "accept"),
        ("Process", "Bình", ""),
        ("Sign", "Minh", "approve"),
        ("Return", "Lan", ""),
    ]


def test_what_was_done_is_journalled_under_the_subject(publish: Publish) -> None:
    publish(approval())
    case = begin()
    do(case, LAN, "accept")
    told = Entry.objects.filter(subject_type="dossier", subject_key="H47.12-260302-0001").order_by("id")
    assert [entry.event for entry in told] == ["casework.case_started", "casework.task_done"]
    assert told[1].facts["outcome"] == "accept"
    assert told[1].facts["opened"][0]["agency"] == OFFICE
    assert told[1].agency == DESK


# — what it costs


def test_starting_a_case_costs_six_statements(publish: Publish, at_most: Any) -> None:
    publish(approval())
    begin()
    with at_most(6):
        begin()


def test_a_step_costs_six_statements(publish: Publish, at_most: Any) -> None:
    publish(approval())
    steps = ((LAN, "accept"), (BINH, ""), (MINH, "approve"), (LAN, ""))
    first, case = begin(), begin()
    for actor, outcome in steps:  # the calendars of three agencies are read once a day
        do(first, actor, outcome)
    for actor, outcome in steps:
        task = the_task(case)
        with at_most(6):
            complete_task(task.id, outcome=outcome, actor=actor, at=MONDAY)


def test_taking_costs_four_statements(publish: Publish, at_most: Any) -> None:
    publish(approval())
    task = the_task(begin())
    with at_most(4):
        take_task(task.id, actor=LAN, at=MONDAY)


def test_a_wide_split_costs_no_more_than_a_narrow_one(publish: Publish, at_most: Any) -> None:
    d = Draw("wide")
    d.user("Ask")
    d.user("Opinion", each("bodies", "body"), t_agency="body")
    d.chain(d.start(), "Ask", "Opinion", d.end())
    publish(d)
    case = begin("wide", agencies={"": OFFICE})
    task, bodies = the_task(case), {"bodies": [f"H47.{n}" for n in range(100)]}
    with at_most(6):
        complete_task(task.id, variables=bodies, actor=BINH, at=MONDAY)
    assert {task.agency_code for task in open_tasks(case.id)} == {f"H47.{n}" for n in range(100)}


# — who may


def test_nobody_elses_step_can_be_done_and_nothing_moves(publish: Publish) -> None:
    publish(approval())
    case = begin()
    take_task(the_task(case).id, actor=LAN, at=MONDAY)
    task = the_task(case)
    before = everything()
    for actor, refusal in (
        (HUNG, Forbidden),
        (BINH, Forbidden),
        (TU, Forbidden),
        (ANONYMOUS, SignInNeeded),
        (HOA, Forbidden),
    ):
        with pytest.raises(refusal):
            complete_task(task.id, outcome="accept", actor=actor, at=MONDAY)
    for actor in (HUNG, TU):
        with pytest.raises(Forbidden):
            take_task(task.id, actor=actor, at=MONDAY)
    with pytest.raises(TakenAlready) as no:
        take_task(task.id, actor=HOA, at=MONDAY)
    assert no.value.facts["who"] == "Lan"
    with pytest.raises(Forbidden):
        release_task(task.id, actor=HOA, at=MONDAY)
    with pytest.raises(SignInNeeded):
        cancel_case(case.id, reason="x", actor=ANONYMOUS, at=MONDAY)
    with pytest.raises(SignInNeeded):
        begin(actor=ANONYMOUS)
    with pytest.raises(Forbidden):
        deploy_flow(one_step().xml(), actor=LAN, at=MONDAY)
    with pytest.raises(Forbidden):
        retire_flow("approval", actor=LAN, at=MONDAY)
    assert everything() == before


def test_taking_putting_back_and_taking_again(publish: Publish) -> None:
    publish(approval())
    task = the_task(begin())
    with pytest.raises(NotTaken):
        release_task(task.id, actor=official("Head", ("head", DESK)), at=MONDAY)
    taken = take_task(task.id, version=task.version, actor=LAN, at=MONDAY)
    assert (taken.state, taken.assignee_name) == (TaskState.TAKEN, "Lan")
    assert take_task(task.id, actor=LAN, at=MONDAY).version == taken.version
    release_task(task.id, actor=LAN, at=MONDAY)
    with pytest.raises(Stale):
        take_task(task.id, version=task.version, actor=HOA, at=MONDAY)
    assert take_task(task.id, actor=HOA, at=MONDAY).assignee_name == "Hoa"


# — what is refused


def test_refusals_leave_everything_as_it_was(publish: Publish) -> None:
    publish(approval())
    case = begin()
    task = the_task(case)
    before = everything()
    with pytest.raises(UnknownOutcome) as no:
        complete_task(task.id, outcome="maybe", actor=LAN, at=MONDAY)
    assert no.value.facts["choices"] == "accept, no"
    with pytest.raises(Stale):
        complete_task(task.id, outcome="accept", version=99, actor=LAN, at=MONDAY)
    with pytest.raises(TooMuchData):
        complete_task(task.id, outcome="accept", variables={"x": "y" * 300_000}, actor=LAN, at=MONDAY)
    with pytest.raises(NotExpected):
        correlate(case.id, "paid", actor=TU, at=MONDAY)
    with pytest.raises(NoFlow):
        begin("nothing")
    with pytest.raises(NoAgency) as missing:
        begin(agencies={"desk": DESK, "office": OFFICE})
    assert missing.value.facts["step"] == "Ký duyệt kết quả"
    with pytest.raises(NotFound):
        take_task(uuid4(), actor=LAN, at=MONDAY)
    with pytest.raises(NotFound):
        correlate(uuid4(), "paid", actor=TU, at=MONDAY)
    assert everything() == before


def test_a_condition_that_cannot_be_answered_undoes_the_step(publish: Publish) -> None:
    d = Draw("choice")
    d.user("A")
    d.exclusive("G", default="low")
    d.user("B")
    d.chain(d.start(), "A", "G")
    d.flow("G", "B", "amount > 10")
    d.flow("G", d.end(), id="low")
    d.flow("B", d.end("E2"))
    publish(d)
    case = begin("choice", agencies={"": OFFICE})
    before = everything()
    with pytest.raises(ConditionFailed):
        do(case, BINH)
    assert everything() == before
    do(case, BINH, amount=11)
    assert the_task(case).node_id == "B"


def test_a_step_that_is_over_cannot_be_done_again(publish: Publish) -> None:
    publish(approval())
    case = begin()
    task = the_task(case)
    do(case, LAN, "no")
    for again in (
        lambda: complete_task(task.id, outcome="accept", actor=LAN, at=MONDAY),
        lambda: take_task(task.id, actor=HOA, at=MONDAY),
    ):
        with pytest.raises(StepOver):
            again()
    with pytest.raises(CaseOver):
        cancel_case(case.id, reason="late", actor=CHI, at=MONDAY)
    with pytest.raises(CaseOver):
        reschedule_case(case.id, due_at=None, actor=CHI, at=MONDAY)


# — versions


def test_running_cases_stay_on_the_version_they_began_with(publish: Publish) -> None:
    first = publish(approval())
    case = begin()
    changed = approval()
    changed.lines = [line.replace("Thẩm định hồ sơ", "Thẩm định mới") for line in changed.lines]
    second = publish(changed)
    assert (first.version, second.version) == (1, 2)
    assert publish(changed).pk == second.pk
    assert get_flow("approval", 1).state == FlowState.RETIRED
    assert [flow.version for flow in list_flows(with_retired=True)] == [2, 1]
    do(case, LAN, "accept")
    assert the_task(case).name == "Thẩm định hồ sơ"
    new = begin()
    do(new, LAN, "accept")
    assert the_task(new).name == "Thẩm định mới"
    retire_flow("approval", actor=LOADER, at=MONDAY)
    with pytest.raises(NoFlow):
        begin()
    do(case, BINH)


def test_a_flow_that_gets_stuck_or_calls_unknown_services_is_not_published(publish: Publish) -> None:
    d = Draw("bad")
    d.node("serviceTask", "Call", t_service="nobody.lends")
    d.chain(d.start(), "Call", d.end())
    with pytest.raises(BrokenFlow) as no:
        publish(d)
    assert no.value.findings[0].code == "unknown_service"
    assert not Flow.objects.exists()


# — branches, repetitions, messages


def test_branches_join_whoever_is_last(publish: Publish) -> None:
    d = Draw("two")
    d.parallel("S")
    d.parallel("J")
    d.user("A")
    d.user("B")
    d.user("After")
    d.chain(d.start(), "S", "A", "J", "After", d.end())
    d.chain("S", "B", "J")
    publish(d)
    case = begin("two", agencies={"": OFFICE})
    a, b = open_tasks(case.id)
    complete_task(b.id, actor=BINH, at=MONDAY)
    assert [task.node_id for task in open_tasks(case.id)] == ["A"]
    complete_task(a.id, actor=CHI, at=MONDAY)
    assert [task.node_id for task in open_tasks(case.id)] == ["After"]
    assert Token.objects.count() == 1


def test_opinions_are_collected_and_each_agency_does_its_own(publish: Publish) -> None:
    d = Draw("opinions")
    d.user("Opinion", each("bodies", "body", collect="opinions"), t_agency="body")
    d.exclusive("All", default="no")
    d.user("Go")
    d.chain(d.start(), "Opinion", "All")
    d.flow("All", "Go", 'opinions.all(o, o.outcome == "agree")')
    d.flow("All", d.end(), id="no")
    d.flow("Go", d.end("E2"))
    publish(d)
    case = begin("opinions", agencies={"": OFFICE}, variables={"bodies": [OFFICE, "H47.99"]})
    ours, theirs = sorted(open_tasks(case.id), key=lambda task: task.agency_code)
    with pytest.raises(Forbidden):
        complete_task(theirs.id, outcome="agree", actor=BINH, at=MONDAY)
    complete_task(ours.id, outcome="agree", variables={"text": "Đồng ý"}, actor=BINH, at=MONDAY)
    complete_task(theirs.id, outcome="agree", actor=HUNG, at=MONDAY)
    assert get_case(case.id).variables["opinions"] == [
        {"item": OFFICE, "outcome": "agree", "by": "Bình", "text": "Đồng ý"},
        {"item": "H47.99", "outcome": "agree", "by": "Hùng"},
    ]
    assert the_task(case).node_id == "Go"


def test_the_applicant_answers_and_the_step_goes_on(publish: Publish) -> None:
    d = Draw("supplement")
    d.user("Check")
    d.node("receiveTask", "Wait", messageRef="Message_supplement")
    d.chain(d.start(), "Check", "Wait", d.user("Again"), d.end())
    publish(d)
    case = begin("supplement", agencies={"": OFFICE})
    do(case, BINH)
    assert open_tasks(case.id) == []
    correlate(case.id, "supplement", variables={"papers": 2}, actor=TU, at=MONDAY)
    assert the_task(case).node_id == "Again"
    assert get_case(case.id).variables["papers"] == 2
    with pytest.raises(NotExpected):
        correlate(case.id, "supplement", actor=TU, at=MONDAY)


def test_a_message_that_the_flow_sends_is_an_event(publish: Publish) -> None:
    d = Draw("tell")
    d.chain(d.start(), d.user("A"), d.node("sendTask", "Tell", messageRef="Message_paid", t_template="paid"), d.end())
    publish(d)
    case = begin("tell", agencies={"": OFFICE})
    do(case, BINH)
    sent = Entry.objects.get(event="casework.message_sent")
    assert (sent.facts["message"], sent.facts["template"], sent.facts["case"]) == ("paid", "paid", str(case.id))
    assert Entry.objects.filter(event="casework.case_ended").count() == 1


def test_cancelling_closes_all_that_is_open(publish: Publish) -> None:
    publish(approval())
    case = begin()
    task = the_task(case)
    cancel_case(case.id, reason="withdrawn", actor=TU, at=MONDAY)
    cancelled = get_case(case.id)
    assert (cancelled.state, cancelled.reason) == (CaseState.CANCELLED, "withdrawn")
    assert Task.objects.get(pk=task.pk).state == TaskState.CANCELLED
    assert not Token.objects.exists()


def test_a_message_start(publish: Publish) -> None:
    d = Draw("either")
    d.start("Plain")
    d.start("ByMessage", message("paid"))
    d.chain("Plain", d.user("A"), d.end())
    d.chain("ByMessage", d.user("B"), "End")
    publish(d)
    assert the_task(begin("either", agencies={"": OFFICE})).node_id == "A"
    assert the_task(begin("either", agencies={"": OFFICE}, message="paid")).node_id == "B"
    with pytest.raises(NoFlow):
        begin("either", agencies={"": OFFICE}, message="other")
