"""What was declared, looked for in what was read: dates however written, numbers in groups, names with their marks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.documents.comparing import DIFFERS, NOT_FOUND, SAME, compare, distance
from tinhso.kernel.documents.scans.pages import PageRead, Word


def page(text, sure=95.0):
    return PageRead(
        "read", confidence=sure, words=[Word(word, sure, 10 * n, 20, 9, 8) for n, word in enumerate(text.split())]
    )


TEXT = (
    "GIẤY CHỨNG SINH Họ và tên mẹ: Nguyễn Thị Tư Số định danh: 049 185 000123 sinh ngày 02 tháng 03 năm 1985, "
    "cấp 28/11/2016 tại Hội An; con: Nguyễn Văn Bình"
)


@pytest.mark.parametrize(
    ("kind", "declared", "outcome", "text"),
    [
        ("name", "Nguyễn Thị Tư", SAME, "Nguyễn Thị Tư"),
        ("name", "NGUYỄN THỊ TƯ", SAME, "Nguyễn Thị Tư"),
        ("name", "Nguyễn Thị Từ", DIFFERS, "Nguyễn Thị Tư"),
        ("name", "Nguyễn Thị Tú", DIFFERS, "Nguyễn Thị Tư"),
        ("name", "Lê Hoàng Phương", NOT_FOUND, ""),
        ("date", "1985-03-02", SAME, "ngày 02 tháng 03 năm 1985,"),
        ("date", "28/11/2016", SAME, "28/11/2016"),
        ("date", "1985-03-12", DIFFERS, "ngày 02 tháng 03 năm 1985,"),
        ("date", "2001-07-07", NOT_FOUND, ""),
        ("number", "049185000123", SAME, "049 185 000123"),
        ("number", "049185000132", DIFFERS, "049 185 000123"),
        ("number", "079199004567", NOT_FOUND, ""),
        ("text", "tai hoi an", SAME, "tại Hội An;"),
        ("name", " ", NOT_FOUND, ""),
    ],
)
def test_an_answer_on_a_paper(kind, declared, outcome, text):
    found = compare(kind, declared, [page("tờ bìa"), page(TEXT)])
    assert (found.outcome, found.text) == (outcome, text)
    assert found.page == (2 if text else 0)


def test_a_slip_is_forgiven_where_the_machine_was_not_sure():
    assert compare("name", "Nguyễn Thị Tư", [page("Nguyên Thi Tu", 95.0)]).outcome == DIFFERS
    assert compare("name", "Nguyễn Thị Tư", [page("Nguyên Thi Tu", 60.0)]).outcome == SAME


def test_nothing_read_is_nothing_found():
    assert compare("name", "Nguyễn Thị Tư", []).outcome == NOT_FOUND
    assert compare("date", "1985-03-02", [PageRead("blank")]).outcome == NOT_FOUND


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(1, 9))
def test_distance(one, two, most):
    found = distance(one, two, most=most)
    assert found == distance(two, one, most=most) <= most
    assert (found == 0) == (one == two)
    assert found <= max(len(one), len(two))


@FEW
@given(st.text(max_size=40), st.sampled_from(["name", "date", "number", "text"]))
def test_whatever_is_declared_there_is_an_answer(declared, kind):
    assert compare(kind, declared, [page(TEXT)]).outcome in (SAME, DIFFERS, NOT_FOUND)
