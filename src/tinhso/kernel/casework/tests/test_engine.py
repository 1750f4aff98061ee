"""The engine alone: tables of what is open after each step. No database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tinhso.kernel.casework import engine
from tinhso.kernel.casework.bpmn import Graph, compile_flow, from_json
from tinhso.kernel.casework.bpmn.conditions import ConditionFailed
from tinhso.kernel.casework.engine import Marking, Step, Wait
from tinhso.kernel.casework.tests.drawing import TERMINATE, Draw, approval, duration, each, message


class Player:
    """A case in memory that is played by node ids."""

    def __init__(self, draw: Draw | bytes, **variables: Any) -> None:
        self.graph: Graph = compile_flow(draw if isinstance(draw, bytes) else draw.xml())
        self.variables = variables
        self.effects: list[engine.Effect] = []
        self.step = self._kept(engine.start(self.graph, variables))

    def _kept(self, step: Step) -> Step:
        self.effects += step.effects
        return step

    @property
    def marking(self) -> Marking:
        return self.step.marking

    @property
    def open(self) -> list[str]:
        """Return what waits from outside: node ids, sorted."""
        waits = (Wait.TASK, Wait.SERVICE, Wait.MESSAGE, Wait.TIMER)
        return sorted(token.node for token in self.marking.tokens.values() if token.wait in waits)

    @property
    def ended_at(self) -> str | None:
        return next((effect.node for effect in self.effects if isinstance(effect, engine.Ended)), None)

    def token(self, node: str, item: Any = None) -> int:
        """Return the oldest token that rests at a node (about an item): of a repeated step, an instance."""
        found = [
            token
            for token in self.marking.tokens.values()
            if token.node == node and token.wait is not Wait.MULTI and item in (None, token.item)
        ]
        return min(token.number for token in found)

    def do(self, node: str, outcome: str = "", item: Any = None, **variables: Any) -> list[str]:
        self.variables |= {**variables, "outcome": outcome}
        self.step = self._kept(engine.complete(self.graph, self.marking, self.token(node, item), self.variables))
        return self.open

    def fire(self, node: str) -> list[str]:
        on = self.graph.nodes[node].attached_to or node
        token = next(t.number for t in self.marking.tokens.values() if t.node == on and not self._instance(t))
        self.step = self._kept(engine.fire_timer(self.graph, self.marking, token, node, self.variables))
        return self.open

    def _instance(self, token: engine.Token) -> bool:
        return engine.is_instance(self.marking.tokens, token)

    def tell(self, name: str, item: Any = None, **variables: Any) -> list[str]:
        self.variables |= variables
        self.step = self._kept(engine.correlate(self.graph, self.marking, name, self.variables, item=item))
        return self.open

    def of(self, kind: type) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


def test_a_sequence_with_a_way_back() -> None:
    case = Player(approval())
    assert case.open == ["Receive"]
    assert case.do("Receive", "accept") == ["Process"]
    assert case.do("Process") == ["Sign"]
    assert case.do("Sign", "correct") == ["Process"]
    assert case.do("Process") == ["Sign"]
    assert case.do("Sign", "approve") == ["Return"]
    assert case.do("Return") == []
    assert case.ended_at == "Done"


def test_the_default_arrow_is_taken_when_nothing_holds() -> None:
    case = Player(approval())
    assert case.do("Receive", "anything") == []
    assert case.ended_at == "Refused"


def two_branches(split: Callable[[Draw, str], str], join: Callable[[Draw, str], str]) -> Draw:
    d = Draw()
    d.start()
    split(d, "Split")
    for branch in "ABC":
        d.user(branch)
        d.flow("Split", branch, f"{branch.lower()} == true" if split is not Draw.parallel else "")
        d.flow(branch, "Join")
    join(d, "Join")
    d.user("After")
    d.chain("Start", "Split")
    d.chain("Join", "After", d.end())
    return d


@pytest.mark.parametrize("order", ["ABC", "CBA", "BCA"])
def test_parallel_branches_are_waited_for_in_any_order(order: str) -> None:
    case = Player(two_branches(Draw.parallel, Draw.parallel))
    assert case.open == ["A", "B", "C"]
    for branch in order[:2]:
        case.do(branch)
    assert case.open == [order[2]]
    assert case.do(order[2]) == ["After"]
    assert len(case.marking.tokens) == 1
    case.do("After")
    assert case.ended_at == "End"


@pytest.mark.parametrize(
    ("taken", "order"), [("A", "A"), ("AB", "AB"), ("AB", "BA"), ("BC", "CB"), ("ABC", "BCA"), ("AC", "AC")]
)
def test_an_inclusive_join_waits_for_the_branches_that_were_taken(taken: str, order: str) -> None:
    chosen = {branch.lower(): branch in taken for branch in "ABC"}
    case = Player(two_branches(Draw.inclusive, Draw.inclusive), **chosen)
    assert case.open == sorted(taken)
    for branch in order[:-1]:
        case.do(branch)
        assert "After" not in case.open
    assert case.do(order[-1]) == ["After"]


def test_an_inclusive_join_after_a_parallel_split_with_a_branch_that_ends_early() -> None:
    d = Draw()
    d.start()
    d.parallel("Split")
    d.user("A")
    d.user("B")
    d.exclusive("Choice", default="stop")
    d.end("Early")
    d.inclusive("Join")
    d.user("After")
    d.chain("Start", "Split", "A", "Join", "After", d.end())
    d.chain("Split", "B", "Choice")
    d.flow("Choice", "Join", 'outcome == "go"')
    d.flow("Choice", "Early", id="stop")
    case = Player(d)
    case.do("A")
    assert case.open == ["B"]
    assert case.do("B", "stop") == ["After"]
    other = Player(d)
    other.do("A")
    assert other.do("B", "go") == ["After"]
    assert len(other.marking.tokens) == 1


def with_border(*, interrupting: bool, inner: str = "") -> Draw:
    d = Draw()
    d.user("A", inner)
    d.user("Late")
    d.user("After")
    d.chain(d.start(), "A", "After", d.end())
    d.border("Clock", "A", duration("PT1H"), interrupting=interrupting)
    d.chain("Clock", "Late", d.end("LateEnd"))
    return d


def test_a_boundary_timer_that_interrupts() -> None:
    case = Player(with_border(interrupting=True))
    assert [effect.node for effect in case.of(engine.StartTimer)] == ["Clock"]
    assert case.fire("Clock") == ["Late"]
    assert [effect.node for effect in case.of(engine.CancelTask)] == ["A"]
    case.do("Late")
    assert case.ended_at == "LateEnd"


def test_a_boundary_timer_beside_the_step() -> None:
    case = Player(with_border(interrupting=False))
    assert case.fire("Clock") == ["A", "Late"]
    assert case.fire("Clock") == ["A", "Late", "Late"]
    case.do("A")
    assert [effect.node for effect in case.of(engine.StopTimer)] == ["Clock"]
    for node in ("Late", "After", "Late"):
        assert case.ended_at is None
        case.do(node)
    assert case.ended_at in ("End", "LateEnd")


def test_the_clock_stops_when_the_step_is_done() -> None:
    case = Player(with_border(interrupting=True))
    case.do("A")
    assert [(effect.token, effect.node) for effect in case.of(engine.StopTimer)] == [(1, "Clock")]
    with pytest.raises(engine.NotWaiting):
        engine.fire_timer(case.graph, case.marking, 1, "Clock", {})


@pytest.mark.parametrize("sequential", [True, False])
def test_a_step_repeated_over_agencies(*, sequential: bool) -> None:
    d = Draw()
    d.user("Opinion", each("agencies", "agency", sequential=sequential))
    d.user("After")
    d.chain(d.start(), "Opinion", "After", d.end())
    case = Player(d, agencies=["H1", "H2", "H3"])
    for agency in ("H1", "H2", "H3"):
        assert len(case.open) == (1 if sequential else 3 - ("H1", "H2", "H3").index(agency))
        seen = engine.variables_of(case.graph, case.marking, case.marking.tokens[case.token("Opinion", agency)], {})
        assert seen["agency"] == agency
        case.do("Opinion", item=agency)
    assert case.open == ["After"]


def test_a_repetition_over_nothing_is_passed_by() -> None:
    d = Draw()
    d.user("Opinion", each("agencies", "agency"))
    d.user("After")
    d.chain(d.start(), "Opinion", "After", d.end())
    assert Player(d, agencies=[]).open == ["After"]


def test_a_repeated_step_with_a_clock_on_its_border_is_interrupted_whole() -> None:
    d = Draw()
    d.user("Opinion", each("agencies", "agency"))
    d.border("Clock", "Opinion", duration("P3D"))
    d.user("After")
    d.chain(d.start(), "Opinion", "After", d.end())
    d.flow("Clock", "After")
    case = Player(d, agencies=["a", "b"])
    assert len(case.of(engine.StartTimer)) == 1
    case.do("Opinion", item="b")
    assert case.fire("Clock") == ["After"]
    assert len(case.marking.tokens) == 1


def subprocess(inner: str = "", *, terminate: bool = False) -> Draw:
    inside = Draw()
    inside.numbers["Flow"] = 100
    inside.parallel("In")
    inside.user("A")
    inside.user("B")
    inside.chain(inside.start("SubStart"), "In", "A", inside.end("SubEnd", TERMINATE if terminate else ""))
    inside.chain("In", "B", inside.end("SubEnd2"))
    d = Draw()
    d.sub("Sub", inside, inner)
    d.user("After")
    d.chain(d.start(), "Sub", "After", d.end())
    d.border("Pay", "Sub", message("paid"))
    d.user("Paid")
    d.chain("Pay", "Paid", d.end("PaidEnd"))
    return d


def test_a_subprocess_ends_when_all_in_it_has_ended() -> None:
    case = Player(subprocess())
    assert case.open == ["A", "B"]
    case.do("A")
    assert case.open == ["B"]
    assert case.do("B") == ["After"]


def test_terminate_in_a_subprocess_ends_only_it() -> None:
    case = Player(subprocess(terminate=True))
    assert case.do("A") == ["After"]
    assert [effect.node for effect in case.of(engine.CancelTask)] == ["B"]


def test_a_message_on_the_border_of_a_subprocess() -> None:
    case = Player(subprocess())
    assert case.tell("paid") == ["Paid"]
    assert sorted(effect.node for effect in case.of(engine.CancelTask)) == ["A", "B"]


def test_a_subprocess_for_each_item() -> None:
    case = Player(subprocess(each("agencies", "agency")), agencies=["x", "y"])
    assert case.open == ["A", "A", "B", "B"]
    for node in ("A", "B", "A"):
        case.do(node)
    assert case.do("B") == ["After"]


def test_terminate_ends_the_case() -> None:
    d = Draw()
    d.parallel("Split")
    d.user("A")
    d.user("B")
    d.chain(d.start(), "Split", "A", d.end("Stop", TERMINATE))
    d.chain("Split", "B", d.end())
    case = Player(d)
    assert case.do("A") == []
    assert case.ended_at == "Stop"
    assert [effect.node for effect in case.of(engine.CancelTask)] == ["B"]


def test_messages_are_awaited_and_sent() -> None:
    d = Draw()
    d.node("receiveTask", "Wait", messageRef="Message_paid")
    d.node("sendTask", "Tell", messageRef="Message_opinion")
    d.node("intermediateCatchEvent", "More", message("supplement"))
    d.node("intermediateThrowEvent", "Throw", message("opinion"))
    d.chain(d.start(), "Wait", "Tell", "More", "Throw", d.end("End", message("paid")))
    case = Player(d)
    with pytest.raises(engine.NotWaiting):
        case.tell("supplement")
    assert case.tell("paid") == ["More"]
    assert case.tell("supplement") == []
    assert [(effect.node, effect.message) for effect in case.of(engine.Send)] == [
        ("Tell", "opinion"),
        ("Throw", "opinion"),
        ("End", "paid"),
    ]


def test_a_message_finds_the_instance_it_is_about() -> None:
    d = Draw()
    d.node("receiveTask", "Wait", each("agencies", "agency"), messageRef="Message_opinion")
    d.chain(d.start(), "Wait", d.end())
    case = Player(d, agencies=["H1", "H2"])
    case.tell("opinion", item="H2")
    assert [token.item for token in case.marking.tokens.values() if token.wait is Wait.MESSAGE] == ["H1"]
    with pytest.raises(engine.NotWaiting):
        case.tell("opinion", item="H2")


def test_a_timer_that_is_waited_at_and_a_service() -> None:
    d = Draw()
    d.node("intermediateCatchEvent", "Pause", duration("P1D"))
    d.node("serviceTask", "Call", t_service="demo")
    d.chain(d.start(), "Pause", "Call", d.end())
    case = Player(d)
    assert case.open == ["Pause"]
    assert case.fire("Pause") == ["Call"]
    assert [effect.node for effect in case.of(engine.CallService)] == ["Call"]
    assert case.do("Call") == []


def test_a_called_process_runs_as_a_part() -> None:
    called = Draw("Called")
    called.numbers["Flow"] = 50
    called.chain(called.start("CalledStart"), called.user("Inner", t_role="leader"), called.end("CalledEnd"))
    d = Draw()
    d.node("callActivity", "Call", calledElement="Called", name="Linked")
    d.user("After")
    d.chain(d.start(), "Call", "After", d.end())
    case = Player(d.xml(called))
    assert case.open == ["Call/Inner"]
    assert case.graph.nodes["Call/Inner"].role == "leader"
    assert case.do("Call/Inner") == ["After"]


def test_cancelling_closes_everything() -> None:
    case = Player(two_branches(Draw.parallel, Draw.parallel))
    step = engine.cancel(case.graph, case.marking)
    assert step.is_over
    assert sorted(e.node for e in step.effects if isinstance(e, engine.CancelTask)) == ["A", "B", "C"]


def test_a_condition_on_an_unknown_variable_names_the_gateway() -> None:
    d = Draw()
    d.exclusive("Choice", default="other")
    d.user("A")
    d.chain(d.start(), "Choice")
    d.flow("Choice", "A", "amount > 100")
    d.flow("Choice", d.end("Other"), id="other")
    d.flow("A", d.end())
    with pytest.raises(ConditionFailed) as no:
        Player(d)
    assert no.value.facts["where"] == "Choice"
    assert no.value.facts["expression"] == "amount > 100"


def test_the_marking_given_is_left_as_it_was() -> None:
    case = Player(approval())
    before = dict(case.marking.tokens)
    engine.complete(case.graph, case.marking, 1, {"outcome": "accept"})
    assert dict(case.marking.tokens) == before


def test_a_graph_reads_back_from_its_json() -> None:

    for draw in (approval(), subprocess(each("agencies", "agency")), with_border(interrupting=False)):
        graph = compile_flow(draw.xml())
        assert from_json(graph.as_json()) == graph
