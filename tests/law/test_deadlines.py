"""The chip of a deadline: design system §5."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from tests.law.worlds import BARE, NATION, SATURDAYS, at, moments

from tinhso.law.deadlines import DeadlineState, deadline_status

S = DeadlineState
RECEIVED, DUE = at("2026-03-02 09:00"), at("2026-03-30 17:00")  # 20 working days: the window is 4


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        pytest.param("2026-03-03 09:00", S.ON_TIME, "19 working days left", id="time enough"),
        pytest.param("2026-03-23 09:00", S.ON_TIME, "5 working days left", id="one more than the window"),
        pytest.param("2026-03-24 09:00", S.SOON, "4 working days left", id="20 % of 20 days are more than 2 days"),
        pytest.param("2026-03-27 09:00", S.SOON, "1 working day left", id="one working day over a weekend"),
        pytest.param("2026-03-30 11:00", S.SOON, "Today, 4 hours left", id="today, in working hours"),
        pytest.param("2026-03-30 16:30", S.SOON, "Today, 30 minutes left", id="less than an hour"),
        pytest.param("2026-03-30 17:01", S.LATE, "Overdue since 17:00, 30/3/2026", id="a minute past"),
        pytest.param("2026-03-31 09:00", S.LATE, "1 working day overdue", id="the next day"),
        pytest.param("2026-04-05 09:00", S.LATE, "4 working days overdue", id="a Sunday: working days only"),
    ],
)
def test_words_of_a_running_clock(now, state, words):
    status = deadline_status(DUE, at(now), BARE, received_at=RECEIVED)
    assert (status.state, str(status.words)) == (state, words)


@pytest.mark.parametrize(
    ("now", "state"),
    [("2026-03-25 09:00", S.ON_TIME), ("2026-03-26 09:00", S.SOON), ("2026-03-27 09:00", S.SOON)],
)
def test_two_days_when_the_limit_is_not_known(now, state):
    assert deadline_status(DUE, at(now), BARE).state is state


def test_the_window_is_the_province_s_choice():
    status = deadline_status(
        DUE, at("2026-03-24 09:00"), BARE, received_at=RECEIVED, soon_days=1, soon_share=Decimal("0.1")
    )
    assert status.state is S.ON_TIME


def test_under_a_day_hours_are_counted():
    status = deadline_status(at("2026-03-03 10:00"), at("2026-03-02 16:00"), BARE)
    assert str(status.words) == "4 working hours left"
    assert status.left_seconds == 4 * 3600


def test_hours_overdue_on_the_day():
    assert str(deadline_status(at("2026-03-02 10:00"), at("2026-03-02 14:30"), BARE).words) == "2 hours overdue"


@pytest.mark.parametrize(
    ("returned", "state", "words", "tone"),
    [
        pytest.param("2026-03-27 09:00", S.RETURNED, "Returned, 1 working day early", "done", id="early"),
        pytest.param("2026-03-30 16:00", S.RETURNED, "Returned on time", "done", id="on the day"),
        pytest.param("2026-04-01 09:00", S.RETURNED_LATE, "Returned, 2 working days late", "solid-late", id="late"),
        pytest.param("2026-03-30 17:30", S.RETURNED_LATE, "Returned late", "solid-late", id="late within the day"),
    ],
)
def test_returned(returned, state, words, tone):
    status = deadline_status(DUE, at("2026-05-01 09:00"), BARE, returned_at=at(returned))
    assert (status.state, str(status.words), status.tone) == (state, words, tone)


def test_a_standing_clock_says_since_when():
    status = deadline_status(None, at("2026-03-20 09:00"), BARE, paused_since=at("2026-03-10 09:00"))
    assert (status.state, status.tone, str(status.words)) == (S.PAUSED, "pause", "Clock standing since 10/3/2026")


def test_a_clock_that_runs_has_a_due_moment():
    with pytest.raises(ValueError, match="due moment"):
        deadline_status(None, at("2026-03-20 09:00"), BARE)


def test_decimals_take_the_comma_of_the_language():
    words = deadline_status(at("2026-03-13 17:00"), at("2026-03-06 09:00"), SATURDAYS).words
    assert words.say(str, "vi") == "5,5 working days left"
    assert words.say(str, "en") == "5.5 working days left"


ORDER = [S.ON_TIME, S.SOON, S.LATE]


@settings(max_examples=50, deadline=None)
@given(moments, moments, moments)
def test_a_deadline_never_gets_better_by_waiting(due_at, one, other):
    states = [deadline_status(due_at, now, NATION).state for now in sorted((one, other))]
    assert ORDER.index(states[0]) <= ORDER.index(states[1])
