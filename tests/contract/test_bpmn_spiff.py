"""
Our engine against SpiffWorkflow: the same BPMN files, the same events, the same steps open after each of them.

SpiffWorkflow (LGPL-3) is a dependency of the tests only. Conditions here are written so that they mean the same in CEL
and in Python; durations are put in quotes for it, because it evaluates them. Not compared, because it does not do them:
several arrows out of a step, and joins inside of a loop (it opens the step behind them too early in the second round).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import UserTask
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tinhso.kernel.casework.tests.drawing import TERMINATE, Draw, approval, duration, each, message
from tinhso.kernel.casework.tests.test_engine import Player, subprocess, two_branches, with_border
from tinhso.kernel.casework.tests.test_structured import BLOCKS, Block, choices, draw_all, name

PAST = datetime(2000, 1, 1, tzinfo=UTC).isoformat()
Event = tuple[str, ...]


class Parser(BpmnParser):
    """Spiff's parser; a service task waits to be completed, as in ours."""

    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, UserTask)}


class Spiff:
    """A case in SpiffWorkflow, played by node ids like `Player`."""

    def __init__(self, xml: bytes, code: str, **variables: Any) -> None:
        # "Start" and "End" are names of Spiff's own
        xml = xml.replace(b'"Start"', b'"Start_0"').replace(b'"End"', b'"End_0"')
        quoted = re.sub(rb"(<bpmn:timeDuration[^>]*>)([^<]+)<", rb'\1"\2"<', xml)
        parser = Parser()
        parser.add_bpmn_xml(etree.parse(BytesIO(quoted)))
        spec = parser.get_spec(code)
        self.flow = BpmnWorkflow(spec, parser.get_subprocess_specs(code))
        for task in self.flow.get_tasks(state=TaskState.READY):
            task.data.update({"outcome": "", **variables})
        self.flow.do_engine_steps()

    def _waiting(self) -> list[Any]:
        tasks = self.flow.get_tasks(state=TaskState.READY | TaskState.STARTED | TaskState.WAITING)
        return [task for task in tasks if task.task_spec.bpmn_id]

    @property
    def open(self) -> list[str]:
        found = []
        for task in self._waiting():
            event = getattr(task.task_spec, "event_definition", None)
            awaited = isinstance(event, MessageEventDefinition | TimerEventDefinition)
            if isinstance(task.task_spec, BoundaryEvent):
                continue
            if (task.state == TaskState.READY and task.task_spec.manual) or (
                task.state == TaskState.WAITING and awaited
            ):
                found.append(task.task_spec.bpmn_id)
        return sorted(found)

    @property
    def is_over(self) -> bool:
        return bool(self.flow.completed)

    def do(self, node: str, outcome: str = "", item: str = "") -> None:
        ready = [task for task in self._waiting() if task.task_spec.bpmn_id == node and task.state == TaskState.READY]
        if item:
            ready = [task for task in ready if task.data.get("body") == item]
        ready[0].data["outcome"] = outcome
        # Spiff merges an instance's data into its parent's and then refuses to find the item there
        ready[0].data.pop("body", None)
        ready[0].run()
        self.flow.do_engine_steps()

    def fire(self, node: str) -> None:
        (task,) = [task for task in self._waiting() if task.task_spec.bpmn_id == node]
        task._set_internal_data(event_value=PAST)
        self.flow.refresh_timers()
        self.flow.do_engine_steps()

    def tell(self, word: str) -> None:
        self.flow.send_event(BpmnEvent(MessageEventDefinition(word), payload={}))
        self.flow.do_engine_steps()


def nothing_taken_default() -> Draw:
    d = Draw()
    d.inclusive("Split", default="other")
    d.inclusive("Join")
    d.chain(d.start(), d.user("First"), "Split")
    for step, value in (("A", "1"), ("B", "2")):
        d.flow("Split", d.user(step), f'outcome == "{value}"')
        d.flow(step, "Join")
    d.flow("Split", d.user("C"), id="other")
    d.chain("C", "Join", d.user("After"), d.end())
    return d


def terminated() -> Draw:
    d = Draw()
    d.parallel("Split")
    d.chain(d.start(), "Split", d.user("A"), d.end("Stop", TERMINATE))
    d.chain("Split", d.user("B"), d.end())
    return d


def messages() -> Draw:
    d = Draw()
    d.node("receiveTask", "Wait", messageRef="Message_paid")
    d.node("sendTask", "Tell", messageRef="Message_opinion")
    d.node("intermediateCatchEvent", "More", message("supplement"))
    d.chain(d.start(), d.user("A"), "Wait", "Tell", d.user("B"), "More", d.user("C"), d.end())
    return d


def timers() -> Draw:
    d = Draw()
    d.node("intermediateCatchEvent", "Pause", duration("P1D"))
    d.node("manualTask", "Stamp", t_role="clerk")
    d.node("serviceTask", "Call", t_service="demo")
    d.chain(d.start(), "Pause", "Stamp", "Call", d.end())
    return d


