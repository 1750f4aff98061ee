"""The pages of the front door: in both languages, light, with few statements, and of nothing but what is lent."""

import gzip
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from tests.snapshot import with_province

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.registry import HomePanel, Module, Registry
from tinhso.modules.portal import queries

pytestmark = with_province
TEXTS = Path(__file__).parents[1] / "templates" / "portal"
PAGES = {
    "/": ("Trang chủ", "Home"),
    "/tro-giup/": ("Hỗ trợ", "Help"),
    "/gioi-thieu/": ("Trang này hoạt động thế nào", "How this site works"),
    "/tiep-can/": ("Khả năng tiếp cận", "Accessibility"),
    "/du-lieu-ca-nhan/": ("Dữ liệu cá nhân", "Personal data"),
}
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịọỏốồổỗộớờởỡợụủứừửữự]", re.IGNORECASE)

NAMES = re.compile(r"Tỉnh Số|Cơ Tu|Xơ Đăng|[NQ]Đ-")
"""What stays Vietnamese in an English text."""


class Links(HTMLParser):
    """Collects what a page links to, and the ids it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.hrefs.append(given.get("href") or "")
        if "id" in given:
            self.ids.append(given["id"])


def open_page(path: str, language: str = "vi") -> str:
    client = Client()
    client.cookies["ngon_ngu"] = language
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def asked(path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.at, request.actor = datetime(2022, 11, 28, 9, 0, tzinfo=CIVIL_ZONE), ANONYMOUS
    return request


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_has_its_title_and_fits_the_budget(path, language):
    html = open_page(path, language)
    title = re.search(r"<title>(.*?) –", html)
    assert title
    assert title[1] == PAGES[path][language == "en"]
    assert html.count("<h1") == 1
    assert len(gzip.compress(html.encode(), 9)) < 15_000


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_link_leads_somewhere_and_no_id_stands_twice(path, language):
    found = Links(open_page(path, language))
    assert len(found.ids) == len(set(found.ids))
    anchors = {href[1:] for href in found.hrefs if href.startswith("#")}
    assert anchors <= set(found.ids)
    inside = {re.split(r"[?#]", href)[0] for href in found.hrefs if href.startswith("/")}
    answers = {href: Client().get(href).status_code for href in inside if href}
    assert {href: status for href, status in answers.items() if status not in {200, 302}} == {}


def test_help_has_the_place_that_the_home_page_points_to():
    assert "/tro-giup/#tai-quay" in Links(open_page("/")).hrefs
    assert "tai-quay" in Links(open_page("/tro-giup/")).ids


@pytest.mark.parametrize("name", sorted(path.name for path in (TEXTS / "vi").iterdir()))
def test_both_languages_say_the_same_in_the_same_order(name):
    vi, en = ((TEXTS / language / name).read_text(encoding="utf-8") for language in ("vi", "en"))
    tags = re.compile(r"<(h2|h3|li|p|ol|ul|notice|code)\b|\{[{%].*?[%}]\}")

    def shape(text):
        return [re.sub(r'title="[^"]*"', "", found) for found in (match[0] for match in tags.finditer(text))]

    assert shape(vi) == shape(en)
    assert VIETNAMESE.search(vi)
    assert not VIETNAMESE.search(NAMES.sub("", en))


def test_home_takes_few_statements(client, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get("/")


def test_home_says_what_each_module_lends_in_its_place():
    html = open_page("/")
    order = [
        'action="/thu-tuc/"',
        'class="cq-quick"',
        'action="/ho-so/tra-cuu/"',
        'id="su-kien"',
        'class="cq-proc"',
        "Ngại làm trên máy?",
    ]
    places = [html.index(part) for part in order]
    assert places == sorted(places)


def test_without_dossiers_there_are_no_results():
    assert "Kết quả phục vụ" not in open_page("/")


def test_a_panel_with_nothing_to_say_is_left_out():
    shelf = Registry()
    silent = HomePanel("a.silent", "web/components/skeleton.html", lambda _request: {}, place="side")
    speaks = HomePanel("a.speaks", "web/components/skeleton.html", lambda _request: {"label": "Đang tải"}, place="side")
    shelf.add("a", Module(slug="a", title="A", lends=(silent, speaks)))
    panels = queries.home_panels(asked(), shelf)
    assert {place: len(found) for place, found in panels.items()} == {
        "hero": 0,
        "top": 0,
        "band": 0,
        "main": 0,
        "side": 1,
    }
    assert "Đang tải" in panels["side"][0]


def test_a_panel_in_a_place_that_is_not_there_is_a_bug():
    shelf = Registry()
    lost = HomePanel("a.lost", "web/components/skeleton.html", lambda _request: {"label": "x"}, place="attic")
    shelf.add("a", Module(slug="a", title="A", lends=(lost,)))
    with pytest.raises(KeyError, match="attic"):
        queries.home_panels(asked(), shelf)


def test_only_get():
    assert {path: Client().post(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 405)
