"""Dossier codes in the text of a transfer: found however they are typed, never one that nobody typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.codes import DossierCodePattern, typed_codes

DAY = DossierCodePattern.parse_pattern("{agency}-{yymmdd}-{n:4}")
LONG = DossierCodePattern.parse_pattern("{agency}-{yyyymmdd}-{n:7}")
YEAR = DossierCodePattern.parse_pattern("{agency}/{yyyy}-{n:6}", scope="year")
FRONT = DossierCodePattern.parse_pattern("HS.{agency}-{yymmdd}-{n:4}")
AGENCIES = ("H47", "H47.32", "H47.32.20", "H47.3.220", "H47.33", "Y90.1")
CODE = "H47.32.20-221128-0001"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "nop phi h47.32.20-221128-0001",
        "H47 32 20 221128 0001",
        "h4732202211280001",
        "H47.32.20.221128.0001 nguyen thi tu chuyen tien",
        "MBVCB.3178.le phi ho so H473220-221128-0001.CT tu 0451 NGUYEN THI TU toi 0473220001",
        "NOPPHIH47322022112800 01",
        "H47-32-20_221128/0001.",
        "H47.32.20-221128-0001 12345",
        "hồ sơ H47.32.20-221128-0001, cảm ơn",
    ],
)
def test_a_code_is_found_however_it_is_typed(text):
    assert CODE in typed_codes(text, [DAY], AGENCIES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nop phi",
        "H47.32.20",
        "H47.32.20-221128",
        "H47.32.20-221128-000",
        "H47.32.20-221128-0000",
        "H47.32.20-221328-0001",
        "H47.32.20-220230-0001",
        "H47.32.20-221128-00011",
        "H47.99.20-221128-0001",
        "47.32.20-221128-0001",
        "PH0123456789",
    ],
)
def test_what_is_no_code_is_none(text):
    assert typed_codes(text, [DAY], AGENCIES) == []


def test_two_agencies_that_look_alike_without_points_are_both_told():
    assert typed_codes("h4732202211280001", [DAY], AGENCIES) == [CODE, "H47.3.220-221128-0001"]


@pytest.mark.parametrize(
    ("pattern", "text", "code"),
    [
        (LONG, "h47 32 20 20221128 0000007", "H47.32.20-20221128-0000007"),
        (YEAR, "Y90.1 2022 000012 thanh toan", "Y90.1/2022-000012"),
        (FRONT, "hs h47.32.20 221128 0001", "HS.H47.32.20-221128-0001"),
    ],
)
def test_patterns_of_other_provinces(pattern, text, code):
    assert code in typed_codes(text, [pattern], AGENCIES)


@given(
    st.sampled_from([one for one in AGENCIES if one.startswith("H")]), st.integers(0, 3000), st.integers(1, 9999),
    st.sampled_from(["", " ", ".", "-", "/", " - "]), st.text(st.characters(categories=["L", "Z", "P"]), max_size=12),
)  # fmt: skip
def test_whatever_stands_between_and_around_it_is_read_back(agency, days, number, separator, around):
    on = date(2019, 1, 6) + timedelta(days=days)
    code = DAY.render(agency=agency, on=on, number=number)
    typed = code.lower().replace(".", separator).replace("-", separator)
    assert code in typed_codes(f"{around} {typed} {around}", [DAY], AGENCIES)


@given(st.text(max_size=200))
def test_whatever_is_read_could_have_been_given(text):
    assert all(DAY.matches(code) for code in typed_codes(text, [DAY], AGENCIES))
