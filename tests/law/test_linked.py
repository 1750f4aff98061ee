"""Who of several agencies is late: each by its own clock, the lead without the others' time (TT 01/2018/TT-VPCP Đ.13 k.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.law.worlds import BARE, at

from tinhso.law.linked import PartsTooLong, Stretch, lateness, longest, require_fit, shares
from tinhso.law.statistics import Punctuality
from tinhso.law.working_time import Limit, LimitUnspecified, Unit, working_seconds_between

HOUR = 3600
BEGUN, PASSED_ON = at("2026-11-02 08:00"), at("2026-11-03 08:00")
LEAD = Stretch("lead", BEGUN, at("2026-11-03 17:00"), PASSED_ON, is_lead=True)
WHOLE_DUE, LATER = at("2026-11-06 17:00"), at("2026-11-30 08:00")


def part(key="police", ended="2026-11-05 17:00", due="2026-11-05 17:00", **more):
    return Stretch(key, PASSED_ON, at(due), at(ended) if ended else None, **more)


def share_out(*parts, ended, due=WHOLE_DUE, now=LATER):
    keys = {each.key for each in parts}
    return shares(parts, received=BEGUN, due=due, ended=ended, at=now, calendars=dict.fromkeys(keys, BARE))


def test_a_participants_lateness_is_its_own_and_not_the_leads():
    late = part(ended="2026-11-10 09:00")
    found = share_out(LEAD, late, ended=at("2026-11-10 09:00")).value
    assert found["police"].late == working_seconds_between(at("2026-11-05 17:00"), at("2026-11-10 09:00"), BARE)
    assert found["police"].punctuality is Punctuality.LATE
    assert (found["lead"].late, found["lead"].punctuality) == (0, Punctuality.ON_THE_DAY)
    # the lead had it for one working day; the rest is the other's
    assert found["lead"].held == 8 * HOUR


def test_what_nobodys_clock_explains_is_the_leads_which_steers():
    answer = share_out(LEAD, part(), ended=at("2026-11-09 09:00"))
    assert answer.value["police"].late == 0
    assert answer.value["lead"].late == 2 * HOUR
    assert [step.code for step in answer.steps] == ["linked.unexplained"]
    assert answer.steps[0].facts["hours"] == Decimal("2.0")


def test_two_side_by_side_are_late_each_by_itself():
    police, insurance = part(ended="2026-11-10 17:00"), part("insurance", ended="2026-11-06 09:00")
    found = share_out(LEAD, police, insurance, ended=at("2026-11-10 17:00")).value
    assert (found["police"].late, found["insurance"].late, found["lead"].late) == (24 * HOUR, 2 * HOUR, 0)


def test_a_clock_that_stands_is_not_late():
    since = at("2026-11-04 10:00")
    waiting = part(ended=None, pauses=((since, None),))
    assert lateness(waiting, LATER, BARE).value == 0
    found = share_out(LEAD, waiting, ended=None).value
    assert (found["police"].late, found["police"].punctuality) == (0, None)
    assert found["police"].held == working_seconds_between(PASSED_ON, since, BARE)


def test_a_part_reached_twice_is_counted_together():
    again = Stretch("police", at("2026-11-06 08:00"), at("2026-11-06 10:00"), at("2026-11-06 11:00"))
    found = share_out(LEAD, part(ended="2026-11-05 17:00"), again, ended=at("2026-11-06 11:00")).value
    assert (found["police"].late, found["police"].punctuality) == (HOUR, Punctuality.LATE)


@pytest.mark.parametrize(
    ("ended", "late"),
    [
        ("2026-11-05 16:59", 0),
        ("2026-11-05 17:00", 0),
        pytest.param("2026-11-05 17:01", 1, id="after hours: nothing was worked, and yet it is late"),
        ("2026-11-06 08:00", HOUR),
    ],
)
def test_late_begins_after_the_last_moment(ended, late):
    answer = lateness(part(ended=ended), LATER, BARE)
    assert answer.value == late
    assert bool(answer.steps) == bool(late)


hours = st.integers(0, 400)
moments = st.integers(0, 600 * 24 * 60).map(lambda minutes: at("2025-05-01 00:00") + timedelta(minutes=minutes))


@given(moments, hours, hours, hours, hours)
def test_whatever_happens_the_whole_lateness_is_somebodys(begun, mine, limit, took, gap):
    """The lead works, passes on, the other works, then something waits at the desk."""
    calendar = BARE
    passed = begun + timedelta(hours=mine)
    ended = passed + timedelta(hours=took)
    due = passed + timedelta(hours=limit)
    over = ended + timedelta(hours=gap)
    lead = Stretch("lead", begun, passed, passed, is_lead=True)
    other = Stretch("other", passed, due, ended)
    found = shares(
        [lead, other], received=begun, due=due, ended=over, at=over, calendars={"lead": calendar, "other": calendar}
    ).value
    whole = max(working_seconds_between(due, over, calendar), 0)
    assert found["lead"].late + found["other"].late >= whole
    assert found["other"].late == lateness(other, over, calendar).value
    # what the other took, and no more, is taken out of the lead's time
    spent = working_seconds_between(begun, over, calendar) - working_seconds_between(passed, ended, calendar)
    assert found["lead"].held == spent
    if not gap:
        assert found["lead"].late == 0


@given(moments, hours, hours, st.integers(0, 200))
def test_that_another_takes_longer_never_makes_the_lead_later(begun, mine, took, longer):
    def lead_late(more):
        passed, due = begun + timedelta(hours=mine), begun + timedelta(hours=mine + took)
        ended = due + timedelta(hours=more)
        lead = Stretch("lead", begun, begun + timedelta(hours=10), passed, is_lead=True)
        other = Stretch("other", passed, due, ended)
        return shares(
            [lead, other], received=begun, due=due, ended=ended, at=ended, calendars={"lead": BARE, "other": BARE}
        ).value["lead"].late  # fmt: skip

    assert lead_late(longer) == lead_late(0)


@pytest.mark.parametrize(
    ("parts", "whole", "fits"),
    [
        pytest.param(
            [(0, 1, "working_day"), (1, 7, "working_day"), (1, 10, "working_day")], (20, "day"), True, id="birth"
        ),
        pytest.param([(0, 5, "working_day"), (1, 5, "working_day")], (10, "working_day"), True, id="one after another"),
        pytest.param([(0, 5, "working_day"), (1, 6, "working_day")], (10, "working_day"), False, id="a day too many"),
        pytest.param([(0, 6, "working_day"), (0, 10, "working_day")], (10, "working_day"), True, id="side by side"),
        pytest.param([(0, 40, "working_hour")], (7, "day"), True, id="a week of hours"),
        pytest.param([(0, 41, "working_hour")], (7, "day"), False, id="an hour more"),
        pytest.param([(0, 1, "month"), (1, 1, "day")], (30, "day"), False, id="a month and a day"),
    ],
)
def test_the_parts_fit_in_the_whole(parts, whole, fits):
    given_parts = [(position, Limit(amount, Unit(unit))) for position, amount, unit in parts]
    limit = Limit(whole[0], Unit(whole[1]))
    if fits:
        require_fit(given_parts, limit)
    else:
        with pytest.raises(PartsTooLong):
            require_fit(given_parts, limit)


def test_a_part_without_a_unit_cannot_be_summed():
    with pytest.raises(LimitUnspecified):
        longest([(0, Limit(1, Unit.UNSPECIFIED))])
