"""Two programs that were written apart reckon the same moments: the law's and the checker's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tinhso.law.holidays import Overrides, national_calendar, read_days, read_hours
from tinhso.law.working_time import Limit, Unit, due
from tinhso.site.proof import reckoning

WEEK = {
    **{day: [["07:00", "11:30"], ["13:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "sat": [["07:30", "11:00"]],
}
VERSION = {
    "hours": [{"from": "2021-01-01", "week": WEEK}],
    "closed": [{"date": "2026-03-24", "to": "2026-03-25", "name": "Giải phóng Quảng Nam"}],
    "opened": [{"date": "2026-03-29", "name": "Làm bù", "hours": [["08:00", "10:00"]]}],
}
LAW = national_calendar(
    None,
    read_hours(WEEK),
    Overrides(
        closed=read_days({"date": datetime(2026, 3, day).date(), "name": "Giải phóng"} for day in (24, 25)),
        opened=read_days([{"date": datetime(2026, 3, 29).date(), "name": "Làm bù", "hours": [["08:00", "10:00"]]}]),
    ),
)
MOMENTS = some.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 1)).map(lambda at: at.replace(tzinfo=UTC))
LIMITS = some.one_of(
    some.tuples(some.integers(0, 40).map(Decimal), some.sampled_from(["working_day", "day", "month"])),
    some.tuples(some.integers(0, 80).map(lambda n: Decimal(n) / 4), some.sampled_from(["working_day", "working_hour"])),
)


@settings(deadline=None)
@given(MOMENTS, LIMITS)
def test_the_checker_and_the_law_agree(at, limit):
    amount, unit = limit
    (days,) = reckoning.of_province(VERSION, at.date())
    told = due(at, Limit(amount, Unit(unit)), LAW).value
    assert reckoning.due(at.replace(microsecond=0), amount, unit, days) == told


def test_what_has_no_unit_is_not_reckoned():
    with pytest.raises(reckoning.NoEnd):
        reckoning.due(datetime(2026, 3, 2, tzinfo=UTC), Decimal(1), "unspecified", reckoning.national())
