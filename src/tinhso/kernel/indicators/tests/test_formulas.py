"""Formulas: what they need, what they give, what is missing; circles, units, and what is no formula."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.indicators.formulas import (
    Input,
    Unfit,
    order,
    read_formula,
    reckon,
    touched_by,
    unit_fault,
    unknown_in,
)

D = Decimal
ONLINE = "dvc.truc_tuyen / dvc.tiep_nhan * 100"


def values(**given_values):
    return {Input(name.replace("__", ".")): D(str(value)) for name, value in given_values.items()}


def test_a_share_in_per_cent():
    formula = read_formula(ONLINE)
    assert formula.inputs == (Input("dvc.truc_tuyen"), Input("dvc.tiep_nhan"))
    found = reckon(formula, values(dvc__truc_tuyen=1, dvc__tiep_nhan=3))
    assert found.value == D("33.333333333")


def test_what_is_missing_is_named_and_nothing_is_reckoned():
    found = reckon(read_formula(ONLINE), values(dvc__truc_tuyen=1))
    assert (found.value, found.missing, found.problem) == (None, (Input("dvc.tiep_nhan"),), "")


@pytest.mark.parametrize("text", [ONLINE, "a / (b - b) + 1", "(a - a) / b"])
def test_a_division_by_nought_gives_no_figure(text):
    formula = read_formula(text)
    found = reckon(formula, {each: D(0) for each in formula.inputs})
    assert (found.value, found.problem) == (None, "zero")


def test_growth_looks_back():
    formula = read_formula("(gdp - year_ago( gdp )) / year_ago(gdp) * 100")
    assert formula.inputs == (Input("gdp", "year_ago"), Input("gdp"))
    assert formula.codes == {"gdp"}
    found = reckon(formula, {Input("gdp"): D(110), Input("gdp", "year_ago"): D(100)})
    assert found.value == D(10)


def test_bands_and_whole_numbers_are_decimals():
    formula = read_formula("tin >= 50 ? 10 : tin >= 20 ? 5 : 0")
    assert [reckon(formula, {Input("tin"): D(n)}).value for n in (60, 30, 3)] == [D(10), D(5), D(0)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "indicator"), ("1 + 1", "indicator"), ("a +", "formula"), ("a > b", "True"), ('a + "b"', '"'),
        ("a[0]", "["), ("a + b // c", "//"), ("a" * 2001, "2001"), ("(" * 31 + "a" + ")" * 31, "30"),
        ("size(a)", "formula"), ("a.b()", "formula"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_said(text, word):
    with pytest.raises(Unfit) as no:
        read_formula(text)
    with override("en"):
        assert word.lower() in no.value.said.lower() or no.value.facts


def test_an_unknown_indicator_is_named_with_its_neighbours():
    (fault,) = unknown_in(read_formula("dvc.tiep_nhan + dvc.tructuyen"), ["dvc.tiep_nhan", "dvc.truc_tuyen"])
    assert fault.facts["code"] == "dvc.tructuyen"
    assert "dvc.truc_tuyen" in fault.facts["near"]


def test_formulas_are_reckoned_in_order_and_only_what_depends_on_a_change():
    formulas = {
        code: read_formula(text)
        for code, text in {"c": "a + b", "b": "a * 2", "d": "x + 1", "e": "before(c) + 1"}.items()
    }
    found = order(formulas)
    assert found.index("b") < found.index("c")
    assert touched_by(["a"], formulas) == [code for code in found if code in {"b", "c", "e"}]
    assert touched_by(["x"], formulas) == ["d"]
    assert touched_by(["nobody"], formulas) == []


def test_a_circle_is_named_and_looking_back_makes_none():
    formulas = {"a": read_formula("b + 1"), "b": read_formula("c + 1"), "c": read_formula("a + 1")}
    with pytest.raises(Unfit) as no:
        order(formulas)
    assert no.value.facts["path"].count("→") == 3
    assert order({"a": read_formula("before(a) + b"), "b": read_formula("year_ago(a)")})


UNITS = {"tien": "đồng", "nguoi": "người", "ho": "hộ", "phi": "đồng", "ty_le": "%"}


@pytest.mark.parametrize(
    ("text", "said", "is_right"),
    [
        ("tien + phi", "đồng", True), ("tien + nguoi", "đồng", False), ("tien / phi * 100", "%", True),
        ("tien - phi", "người", False), ("tien * 2", "đồng", True), ("tien * ty_le / 100", "đồng", True),
        ("nguoi / ho", "người/hộ", True), ("tien > 0 ? tien : nguoi", "đồng", True), ("(tien + phi) / phi", "", True),
        ("before(tien) + phi", "đồng", True), ("year_ago(nguoi) - tien", "đồng", False),
    ],
)  # fmt: skip
def test_units_of_sums_are_one(text, said, is_right):
    fault = unit_fault(read_formula(text), UNITS, said)
    assert (fault is None) == is_right, fault and fault.said


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(-(10**12), 10**12), min_size=3),
    st.sampled_from(["a + b - c", "a - b", "(a + b) * 2", "a * 0 + c"]),
)
def test_sums_of_whole_numbers_are_exact(given_values, text):
    formula = read_formula(text)
    wanted = eval(text, {}, dict(given_values))
    found = reckon(formula, {Input(name): D(value) for name, value in given_values.items()})
    assert found.value == wanted
