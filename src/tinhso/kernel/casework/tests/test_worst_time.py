"""The longest course of a flow, reckoned by hand beside it, and against every walk that there is."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.casework.bpmn import compile_flow
from tinhso.kernel.casework.proofs import read_notes, walks, worst_time
from tinhso.kernel.casework.proofs.courses import Arc
from tinhso.kernel.casework.proofs.walks import longest_walk
from tinhso.kernel.casework.tests.drawing import Draw, cycle, duration, each, message

DAY = 480


def worst(d, *others):
    xml = d.xml(*others)
    return worst_time(compile_flow(xml), read_notes(xml))


def days(d, *others):
    return worst(d, *others).minutes / DAY


def back_by_a_step(*, onward=""):
    """Draw work that is checked; sent back it goes to a step of its own first, and from there perhaps elsewhere."""
    d = Draw()
    d.chain(d.start(), d.user("Work", t_within="3d"), d.user("Check", t_within="1d"), d.exclusive("Good", default="on"))
    d.flow("Good", d.end(), id="on")
    d.flow("Good", d.user("Mend", t_within="2d"), 'outcome == "again"', id="back", t_most="2")
    if onward:
        d.chain("Mend", d.exclusive("Whither", default="round"))
        d.flow("Whither", "Work", id="round")
        d.flow("Whither", d.user("Expert", t_within=onward), 'outcome == "ask"')
        d.chain("Expert", d.end("E2"))
    else:
        d.flow("Mend", "Work", id="round", t_most="2")
    return d


def test_a_ring_with_two_arrows_that_count_is_gone_round_whole():
    # Work 3 + Check 1, twice back: Mend 2 + Work 3 + Check 1 each time
    assert days(back_by_a_step()) == 4 + 2 * 6


def test_what_only_a_way_back_leads_to_is_counted():
    # Work 3 + Check 1, once round (Mend 2 + Work 3 + Check 1), then back once more and on: Mend 2 + Expert 30
    assert days(back_by_a_step(onward="30d")) == 4 + 6 + 2 + 30


def test_a_case_goes_round_in_one_of_two_branches_at_a_time():
    d = Draw()
    d.chain(d.start(), d.parallel("Split"))
    d.parallel("Join")
    for which, time in (("A", "1d"), ("B", "2d")):
        d.chain("Split", d.user(which, t_within=time), d.exclusive(f"Good{which}", default=f"on{which}"))
        d.flow(f"Good{which}", "Join", id=f"on{which}")
        d.flow(f"Good{which}", which, 'outcome == "again"', t_most="2")
    d.chain("Join", d.user("Sign", t_within="1d"), d.user("Hand"), d.end())
    # side by side: A takes 1 + 2·1, B takes 2 + 2·2, the longer one counts; then Sign 1
    assert days(d) == 6 + 1


def test_loops_branches_and_calls_together():
    inner = Draw("ask", "Ask")
    inner.chain(inner.start("S2"), inner.user("Look", t_within="1d"), inner.exclusive("Clear", default="clear"))
    inner.flow("Clear", inner.end("E3"), id="clear")
    inner.flow("Clear", "Look", 'outcome == "again"', id="once", t_most="1")
    d = Draw()
    d.chain(d.start(), d.user("Take", t_within="4h"), d.parallel("Split"))
    d.node("callActivity", "Opinion", name="Opinion", calledElement="ask")
    d.chain("Split", d.user("Draft", t_within="1.5d"), d.parallel("Join"))
    d.chain("Split", "Opinion", "Join", d.user("Sign", t_within="0.5d"), d.exclusive("Signed", default="on"))
    d.flow("Signed", "Split", 'outcome == "correct"', id="back", t_most="3")
    d.flow("Signed", d.user("Hand", t_role="reception"), id="on")
    d.chain("Hand", d.end())
    # Take 0.5; the longer of Draft 1.5 and Opinion 2 (Look 1, once more 1); Sign 0.5; three times back: 2 + 0.5 each;
    # Hand has no time and nothing behind it: it is the applicant's
    assert days(d, inner) == Decimal("0.5") + 2 + Decimal("0.5") + 3 * Decimal("2.5")


def test_behind_papers_of_the_applicant_the_time_is_counted_anew():
    d = Draw()
    d.chain(d.start(), d.user("A", t_within="4d"), d.exclusive("Whole", default="yes"))
    d.flow("Whole", d.user("Sign", t_within="1d"), id="yes")
    d.flow("Whole", d.node("intermediateCatchEvent", "Wait", message("supplement")), 'outcome == "supplement"')
    d.flow("Wait", "A")
    d.chain("Sign", d.exclusive("Signed", default="out"))
    d.flow("Signed", "A", 'outcome == "correct"', t_most="1")
    d.flow("Signed", d.end(), id="out")
    # the clock stands at Wait; from the beginning, and from Wait alike: A 4 + Sign 1, once back: 5 more
    assert days(d) == 10


def test_a_clock_on_a_part_ends_it_and_reminders_do_not_make_a_step_longer():
    inside = Draw(numbers={"Flow": 50})
    inside.chain(inside.start("S2"), inside.user("Long", t_within="10d"), inside.end("E2"))
    d = Draw()
    d.chain(d.start(), d.sub("Part", inside), d.user("Sign", t_within="1d"), d.end())
    d.border("Enough", "Part", duration("P3D"))
    d.chain("Enough", "Sign")
    assert days(d) == 4
    d = Draw()
    d.chain(d.start(), d.user("A", t_within="2d"), d.end())
    d.border("Remind", "A", cycle("R3/P1D"), interrupting=False)
    d.chain("Remind", d.user("Call", t_within="4h"), d.end("E2"))
    # reminded after 1, 2 and 3 days, but A is done after 2: the last call begins then
    assert days(d) == Decimal("2.5")


def test_one_after_another_counts_as_often_as_it_says_and_a_clock_ends_all_rounds():
    d = Draw()
    d.chain(d.start(), d.user("A", each("offices", "office", sequential=True), t_within="2d", t_most="4"), d.end())
    assert days(d) == 8
    d.border("Enough", "A", duration("P5D"))
    d.chain("Enough", d.end("E2"))
    assert days(d) == 5


def every_walk(arcs, most, here):
    """Return the longest walk by trying all of them; every arrow without a bound is one that leads on."""
    best = Decimal(0)
    for arc in arcs:
        left = most.get(arc.flow, 1)
        if arc.source == here and left:
            rest = every_walk(arcs, {**most, arc.flow: left - 1} if arc.flow in most else most, arc.target)
            best = max(best, arc.minutes + rest)
    return best


NODES = "ABCDE"


@st.composite
def graphs(draw):
    """Return arrows that lead on, some that lead back, and how often those may be taken."""
    arcs, most = [], {}
    for number in range(draw(st.integers(1, 9))):
        one, two = sorted(draw(st.lists(st.sampled_from(NODES), min_size=2, max_size=2, unique=True)))
        if len(most) < 3 and draw(st.booleans()):
            one, two = draw(st.sampled_from([(two, one), (one, one)]))
            most[f"f{number}"] = draw(st.integers(1, 2))
        arcs.append(Arc(one, two, Decimal(draw(st.integers(0, 9))), f"f{number}"))
    return arcs, most


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_the_longest_walk_is_the_longest_of_all_walks(given_):
    arcs, most = given_
    on_ring = {arc.flow: most[arc.flow] for arc in arcs if arc.flow in most}
    assert longest_walk(arcs, on_ring, "A")[0] == every_walk(arcs, on_ring, "A")


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_a_walk_too_tangled_is_told_too_long_never_too_short(given_):
    arcs, most = given_
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "MOST_STATES", 1)
        assert longest_walk(arcs, most, "A")[0] >= every_walk(arcs, most, "A")
