"""Periods by their keys, beside one another, within one another; what a periodic report covers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.answer import NoAnswer
from tinhso.law.periods import MONTHS, Kind, Period, Window, period_of, read_period, report_window

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
EVERY = [kind for kind in Kind if kind is not Kind.NINE_MONTHS]


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-9M", date(2026, 1, 1), date(2026, 9, 30)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_key_names_its_days(key, first, last):
    period = read_period(key)
    assert (period.first, period.last, period.key) == (first, last, key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "26",
        "2026-13",
        "2026-Q5",
        "2026-H3",
        "2026-W54",
        "2026-W00",
        "2025-W53",
        "2026-02-30",
        "1900",
        "9999-12",
        "2026-3",
    ],
)
def test_what_is_no_period_is_said(key):
    with pytest.raises(ValueError, match=r".+"):
        read_period(key)


@given(DAYS, st.sampled_from(EVERY))
def test_every_day_lies_in_one_period_of_each_kind(day, kind):
    period = period_of(kind, day)
    assert period.first <= day <= period.last
    assert read_period(period.key) == period
    assert period.after().first == period.last + timedelta(days=1)
    assert period.after().before() == period
    assert period_of(kind, period.last) == period


@given(DAYS, st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_parts_make_the_whole_or_there_are_none(day, kind, part):
    whole = period_of(kind, day)
    parts = whole.parts(part)
    if parts:
        assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
        assert all(a.after() == b for a, b in pairwise(parts))
        assert all(whole.holds(each) for each in parts)
    else:
        assert Kind.WEEK in (kind, part) or MONTHS.get(kind, 0) < MONTHS.get(part, 0)


@given(DAYS, st.sampled_from(list(Kind)))
def test_a_year_ago_is_the_same_kind_a_year_before(day, kind):
    if kind is Kind.NINE_MONTHS:
        day = day.replace(month=1)
    period = period_of(kind, day)
    before = period.year_ago()
    assert before.kind is kind
    assert 350 <= (period.first - before.first).days <= 380


@given(DAYS, st.sampled_from([kind for kind in EVERY if kind is not Kind.WEEK]))
def test_a_year_on_comes_back(day, kind):
    period = period_of(kind, day)
    if (period.first.month, period.first.day, kind) != (2, 29, Kind.DAY):
        assert period.year_on().year_ago() == period


def test_nine_months_do_not_divide_a_year():
    nine = read_period("2026-9M")
    assert nine.before() == read_period("2025-9M")
    assert nine.after() == read_period("2027-9M")
    assert [each.key for each in nine.parts(Kind.QUARTER)] == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert read_period("2026").parts(Kind.NINE_MONTHS) == []
    with pytest.raises(ValueError, match="nine months"):
        period_of(Kind.NINE_MONTHS, date(2026, 10, 1))


def test_a_leap_day_a_year_ago_is_the_day_before_march():
    assert read_period("2024-02-29").year_ago().key == "2023-02-28"
    assert read_period("2020-W53").year_ago().key == "2019-W52"


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        # the table of QĐ 01/2023/QĐ-UBND of Khánh Hòa, which repeats NĐ 09/2019 Đ.12
        ("2026-03", date(2026, 2, 15), date(2026, 3, 14)),
        ("2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-Q2", date(2026, 3, 15), date(2026, 6, 14)),
        ("2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026-9M", date(2025, 12, 15), date(2026, 9, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
        ("2026-W12", date(2026, 3, 16), date(2026, 3, 22)),
        ("2026-03-15", date(2026, 3, 15), date(2026, 3, 15)),
    ],
)
def test_a_report_covers_what_the_decree_says(key, first, last):
    answer = report_window(read_period(key))
    assert answer.value == Window(first, last)
    assert answer.steps


def test_windows_of_one_kind_leave_no_day_out():
    month = read_period("2024-01")
    for _month in range(24):
        assert report_window(month.after()).value.first == report_window(month).value.last + timedelta(days=1)
        month = month.after()


def test_before_the_decree_nothing_is_said():
    with pytest.raises(NoAnswer):
        report_window(Period(date(2018, 1, 1), Kind.MONTH))
