"""Figures together, and against their targets: missing is missing, a ratio is a ratio of sums."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.indicators import Direction, Part, Rule, Standing, attained, combine, ranked, standing

NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2)
D = Decimal


def test_a_ratio_is_a_ratio_of_sums():
    # 1 of 2 in one commune, 90 of 100 in another: 91 of 102, not the mean of 50 % and 90 %
    found = combine(Rule.RATIO, [Part("a", D(1), D(2)), Part("b", D(90), D(100))])
    assert (found.numerator, found.denominator) == (D(91), D(102))
    assert found.value == D(91) / D(102)


def test_missing_is_missing_and_named():
    parts = [Part("a", D(3)), Part("b", None), Part("c", D(0))]
    found = combine(Rule.SUM, parts)
    assert (found.value, found.missing, found.is_whole) == (D(3), ("b",), False)
    assert combine(Rule.SUM, [Part("b", None)]).value is None
    assert combine(Rule.SUM, []).problem == "nothing"
    assert combine(Rule.RATIO, [Part("a", D(1), None), Part("b", D(1), D(4))]).missing == ("a",)
    assert combine(Rule.LAST, [Part("2025", D(3)), Part("2026", None)]).value is None


def test_a_denominator_of_nought_gives_no_figure():
    found = combine(Rule.RATIO, [Part("a", D(0), D(0))])
    assert (found.value, found.problem, found.missing) == (None, "zero", ())
    assert combine(Rule.MEAN, [Part("a", D(5), D(0))]).problem == "zero"


def test_what_makes_none_together_says_so():
    assert combine(Rule.NONE, [Part("a", D(1)), Part("b", D(2))]).problem == "none"
    assert combine(Rule.NONE, [Part("a", D(1))]).value == D(1)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30))
def test_the_order_and_the_grouping_of_units_change_nothing(pairs):
    parts = [Part(str(n), a, b) for n, (a, b) in enumerate(pairs)]
    for rule in (Rule.SUM, Rule.RATIO, Rule.MOST, Rule.LEAST):
        whole = combine(rule, parts)
        assert combine(rule, parts[::-1]).value == whole.value
        if rule is Rule.RATIO:
            halves = [combine(rule, half) for half in (parts[::2], parts[1::2]) if half]
            again = combine(rule, [Part(str(n), h.numerator, h.denominator) for n, h in enumerate(halves)])
            assert (again.numerator, again.denominator) == (whole.numerator, whole.denominator)


@given(st.lists(st.tuples(NUMBERS, st.integers(1, 1000)), min_size=1, max_size=30))
def test_a_weighted_mean_lies_between_its_parts(pairs):
    found = combine(Rule.MEAN, [Part(str(n), a, D(w)) for n, (a, w) in enumerate(pairs)])
    values = [a for a, _w in pairs]
    assert found.value is not None
    assert min(values) - D("0.01") <= found.value <= max(values) + D("0.01")


@pytest.mark.parametrize(
    ("value", "target", "direction", "tolerance", "is_"),
    [
        ("80", "80", "up", "0", "met"), ("79.9", "80", "up", "0", "missed"), ("76", "80", "up", "0.05", "near"),
        ("75.9", "80", "up", "0.05", "missed"), ("3", "5", "down", "0", "met"), ("5.2", "5", "down", "0.05", "near"),
        ("6", "5", "down", "0.05", "missed"), (None, "5", "up", "0", "unknown"), ("5", None, "up", "0", "unknown"),
        ("5", "4", "neither", "0", "unknown"), ("-1", "-2", "up", "0", "met"), ("0", "0", "down", "0", "met"),
    ],
)  # fmt: skip
def test_how_a_figure_stands_to_its_target(value, target, direction, tolerance, is_):
    given_value, wanted = (None if each is None else D(each) for each in (value, target))
    assert standing(given_value, wanted, Direction(direction), D(tolerance)) is Standing(is_)


@pytest.mark.parametrize(
    ("value", "target", "direction", "share"),
    [
        ("40", "80", "up", "0.5"), ("100", "80", "up", "1.25"), ("10", "5", "down", "0.5"), ("0", "5", "down", "1"),
        ("4", "0", "down", "0"), ("0", "0", "up", "1"), ("5", "5", "neither", None), ("1", "-1", "down", None),
    ],
)  # fmt: skip
def test_how_much_of_a_target_is_reached(value, target, direction, share):
    found = attained(D(value), D(target), Direction(direction))
    assert found == (None if share is None else D(share))


@given(NUMBERS, NUMBERS.filter(bool), st.sampled_from([Direction.UP, Direction.DOWN]))
def test_what_is_met_is_reached_whole(value, target, direction):
    share = attained(value, target, direction)
    assert share is not None
    assert (standing(value, target, direction) is Standing.MET) == (share >= 1)


def test_equals_share_a_place_and_who_told_nothing_has_none():
    found = ranked([("d", None), ("a", D(5)), ("b", D(7)), ("c", D(5)), ("e", D(1))], Direction.UP)
    assert [(each.of, each.place) for each in found] == [("b", 1), ("a", 2), ("c", 2), ("e", 4), ("d", None)]
    assert [each.of for each in ranked([("a", D(5)), ("e", D(1))], Direction.DOWN)] == ["e", "a"]
