"""Fees that become due later. Sums and decisions here are examples, not law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.fee_rules import MalformedFeeRule
from tinhso.law.fees import claims_in, compute_fee, read_fee_rule
from tinhso.law.later_fees import (
    LARGEST,
    SumMissing,
    SumNotByRule,
    ValueMissing,
    clock_stands,
    days_to_pay,
    read_later_fees,
    sum_of,
)

ON = date(2022, 11, 28)
BASE = {"code": "x", "name": "Lệ phí", "name_en": "Charge", "source": "NQ 1"}
PART = {**BASE, "percent": 0.5, "of": "giá trị"}


def read(**more):
    (one,) = read_later_fees({"later": [{**BASE, **more}]})
    return one


@pytest.mark.parametrize(
    ("rule", "given", "found"),
    [
        pytest.param({"amount": 50_000}, {}, 50_000, id="fixed: whatever was entered"),
        pytest.param({"amount": 50_000}, {"amount": 1}, 50_000, id="fixed"),
        pytest.param({"percent": 0.5, "of": "v"}, {"value": 1_000_000_000}, 5_000_000, id="a part"),
        pytest.param({"percent": 0.5, "of": "v"}, {"value": 100}, 1, id="half a đồng is one"),
        pytest.param({"percent": 0.5, "of": "v", "most": 4_000_000}, {"value": 10**9}, 4_000_000, id="at most"),
        pytest.param({"percent": 0.5, "of": "v", "least": 10_000}, {"value": 1000}, 10_000, id="at least"),
        pytest.param({}, {"amount": 12_345}, 12_345, id="entered"),
        pytest.param({"least": 5, "most": 5}, {"amount": 5}, 5, id="the bounds are in it"),
    ],
)
def test_sum(rule, given, found):
    answer = sum_of(read(**rule), **{"amount": None, "value": None, **given})
    assert answer.value == found
    assert answer.sources == ("NQ 1",)


@pytest.mark.parametrize(
    ("rule", "given", "no"),
    [
        ({"percent": 0.5, "of": "v"}, {"amount": 5}, ValueMissing),
        ({"percent": 0.5, "of": "v"}, {"value": 0}, ValueMissing),
        ({"percent": 0.5, "of": "v"}, {"value": -10}, ValueMissing),
        ({"percent": 0.5, "of": "v"}, {"value": 10}, SumNotByRule),
        ({}, {}, SumMissing),
        ({}, {"amount": -1}, SumMissing),
        ({"most": 100}, {"amount": 101}, SumNotByRule),
        ({"least": 100}, {"amount": 99}, SumNotByRule),
        ({}, {"amount": LARGEST + 1}, SumNotByRule),
    ],
)
def test_no_sum(rule, given, no):
    with pytest.raises(no):
        sum_of(read(**rule), **{"amount": None, "value": None, **given})


@given(st.integers(1, 10**14), st.decimals("0.01", "100", places=2), st.integers(0, 10**6), st.integers(10**6, 10**12))
def test_a_part_lies_within_the_bounds_and_never_falls_as_the_value_rises(value, percent, least, most):
    rule = read(percent=percent, of="v", least=max(least, 1), most=most)
    less, more = (sum_of(rule, amount=None, value=each).value for each in (value, value * 2))
    assert max(least, 1) <= less <= more <= most


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"code": ""}, "/later/0/code"),
        ({"kind": "tip"}, "/later/0/kind"),
        ({"amount": 0}, "/later/0/amount"),
        ({"amount": "5"}, "/later/0/amount"),
        ({"amount": True}, "/later/0/amount"),
        ({"percent": 101, "of": "v"}, "/later/0/percent"),
        ({"percent": "NaN", "of": "v"}, "/later/0/percent"),
        ({"percent": 1}, "/later/0/of"),
        ({"percent": 1, "of": "v", "amount": 5}, "/later/0/percent"),
        ({"when": "issued"}, "/later/0/amount"),
        ({"when": "issued", "amount": 5, "holds": "work"}, "/later/0/holds"),
        ({"when": "never"}, "/later/0/when"),
        ({"holds": "all"}, "/later/0/holds"),
        ({"stands": "NĐ 1"}, "/later/0/stands"),
        ({"least": 6, "most": 5}, "/later/0/most"),
        ({"least": -6}, "/later/0/least"),
        ({"pay_within": 0}, "/later/0/pay_within"),
        ({"source": ""}, "/later/0/source"),
        ({"from": "2022-02-30"}, "/later/0/from"),
        ({"tip": 5}, "/later/0/tip"),
    ],
)
def test_a_wrong_rule_says_where(wrong, pointer):
    with pytest.raises(MalformedFeeRule) as no:
        read(**wrong)
    assert no.value.facts["pointer"] == pointer


def test_one_item_has_one_rule_on_a_day():
    old, new = {**BASE, "until": "2022-12-31"}, {**BASE, "from": "2023-01-01", "amount": 5}
    assert [one.amount for one in read_later_fees({"later": [old, new]})] == [None, 5]
    with pytest.raises(MalformedFeeRule):
        read_later_fees({"later": [BASE, new]})
    assert read_later_fees({}) == ()


def test_the_clock_stands_by_the_text_of_the_rule_else_by_the_figure_and_only_while_the_work_waits():
    assert clock_stands(read(holds="work", stands="NĐ 1 Đ.2"), ON).value == "NĐ 1 Đ.2"
    figure = clock_stands(read(holds="work"), ON)
    assert figure.value == figure.sources[0] != ""
    assert [clock_stands(read(holds=holds), ON).value for holds in ("result", "nothing")] == ["", ""]


def test_days_to_pay():
    assert [days_to_pay(read(**more), ON) for more in ({"pay_within": 5}, {})] == [5, 30]


def test_short_and_long_rules_may_have_later_fees():
    for rule in (
        {"free": True, "source": "NQ"},
        {"items": [{"code": "a", "name": "A", "amounts": [{"amount": 1, "source": "NQ"}]}]},
    ):
        assert read_fee_rule({**rule, "later": [PART]}).items
        assert [one.percent for one in read_later_fees({**rule, "later": [PART]})] == [Decimal("0.5")]


POOR = {
    "group": "poor",
    "percent": 100,
    "name": "Hộ nghèo",
    "name_en": "Poor household",
    "evidence": ["HN"],
    "source": "NQ 2",
}
GROUPS = {
    "group_answer": "who.groups",
    "items": [
        {"code": "a", "name": "A", "amounts": [{"amount": 100, "source": "NQ"}], "exempt": [POOR, {**POOR, "group": "old", "percent": 50, "until": "2020-12-31"}]},
        {"code": "b", "name": "B", "amounts": [{"amount": 10, "source": "NQ"}], "exempt": [{**POOR, "percent": 50, "evidence": ["HN2", "HN"]}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "refused", "fee", "claimed"),
    [
        ([], [], 110, []),
        (["poor"], [], 5, ["poor"]),
        ("poor", [], 5, ["poor"]),
        (["poor"], ["poor"], 110, ["poor"]),
        (["poor", "old"], ["poor"], 110, ["poor"]),
        (["old"], [], 110, []),
        (["rich", 5, None], [], 110, []),
    ],
)
def test_a_group_lowers_the_fee_until_it_is_refused(groups, refused, fee, claimed):
    facts = {"answers": {"who": {"groups": groups}}, "refused": refused}
    assert compute_fee(GROUPS, facts, "direct", ON).value == fee
    found = claims_in(GROUPS, facts, "direct", ON)
    assert [one.group for one in found] == claimed
    assert all(one.evidence == ("HN", "HN2") and one.name_en == "Poor household" for one in found)


@pytest.mark.parametrize("wrong", [{"evidence": "HN"}, {"evidence": [5]}, {"group": "", "way": "online"}])
def test_evidence_is_a_list_of_papers_for_a_group(wrong):
    item = {"code": "a", "name": "A", "amounts": [{"amount": 100, "source": "NQ"}], "exempt": [{**POOR, **wrong}]}
    with pytest.raises(MalformedFeeRule):
        read_fee_rule({"items": [item]})
