"""From which day something may be erased: a table, then what must be true of every table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.retention import Keep, Rule, ended_by, erasable_on, is_due, kept_until

EVER = Keep(permanent=True)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
keeps = st.builds(Keep, st.integers(0, 70), st.integers(0, 30), st.integers(0, 800))
rules = st.lists(st.builds(Rule, keeps | st.just(EVER), st.just("law"), st.booleans()), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("ended", "keep", "until"),
    [
        pytest.param(date(2026, 4, 29), Keep(), date(2026, 4, 29), id="no time"),
        pytest.param(date(2026, 4, 29), Keep(days=30), date(2026, 5, 29), id="thirty days"),
        pytest.param(date(2024, 2, 29), Keep(years=1), date(2025, 2, 28), id="no such day that year"),
        pytest.param(date(2025, 8, 31), Keep(months=6), date(2026, 2, 28), id="no such day that month"),
        pytest.param(date(2025, 12, 1), Keep(months=1), date(2026, 1, 1), id="over the year"),
        pytest.param(date(2025, 12, 1), EVER, None, id="for ever"),
    ],
)
def test_kept_until(ended, keep, until):
    assert kept_until(ended, keep) == until


@given(days, keeps)
def test_asked_from_either_side_it_is_the_same_day(today, keep):
    latest = ended_by(today, keep)
    assert latest is not None
    assert kept_until(latest, keep) < today
    assert kept_until(latest + timedelta(days=1), keep) >= today


@given(days, rules, st.builds(Rule, keeps | st.just(EVER), st.just("archive")))
def test_one_more_rule_never_erases_earlier(ended, some, more):
    before, after = erasable_on(ended, some).value, erasable_on(ended, [*some, more]).value
    assert before is not None or after is None
    assert after is None or after >= before


@given(days, rules, days)
def test_due_once_is_due_for_good(ended, some, on):
    if is_due(ended, some, on=on):
        assert is_due(ended, some, on=on + timedelta(days=1))
        assert ended < on


def test_what_an_archive_keeps_for_ever_is_never_due():
    some = [Rule(Keep(days=1), "a"), Rule(EVER, "Luật Lưu trữ 33/2024/QH15")]
    answer = erasable_on(date(2020, 1, 1), some)
    assert answer.value is None
    assert answer.sources == ("a", "Luật Lưu trữ 33/2024/QH15")
    assert not is_due(date(2020, 1, 1), some, on=date(2999, 1, 1))


def test_what_no_rule_speaks_of_is_not_erased_by_one():
    with pytest.raises(ValueError, match="no rule"):
        erasable_on(date(2020, 1, 1), [])


@pytest.mark.parametrize("wrong", [{"days": -1}, {"permanent": True, "days": 1}])
def test_a_period_is_one_thing(wrong):
    with pytest.raises(ValueError, match="period"):
        Keep(**wrong)


def test_the_answer_says_whether_the_text_was_read():
    said = [str(step) for step in erasable_on(date(2026, 1, 1), [Rule(Keep(days=1), "a", verified=True)]).steps]
    assert said == ["Kept until 2/1/2026.", "It may be erased from 3/1/2026."]
    assert "not yet checked" in str(erasable_on(date(2026, 1, 1), [Rule(Keep(days=1), "a")]).steps[0])


def test_nothing_ended_before_there_were_dates():
    assert ended_by(date(2026, 1, 1), Keep(years=3000)) is None
    assert kept_until(date(2026, 1, 1), Keep(years=9000)) is None
    assert ended_by(date(2026, 1, 1), EVER) is None
