"""The rehearsal against queueing theory, and against itself."""

from itertools import accumulate
from math import factorial
from random import Random

import pytest

from tinhso.kernel.casework.bpmn import compile_flow
from tinhso.kernel.casework.rehearsing import Arrival, Known, Rehearsal, TooLong
from tinhso.kernel.casework.tests.drawing import approval, one_step

HOUR = 3600.0
PLACES = {"": "A", "desk": "D", "office": "O", "agency": "L"}


def erlang_c(servers: int, load: float) -> float:
    """Return the share of cases that wait at all in M/M/c (Erlang, 1917); load in erlangs."""
    busy = load**servers / factorial(servers) * servers / (servers - load)
    return busy / (sum(load**n / factorial(n) for n in range(servers)) + busy)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 2.1)])
def test_one_post_waits_as_erlang_says(servers, load):
    luck = Random(1917)
    arrivals = [Arrival(at, PLACES) for at in accumulate(luck.expovariate(load / HOUR) for _case in range(12_000))]
    samples = [luck.expovariate(1 / HOUR) for _case in range(20_000)]
    graph = compile_flow(one_step().xml())
    told = Rehearsal(graph, Known({("A", "processor"): servers}, {"A": samples}), seed=7).run(arrivals)
    waits = told.waits["A", "processor"]
    waiting = erlang_c(servers, load)
    expected = waiting * HOUR / (servers - load)
    assert told.finished == len(arrivals)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(waiting, rel=0.08)
    assert sum(waits) / len(waits) == pytest.approx(expected, rel=0.15)


def test_the_same_seed_tells_the_same_and_more_people_wait_less():
    graph = compile_flow(approval().xml())
    arrivals = [Arrival(n * HOUR / 2, PLACES, n * HOUR / 2 + 40 * HOUR) for n in range(400)]
    seconds = {node.id: [HOUR / 4, HOUR / 2, HOUR] for node in graph.steps()}

    def run(people, seed=1):
        staff = {(place, role): people for place in "DOLA" for role in ("reception", "processor", "leader")}
        return Rehearsal(graph, Known(staff, seconds), seed=seed, weeks=[0, 40 * HOUR, 80 * HOUR, 300 * HOUR]).run(
            arrivals
        )

    one, again, two = run(1), run(1), run(2)
    assert (one.turnaround, one.late) == (again.turnaround, again.late)
    assert sum(two.turnaround) < sum(one.turnaround)
    assert two.late <= one.late
    assert one.finished == one.cases == 400
    assert max(one.queues["O", "processor"]) > max(two.queues["O", "processor"])


def test_what_is_not_known_of_a_step_is_said_to_be_assumed():
    graph = compile_flow(one_step(t_within="2d").xml())
    told = Rehearsal(graph, Known({}, {}), seed=1).run([Arrival(0, PLACES)])
    assert told.assumed == {"A"}
    assert 0.1 * 16 * HOUR <= told.turnaround[0] <= 0.5 * 16 * HOUR


def test_a_rehearsal_that_takes_too_long_stops():
    graph = compile_flow(one_step().xml())
    arrivals = [Arrival(n, PLACES) for n in range(1500)]
    with pytest.raises(TooLong):
        Rehearsal(graph, Known({}, {}), seed=1, is_over_time=lambda: True).run(arrivals)
