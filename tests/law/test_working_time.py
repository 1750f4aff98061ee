"""When a dossier is due. BLDS = Bộ luật Dân sự 91/2015/QH13."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.law.worlds import (
    BARE,
    BLLD,
    MORNING,
    NATION,
    SATURDAYS,
    at,
    calendars,
    dates,
    moments,
    spans,
    walk,
    without,
    year_2026,
)

from tinhso.law.answer import NoAnswer
from tinhso.law.civil_time import wall_clock
from tinhso.law.figures import figure
from tinhso.law.working_time import (
    OFFICE_HOURS,
    Calendar,
    Limit,
    LimitNotWhole,
    LimitUnspecified,
    NoWorkingTime,
    SpecialDay,
    Unit,
    due,
    due_date,
    half_days_between,
    hand_over_by,
    is_working_day,
    next_working_day,
    run_working_seconds,
    working_days_between,
    working_minutes_between,
    working_seconds_between,
)

APRIL = Calendar(closed={date(2026, 4, 30): BLLD, date(2026, 5, 1): BLLD})
few = settings(max_examples=50, deadline=None)


@pytest.mark.parametrize(
    ("received", "days", "due_on"),
    [
        pytest.param(date(2026, 4, 29), 0, date(2026, 4, 29), id="same day"),
        pytest.param(date(2026, 4, 29), 1, date(2026, 5, 4), id="two holidays, then a weekend"),
        pytest.param(date(2026, 4, 28), 1, date(2026, 4, 29), id="the day of receipt is not counted, BLDS Đ.147 k.2"),
        pytest.param(date(2026, 4, 30), 0, date(2026, 5, 4), id="no days, received on a holiday"),
        pytest.param(date(2026, 5, 2), 1, date(2026, 5, 4), id="received on a Saturday: Monday is the first day"),
        pytest.param(date(2026, 4, 24), 15, date(2026, 5, 19), id="fifteen days over both holidays"),
    ],
)
def test_due_date(received, days, due_on):
    assert due_date(received, days, APRIL).value == due_on


@pytest.mark.parametrize(
    ("received", "days", "due_on"),
    [
        pytest.param(date(2026, 2, 13), 1, date(2026, 2, 23), id="Tết 2026: 16–20/2 off, BLLĐ Đ.112 k.1 b"),
        pytest.param(date(2026, 4, 24), 2, date(2026, 4, 29), id="Giỗ Tổ on a Sunday: Monday in lieu, BLLĐ Đ.111 k.3"),
        pytest.param(date(2026, 8, 21), 1, date(2026, 8, 22), id="a swapped Saturday is worked"),
        pytest.param(date(2026, 8, 28), 1, date(2026, 9, 3), id="swapped Monday, then National Day"),
        pytest.param(date(2026, 1, 1), 1, date(2026, 1, 5), id="2/1/2026 swapped, văn bản 12729/VPCP-KGVX"),
        pytest.param(date(2026, 1, 9), 1, date(2026, 1, 10), id="10/1/2026 worked in exchange"),
        pytest.param(date(2023, 4, 28), 1, date(2023, 5, 4), id="2023: three holidays, two days in lieu"),
    ],
)
def test_due_date_in_the_national_calendar(received, days, due_on):
    assert due_date(received, days, NATION).value == due_on


@pytest.mark.parametrize(
    ("received", "limit", "due_at"),
    [
        pytest.param("2026-03-02 09:12", Limit(5), "2026-03-09 17:00", id="working days end with the working hours"),
        pytest.param("2026-03-02 16:00", Limit(1), "2026-03-03 17:00", id="a late hour does not shift by itself"),
        pytest.param("2026-03-02 09:00", Limit(0), "2026-03-02 17:00", id="the same day"),
        pytest.param("2026-03-02 18:00", Limit(0), "2026-03-03 17:00", id="the same day, after closing: it is over"),
        pytest.param("2026-03-02 09:12", Limit(7, Unit.DAY), "2026-03-09 17:00", id="calendar days, BLDS Đ.148 k.1"),
        pytest.param(
            "2026-03-02 09:12", Limit(5, Unit.DAY), "2026-03-09 17:00", id="ends on a Saturday, BLDS Đ.148 k.5"
        ),
        pytest.param(
            "2026-01-31 09:12", Limit(1, Unit.MONTH), "2026-03-02 17:00", id="31/1 + 1 month: 28/2, a Saturday"
        ),
        pytest.param(
            "2026-03-31 09:12", Limit(1, Unit.MONTH), "2026-04-30 17:00", id="April has no 31st, BLDS Đ.148 k.3"
        ),
        pytest.param("2024-02-29 09:12", Limit(1, Unit.YEAR), "2025-02-28 17:00", id="29/2 + 1 year, BLDS Đ.148 k.4"),
        pytest.param(
            "2026-03-02 08:00", Limit(8, Unit.WORKING_HOUR), "2026-03-03 08:00", id="hours run, BLDS Đ.147 k.1"
        ),
        pytest.param("2026-03-02 11:00", Limit(1, Unit.WORKING_HOUR), "2026-03-02 14:00", id="over the lunch break"),
        pytest.param("2026-03-06 16:30", Limit(1, Unit.WORKING_HOUR), "2026-03-09 07:30", id="over a weekend"),
        pytest.param("2026-03-07 10:00", Limit(2, Unit.WORKING_HOUR), "2026-03-09 09:00", id="received on a Saturday"),
        pytest.param("2026-03-02 15:00", Limit(2, Unit.WORKING_HOUR), "2026-03-02 17:00", id="ends exactly at closing"),
        pytest.param("2026-03-02 09:00", Limit(Decimal("0.5")), "2026-03-03 11:00", id="half a day: the next morning"),
        pytest.param("2026-03-02 09:00", Limit(Decimal("2.5")), "2026-03-05 11:00", id="two days and a half"),
    ],
)
def test_due(received, limit, due_at):
    assert due(at(received), limit, BARE).value == at(due_at)


@pytest.mark.parametrize(
    ("received", "due_at"),
    [
        pytest.param("2026-03-02 15:00", "2026-03-03 17:00", id="at three sharp it is still today"),
        pytest.param("2026-03-02 15:01", "2026-03-04 17:00", id="after three it counts as tomorrow's"),
        pytest.param("2026-03-06 15:01", "2026-03-10 17:00", id="after three on Friday: Monday's"),
        pytest.param("2026-03-07 09:00", "2026-03-10 17:00", id="on a Saturday, as on Friday evening"),
    ],
)
def test_late_reception_shifts_where_the_province_says_so(received, due_at):
    answer = due(at(received), Limit(1), BARE, late_reception_shifts=True)
    assert answer.value == at(due_at)
    shifted = [step.code for step in answer.steps if step.code == "due.late_reception"]
    assert shifted == ([] if received.endswith("15:00") else ["due.late_reception"])


@pytest.mark.parametrize(
    ("received", "by"),
    [
        pytest.param("2026-03-02 14:59", "2026-03-02 17:00", id="before 15:00: the same working day"),
        pytest.param("2026-03-02 15:00", "2026-03-02 17:00", id="at 15:00: not yet after"),
        pytest.param("2026-03-02 15:01", "2026-03-03 07:00", id="after 15:00: the start of the next working day"),
        pytest.param("2026-03-06 15:30", "2026-03-09 07:00", id="Friday afternoon: Monday"),
        pytest.param("2026-03-07 08:00", "2026-03-09 07:00", id="Saturday: Monday"),
        pytest.param("2026-03-02 05:00", "2026-03-02 17:00", id="filed online before dawn"),
    ],
)
def test_hand_over_by_nd_61_2018_d18(received, by):
    answer = hand_over_by(at(received), BARE)
    assert answer.value == at(by)
    assert answer.sources == figure("onestop.hand_over_cutoff", on=date(2026, 3, 2)).sources
    assert hand_over_by(at("2024-06-03 09:00"), BARE).sources == ("NĐ 61/2018/NĐ-CP Đ.18",)


def test_a_province_may_hand_over_by_another_hour():
    assert hand_over_by(at("2026-03-02 11:01"), BARE, cutoff=time(11)).value == at("2026-03-03 07:00")


def test_hand_over_when_a_half_day_is_over():
    assert hand_over_by(at("2026-03-07 12:00"), SATURDAYS).value == at("2026-03-09 07:00")


def test_steps_tell_the_reasoning_in_order():
    told = due(at("2026-04-24 09:12"), Limit(5), NATION)
    assert [step.code for step in told.steps] == [
        "due.received", "due.first_day", "due.day_off", "due.day_off", "due.weekends", "due.counted", "due.closing",
    ]  # fmt: skip
    assert [str(step) for step in told.steps[2:5]] == [
        "26/4–27/4: Hùng Kings' Commemoration Day, not counted.",
        "30/4–1/5: Reunification Day, 30 April; Labour Day, 1 May, not counted.",
        "3 weekend days are not counted.",
    ]
    assert told.steps[3].source == BLLD
    assert told.steps[3].facts["reason"] == "Ngày Chiến thắng 30/4; Quốc tế Lao động 1/5"
    assert told.steps[1].source == "Bộ luật Dân sự 91/2015/QH13, Đ.147 k.2"


def test_a_moved_end_says_from_where_and_why():
    moved = [step for step in due(at("2026-04-24 09:12"), Limit(7, Unit.DAY), NATION).steps if step.code == "due.moved"]
    assert [str(step) for step in moved] == [
        "1/5/2026 is a day off (International Labor Day): the time ends with the next working day, 4/5/2026."
    ]
    assert moved[0].source == "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.5"


def test_a_swapped_working_day_is_told():
    steps = due_date(date(2026, 8, 20), 3, NATION).steps
    assert [str(step) for step in steps if step.code == "due.opened"] == [
        "22/8 is a working day: Worked in place of 31/8/2026."
    ]


def test_years_not_announced_are_warned_of():
    codes = [step.code for step in due(at("2026-12-28 09:00"), Limit(10), NATION).steps]
    assert codes[-1] == "due.undecided"
    assert "due.undecided" not in [step.code for step in due(at("2026-12-01 09:00"), Limit(10), NATION).steps]


def test_what_has_no_unit_has_no_due_date():
    with pytest.raises(LimitUnspecified) as no:
        due(at("2026-03-02 09:00"), Limit(5, Unit.UNSPECIFIED), BARE)
    assert no.value.code == "law.limit_unspecified"


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.MONTH, Unit.YEAR])
def test_calendar_units_are_whole(unit):
    with pytest.raises(LimitNotWhole):
        due(at("2026-03-02 09:00"), Limit(Decimal("1.5"), unit), BARE)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (Limit(3, Unit.DAY), ""),
        (Limit(Decimal("0.5"), Unit.WORKING_DAY), ""),
        (Limit(Decimal("1.5"), Unit.WORKING_HOUR), ""),
        (Limit(Decimal("0.3"), Unit.MONTH), "law.limit_not_whole"),
        (Limit(Decimal("1.5"), Unit.DAY), "law.limit_not_whole"),
        (Limit(Decimal("2.5"), Unit.YEAR), "law.limit_not_whole"),
        (Limit(5, Unit.UNSPECIFIED), "law.limit_unspecified"),
    ],
)
def test_whether_a_limit_can_be_reckoned_is_known_before_anything_is_received(limit, code):
    said = ""
    try:
        limit.check()
    except NoAnswer as no:
        said = no.code
    assert said == code


def test_a_calendar_without_work_has_no_due_date():
    for limit in (Limit(1), Limit(1, Unit.DAY), Limit(1, Unit.WORKING_HOUR), Limit(0), Limit(Decimal("0.5"))):
        with pytest.raises(NoWorkingTime):
            due(at("2026-03-02 09:00"), limit, Calendar(hours={}))


def test_the_end_of_the_calendar_is_an_answer_too():
    for limit in (Limit(3_000_000), Limit(9_000_000, Unit.DAY), Limit(9_000, Unit.YEAR)):
        with pytest.raises(NoWorkingTime):
            due(at("2026-03-02 09:00"), limit, BARE)


def test_a_naive_moment_and_a_negative_limit_are_bugs():
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 3, 2, 9), Limit(1), BARE)
    with pytest.raises(ValueError, match="negative"):
        Limit(-1)
    with pytest.raises(ValueError, match="negative"):
        due_date(date(2026, 3, 2), -1, BARE)


@pytest.mark.parametrize(
    "hours", [((time(9), time(8)),), ((time(7), time(12)), (time(11), time(17))), ((time(7), time(7)),)]
)
def test_working_intervals_follow_one_another(hours):
    with pytest.raises(ValueError, match="intervals"):
        Calendar(hours={0: hours})


def test_moments_are_read_on_the_wall_clock_of_viet_nam():
    evening_in_utc = datetime.fromisoformat("2026-03-02T18:30:00+00:00")  # 01:30 on the 3rd in Việt Nam
    assert due(evening_in_utc, Limit(1), BARE).value == at("2026-03-04 17:00")


def test_half_days_count_half():
    assert SATURDAYS.half_days_on(date(2026, 3, 7)) == 1
    # Friday to Friday: Saturday ½, Monday to Thursday 4, Friday reaches 5
    assert due_date(date(2026, 3, 6), 5, SATURDAYS).value == date(2026, 3, 13)
    assert half_days_between(date(2026, 3, 6), date(2026, 3, 13), SATURDAYS) == 11
    assert working_days_between(date(2026, 3, 6), date(2026, 3, 13), SATURDAYS) == 5
    assert due_date(date(2026, 3, 6), 11, SATURDAYS).value == date(2026, 3, 20)


def test_duty_hours_receive_people_but_run_no_clock():
    duty = Calendar(duty={5: (MORNING,)})
    assert duty.is_open_at(at("2026-03-07 09:00"))
    assert not duty.is_open_at(at("2026-03-07 13:00"))
    assert due(at("2026-03-06 09:00"), Limit(1), duty).value == at("2026-03-09 17:00")
    assert not Calendar(closed={date(2026, 3, 7): "lễ"}, duty={5: (MORNING,)}).is_open_at(at("2026-03-07 09:00"))


def test_an_opened_day_may_have_hours_of_its_own():
    flood = Calendar(opened={date(2026, 3, 3): SpecialDay("bão", "storm", "CĐ 1", hours=(MORNING,))})
    assert flood.half_days_on(date(2026, 3, 3)) == 1
    assert due(at("2026-03-02 16:00"), Limit(5, Unit.WORKING_HOUR), flood).value == at("2026-03-03 11:00")
    assert due(at("2026-03-02 16:00"), Limit(6, Unit.WORKING_HOUR), flood).value == at("2026-03-04 07:30")


def test_working_minutes_between():
    assert working_minutes_between(at("2026-03-02 08:00"), at("2026-03-02 14:00"), BARE) == 240
    assert working_minutes_between(at("2026-03-06 16:30"), at("2026-03-09 07:30"), BARE) == 60
    assert working_minutes_between(at("2026-03-09 07:30"), at("2026-03-06 16:30"), BARE) == -60
    assert working_minutes_between(at("2026-03-07 08:00"), at("2026-03-08 20:00"), BARE) == 0


def test_spans_of_days():
    assert working_days_between(date(2026, 3, 6), date(2026, 3, 9), BARE) == 1
    assert working_days_between(date(2026, 3, 9), date(2026, 3, 6), BARE) == -1
    assert next_working_day(date(2026, 3, 6), BARE) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("word", "unit"),
    [("WORKING_DAY", Unit.WORKING_DAY), ("DAY", Unit.DAY), ("HOUR", Unit.WORKING_HOUR), ("MONTH", Unit.MONTH),
     ("YEAR", Unit.YEAR), ("OTHER", Unit.UNSPECIFIED), ("unspecified", Unit.UNSPECIFIED), (None, Unit.UNSPECIFIED)],
)  # fmt: skip
def test_units_of_the_national_portal(word, unit):
    assert Unit.from_portal(word) is unit


@pytest.mark.parametrize(
    ("amount", "word", "limit"),
    [
        ("15", "WORKING_DAY", Limit(15)),
        ("1.5", "working_day", Limit(Decimal("1.5"))),
        ("120,00", "DAY", Limit(120, Unit.DAY)),
        ("120,00", "unspecified", Limit(120, Unit.UNSPECIFIED)),
        (None, None, Limit(0, Unit.UNSPECIFIED)),
        ("ngay", "DAY", Limit(0, Unit.UNSPECIFIED)),
        ("NaN", "DAY", Limit(0, Unit.UNSPECIFIED)),
        ("-3", "DAY", Limit(0, Unit.UNSPECIFIED)),
    ],
)
def test_limits_of_the_national_data(amount, word, limit):
    assert Limit.from_portal(amount, word) == limit


@few
@given(year_2026, spans, calendars())
def test_the_fast_way_is_the_slow_way(received, days, calendar):
    assert due_date(received, days, calendar).value == walk(received, days, calendar)


@few
@given(year_2026, spans.filter(bool), spans, calendars())
def test_time_given_in_two_parts_is_the_same_time(received, a, b, calendar):
    # a limit of no days still ends on a working day, so a first part of none may already move the day
    assert (
        due_date(due_date(received, a, calendar).value, b, calendar).value == due_date(received, a + b, calendar).value
    )


@few
@given(year_2026, spans, calendars(), year_2026)
def test_one_more_holiday_never_shortens_the_time(received, days, calendar, holiday):
    longer = without(calendar, holiday)
    assert due_date(received, days, longer).value >= due_date(received, days, calendar).value


limits = st.one_of(
    st.builds(Limit, st.integers(0, 60), st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.WORKING_HOUR])),
    st.builds(Limit, st.integers(0, 14), st.just(Unit.MONTH)),
    st.builds(Limit, st.integers(1, 40).map(lambda quarters: Decimal(quarters) / 4), st.just(Unit.WORKING_DAY)),
)


@few
@given(moments, limits, st.sampled_from([BARE, NATION, SATURDAYS]), st.booleans())
def test_a_due_moment_is_in_working_hours_and_never_before_receipt(received, limit, calendar, shifts):
    end = due(received, limit, calendar, late_reception_shifts=shifts).value
    assert end >= received
    assert is_working_day(end.date(), calendar)
    assert any(start <= end.time() <= close for start, close in calendar.hours_on(end.date()))


@few
@given(moments, moments, limits, st.booleans())
def test_who_comes_earlier_is_not_served_later(one, other, limit, shifts):
    first, second = sorted((one, other))
    ends = [due(moment, limit, NATION, late_reception_shifts=shifts).value for moment in (first, second)]
    assert ends[0] <= ends[1]


@few
@given(moments, st.integers(0, 400), st.integers(0, 400))
def test_more_time_never_ends_earlier(received, a, b):
    less, more = sorted((a, b))
    quarters = [Limit(Decimal(amount) / 4) for amount in (less, more)]
    assert due(received, quarters[0], NATION).value <= due(received, quarters[1], NATION).value


@few
@given(moments, st.integers(0, 10**6), st.integers(0, 10**6))
def test_seconds_add_up(start, a, b):
    there = run_working_seconds(run_working_seconds(start, a, NATION), b, NATION)
    assert there == run_working_seconds(start, a + b, NATION) or a + b == 0
    assert working_seconds_between(start, run_working_seconds(start, a, NATION), NATION) == a


@few
@given(moments, moments, moments, st.sampled_from([NATION, SATURDAYS]))
def test_work_between_three_moments_adds_up(a, b, c, calendar):
    parts = working_seconds_between(a, b, calendar) + working_seconds_between(b, c, calendar)
    assert parts == working_seconds_between(a, c, calendar)


@few
@given(dates, spans)
def test_counting_back_gives_the_days(received, days):
    end = due_date(received, days, NATION).value
    assert working_days_between(received, end, NATION) == (days or (0 if end == received else 1))


@few
@given(year_2026, st.integers(1, 60), calendars())
def test_the_steps_account_for_every_day(received, days, calendar):
    """Days counted, days off named, weekends: together every day after receipt up to the due date."""
    answer = due_date(received, days, calendar)
    steps = answer.steps
    off = sum(step.facts["count"] for step in steps if step.code in ("due.day_off", "due.weekends"))
    assert off + days == (answer.value - received).days


@few
@given(year_2026, st.integers(1, 30))
def test_hours_are_days_when_days_are_whole(received, days):
    start = BARE.opens(received) if is_working_day(received, BARE) else None
    assume(start is not None)
    end = due(start, Limit(8 * days, Unit.WORKING_HOUR), BARE).value
    assert end == BARE.closes(walk(received - timedelta(days=1), days, BARE))


def test_a_due_date_far_away_is_two_look_ups():
    """No walk over days: a limit of 40 years costs no more steps than the index it reads."""
    calendar = Calendar(hours=dict(OFFICE_HOURS))
    assert due_date(date(2026, 1, 1), 10_000, calendar).value == date(2064, 5, 1)
    assert len(calendar._index) == 1
    assert wall_clock(calendar.closes(date(2064, 5, 1))).time() == time(17)
