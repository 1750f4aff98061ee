"""Forms: formulas, checks, what is lacking, figures of several agencies together. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.modules.reporting.queries.grids import Unfit, broken, lacking, named_in, read_grid, reckoned, together

BOTH = {"vi": "x", "en": "x"}


def grid(columns, rows=("a", "b"), checks=()):
    return read_grid({
        "rows": [{"code": code, "name": BOTH} for code in rows],
        "columns": [{"name": BOTH, **each} for each in columns],
        "checks": [{"rule": rule, "text": BOTH} for rule in checks],
    })  # fmt: skip


SHARE = [
    {"code": "above"},
    {"code": "below"},
    {"code": "share", "formula": "here.above * 100.0 / here.below", "decimals": 1},
]


def test_a_formula_is_reckoned_in_its_row():
    made = reckoned(grid(SHARE), {"a": {"above": "1", "below": "3"}, "b": {"above": "1"}})
    assert made == {"a": {"above": "1", "below": "3", "share": "33.3"}, "b": {"above": "1", "below": "", "share": ""}}


def test_by_nought_gives_nothing():
    assert reckoned(grid(SHARE), {"a": {"above": "1", "below": "0"}})["a"]["share"] == ""


def test_together_is_the_ratio_of_sums_never_the_mean_of_ratios():
    made = together(grid(SHARE), [{"a": {"above": "1", "below": "2"}}, {"a": {"above": "0", "below": "8"}}])
    assert made["a"]["share"] == "10.0"


@pytest.mark.parametrize(
    ("rule", "expected"), [("sum", "9"), ("mean", "3"), ("most", "5"), ("least", "1"), ("none", "")]
)
def test_columns_make_one_by_their_rule(rule, expected):
    made = together(
        grid([{"code": "so", "rule": rule}]),
        [{"a": {"so": each}} for each in ("1", "3", "5")] + [{"a": {"so": ""}}, {}],
    )
    assert made["a"]["so"] == expected
    assert made["b"]["so"] == ""


def test_a_check_over_a_missing_cell_is_not_asked():
    form = grid([{"code": "so"}], checks=["a.so <= b.so"])
    assert broken(form, {"a": {"so": "5"}, "b": {"so": "4"}})
    assert not broken(form, {"a": {"so": "5"}})
    assert not broken(form, {"a": {"so": "4"}, "b": {"so": "4"}})
    assert lacking(form, {"a": {"so": "5"}}) == [("b", "so")]


@pytest.mark.parametrize("text", ["a.so +", "[1,2].map(x, x)", "a.so == 1 // 2", "a" * 301, "a.so.matches('x')"])
def test_what_is_no_formula_is_told(text):
    with pytest.raises(Unfit):
        named_in(text)


@given(st.lists(st.integers(min_value=0, max_value=10**12), max_size=30))
def test_sums_are_exact(numbers):
    made = together(grid([{"code": "so"}]), [{"a": {"so": str(each)}} for each in numbers])
    assert made["a"]["so"] == (str(sum(numbers)) if numbers else "")
