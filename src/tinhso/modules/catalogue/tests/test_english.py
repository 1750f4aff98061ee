"""English pages: what the pack says in English is said in English; what it does not, stays Vietnamese."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.tests.conftest import FACTS, LOCAL

pytestmark = pytest.mark.django_db
PAPER = {
    "code": "MAP",
    "name": "Sơ đồ",
    "name_en": "Sketch",
    "note": "Vẽ tay cũng được",
    "note_en": "Drawn by hand will do",
}
OTHER = {**FACTS, "code": "1.000002", "name": "Cấp giấy phép thả đèn trời"}
SPORT = {**OTHER, "code": "1.000003", "name": "Tổ chức giải chạy", "field": "Thể thao"}


@pytest.fixture(autouse=True)
def _loaded(pack):
    pack.facts(FACTS, OTHER, SPORT)
    pack.local({**LOCAL, "field_en": "Culture", "components": [PAPER]})
    pack.load()


def page(address: str, language: str) -> str:
    return Client(headers={"accept-language": language}).get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "english", "vietnamese"),
    [
        ("/thu-tuc/1.000001/", "Drawn by hand will do", "Vẽ tay cũng được"),
        ("/thu-tuc/1.000001/", ">Culture<", ">Văn hóa<"),
        ("/thu-tuc/linh-vuc/", ">Culture<", ">Văn hóa<"),
        ("/thu-tuc/linh-vuc/van-hoa/", '<h1 class="govuk-heading-l">Culture</h1>', ">Văn hóa</h1>"),
    ],
)  # fmt: skip
def test_a_page_in_either_language(address, english, vietnamese):
    for language, there, away in (("en", english, vietnamese), ("vi", vietnamese, english)):
        said = page(address, language)
        assert there in said
        assert away not in said


def test_a_field_without_english_keeps_its_name():
    assert ">Thể thao<" in page("/thu-tuc/linh-vuc/", "en")
    assert "Thể thao</h1>" in page("/thu-tuc/linh-vuc/the-thao/", "en")


def test_programs_get_both():
    found = Client().get("/api/procedures/1.000001").json()
    assert (found["field"], found["field_en"]) == ("Văn hóa", "Culture")
    assert [(row["note"], row["note_en"]) for row in found["components"]] == [(PAPER["note"], PAPER["note_en"])]
    fields = {row["slug"]: row["name_en"] for row in Client().get("/api/fields").json()["items"]}
    assert fields == {"van-hoa": "Culture", "the-thao": ""}
    assert Procedure.objects.count() == 3