def repeated(*, sequential: bool) -> Draw:
    d = Draw()
    d.user("Opinion", each("bodies", "body", sequential=sequential))
    d.chain(d.start(), "Opinion", d.user("After"), d.end())
    return d


def called() -> bytes:
    inner = Draw("Called", numbers={"Flow": 50})
    inner.parallel("In")
    inner.parallel("Out")
    inner.chain(inner.start("CS"), "In", inner.user("I1"), "Out", inner.end("CE"))
    inner.chain("In", inner.user("I2"), "Out")
    d = Draw()
    d.node("callActivity", "Call", calledElement="Called")
    d.chain(d.start(), d.user("A"), "Call", d.user("After"), d.end())
    return d.xml(inner).replace(b'isExecutable="false"', b'isExecutable="true"')


def early_end_before_inclusive_join() -> Draw:
    d = Draw()
    d.parallel("Split")
    d.inclusive("Join")
    d.exclusive("Choice", default="stop")
    d.chain(d.start(), "Split", d.user("A"), "Join", d.user("After"), d.end())
    d.chain("Split", d.user("B"), "Choice")
    d.flow("Choice", "Join", 'outcome == "go"')
    d.flow("Choice", d.end("Early"), id="stop")
    return d


def border_message_on_step(*, interrupting: bool) -> Draw:
    d = Draw()
    d.chain(d.start(), d.user("A"), d.user("B"), d.end())
    d.border("Heard", "A", message("supplement"), interrupting=interrupting)
    d.chain("Heard", d.user("Look"), d.end("E2"))
    return d


BODIES = {"bodies": ["H1", "H2", "H3"]}
YES = {"a": "yes", "b": "yes", "c": "no"}


def chosen() -> Draw:
    d = two_branches(Draw.inclusive, Draw.inclusive)
    d.lines = [line.replace("== true", '== "yes"') for line in d.lines]
    return d


MODELS: dict[str, tuple[Callable[[], Draw | bytes], dict[str, Any], list[Event]]] = {
    "a sequence with a way back": (approval, {}, [
        ("do", "Receive", "accept"), ("do", "Process"), ("do", "Sign", "correct"), ("do", "Process"),
        ("do", "Sign", "approve"), ("do", "Return")]),
    "the default of a choice": (approval, {}, [("do", "Receive", "other")]),
    "parallel branches": (lambda: two_branches(Draw.parallel, Draw.parallel), {}, [
        ("do", "B"), ("do", "A"), ("do", "C"), ("do", "After")]),
    "inclusive branches": (chosen, YES, [("do", "B"), ("do", "A"), ("do", "After")]),
    "inclusive, one taken by default": (nothing_taken_default, {}, [("do", "First", "9"), ("do", "C"), ("do", "After")]),
    "inclusive, one taken by condition": (nothing_taken_default, {}, [("do", "First", "2"), ("do", "B"), ("do", "After")]),
    "an inclusive join when a branch ends early": (early_end_before_inclusive_join, {}, [
        ("do", "A"), ("do", "B", "stop"), ("do", "After")]),
    "an inclusive join when both come": (early_end_before_inclusive_join, {}, [
        ("do", "B", "go"), ("do", "A"), ("do", "After")]),
    "a boundary timer that interrupts": (lambda: with_border(interrupting=True), {}, [("fire", "Clock"), ("do", "Late")]),
    "a boundary timer that is not needed": (lambda: with_border(interrupting=True), {}, [("do", "A"), ("do", "After")]),
    "a boundary timer beside the step": (lambda: with_border(interrupting=False), {}, [
        ("fire", "Clock"), ("do", "Late"), ("do", "A"), ("do", "After")]),
    "a boundary message that interrupts": (lambda: border_message_on_step(interrupting=True), {}, [
        ("tell", "supplement"), ("do", "Look")]),
    "a boundary message beside the step": (lambda: border_message_on_step(interrupting=False), {}, [
        ("tell", "supplement"), ("do", "A"), ("do", "Look"), ("do", "B")]),
    "a subprocess": (subprocess, {}, [("do", "B"), ("do", "A"), ("do", "After")]),
    "terminate inside a subprocess": (lambda: subprocess(terminate=True), {}, [("do", "A"), ("do", "After")]),
    "a message on the border of a subprocess": (subprocess, {}, [("do", "B"), ("tell", "paid"), ("do", "Paid")]),
    "terminate": (terminated, {}, [("do", "A")]),
    "terminate, the other branch first": (terminated, {}, [("do", "B"), ("do", "A")]),
    "messages awaited and sent": (messages, {}, [
        ("do", "A"), ("tell", "paid"), ("do", "B"), ("tell", "supplement"), ("do", "C")]),
    "a timer, a manual and a service task": (timers, {}, [("fire", "Pause"), ("do", "Stamp"), ("do", "Call")]),
    "a step for each agency, together": (lambda: repeated(sequential=False), BODIES, [
        ("do", "Opinion", "", "H2"), ("do", "Opinion", "", "H1"), ("do", "Opinion", "", "H3"), ("do", "After")]),
    "a step for each agency, in turn": (lambda: repeated(sequential=True), BODIES, [
        ("do", "Opinion", "", "H1"), ("do", "Opinion", "", "H2"), ("do", "Opinion", "", "H3"), ("do", "After")]),
    "a call activity": (called, {}, [("do", "A"), ("do", "I2"), ("do", "I1"), ("do", "After")]),
}  # fmt: skip


