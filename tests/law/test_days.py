"""The page "Vì sao ngày này?": a span told day by day."""

from datetime import date
from decimal import Decimal

from tests.law.worlds import BLLD, NATION, SATURDAYS, at

from tinhso.law.clocks import Pause
from tinhso.law.days import DayMark, day_by_day
from tinhso.law.working_time import Limit, Unit, due

M = DayMark


def test_a_span_over_holidays_is_told_day_by_day():
    end = due(at("2026-04-28 09:00"), Limit(3), NATION).value
    lines = day_by_day(at("2026-04-28 09:00"), end, NATION)
    assert [(line.date.day, line.kind, line.counted, line.total) for line in lines] == [
        (28, M.RECEIVED, 0, 0), (29, M.WORKING, 1, 1), (30, M.HOLIDAY, 0, 1), (1, M.HOLIDAY, 0, 1),
        (2, M.WEEKEND, 0, 1), (3, M.WEEKEND, 0, 1), (4, M.WORKING, 1, 2), (5, M.WORKING, 1, 3),
    ]  # fmt: skip
    assert (lines[2].reason, lines[2].source) == ("Ngày Chiến thắng", BLLD)
    assert lines[4].source == "QĐ 188/1999/QĐ-TTg Đ.1"
    assert lines[-1].is_due


def test_civil_dates_do_for_moments():
    by_date = day_by_day(date(2026, 4, 28), date(2026, 5, 5), NATION)
    assert by_date == day_by_day(at("2026-04-28 09:00"), at("2026-05-05 17:00"), NATION)


def test_swapped_days_and_days_in_lieu():
    lines = {line.date: line.kind for line in day_by_day(date(2026, 8, 20), date(2026, 9, 3), NATION)}
    assert lines[date(2026, 8, 22)] is M.SWAPPED_IN
    assert lines[date(2026, 8, 31)] is M.SWAPPED_OFF
    assert {line.kind for line in day_by_day(date(2026, 4, 26), date(2026, 4, 27), NATION)} == {M.RECEIVED, M.OBSERVED}


def test_calendar_days_are_all_counted_until_the_nominal_end():
    received, limit = at("2026-04-24 09:00"), Limit(7, Unit.DAY)
    lines = day_by_day(received, due(received, limit, NATION).value, NATION, limit=limit)
    assert [line.kind for line in lines] == [M.RECEIVED, *[M.CALENDAR] * 7, *[M.MOVED] * 3]
    assert lines[-1].total == 7
    assert lines[-1].source == "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.5"


def test_half_days_count_half():
    lines = day_by_day(date(2026, 3, 6), date(2026, 3, 9), SATURDAYS)
    assert [(line.kind, line.total) for line in lines] == [
        (M.RECEIVED, 0), (M.HALF, Decimal("0.5")), (M.WEEKEND, Decimal("0.5")), (M.WORKING, Decimal("1.5")),
    ]  # fmt: skip


def test_a_pause_is_told_with_its_base():
    stood = Pause(at("2026-03-03 10:00"), at("2026-03-05 09:00"), "payment", "Luật X")
    lines = day_by_day(at("2026-03-02 09:00"), at("2026-03-06 17:00"), NATION, [stood])
    assert [line.kind for line in lines] == [M.RECEIVED, M.WORKING, M.PAUSED, M.PAUSED, M.WORKING]
    assert (lines[2].reason, lines[2].source) == ("payment", "Luật X")


def test_a_pause_that_lasts_reaches_the_end():
    stood = Pause(at("2026-03-03 10:00"), None, "payment", "Luật X")
    lines = day_by_day(at("2026-03-02 09:00"), at("2026-03-06 17:00"), NATION, [stood])
    assert [line.kind for line in lines][2:] == [M.PAUSED] * 3
