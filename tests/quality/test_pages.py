"""Pages of quality, as everybody sees them."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later

pytestmark = with_province


@pytest.fixture
def world(who, count, at_now):  # noqa: F811
    """Return who, with two dossiers counted, one settled, one open, on the next morning."""
    count(later(0))
    playing.returned(who)
    playing.accepted(who)
    count(later(30))
    at_now(later(days=1))
    return who


def browser(name):
    return come_in(Client(), account_of(name), at=later(days=1), level=2)


def test_every_page_opens(world):
    lan = browser("lan")
    for path in (
        "/chat-luong/", "/chat-luong/bang/", f"/chat-luong/co-quan/{MINH_AN}/", "/chat-luong/co-quan/H47/",
        f"/chat-luong/co-quan/{MINH_AN}/linh-vuc/", f"/chat-luong/co-quan/{MINH_AN}/nang-diem/",
        f"/chat-luong/co-quan/{MINH_AN}/chin-chi-so/", f"/chat-luong/co-quan/{MINH_AN}/chi-so/2.1/",
        f"/chat-luong/co-quan/{MINH_AN}/chi-so/5.4/?loc=khong-dat", f"/chat-luong/co-quan/{MINH_AN}/chi-so/3.1/",
    ):  # fmt: skip
        page = lan.get(path, headers={"accept-language": "vi"})
        assert page.status_code == 200, (path, page.content[:2000])
