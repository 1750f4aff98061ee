"""What a procedure's page tells: the office that settles it as far as it is known, and nothing that has not happened."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.snapshot import with_province

from tinhso.modules.catalogue.actions.national import levels_text
from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.queries.shown import place_words, where_words

pytestmark = with_province
CUSTOMS, BIRTH = "1.000014", "1.001193"


def page(code: str) -> str:
    return Client().get(f"/thu-tuc/{code}/").content.decode()


def test_nothing_is_done_before_anybody_filed():
    said = page(BIRTH)
    assert "Bạn nộp hồ sơ" in said
    assert "(đã xong)" not in said
    assert "Trực tuyến hoặc tại bộ phận Một cửa." in said


def test_what_cannot_be_filed_here_names_the_office_that_settles_it():
    said = page(CUSTOMS)
    assert "Chi cục Hải quan khu vực" in said
    assert "Ủy ban nhân dân cấp xã" not in said
    assert "UBND cấp xã" not in said
    assert "Mang giấy tờ đến bộ phận Một cửa" not in said
    assert "Trực tuyến hoặc tại bộ phận Một cửa" not in said
    assert " commune " not in Procedure.objects.get(code=CUSTOMS).levels


def test_where_nobody_is_named_nobody_is_guessed():
    unnamed = Procedure(code="1.9", levels=" commune ", facts={"levels": ["commune"]})
    assert place_words(unnamed) == "Cấp xã, chưa xác định cơ quan"
    several = Procedure(code="1.9", levels=" province commune ", facts={})
    assert place_words(several) == "Chưa xác định"
    assert "chưa xác định" in where_words(several)


@pytest.mark.parametrize(
    ("facts", "levels"),
    [
        ({"levels": ["commune"], "implementing": "Chi cục Hải quan khu vực"}, " other "),
        ({"levels": ["province", "commune"], "field": "Thuế"}, " province other "),
        ({"levels": ["commune"], "implementing": "Công an cấp Xã"}, " commune "),
        ({"levels": ["commune"], "implementing": "Ủy ban Nhân dân xã, phường, thị trấn."}, " commune "),
        ({"levels": ["commune"], "field": "Hộ tịch"}, " commune "),
    ],
)
def test_a_branch_of_a_ministry_is_no_commune(facts, levels):
    assert levels_text(facts) == levels


@pytest.mark.parametrize("place", ["9" * 5000, "9" * 9, "-1", "a", "", "\u0663", "\u00b2"])
@pytest.mark.parametrize("address", ["/thu-tuc/", "/thu-tuc/linh-vuc/ho-tich/"])
def test_a_place_in_the_list_that_is_none_is_no_fault(address, place):
    assert Client().get(address, {"tu": place}).status_code in (200, 404)
