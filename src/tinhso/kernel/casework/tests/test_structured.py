"""Random structured flows: the engine opens exactly the steps that an interpreter of their structure opens."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.casework.bpmn import Graph, check_graph, compile_flow
from tinhso.kernel.casework.proof import walk
from tinhso.kernel.casework.tests.drawing import Draw
from tinhso.kernel.casework.tests.test_engine import Player

# A block is a tuple: ("task",) ("seq", a, b, …) ("and", a, b, …) ("xor", a, b, …) ("or", a, b, …) ("loop", a) ("sub", a)
Block = tuple[Any, ...]

TASK: Block = ("task",)
BLOCKS = st.recursive(
    st.just(TASK),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ("seq", *parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ("and", *parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ("xor", *parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ("or", *parts)),
        inner.map(lambda part: ("loop", part)),
        inner.map(lambda part: ("sub", part)),
    ),
    max_leaves=7,
)


@dataclass
class Named:
    """A block whose parts have names: `id` is that of its task, its gateways or its subprocess."""

    kind: str
    id: str
    parts: list[Named]

    @property
    def check(self) -> str:
        """Return the step at the end of a loop, where one says whether to go round again."""
        return f"{self.id}_check"


def name(block: Block, numbers: list[int]) -> Named:
    numbers[0] += 1
    mine = f"{block[0]}{numbers[0]}"
    return Named(block[0], mine, [name(part, numbers) for part in block[1:]])


def draw_block(d: Draw, block: Named) -> tuple[str, str]:
    """Draw a block; return its first and its last node."""
    if block.kind == "task":
        return (d.user(block.id),) * 2
    if block.kind == "seq":
        ends = [draw_block(d, part) for part in block.parts]
        for (_first, last), (following, _last) in itertools.pairwise(ends):
            d.flow(last, following)
        return ends[0][0], ends[-1][1]
    if block.kind == "sub":
        inside = Draw(numbers={"Flow": int(block.id.removeprefix("sub")) * 1000})
        first, last = draw_block(inside, block.parts[0])
        inside.chain(inside.start(f"{block.id}_s"), first)
        inside.chain(last, inside.end(f"{block.id}_e"))
        return (d.sub(block.id, inside),) * 2
    if block.kind == "loop":
        return draw_loop(d, block)
    return draw_gateways(d, block)


def draw_loop(d: Draw, block: Named) -> tuple[str, str]:
    merge, decide = d.exclusive(f"{block.id}_m"), f"{block.id}_g"
    first, last = draw_block(d, block.parts[0])
    d.chain(merge, first)
    d.chain(last, d.user(block.check), decide)
    back = d.fresh("Flow")
    d.exclusive(decide, default=back)
    d.flow(decide, merge, id=back)
    after = d.node("intermediateThrowEvent", f"{block.id}_x")
    d.flow(decide, after, "outcome == 'out'")
    return merge, after


def draw_gateways(d: Draw, block: Named) -> tuple[str, str]:
    split, join = f"{block.id}_split", f"{block.id}_join"
    draw = {"and": d.parallel, "xor": d.exclusive, "or": d.inclusive}[block.kind]
    draw(split)
    draw(join)
    for number, part in enumerate(block.parts):
        first, last = draw_block(d, part)
        condition = {"and": "", "xor": f"{block.id} == {number}", "or": f"{block.id}_{number} == true"}[block.kind]
        d.flow(split, first, condition)
        d.flow(last, join)
    return split, join


def draw_all(block: Named) -> Draw:
    d = Draw("random")
    first, last = draw_block(d, block)
    d.chain(d.start(), first)
    d.chain(last, d.end())
    return d


def choices(block: Named, random: Random) -> dict[str, Any]:
    """Return variables that decide every gateway in the block."""
    found: dict[str, Any] = {}
    if block.kind == "xor":
        found[block.id] = random.randrange(len(block.parts))
    if block.kind == "or":
        taken = [random.random() < 0.5 for _part in block.parts]
        taken[random.randrange(len(taken))] = True
        found |= {f"{block.id}_{number}": value for number, value in enumerate(taken)}
    for part in block.parts:
        found |= choices(part, random)
    return found


class Interpreter:
    """What is open in a structured flow, by its structure alone: no tokens, no joins."""

    def __init__(self, block: Named, variables: dict[str, Any]) -> None:
        self.block = block
        self.variables = variables
        self.place = 0
        self.inner: list[Interpreter] = []
        self.checking = False
        self.over = False
        self._enter()

    def _enter(self) -> None:
        parts = self.block.parts
        if self.block.kind == "and":
            taken = parts
        elif self.block.kind == "xor":
            taken = [parts[self.variables[self.block.id]]]
        elif self.block.kind == "or":
            taken = [part for number, part in enumerate(parts) if self.variables[f"{self.block.id}_{number}"]]
        else:
            taken = parts[:1]
        self.inner = [Interpreter(part, self.variables) for part in taken]

    @property
    def open(self) -> list[str]:
        if self.over:
            return []
        if self.block.kind == "task":
            return [self.block.id]
        if self.checking:
            return [self.block.check]
        return [task for part in self.inner for task in part.open]

    def do(self, task: str, outcome: str) -> None:
        if self.block.kind == "task":
            self.over = True
            return
        if self.checking:
            self.checking = False
            self.over = outcome == "out"
            if not self.over:
                self._enter()
            return
        next(part for part in self.inner if task in part.open).do(task, outcome)
        if all(part.over for part in self.inner):
            self._go_on()

    def _go_on(self) -> None:
        if self.block.kind == "loop":
            self.checking = True
        elif self.block.kind == "seq" and self.place + 1 < len(self.block.parts):
            self.place += 1
            self.inner = [Interpreter(self.block.parts[self.place], self.variables)]
        else:
            self.over = True


def play(block: Named, seed: int) -> tuple[Graph, list[list[str]]]:
    """Run a block on the engine and on the interpreter, side by side; return the trace they share."""
    random = Random(seed)
    variables = choices(block, random)
    case = Player(draw_all(block), **variables)
    expected = Interpreter(block, variables)
    trace = []
    for step in range(400):
        assert case.open == sorted(expected.open)
        trace.append(case.open)
        if not case.open:
            break
        task = random.choice(case.open)
        outcome = "out" if step > 60 or random.random() < 0.6 else "round"
        case.do(task, outcome)
        expected.do(task, outcome)
    assert expected.over
    assert case.ended_at == "End"
    assert not case.marking.tokens
    return case.graph, trace


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, st.integers(0, 2**16))
def test_the_engine_does_what_the_structure_says(block: Block, seed: int) -> None:
    graph, _trace = play(name(block, [0]), seed)
    assert [finding for finding in check_graph(graph) if finding.is_error] == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS)
def test_no_structured_flow_is_found_stuck_or_double(block: Block) -> None:
    graph = compile_flow(draw_all(name(block, [0])).xml())
    assert {finding.code for finding in walk(graph)} <= {"not_walked"}
