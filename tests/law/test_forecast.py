"""A straight line through what was told: its value, its interval, and what it says of a target."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.forecast import Forecast, Risk, forecast, risk
from tinhso.law.indicators import Direction

D = Decimal


def test_a_straight_line_goes_on_straight():
    found = forecast([(0, D(10)), (1, D(20)), (2, D(30))], 5)
    assert found is not None
    assert (found.value, found.low, found.high, found.points) == (60, 60, 60, 3)


def test_an_interval_as_a_book_gives_it():
    # by hand: means 2.5 and 3.875, slope 5.25/5, residual sum of squares 6.1875 - 1.05² · 5 = 0.675, t(0.90; 2) = 1.886
    found = forecast([(1, D(2)), (2, D(4)), (3, D(4)), (4, D("5.5"))], 5)
    assert found is not None
    assert found.value == D("6.5")
    half = 1.886 * (0.675 / 2 * (1 + 1 / 4 + 2.5**2 / 5)) ** 0.5
    assert abs(float(found.high - found.value) - half) < 1e-5
    assert found.high - found.value == found.value - found.low


@pytest.mark.parametrize("told", [[], [(0, D(1))], [(0, D(1)), (1, D(2))], [(0, D(1)), (0, D(2)), (1, D(3))]])
def test_too_little_tells_nothing(told):
    assert forecast(told, 9) is None
    assert risk(None, D(1), Direction.UP) is Risk.UNKNOWN


def test_a_share_stays_one():
    found = forecast([(0, D(80)), (1, D(90)), (2, D(99))], 6, least=D(0), most=D(100))
    assert found is not None
    assert found.high == found.value == 100


@pytest.mark.parametrize(
    ("low", "high", "target", "direction", "said"),
    [
        (50, 60, 50, "up", Risk.SAFE), (50, 60, 55, "up", Risk.OPEN), (50, 60, 60, "up", Risk.OPEN), (50, 60, 61, "up", Risk.MISSES),
        (5, 9, 9, "down", Risk.SAFE), (5, 9, 6, "down", Risk.OPEN), (5, 9, 4, "down", Risk.MISSES),
        (5, 9, 4, "neither", Risk.UNKNOWN),
    ],
)  # fmt: skip
def test_what_it_says_of_a_target(low, high, target, direction, said):
    found = Forecast(D(low + high) / 2, D(low), D(high), 5)
    assert risk(found, D(target), Direction(direction)) is said
    assert risk(found, None, Direction(direction)) is Risk.UNKNOWN


@given(
    st.lists(st.integers(0, 10_000).map(lambda each: D(each) / 100), min_size=3, max_size=40),
    st.integers(0, 80),
)
def test_the_value_lies_in_its_interval_and_only_the_newest_count(values, place):
    told = list(enumerate(values))
    found = forecast(told, place)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert found == forecast(told[-24:], place)
    assert found.points <= 24
