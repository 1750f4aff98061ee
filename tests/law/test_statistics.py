"""What the national statistics count. Index 2.1 of QĐ 766/QĐ-TTg; marks of TT 01/2018/TT-VPCP Đ.13."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.law.worlds import at, moments

from tinhso.law.states import NationalState
from tinhso.law.statistics import Supplement, end_of_processing, on_time, statistical_elapsed, statistical_on_time
from tinhso.law.working_time import LimitUnspecified

few = settings(max_examples=50, deadline=None)
START, END, DUE = at("2026-03-02 09:00"), at("2026-03-12 09:00"), at("2026-03-12 17:00")
ASKED, CAME = at("2026-03-04 09:00"), at("2026-03-09 09:00")


@pytest.mark.parametrize(
    ("supplements", "days"),
    [
        pytest.param([], 10, id="nothing asked: end - start"),
        pytest.param([Supplement(ASKED, CAME)], 5, id="the five days of the supplement are subtracted"),
        pytest.param([Supplement(ASKED)], 2, id="never came back: the moment of asking is the end"),
        pytest.param([Supplement(ASKED, END + timedelta(days=9))], 2, id="came back after the end: only up to the end"),
    ],
)
def test_statistical_elapsed(supplements, days):
    assert statistical_elapsed(START, END, supplements).value == timedelta(days=days)


@pytest.mark.parametrize(
    ("ended", "supplements", "fits"),
    [
        pytest.param(DUE, [], True, id="on the minute"),
        pytest.param(DUE + timedelta(minutes=1), [], False, id="a minute late"),
        pytest.param(END, [Supplement(ASKED, CAME)], True, id="asked once"),
        pytest.param(END, [Supplement(ASKED, CAME), Supplement(CAME, END)], False, id="asked more than once = late"),
        pytest.param(
            DUE + timedelta(days=30), [Supplement(ASKED)], True, id="waits for the citizen: asking was in time"
        ),
    ],
)
def test_statistical_on_time(ended, supplements, fits):
    assert statistical_on_time(START, ended, DUE, supplements).value is fits


def test_without_a_due_date_the_longest_limit_stands_in():
    assert statistical_on_time(START, END, None, longest=timedelta(days=10)).value
    assert not statistical_on_time(START, END, None, longest=timedelta(days=9)).value
    with pytest.raises(LimitUnspecified):
        statistical_on_time(START, END, None)


def test_an_end_before_the_start_is_a_bug():
    with pytest.raises(ValueError, match="before"):
        statistical_elapsed(END, START)


S = NationalState


@pytest.mark.parametrize(
    ("reached", "end"),
    [
        pytest.param({S.FINISHED: END, S.RETURNED: DUE}, END, id="result ready comes first"),
        pytest.param({S.ACCEPTED: START, S.RETURNED: DUE, S.STOPPED: START}, DUE, id="then handed over"),
        pytest.param({S.NOT_ACCEPTED: END}, END, id="then refused"),
        pytest.param({S.WITHDRAWN: END}, None, id="withdrawn before it was received does not count"),
        pytest.param({S.ACCEPTED: START, S.WITHDRAWN: END}, END, id="withdrawn after it was received does"),
        pytest.param({S.ACCEPTED: START, S.PROCESSING: END}, None, id="not ended"),
    ],
)
def test_end_of_processing(reached, end):
    assert end_of_processing(reached).value == end


gaps = st.integers(0, 30 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@few
@given(moments, gaps, st.lists(st.tuples(gaps, gaps | st.none()), max_size=4))
def test_the_statistical_time_is_never_longer_than_the_time_gone_by(start, lasted, asked):
    supplements = [Supplement(start + after, None if took is None else start + after + took) for after, took in asked]
    elapsed = statistical_elapsed(start, start + lasted, supplements).value
    assert timedelta(0) <= elapsed <= lasted


@few
@given(moments, gaps, gaps)
def test_on_time_is_plain_order(due_at, before, after):
    assert on_time(due_at - before, due_at).value
    assert on_time(due_at + after, due_at).value is (after == timedelta(0))
