"""What the catalogue lends to the home page."""

from datetime import datetime

import pytest
from django.test import RequestFactory
from django.utils import translation
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - fixtures

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.modules.catalogue.models import LifeEvent, Procedure
from tinhso.modules.catalogue.queries import home

pytestmark = with_province


def asked(query: str = ""):
    request = RequestFactory().get(f"/{query}")
    request.at, request.actor = datetime(2022, 11, 28, 9, 0, tzinfo=CIVIL_ZONE), ANONYMOUS
    return request


def test_quick_links_are_the_most_used_with_short_names(django_assert_num_queries):
    with django_assert_num_queries(1):
        quick = home.search_panel(asked())["quick"]
    assert quick[0] == {"text": "Đăng ký khai sinh", "href": "/thu-tuc/1.001193/"}
    assert 1 < len(quick) <= 4
    assert max(len(link["text"]) for link in quick) <= home.SHORT


def test_quick_links_speak_english():
    with translation.override("en"):
        assert home.search_panel(asked())["quick"][0]["text"] == "Birth registration"


@pytest.mark.parametrize(("query", "audience"), [("", "people"), ("?ai=business", "business"), ("?ai=x", "people")])
def test_life_events_of_people_or_businesses(query, audience, django_assert_num_queries):
    with django_assert_num_queries(1):
        panel = home.events_panel(asked(query))
    of_audience = LifeEvent.objects.filter(audience=audience).order_by("order", "code")
    assert [tile["title"] for tile in panel["tiles"]] == list(of_audience.values_list("title", flat=True))
    assert (panel["business"], panel["both"]) == (audience == "business", True)


def test_popular_procedures_come_in_the_order_of_the_pack_with_what_can_be_done():
    panel = home.popular_panel(asked())
    names = Procedure.objects.filter(popular__gt=0).order_by("popular").values_list("name", flat=True)
    assert [row["name"].casefold() for row in panel["rows"]] == [
        name.removeprefix("Thủ tục ").casefold() for name in names[: home.POPULAR]
    ]
    assert panel["rows"][0]["act_href"] == "/ho-so/nop/1.001193/"
    assert panel["total"] == Procedure.objects.filter(valid_to__isnull=True).count()


def test_without_procedures_nothing_is_said():
    Procedure.objects.all().delete()
    LifeEvent.objects.all().delete()
    assert home.popular_panel(asked()) == {}
    assert home.events_panel(asked()) == {}
    assert home.search_panel(asked()) == {"quick": []}
