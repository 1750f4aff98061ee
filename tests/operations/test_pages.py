"""Pages of the operations centre, as everybody sees them."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import HOI_AN, MINH_AN, later
from tinhso.modules.operations.models import Board

pytestmark = with_province


@pytest.fixture
def world(who, count, at_now):  # noqa: F811
    """Return who, with two dossiers counted, on the next morning."""
    count(later(0))
    playing.returned(who)
    playing.accepted(who)
    count(later(days=1))
    at_now(later(days=1))
    return who


def browser(name):
    return come_in(Client(), account_of(name), at=later(days=1), level=2)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens(world, language):
    lan = browser("lan")
    for path in (
        "H47/", f"{MINH_AN}/?ky=2022", f"{HOI_AN}/?ky=2022-Q4", "H47/?man=lon", "H47/?luc=2022-11-01", "H47/?phan=o",
        "H47/chi-tieu/", "H47/hom-qua/", "H47/hom-qua/?ngay=2022-11-28", f"{HOI_AN}/so-sanh/?voi=H47.31&ky=2022",
        f"{HOI_AN}/so-sanh/", "H47/so/mc.qua_han/", f"{MINH_AN}/so/mc.truc_tuyen/?ky=2022", "H47/so/kh.wifi_thon/?ky=2022",
    ):  # fmt: skip
        lan.cookies["ngon_ngu"] = language
        page = lan.get(f"/dieu-hanh/{path}")
        assert page.status_code == 200, (path, page.content[:2000])
        assert b"{%" not in page.content


def test_what_is_no_period_day_unit_or_figure_is_not_found(world):
    lan = browser("lan")
    for path in (
        "H47/?ky=hom-nay",
        "H47/?luc=31-12-2022",
        "H99/",
        "H47/so/khong.co/",
        "H47/?bang=khong-co",
        "H47/hom-qua/?ngay=x",
    ):
        assert lan.get(f"/dieu-hanh/{path}").status_code == 404, path


def test_a_sheet_has_what_the_page_has(world):
    answer = browser("lan").get("/dieu-hanh/H47/?ky=2022-11&dang=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {row[1]: row[3] for row in rows[1:]}
    assert told["Hồ sơ tiếp nhận"] == "2"
    assert answer["Content-Type"].startswith("text/csv")


def test_an_open_board_asks_for_its_tiles_alone_and_a_past_one_does_not(world):
    lan = browser("lan")
    page = lan.get("/dieu-hanh/H47/").content.decode()
    assert 'hx-trigger="figures from:#live throttle:1s"' in page
    part = lan.get("/dieu-hanh/H47/?phan=o").content.decode()
    assert "<html" not in part
    assert "cq-kpis" in part
    past = lan.get("/dieu-hanh/H47/?luc=2022-11-02").content.decode()
    assert "hx-trigger" not in past.split('id="bang"')[1][:200]


def test_a_board_is_arranged_in_the_browser_and_a_stale_page_is_told(world):
    boss = browser("kiemtra")
    board = Board.objects.first()
    path = f"/dieu-hanh/sap-xep/{board.code}/"
    assert boss.get(path).status_code == 200
    given = {"block": board.blocks[0]["code"], "indicator": "mc.tiep_nhan", "verb": "remove", "seen": board.version}
    assert boss.post(path, given).status_code == 302
    page = boss.post(path, {**given, "verb": "add"}, follow=True).content.decode()
    assert "Người khác vừa sắp xếp" in page
    assert browser("lan").get(path).status_code == 403


def test_an_english_page_names_units_and_blocks_in_english(world):
    lan, boss = browser("lan"), browser("kiemtra")
    for one, path in (
        (lan, "/dieu-hanh/H47/?ky=2022-11"),
        (lan, "/dieu-hanh/H47/so/mc.qua_han/?ky=2022-11"),
        (boss, "/dieu-hanh/sap-xep/tinh/"),
    ):
        one.cookies["ngon_ngu"] = "en"
        page = one.get(path).content.decode()
        main = page.split('id="noi-dung"')[1]
        assert "Ủy ban nhân dân" not in main, path
        assert "Dịch vụ hành chính công" not in main, path
