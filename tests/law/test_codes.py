"""Codes of dossiers (TT 01/2018/TT-VPCP Đ.19), agencies (QCVN 102:2016/BTTTT, QĐ 20/2020/QĐ-TTg), procedures, results."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.law.worlds import texts

from tinhso.law.codes import (
    AgencyScheme,
    CounterFull,
    CounterScope,
    DossierCodePattern,
    MalformedCode,
    MalformedDossierCode,
    MalformedPattern,
    MalformedProcedureCode,
    MalformedResultType,
    agency_code,
    national_pattern,
    procedure_code,
    result_type_code,
    try_agency_code,
)
from tinhso.law.figures import FigureNotInForce

few = settings(max_examples=50, deadline=None)
NATIONAL = DossierCodePattern.parse_pattern("{agency}-{yymmdd}-{n:4}")
MINISTRY = DossierCodePattern.parse_pattern("{agency}-{yyyymmdd}-{n:7}")


@pytest.mark.parametrize(
    ("pattern", "agency", "on", "number", "code"),
    [
        pytest.param(
            NATIONAL, "000.00.12.H62", date(2020, 11, 5), 4, "000.00.12.H62-201105-0004", id="2018, seen in the wild"
        ),
        pytest.param(NATIONAL, "H47.12", date(2024, 1, 15), 1, "H47.12-240115-0001", id="after QĐ 20/2020/QĐ-TTg"),
        pytest.param(NATIONAL, "H47.12.3", date(2024, 1, 15), 9999, "H47.12.3-240115-9999", id="the last of the day"),
        pytest.param(MINISTRY, "G09.20", date(2026, 6, 9), 92637, "G09.20-20260609-0092637", id="2026, a ministry"),
    ],
)
def test_dossier_codes(pattern, agency, on, number, code):
    assert pattern.render(agency=agency, on=on, number=number) == code
    read = pattern.parse(code)
    assert (read.agency, read.on, read.number) == (agency, on, number)


@pytest.mark.parametrize(
    "code",
    ["", "H47.12-240115-001", "H47.12-240115-00001", "H47.12-241315-0001", "H47.12-240115-0000", "h47.12-240115-0001",
     "H47.12-240115-0001 ", "H47..12-240115-0001", "H47.12-240115-000١", "H47.12-20240115-0001"],
)  # fmt: skip
def test_codes_that_the_pattern_did_not_make(code):
    with pytest.raises(MalformedDossierCode):
        NATIONAL.parse(code)
    assert not NATIONAL.matches(code)


@pytest.mark.parametrize(
    ("pattern", "scope"),
    [
        ("{agency}-{n:4}", "day"), ("{agency}-{yyyy}-{n:4}", "day"), ("{agency}-{n:6}", "year"), ("{yymmdd}-{n:4}", "day"),
        ("{agency}-{yymmdd}", "day"), ("{agency}{yymmdd}-{n:4}", "day"), ("{agency}-{yymmdd}-{n}", "day"),
        ("{agency}-{yymmdd}-{n:0}", "day"), ("{agency}-{yymmdd}-{n:99}", "day"), ("{agency}-{month}-{n:4}", "day"),
        ("{agency}-{yymmdd}-{yyyy}-{n:4}", "day"), ("{agency} {yymmdd} {n:4}", "day"), ("{agency}-{yymmdd}-{n:4}", "week"),
    ],
)  # fmt: skip
def test_patterns_that_would_not_work(pattern, scope):
    with pytest.raises(MalformedPattern):
        DossierCodePattern.parse_pattern(pattern, scope=scope)


@pytest.mark.parametrize(
    ("scope", "key"),
    [("day", "H47.12:2024-01-15"), (CounterScope.YEAR, "H47.12:2024"), ("agency", "H47.12")],
)
def test_what_the_number_counts(scope, key):
    pattern = DossierCodePattern.parse_pattern("{agency}-{yymmdd}-{n:4}", scope=scope)
    assert pattern.counter_key(agency="H47.12", on=date(2024, 1, 15)) == key


def test_a_number_too_wide_is_said_not_cut():
    with pytest.raises(CounterFull):
        NATIONAL.render(agency="H47.12", on=date(2024, 1, 15), number=10_000)
    with pytest.raises(ValueError, match="from 1"):
        NATIONAL.render(agency="H47.12", on=date(2024, 1, 15), number=0)
    with pytest.raises(ValueError, match="cannot stand"):
        NATIONAL.render(agency="h47", on=date(2024, 1, 15), number=1)


def test_the_national_pattern_has_a_date_and_a_source():
    answer = national_pattern(date(2023, 5, 1))
    assert (answer.value.text, answer.value.scope) == ("{agency}-{yymmdd}-{n:4}", CounterScope.DAY)
    assert answer.sources == ("TT 01/2018/TT-VPCP Đ.19",)
    with pytest.raises(FigureNotInForce):
        national_pattern(date(2018, 1, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("000.00.00.H53", "H53"),
        ("000.00.13.H53", "H53.13"),
        ("000.02.13.H53", "H53.13.2"),
        ("015.02.13.H53", "H53.13.2.15"),
    ],
)
def test_agencies_in_both_schemes(old, new):
    from_old, from_new = agency_code(old), agency_code(new)
    assert (from_old.scheme, from_new.scheme) == (AgencyScheme.QCVN102, AgencyScheme.QD20)
    assert (from_old.qd20(), from_new.qcvn102()) == (new, old)
    assert from_old.key == from_new.key == new
    assert (str(from_old), str(from_new)) == (old, new)
    assert from_old.level == new.count(".") + 1


def test_leading_zeros_are_a_habit_not_another_agency():
    assert agency_code("H53.13.02").key == agency_code("000.02.13.H53").key
    assert str(agency_code("H53.13.02")) == "H53.13.02"


def test_the_tree_above():
    assert str(agency_code("H53.13.2").parent) == "H53.13"
    assert agency_code("H53").parent is None
    assert str(agency_code("000.02.13.H53").parent) == "000.00.13.H53"


@pytest.mark.parametrize(
    "text",
    ["000.1137.H53", "", "53", "H5", "H53.", "H53..2", "h53.2", "H53-2", "000.02.00.H53", "001.00.13.H53", "H53." + "1" * 32,
     "H53.Sở", " H53"],
)  # fmt: skip
def test_malformed_agencies_are_reported(text):
    found = try_agency_code(text)
    assert isinstance(found, MalformedCode)
    assert found.step().facts == {"text": text}
    with pytest.raises(MalformedCode):
        agency_code(text)


@pytest.mark.parametrize("text", ["H53.1.2.3.4", "H53.100", "H53.AB", "H53.0.5"])
def test_what_has_no_place_in_the_old_scheme(text):
    with pytest.raises(MalformedCode):
        agency_code(text).qcvn102()


@pytest.mark.parametrize(
    ("text", "national", "agency"),
    [
        ("1.001193", "1.001193", None),
        ("1.012753.H19", "1.012753", "H19"),
        ("1.010708.000.00.00.H56", "1.010708", "H56"),
    ],
)
def test_procedure_codes(text, national, agency):
    code = procedure_code(text)
    assert (code.national, code.agency and code.agency.key, str(code)) == (national, agency, text)


@pytest.mark.parametrize("text", ["", "1.00119", "1001193", "1.001193.", "1.001193.000.1137.H53", "1.001193.h19"])
def test_malformed_procedure_codes(text):
    with pytest.raises(MalformedProcedureCode):
        procedure_code(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("KQ.G01.000123", "KQ.G01.000123"), ("000.00.00.G04-KQ0123", "KQ.G04.000123"), ("KQ.H47.000001", "KQ.H47.000001")],
)
def test_types_of_result(text, code):
    assert str(result_type_code(text)) == code


@pytest.mark.parametrize("text", ["KQ.G1.000123", "G04-0123", "000.02.00.G04-KQ0123", ""])
def test_malformed_types_of_result(text):
    with pytest.raises(MalformedResultType):
        result_type_code(text)


groups = st.integers(1, 99).map(str)
agencies = st.builds(
    lambda root, below: ".".join([f"H{root:02}", *below]), st.integers(1, 63), st.lists(groups, max_size=3)
)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@few
@given(agencies, days, st.integers(1, 9999), st.sampled_from([NATIONAL, MINISTRY]))
def test_what_is_rendered_is_read_back(agency, on, number, pattern):
    read = pattern.parse(pattern.render(agency=agency, on=on, number=number))
    assert (read.agency, read.on, read.number) == (agency, on, number)


dossiers = st.tuples(agencies, days, st.integers(1, 99))


@few
@given(dossiers, dossiers)
def test_two_dossiers_never_have_one_code(one, other):
    codes = [NATIONAL.render(agency=agency, on=on, number=number) for agency, on, number in (one, other)]
    assert (codes[0] == codes[1]) is (one == other)


@few
@given(agencies)
def test_an_identifier_goes_to_the_old_scheme_and_back(text):
    code = agency_code(text)
    assert agency_code(code.qcvn102()).qd20() == text


@few
@given(texts)
def test_no_text_crashes_a_reader(text):
    found = try_agency_code(text)
    assert isinstance(found, MalformedCode) or str(found) == text
    for pattern in (NATIONAL, MINISTRY):
        assert not pattern.matches(text) or pattern.parse(text).text == text
