"""Dates, numbers and money in both languages."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.web import words

AT = datetime(2022, 11, 27, 19, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "value", "vi", "en"),
    [
        (words.day, AT, "28/11/2022", "28/11/2022"),
        (words.day, "2022-11-28", "28/11/2022", "28/11/2022"),
        (words.day, None, "", ""),
        (words.hour, AT, "02:14", "02:14"),
        (words.hour, date(2022, 11, 28), "", ""),
        (words.moment, AT, "02:14 28/11/2022", "02:14 28/11/2022"),
        (words.moment, date(2022, 11, 28), "28/11/2022", "28/11/2022"),
        (words.weekday, date(2022, 11, 28), "thứ Hai 28/11/2022", "Monday 28/11/2022"),
        (words.weekday, date(2022, 11, 27), "Chủ nhật 27/11/2022", "Sunday 27/11/2022"),
        (words.number, 1463, "1.463", "1,463"),
        (words.number, None, "", ""),
        (words.percent, 97.05, "97,1%", "97.1%"),
        (words.money, 75000, "75.000\u00a0đ", "VND\u00a075,000"),
        (words.money, 0, "0\u00a0đ", "VND\u00a00"),
        (words.fee, 0, "Miễn phí", "Free"),
        (words.fee, 2000, "2.000\u00a0đ", "VND\u00a02,000"),
        (words.file_size, 212_000, "212\u00a0KB", "212\u00a0KB"),
        (words.file_size, 8_400_000, "8,4\u00a0MB", "8.4\u00a0MB"),
        (words.file_size, 3, "1\u00a0KB", "1\u00a0KB"),
        (words.phone, "0905123456", "0905 123 456", "0905 123 456"),
        (words.phone, "+84905123456", "0905 123 456", "0905 123 456"),
        (words.phone, "0235 3812345", "0235 3812 345", "0235 3812 345"),
        (words.phone, "1022", "1022", "1022"),
        (words.masked, "049195001218", "049******218", "049******218"),
        (words.masked, "0905123218", "0905 *** 218", "0905 *** 218"),
        (words.masked, "12345", "*****", "*****"),
        (words.initials, "Nguyễn Văn Tín", "VT", "VT"),
        (words.initials, "", "", ""),
    ],
)
def test_words(call, value, vi, en):
    with translation.override("vi"):
        assert call(value) == vi
    with translation.override("en"):
        assert call(value) == en


@given(st.integers(-(10**12), 10**12))
@settings(max_examples=50)
def test_a_number_reads_back(value):
    with translation.override("vi"):
        assert int(words.number(value).replace(".", "")) == value


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))
@settings(max_examples=50)
def test_a_moment_is_shown_as_the_clock_on_the_wall_shows_it(naive):
    at = naive.replace(tzinfo=UTC)
    wall = naive + timedelta(hours=7)
    if naive.year > 1976:  # since 1975-06-13 Việt Nam keeps +07:00 the whole year
        assert words.moment(at) == wall.strftime("%H:%M %d/%m/%Y")
    assert (
        datetime.fromisoformat(words.iso(at)).astimezone(UTC) == at.replace(second=0, microsecond=0)
        or naive.year < 1912
    )


@given(st.text(max_size=20))
@settings(max_examples=50)
def test_a_mask_never_shows_more_than_seven_signs(value):
    assert sum(sign != "*" for sign in words.masked(value).replace(" ", "")) <= 7


@pytest.mark.parametrize(
    ("language", "english", "said"),
    [("vi", "Permit", "Giấy phép"), ("en", "Permit", "Permit"), ("en", "", "Giấy phép")],
)
def test_what_a_record_calls_itself_in_the_language_of_the_page(language, english, said):
    record = SimpleNamespace(name="Giấy phép", name_en=english)
    with translation.override(language):
        assert words.own(record, "name") == said


def test_people_are_called_by_the_last_word_of_their_name():
    assert (words.given_name("Phạm Thị Tư"), words.family_name("Phạm Thị Tư")) == ("Tư", "Phạm Thị")
    assert (words.given_name("Tư"), words.family_name("Tư")) == ("Tư", "")
