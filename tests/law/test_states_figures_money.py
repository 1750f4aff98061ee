"""National states, figures, the national calendar, and amounts in words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.law.worlds import MORNING, NATION, at

from tinhso.law.figures import FigureNotInForce, UnknownFigure, all_figures, figure, read_figure
from tinhso.law.holidays import (
    Overrides,
    known_years,
    national_calendar,
    national_year,
    read_days,
    read_hours,
    read_intervals,
)
from tinhso.law.money import in_figures, in_words
from tinhso.law.states import TRANSITIONS, NationalState, may_become
from tinhso.law.working_time import Limit, SpecialDay, due

S = NationalState


def test_the_ten_states_by_number_and_name():
    assert [(int(state), state.name_vi) for state in S] == [
        (1, "Mới đăng ký"), (2, "Được tiếp nhận"), (3, "Không được tiếp nhận"), (4, "Đang xử lý"),
        (5, "Yêu cầu bổ sung giấy tờ"), (6, "Yêu cầu thực hiện nghĩa vụ tài chính"), (7, "Công dân yêu cầu rút hồ sơ"),
        (8, "Dừng xử lý"), (9, "Đã xử lý xong"), (10, "Đã trả kết quả"),
    ]  # fmt: skip
    assert len({state.title for state in S}) == 10


@pytest.mark.parametrize(
    ("now", "then", "may"),
    [
        (S.FILED, S.ACCEPTED, True), (S.FILED, S.SUPPLEMENT_ASKED, True), (S.SUPPLEMENT_ASKED, S.FILED, True),
        (S.FILED, S.RETURNED, False), (S.ACCEPTED, S.NOT_ACCEPTED, False), (S.FINISHED, S.RETURNED, True),
        (S.FINISHED, S.PROCESSING, False), (S.RETURNED, S.PROCESSING, False), (S.PROCESSING, S.PROCESSING, False),
    ],
)  # fmt: skip
def test_steps_between_states(now, then, may):
    assert may_become(now, then) is may


def test_every_state_is_reached_and_every_path_ends():
    reached, edge = {S.FILED}, {S.FILED}
    while edge:
        edge = {then for now in edge for then in TRANSITIONS[now]} - reached
        reached |= edge
    assert reached == set(S)
    assert {state for state in S if state.is_final} == {S.NOT_ACCEPTED, S.WITHDRAWN, S.RETURNED}
    assert not any(state.is_open and state.is_final for state in S)


@pytest.mark.parametrize(
    ("key", "on", "value", "checked"),
    [
        pytest.param("onestop.postpone_before", date(2023, 5, 1), 1, True, id="NĐ 61/2018/NĐ-CP Đ.19 k.9"),
        pytest.param("onestop.postpone_before", date(2026, 5, 1), 1, False, id="NĐ 118/2025/NĐ-CP, not read yet"),
        pytest.param("onestop.supplement_notice_within", date(2023, 5, 1), 3, True, id="NĐ 61/2018/NĐ-CP Đ.19 k.4"),
        pytest.param("onestop.soon_share", date(2026, 5, 1), Decimal("0.2"), True, id="house rule"),
        pytest.param("onestop.forms", date(2025, 9, 14), "tt01-2018", True, id="the last day of TT 01/2018"),
        pytest.param("onestop.forms", date(2025, 9, 15), "tt03-2025", True, id="the first day of TT 03/2025"),
        pytest.param("onestop.outage_notice_before", date(2026, 7, 1), 7, True, id="NĐ 224/2026/NĐ-CP Đ.13"),
    ],
)
def test_figures(key, on, value, checked):
    answer = figure(key, on=on)
    assert answer.value == value
    assert answer.steps[0].code == ("figure.value" if checked else "figure.unverified")
    assert answer.steps[0].source


def test_a_figure_before_its_time_and_one_that_is_none():
    with pytest.raises(FigureNotInForce):
        figure("onestop.outage_notice_before", on=date(2026, 6, 30))
    with pytest.raises(UnknownFigure):
        figure("onestop.nothing", on=date(2026, 6, 30))


def test_every_figure_has_a_source_and_no_value_from_an_unread_text_is_called_checked():
    for known in all_figures().values():
        assert known.about
        assert known.about_en
        for value in known.values:
            assert not (value.verified and "carried over" in value.source), known.key


def test_figures_that_overlap_are_refused():
    one = {"value": 1, "from": date(2020, 1, 1), "source": "x", "verified": True}
    with pytest.raises(ValueError, match="overlaps"):
        read_figure(
            "x.y", {"about": "x", "about_en": "x", "unit": "day", "values": [one, {**one, "from": date(2021, 1, 1)}]}
        )
    with pytest.raises(ValueError, match="source"):
        read_figure("x.y", {"about": "x", "about_en": "x", "unit": "day", "values": [{**one, "source": ""}]})


def test_the_national_calendar_year_by_year():
    assert known_years() == tuple(range(2016, 2028))
    for year in known_years():
        days = national_year(year)
        assert {day.year for day in (*days.closed, *days.opened)} == {year}
        assert all(special.source for special in (*days.closed.values(), *days.opened.values()))
        assert days.decided is (year < 2027)


def test_a_swapped_day_off_has_its_day_of_work():
    closed = {
        day
        for year in known_years()
        for day, special in national_year(year).closed.items()
        if special.kind == "swapped"
    }
    opened = {day for year in known_years() for day in national_year(year).opened}
    assert len(closed) == len(opened) == 6
    assert all(day.weekday() < 5 for day in closed)
    assert all(day.weekday() == 5 for day in opened)


def test_a_province_decides_over_the_nation():
    overrides = Overrides(
        closed={date(2026, 3, 24): SpecialDay("Ngày giải phóng tỉnh", "", "QĐ 1/QĐ-UBND", "local"),
                date(2026, 8, 22): SpecialDay("Bão", "", "CĐ 2/CĐ-UBND", "local")},
        opened={date(2026, 4, 30): SpecialDay("Trực giải quyết hồ sơ", "", "QĐ 3/QĐ-UBND", "local")},
        duty={5: (MORNING,)},
    )  # fmt: skip
    calendar = national_calendar(overrides=overrides)
    assert not calendar.hours_on(date(2026, 3, 24))
    assert not calendar.hours_on(date(2026, 8, 22))
    assert calendar.half_days_on(date(2026, 4, 30)) == 2
    assert calendar.is_open_at(at("2026-03-07 08:00"))
    steps = due(at("2026-03-23 09:00"), Limit(1), calendar).steps
    assert [step.source for step in steps if step.code == "due.day_off"] == ["QĐ 1/QĐ-UBND"]


def test_years_without_data_are_not_decided():
    calendar = national_calendar([2026])
    assert calendar.is_decided(2026)
    assert not calendar.is_decided(2025)
    assert not calendar.hours_on(date(2026, 9, 2))
    assert calendar.hours_on(date(2025, 9, 2))


def test_hours_from_a_pack():
    week = read_hours({"mon": [["07:00", "11:30"], ["13:30", "17:00"]], "sat": [["07:30", "11:00"]]})
    assert sorted(week) == [0, 5]
    with pytest.raises(ValueError, match="funday"):
        read_hours({"funday": []})
    with pytest.raises(ValueError, match="empty"):
        read_intervals([["11:00", "10:00"]])
    days = read_days([{"date": date(2026, 3, 24), "name": "Lễ", "hours": [["07:00", "09:00"]]}])
    assert days[date(2026, 3, 24)].kind == "local"


@pytest.mark.parametrize(
    ("vnd", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (105, "Một trăm linh năm đồng"),
        (8_000, "Tám nghìn đồng"),
        (50_000, "Năm mươi nghìn đồng"),
        (1_205_000, "Một triệu hai trăm linh năm nghìn đồng"),
        (1_000_001, "Một triệu không trăm linh một đồng"),
        (10_014_055, "Mười triệu không trăm mười bốn nghìn không trăm năm mươi lăm đồng"),
        (2_000_000_000, "Hai tỷ đồng"),
        (1_000_000_500, "Một tỷ năm trăm đồng"),
        (3_000_000_000_000, "Ba nghìn tỷ đồng"),
    ],
)
def test_amounts_in_words(vnd, words):
    assert in_words(vnd) == words


def test_amounts_in_figures():
    assert in_figures(1_205_000) == "1.205.000 đồng"
    with pytest.raises(ValueError, match="negative"):
        in_words(-1)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_two_amounts_never_sound_alike(one, other):
    assert (in_words(one) == in_words(other)) is (one == other)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 4000))
def test_a_due_date_in_the_national_calendar_is_never_a_day_off(offset):
    day = due(at("2016-01-04 08:00") + timedelta(days=offset), Limit(3), NATION).value.date()
    assert NATION.hours_on(day)
