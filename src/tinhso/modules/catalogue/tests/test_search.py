"""
Search in people's own words: what they type, with marks or none, and at which place the right procedure stands.

The places were measured; a change that makes one of them worse fails here, one that makes it better lowers the number.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from tests.snapshot import with_province

from tinhso.base.text import fold
from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.queries.search import search_procedures, understand

pytestmark = with_province
ON = date(2022, 11, 28)
BIRTH, MARRIAGE, DEATH, SINGLE, COPY = "1.001193", "1.000894", "1.000656", "1.004873", "2.000635"
LAND, BUILD, SHOP, BOOK = "1.012783", "1.013225", "1.001612", "2.000908"
TABLE = [
    ("làm giấy khai sinh cho con", BIRTH, 1),
    ("sinh con", BIRTH, 1),
    ("em bé mới sinh", BIRTH, 1),
    ("khai sinh", BIRTH, 1),
    ("giấy khai sanh", BIRTH, 2),
    ("khai sanh", BIRTH, 2),
    ("đẻ con", BIRTH, 1),
    ("mới đẻ", BIRTH, 3),
    ("đẻ", BIRTH, 2),
    ("đám cưới", MARRIAGE, 1),
    ("lấy chồng", MARRIAGE, 1),
    ("đăng ký kết hôn", MARRIAGE, 1),
    ("marriage", MARRIAGE, 1),
    ("người mất", DEATH, 1),
    ("khai tử", DEATH, 1),
    ("độc thân", SINGLE, 1),
    ("xác nhận tình trạng hôn nhân", SINGLE, 1),
    ("bản sao giấy khai sinh", COPY, 1),
    ("xin lại giấy khai sinh", COPY, 1),
    ("trích lục", COPY, 1),
    ("sổ đỏ", LAND, 1),
    ("mất sổ đỏ", LAND, 1),
    ("xây nhà", BUILD, 1),
    ("xin phép xây nhà", BUILD, 1),
    ("giấy phép xây dựng", BUILD, 1),
    ("build a house", BUILD, 1),
    ("mở quán cà phê", SHOP, 1),
    ("mở tiệm tạp hóa", SHOP, 1),
    ("hộ kinh doanh", SHOP, 1),
    ("chứng thực bản sao", BOOK, 2),
    ("đăng ký khai s", BIRTH, 2),
    ("1.001193", BIRTH, 1),
]


POSTGRESQL = {"build a house": 25}
"""Where PostgreSQL, which does not know how rare a word is, ranks worse."""


def place(text, code):
    found = [row.code for row in search_procedures(text, on=ON, limit=50)]
    return found.index(code) + 1 if code in found else None


@pytest.mark.parametrize(("text", "code", "at_most"), TABLE, ids=[text for text, _code, _place in TABLE])
def test_people_find_what_they_mean(text, code, at_most):
    with_marks, bare = place(text, code), place(fold(text), code)
    assert with_marks is not None, text
    assert bare is not None, fold(text)
    # without marks “khai tử” and “khai tự” are one: a place or two may be lost
    if connection.vendor == "postgresql":
        at_most = POSTGRESQL.get(text, at_most)
    assert (with_marks <= at_most, bare <= at_most + 2) == (True, True), (with_marks, bare)


def test_what_is_decomposed_or_shouted_is_found_alike():
    import unicodedata

    said = "Đăng ký kết hôn"
    wanted = [row.code for row in search_procedures(said, on=ON)]
    assert wanted[0] == MARRIAGE
    for same in (unicodedata.normalize("NFD", said), said.upper(), f"  {said} "):
        assert search_procedures(same, on=ON)[0].code == MARRIAGE


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", '"', "a OR b", "(", "*", "NEAR/2", "đ", "'; DROP TABLE x", "x" * 500, "\x00"]
)
def test_whatever_is_typed_is_answered(text):
    assert isinstance(search_procedures(text, on=ON), list)


def test_pages_of_an_answer_do_not_overlap():
    pages = [search_procedures("đăng ký", on=ON, limit=10, offset=offset) for offset in (0, 10, 20)]
    codes = [row.code for page in pages for row in page]
    assert len(codes) == len(set(codes)) == 30


def test_filters_narrow():
    every = search_procedures("đăng ký", on=ON, limit=500)
    communes = search_procedures("đăng ký", on=ON, level="commune", limit=500)
    assert {row.code for row in communes} == {row.code for row in every if " commune " in row.levels}
    assert 0 < len(communes) < len(every)
    field = Procedure.objects.get(code=BIRTH).field_slug
    assert {row.field_slug for row in search_procedures("đăng ký", on=ON, field=field, limit=500)} == {field}


def test_one_question_costs_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        search_procedures("đăng ký kết hôn", on=ON)
    with django_assert_max_num_queries(6):
        search_procedures("không đâu có cái này cả", on=ON)


def test_understanding_keeps_what_matters():
    synonyms = {"so do": ["giay chung nhan quyen su dung dat"]}
    assert understand("Tôi muốn làm sổ đỏ ", synonyms).groups == (("so do", "giay chung nhan quyen su dung dat"),)
    assert understand("xin cho ", {}).groups == (("xin",), ("cho",))
    assert understand("khai tu", {}).groups == (("khai",), ("tu*",))
    # “đẻ” is “để” without marks: a question only where it stands alone
    alone = {"de": ["khai sinh"]}
    assert understand("đẻ", alone).groups == (("khai sinh",),)
    assert understand("giấy tờ để làm nhà ", alone).groups == (("nha",),)


def test_the_index_holds_every_version_and_nothing_else():
    with connection.cursor() as cursor:
        column = "id" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT {column} FROM catalogue_search")
        indexed = {row[0] for row in cursor.fetchall()}
    assert indexed == set(Procedure.objects.values_list("pk", flat=True))
    assert len(indexed) >= 1500