class Ours:
    """Our engine with the ids that a file has: nodes of a called process without the id of the call."""

    def __init__(self, xml: bytes, **variables: Any) -> None:
        self.case = Player(xml, **variables)

    @property
    def open(self) -> list[str]:
        return sorted(node.rpartition("/")[2] for node in self.case.open)

    @property
    def is_over(self) -> bool:
        return self.case.ended_at is not None

    def do(self, node: str, outcome: str = "", item: str = "") -> None:
        full = next(key for key in self.case.open if key.rpartition("/")[2] == node)
        self.case.do(full, outcome, item or None)

    def fire(self, node: str) -> None:
        self.case.fire(node)

    def tell(self, word: str) -> None:
        self.case.tell(word)


@pytest.mark.parametrize("model", MODELS)
def test_both_engines_open_the_same_steps(model: str) -> None:
    draw, variables, events = MODELS[model]
    made = draw()
    xml = made if isinstance(made, bytes) else made.xml()
    code = "P" if isinstance(made, bytes) else made.code
    ours, theirs = Ours(xml, **variables), Spiff(xml, code, **variables)
    trace = [(ours.open, theirs.open)]
    for kind, *arguments in events:
        for engine in (ours, theirs):
            getattr(engine, kind)(*arguments)
        trace.append((ours.open, theirs.open))
    assert [ours for ours, _theirs in trace] == [theirs for _ours, theirs in trace]
    assert ours.is_over
    assert theirs.is_over
    assert trace[0] != trace[-1]


def has_join_in_loop(block: Block, *, in_loop: bool = False) -> bool:
    """Tell whether a join lies in a loop: there Spiff counts the branches of the round before."""
    if in_loop and block[0] in ("and", "or"):
        return True
    return any(has_join_in_loop(part, in_loop=in_loop or block[0] == "loop") for part in block[1:])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS.filter(lambda block: not has_join_in_loop(block)), st.integers(0, 2**16))
def test_both_engines_agree_on_random_structured_flows(block: Block, seed: int) -> None:
    random = Random(seed)
    named = name(block, [0])
    variables = {
        key: ("yes" if value else "no") if isinstance(value, bool) else value
        for key, value in choices(named, random).items()
    }
    d = draw_all(named)
    xml = d.xml().replace(b"== true", b"== 'yes'")
    ours, theirs = Ours(xml, **variables), Spiff(xml, d.code, **variables)
    for step in range(60):
        assert ours.open == theirs.open
        if not ours.open:
            break
        task = random.choice(ours.open)
        outcome = "out" if step > 8 or random.random() < 0.6 else "round"
        ours.do(task, outcome)
        theirs.do(task, outcome)
    assert ours.is_over
    assert theirs.is_over


FLOWS = [
    file
    for file in sorted((Path(__file__).parents[2] / "provinces").glob("*/flows/*.bpmn"))
    # participants of a linked procedure, and messages that reach one of them, are ours alone
    if b"tinhso:participant" not in file.read_bytes()
]
OUTCOMES = "{urn:tinhso:bpmn}outcomes"
FAR = "2099-01-01T00:00:00+00:00"
MOST_STEPS = 40


def outcomes_in(xml: bytes) -> dict[str, list[str]]:
    """Return by step how it can end, in the words of its buttons."""
    steps = etree.fromstring(xml).iter(full_tag("userTask"))
    return {step.get("id"): [part.partition(":")[0] for part in step.get(OUTCOMES).split(",")] for step in steps}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("file", FLOWS, ids=[f"{file.parts[-3]}-{file.stem}" for file in FLOWS])
def test_both_engines_agree_on_the_flows_of_our_provinces(file: Path, seed: int) -> None:
    random, xml = Random(seed), file.read_bytes()
    outcomes = outcomes_in(xml)
    # whoever asks for an opinion names a day; nothing ends by waiting here
    ours, theirs = Ours(xml, opinion_by=FAR), Spiff(xml, file.stem, opinion_by=FAR)
    for _step in range(MOST_STEPS):
        assert ours.open == theirs.open
        if not ours.open:
            break
        node = random.choice(ours.open)
        outcome = random.choice(outcomes.get(node, [""]))
        for engine in (ours, theirs):
            if outcome:
                engine.do(node, outcome)
            else:
                engine.tell("supplement")
    else:
        return  # sent back and forth to the end of our patience, in both alike
    assert ours.is_over
    assert theirs.is_over
