"""Two pairs of eyes: nobody does both of two steps that the flow keeps apart, in whatever role or on whose behalf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tinhso.base.actors import Actor
from tinhso.kernel.casework.actions import assign_task, complete_task, start_case, take_task
from tinhso.kernel.casework.actions.separation import DidTheOther
from tinhso.kernel.casework.bpmn import BrokenFlow, compile_flow
from tinhso.kernel.casework.bpmn.graph import from_json
from tinhso.kernel.casework.models import Case, Flow, TaskState
from tinhso.kernel.casework.queries import open_tasks
from tinhso.kernel.casework.tests.drawing import Draw
from tinhso.kernel.casework.tests.people import AGENCY, BINH, LAN, MINH, MONDAY, OFFICE, official
from tinhso.kernel.casework.tests.test_assign import appoint

pytestmark = pytest.mark.django_db
BOTH = official("Cả Hai", ("processor", OFFICE), ("leader", AGENCY))


def drawn(apart: str = "propose") -> Draw:
    draw = Draw("two")
    draw.chain(
        draw.start(),
        draw.user("propose", t_agency="office"),
        draw.user("approve", t_role="leader", t_agency="agency", **{"t_not-same-as": apart}),
        draw.end(),
    )
    return draw


@pytest.fixture
def case(publish: Callable[[Draw], Flow]) -> Case:
    publish(drawn())
    places = {"office": OFFICE, "agency": AGENCY}
    return start_case("two", ("dossier", "1"), title="x", agencies=places, actor=LAN, at=MONDAY)


def propose(case: Case, actor: Actor) -> Any:
    complete_task(open_tasks(case.id)[0].id, actor=actor, at=MONDAY)
    return open_tasks(case.id)[0]


def test_who_proposed_neither_takes_nor_does_the_approval(case: Case) -> None:
    task = propose(case, BOTH)
    for act in (take_task, complete_task):
        with pytest.raises(DidTheOther) as no:
            act(task.id, actor=BOTH, at=MONDAY)
        assert "Cả Hai" in str(no.value)
    assert open_tasks(case.id)[0].state == TaskState.OPEN
    assert complete_task(task.id, actor=MINH, at=MONDAY).state == TaskState.DONE


def test_nor_on_behalf_of_somebody_else(case: Case) -> None:
    task = propose(case, BINH)
    lent = replace(MINH.holdings[0], delegated_by="Minh")
    standin = replace(BINH, holdings=(*BINH.holdings, lent))
    with pytest.raises(DidTheOther):
        complete_task(task.id, actor=standin, at=MONDAY)


def test_nor_is_it_given_to_them(case: Case) -> None:
    task = propose(case, BINH)
    binh = appoint(BINH.key.removeprefix("official:"), "Bình", "leader", AGENCY)
    head = official("Trưởng", ("leader", AGENCY))
    with pytest.raises(DidTheOther):
        assign_task(case.id, official=binh, task_id=task.id, actor=head, at=MONDAY)


def test_what_is_not_kept_apart_may_be_one_hand(publish: Callable[[Draw], Flow]) -> None:
    publish(drawn(apart=""))
    places = {"office": OFFICE, "agency": AGENCY}
    case = start_case("two", ("dossier", "1"), title="x", agencies=places, actor=LAN, at=MONDAY)
    assert complete_task(propose(case, BOTH).id, actor=BOTH, at=MONDAY).state == TaskState.DONE


def test_a_step_that_is_not_there_is_a_fault(publish: Callable[[Draw], Flow]) -> None:
    with pytest.raises(BrokenFlow) as no:
        publish(drawn(apart="propsoe"))
    assert [finding.code for finding in no.value.findings if finding.is_error] == ["no_other"]


def test_it_is_kept_with_the_graph() -> None:
    graph = compile_flow(drawn().xml())
    assert from_json(graph.as_json()).nodes["approve"].not_same_as == ("propose",)


def side_by_side(apart: tuple[str, str]) -> Draw:
    draw = Draw("two")
    fork, join = draw.parallel("fork"), draw.parallel("join")
    steps = [
        draw.user("propose", t_role="leader", t_agency="agency", **{"t_not-same-as": apart[0]}),
        draw.user("approve", t_role="leader", t_agency="agency", **{"t_not-same-as": apart[1]}),
    ]
    draw.chain(draw.start(), fork)
    for step in steps:
        draw.chain(fork, step, join)
    draw.chain(join, draw.end())
    return draw


@pytest.mark.parametrize("apart", [("", "propose"), ("approve", ""), ("approve", "propose")])
@pytest.mark.parametrize("first", ["propose", "approve"])
def test_of_two_steps_side_by_side_nobody_does_both_in_either_order(
    publish: Callable[[Draw], Flow], apart: tuple[str, str], first: str
) -> None:
    publish(side_by_side(apart))
    places = {"office": OFFICE, "agency": AGENCY}
    case = start_case("two", ("dossier", "1"), title="x", agencies=places, actor=LAN, at=MONDAY)
    tasks = {task.node_id: task for task in open_tasks(case.id)}
    complete_task(tasks.pop(first).id, actor=MINH, at=MONDAY)
    (other,) = tasks.values()
    for act in (take_task, complete_task):
        with pytest.raises(DidTheOther):
            act(other.id, actor=MINH, at=MONDAY)
    assert complete_task(other.id, actor=BOTH, at=MONDAY).state == TaskState.DONE


def test_a_graph_that_was_published_before_keeps_apart_both_ways_too() -> None:
    stored = compile_flow(drawn().xml()).as_json()
    assert [node.get("not_same_as") for node in stored["nodes"]] == [None, None, ("propose",), None], (
        "as it was written"
    )
    assert from_json(stored).apart == {"approve": ("propose",), "propose": ("approve",)}
