"""Personal numbers (NĐ 137/2015/NĐ-CP Đ.13) and tax codes. Every number here is made up or a published example."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.law.worlds import texts

from tinhso.law.identity_numbers import (
    MalformedNumber,
    MalformedTaxCode,
    Sex,
    citizen_number,
    is_citizen_number,
    is_tax_code,
    tax_code,
)


@pytest.mark.parametrize(
    ("digits", "province", "sex", "year"),
    [
        pytest.param("049085000001", "049", Sex.MALE, 1985, id="20th century, man"),
        pytest.param("049190000001", "049", Sex.FEMALE, 1990, id="20th century, woman"),
        pytest.param("001205000001", "001", Sex.MALE, 2005, id="21st century, man"),
        pytest.param("079324000001", "079", Sex.FEMALE, 2024, id="21st century, woman"),
        pytest.param("048401000001", "048", Sex.MALE, 2101, id="22nd century"),
    ],
)
def test_what_a_personal_number_tells(digits, province, sex, year):
    number = citizen_number(digits)
    assert (number.province_code, number.sex, number.birth_year) == (province, sex, year)


@pytest.mark.parametrize(
    ("birth_on", "sex", "codes"),
    [
        pytest.param(date(1985, 6, 1), "male", [], id="fits"),
        pytest.param(date(1986, 6, 1), "male", ["citizen_number.birth_year"], id="another year"),
        pytest.param(date(2085, 6, 1), "male", ["citizen_number.birth_year"], id="another century"),
        pytest.param(date(1985, 6, 1), "female", ["citizen_number.sex"], id="another sex"),
        pytest.param(None, None, [], id="nothing known"),
        pytest.param(None, "", [], id="sex not given"),
    ],
)
def test_compared_with_birth_and_sex(birth_on, sex, codes):
    found = citizen_number("049085000001").mismatches(birth_on=birth_on, sex=sex)
    assert [step.code for step in found] == codes


@pytest.mark.parametrize("text", ["", "04908500000", "0490850000011", "04908500000a", "٠٤٩٠٨٥٠٠٠٠٠١", "²49085000001"])
def test_what_is_no_personal_number(text):
    assert not is_citizen_number(text)
    with pytest.raises(MalformedNumber):
        citizen_number(text)


def test_as_people_type_it():
    assert str(citizen_number(" 049 085 000 001 ")) == "049085000001"
    assert citizen_number("049085000001").masked == "049••••••001"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0100109106", "0100109106"), ("0100109106-001", "0100109106-001"), ("0100109106001", "0100109106-001"),
     ("0314409058-002", "0314409058-002"), ("049085000001", "049085000001")],
)  # fmt: skip
def test_tax_codes(text, shown):
    assert str(tax_code(text)) == shown
    assert is_tax_code(text)


@pytest.mark.parametrize(
    "text", ["", "0100109107", "010010910", "01001091060", "0100109106-000", "0100109106-01", "abc", "٠١٠٠١٠٩١٠٦"]
)
def test_what_is_no_tax_code(text):
    assert not is_tax_code(text)
    with pytest.raises(MalformedTaxCode):
        tax_code(text)


def test_personal_numbers_as_tax_codes_from_july_2025():
    assert tax_code("049085000001", on=date(2025, 7, 1)).is_personal
    with pytest.raises(MalformedTaxCode):
        tax_code("049085000001", on=date(2025, 6, 30))


@settings(max_examples=50, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2399, 12, 31)), st.sampled_from(Sex), st.integers(0, 999), st.integers(0, 999_999)
)
def test_a_number_made_for_a_person_fits_that_person(born, sex, province, rest):
    century = (born.year // 100 - 19) * 2 + (sex is Sex.FEMALE)
    number = citizen_number(f"{province:03}{century}{born.year % 100:02}{rest:06}")
    assert (number.birth_year, number.sex) == (born.year, sex)
    assert number.mismatches(birth_on=born, sex=sex) == ()


@settings(max_examples=50, deadline=None)
@given(texts)
def test_no_text_crashes_a_reader(text):
    assert is_tax_code(text) in (True, False)
    assert is_citizen_number(text) in (True, False)
