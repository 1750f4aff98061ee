"""The rehearsal against queueing theory, and against itself."""

from datetime import date, datetime, time
from itertools import accumulate
from math import factorial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.casework.bpmn import compile_flow
from tinhso.kernel.casework.rehearsing import Arrival, Known, Rehearsal, TooLong
from tinhso.kernel.casework.tests.drawing import Draw, approval, message, one_step
from tinhso.kernel.casework.tests.test_structured import BLOCKS, draw_all, name
from tinhso.law.working_time import Calendar, working_seconds_between

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


def moment(day, clock):
    return datetime.combine(
        date(2026, *reversed([int(part) for part in day.split("/")])), time.fromisoformat(clock), CIVIL_ZONE
    )


def test_two_officials_over_lunch_and_holidays_as_reckoned_by_hand():
    """
    Two people at one post, three hours a case, 07:30-11:30 and 13:30-17:30; 30/4 and 1/5 (Thursday, Friday) are off.

    1 comes Wednesday 14:30 to the first, who is done at 17:30. 2 comes 15:00 to the second: 2.5 hours on Wednesday, the rest
    on Monday from 07:30 to 08:00. 3 comes 15:30, waits two working hours for the first, who begins on Monday at 07:30 and is
    done at 10:30. 4 is filed on the holiday, begins on Monday at 08:00 with the second, done at 11:00. 5 comes on Monday at
    09:00, waits until 10:30, is worked on until lunch and two hours behind it: 15:30.
    """
    week = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))
    calendar = Calendar(hours=dict.fromkeys(range(5), week), closed={date(2026, 4, 30): "off", date(2026, 5, 1): "off"})
    zero = moment("29/4", "07:30")

    def axis(day, clock):
        return float(working_seconds_between(zero, moment(day, clock), calendar))

    came = [("29/4", "14:30"), ("29/4", "15:00"), ("29/4", "15:30"), ("30/4", "10:00"), ("4/5", "09:00")]
    ended = [("29/4", "17:30"), ("4/5", "08:00"), ("4/5", "10:30"), ("4/5", "11:00"), ("4/5", "15:30")]
    due = [("29/4", "17:30"), ("4/5", "08:00"), ("4/5", "10:00"), ("4/5", "11:00"), ("4/5", "15:29")]
    arrivals = [Arrival(axis(*each), PLACES, axis(*until)) for each, until in zip(came, due, strict=True)]
    weeks = [axis("27/4", "07:30"), axis("4/5", "07:30"), axis("11/5", "07:30")]
    graph = compile_flow(one_step(t_within="1d").xml())
    known = Known({("A", "processor"): 2}, {"A": [3 * HOUR]})
    told = Rehearsal(graph, known, seed=1, weeks=weeks).run(arrivals)
    assert told.turnaround == [axis(*end) - axis(*begin) for begin, end in zip(came, ended, strict=True)]
    assert told.waits["A", "processor"] == [0, 0, 2 * HOUR, HOUR / 2, 1.5 * HOUR]
    assert (told.with_due, told.late) == (5, 2)
    # Monday to Wednesday, 24 hours: 3 waits from 15:30 to 17:30. The week after to Friday, 40 hours: 4 waits 30 minutes, 5 an hour and a half
    assert told.queues["A", "processor"] == pytest.approx([2 / 24, 2 / 40])


def test_a_case_is_settled_when_only_the_applicant_is_waited_for():
    graph = compile_flow(approval().xml())
    seconds = {"Receive": [HOUR], "Process": [HOUR], "Sign": [HOUR], "Return": [90 * HOUR]}
    known = Known({}, seconds, {"Receive": {"accept": 1}, "Sign": {"approve": 1}})
    told = Rehearsal(graph, known, seed=1).run([Arrival(0, PLACES, 3 * HOUR)])
    assert (told.turnaround, told.with_due, told.late) == ([3 * HOUR], 1, 0)


@pytest.mark.parametrize(("heard", "late"), [("supplement", 0), ("opinion", 1)])
def test_only_papers_of_the_applicant_give_the_whole_time_anew(heard, late):
    d = Draw()
    d.chain(d.start(), d.user("A"), d.node("intermediateCatchEvent", "Wait", message(heard)))
    d.chain("Wait", d.user("B", t_within="1d"), d.end())
    known = Known({}, {"A": [HOUR], "B": [4 * HOUR]}, absent=(10 * HOUR,))
    told = Rehearsal(compile_flow(d.xml()), known, seed=1).run([Arrival(0, PLACES, 2 * HOUR, 5 * HOUR)])
    assert (told.turnaround, told.late) == ([15 * HOUR], late)


def test_a_step_stands_in_the_queue_of_the_agency_that_does_it():
    d = Draw(role="leader")
    d.chain(d.start(), d.user("A"), d.end())
    told = Rehearsal(compile_flow(d.xml()), Known({}, {}), seed=1).run([Arrival(0, {"desk": "D", "leader": "L"})])
    assert list(told.waits) == [("L", "leader")]
    d = Draw(role="leader")
    d.lines.append(
        '<bpmn:laneSet id="LS"><bpmn:lane id="L1" name="Phòng"><bpmn:flowNodeRef>A</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    )
    d.chain(d.start(), d.user("A"), d.end())
    told = Rehearsal(compile_flow(d.xml()), Known({}, {}), seed=1).run([Arrival(0, {"desk": "D", "leader": "L"})])
    assert list(told.waits) == [("L", "leader")]


@given(BLOCKS, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_whatever_is_drawn_every_case_ends_or_is_given_up(block, seed):
    graph = compile_flow(draw_all(name(block, [0])).xml())
    told = Rehearsal(graph, Known({}, {}), seed=seed).run([Arrival(n * HOUR, PLACES, n * HOUR + 99) for n in range(5)])
    assert told.finished + told.given_up == told.cases == 5
