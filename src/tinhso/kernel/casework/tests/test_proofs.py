"""What is proved of a flow: by tables, against random flows, and against SpiffWorkflow's own run in tests/contract."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tinhso.kernel.casework.bpmn import BrokenFlow, compile_flow
from tinhso.kernel.casework.proofs import (
    LegalLimit,
    Runner,
    check_refusals,
    check_roles,
    check_soundness,
    check_time,
    limit_minutes,
    read_notes,
    worst_time,
)
from tinhso.kernel.casework.tests.drawing import TERMINATE, Draw, duration, message, one_step
from tinhso.kernel.casework.tests.test_structured import BLOCKS, draw_all, name
from tinhso.law.working_time import Calendar, Limit, SpecialDay, Unit

HOUR, DAY = 60, 480


def proved(d):
    xml = d.xml()
    return compile_flow(xml), read_notes(xml)


def codes(d, **options):
    return [fault.code for fault in check_soundness(proved(d)[0], **options) if fault.is_error]


def split(*, join=True, dead=False):
    """Draw two branches side by side; joined, or each to its end, or one into a place without a way out."""
    d = Draw()
    d.chain(d.start(), d.user("A", t_within="1h"), d.parallel("Split"))
    for branch, time in (("B", "4h"), ("C", "2d")):
        d.flow("Split", d.user(branch, t_within=time))
    if join:
        d.parallel("Join")
        d.chain("B", "Join", d.end())
        d.flow("C", "Join")
    else:
        d.flow("B", d.end("E1"))
        d.flow("C", d.user("D") if dead else d.end("E2"))
    return d


def loop(**back):
    """Draw a step that is checked and may go back."""
    d = Draw()
    d.chain(d.start(), d.user("Work", t_within="1d"), d.user("Check", t_within="2h"), d.exclusive("Good", default="on"))
    d.flow("Good", d.end(), id="on")
    d.flow("Good", "Work", 'outcome == "again"', id="back", **back)
    return d


def test_a_dead_end_in_one_of_two_branches_is_found_when_it_is_compiled():
    with pytest.raises(BrokenFlow) as no:
        proved(split(join=False, dead=True))
    assert ("dead_end", "D") in {(fault.code, fault.element) for fault in no.value.findings}


def test_branches_that_never_join_are_a_fault_with_a_course():
    graph, _notes = proved(split(join=False))
    fault = next(each for each in check_soundness(graph) if each.is_error)
    assert (fault.code, fault.element, fault.path) == ("never_joined", "Split", ("Start", "A", "Split"))
    assert codes(split()) == []


def test_a_branch_that_may_end_beside_the_other_is_found_on_the_walk():
    d = Draw()
    d.chain(d.start(), d.parallel("Split"))
    d.flow("Split", d.user("B"))
    d.flow("Split", d.user("C"))
    d.chain("B", d.exclusive("Which", default="x"))
    d.parallel("Join")
    d.flow("Which", "Join", id="x")
    d.flow("Which", d.end("Early"), 'outcome == "stop"')
    d.flow("C", "Join")
    d.flow("Join", d.end())
    faults = {fault.code: fault for fault in check_soundness(compile_flow(d.xml())) if fault.is_error}
    assert set(faults) == {"left_open", "stuck", "no_end"}
    assert faults["left_open"].path[-1] == "Early"
    assert "B" in faults["left_open"].path


def test_a_case_that_waits_for_a_branch_never_taken_is_stuck():
    d = Draw()
    d.chain(d.start(), d.exclusive("Which", default="x"))
    d.parallel("Join")
    d.flow("Which", d.user("B"), id="x")
    d.flow("Which", d.user("C"), 'outcome == "c"')
    d.chain("B", "Join", d.end())
    d.flow("C", "Join")
    fault = next(fault for fault in check_soundness(compile_flow(d.xml())) if fault.code == "stuck")
    assert (fault.element, fault.path[:3]) == ("Join", ("Start", "Which", "B"))


def test_a_terminate_end_may_leave_a_branch():
    d = Draw()
    d.chain(d.start(), d.parallel("Split"))
    d.flow("Split", d.user("B"))
    d.flow("Split", d.user("C"))
    d.flow("B", d.end("Stop", TERMINATE))
    d.flow("C", "Stop")
    assert "left_open" not in codes(d)


def test_a_flow_too_wide_is_said_not_to_be_proved_whole():
    faults = check_soundness(proved(split())[0], most=2)
    assert [(fault.code, fault.is_error) for fault in faults] == [("not_walked", False)]


@given(BLOCKS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_structured_flow_is_found_unsound(block):
    graph = compile_flow(draw_all(name(block, [0])).xml())
    assert [fault for fault in check_soundness(graph, most=400) if fault.is_error] == []


@pytest.mark.parametrize(
    ("drawn", "minutes", "bounded"),
    [
        (one_step(t_within="2d"), 2 * DAY, True),
        (split(), HOUR + 2 * DAY, True),
        (loop(), DAY + 2 * HOUR, False),
        (loop(t_most=2), 3 * (DAY + 2 * HOUR), True),
    ],
)
def test_the_longest_course(drawn, minutes, bounded):
    worst = worst_time(*proved(drawn))
    assert (worst.minutes, worst.is_bounded) == (minutes, bounded)


def test_papers_of_the_applicant_stop_the_clock_and_a_border_clock_cuts_a_step_short():
    d = Draw()
    d.chain(d.start(), d.user("A", t_within="1d"), d.node("intermediateCatchEvent", "Wait", message("supplement")))
    d.chain("Wait", d.user("B", t_within="3d"), d.end())
    assert worst_time(*proved(d)).minutes == 3 * DAY
    d = Draw()
    d.chain(d.start(), d.user("A", t_within="9d"), d.end())
    d.border("Clock", "A", duration("P2D"))
    d.chain("Clock", d.user("Late", t_within="1h"), d.end("E2"))
    worst = worst_time(*proved(d))
    assert (worst.minutes, worst.path) == (2 * DAY + HOUR, ("Start", "A", "Clock", "Late", "E2"))


def test_what_is_too_slow_tight_or_without_bound_is_told_with_its_course():
    graph, notes = proved(loop())
    limits = [LegalLimit("P", "w", "1", Decimal(DAY)), LegalLimit("Q", "w", "2", Decimal(2 * DAY), Decimal(DAY))]
    found = check_time(graph, notes, limits)
    assert [(fault.code, fault.is_error) for fault in found] == [
        ("too_slow", True),
        ("tight", False),
        ("no_bound", False),
    ]
    assert found[0].element == "Work"
    assert found[2].path == ("Work", "Check", "Good", "Work")


def test_calendar_days_leave_less_over_tet():
    tet = {date(2026, 2, day): SpecialDay("Tết") for day in range(14, 23)}
    calendar = Calendar(closed=tet)
    on = date(2026, 1, 1)
    allowed = limit_minutes(Limit(15, Unit.DAY), calendar, on)
    assert (allowed.usual, allowed.least) == (11 * DAY, 6 * DAY)
    assert limit_minutes(Limit(3), calendar, on).usual == 3 * DAY
    assert limit_minutes(Limit(0, Unit.UNSPECIFIED), calendar, on) is None


def refusing(*, arrow="", end="", ending=""):
    d = Draw()
    d.chain(d.start(), d.user("Look"), d.exclusive("Which", default="on"))
    d.flow("Which", d.end("Fine"), id="on")
    d.flow("Which", "No", 'outcome == "refuse"', t_legal=arrow)
    d.node("endEvent", "No", name="Kết thúc", t_legal=end, t_ending=ending)
    return d


@pytest.mark.parametrize(
    ("drawn", "elements"),
    [
        (refusing(), ["No"]),
        (refusing(arrow="NĐ 61/2018/NĐ-CP Đ.17"), []),
        (refusing(end="NĐ 61/2018/NĐ-CP Đ.17"), []),
        (one_step(), []),
    ],
)
def test_every_refusal_bears_a_law(drawn, elements):
    faults = check_refusals(*proved(drawn))
    assert [fault.element for fault in faults] == elements
    assert all(fault.path[0] == "Start" for fault in faults)


def test_an_end_is_a_refusal_by_its_name_unless_it_says_what_it_is():
    for attrs, number in (({}, 1), ({"t_ending": "settled"}, 0), ({"t_legal": "x"}, 0)):
        d = Draw()
        d.chain(d.start(), d.user("A"), d.node("endEvent", "E", name="Từ chối", **attrs))
        assert len(check_refusals(*proved(d))) == number


def test_every_role_exists_where_the_flow_will_run():
    graph, _notes = proved(one_step(t_agency="office"))
    here = [
        Runner("X1", "Xã Một", {"office": "X1"}),
        Runner("X2", "Xã Hai", {"office": "X2"}),
        Runner("X3", "Xã Ba", {}),
    ]
    posts = {"X1": frozenset({"processor"}), "X2": frozenset({"leader"})}
    faults = check_roles(graph, here, posts, {})
    assert [(fault.code, fault.is_error, fault.facts["agencies"]) for fault in faults] == [
        ("no_place", True, "Xã Ba"), ("no_post", True, "Xã Hai"), ("nobody", False, "Xã Một"),
    ]  # fmt: skip
    assert "Xã Hai" in str(faults[1])
