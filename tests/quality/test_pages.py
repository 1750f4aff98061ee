"""Pages of quality, as everybody sees them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.kernel.documents.tests.test_typesetting import text_of
from tinhso.kernel.organisation.public import find_official
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


def test_who_works_at_a_desk_is_led_to_its_agency(world):
    assert browser("lan").get("/chat-luong/co-quan/")["Location"] == f"/chat-luong/co-quan/{MINH_AN}/"


def test_nobody_is_led_to_a_page_that_refuses_them(world):
    for page in ("", "linh-vuc/", "chin-chi-so/"):
        path = f"/chat-luong/co-quan/{MINH_AN}/{page}"
        seen = {name: browser(name).get(path).content.decode() for name in ("lan", "minh", "hung", "kiemtra")}
        assert [name for name, text in seen.items() if "/nang-diem/" in text] == ["lan", "minh", "kiemtra"], page


def test_an_auditor_reads_how_far_a_dossier_is_and_its_officer_works_on_it(world):
    path = f"/chat-luong/co-quan/{MINH_AN}/chi-so/2.1/"
    lan, kiemtra = (browser(name).get(path).content.decode() for name in ("lan", "kiemtra"))
    of = re.compile(r'href="([^"]*H47\.32\.20-221128-0001[^"]*)"')
    (worked,), (tracked,) = of.findall(lan), of.findall(kiemtra)
    assert browser("kiemtra").get(worked).status_code == 404
    assert browser("lan").get(worked).status_code == 200
    assert tracked != worked
    assert browser("kiemtra").get(tracked).status_code == 200


def test_only_those_who_may_open_the_dossiers_behind_a_figure(world):
    """Figures are for all officials, codes of dossiers are not; no page of quality bears an applicant's name."""
    path = f"/chat-luong/co-quan/{MINH_AN}/chi-so/2.1/"
    seen = {name: browser(name).get(path).content.decode() for name in ("lan", "minh", "hung")}
    assert [name for name, page in seen.items() if "H47.32.20-221128-0001" in page] == ["lan", "minh"]
    assert [name for name, page in seen.items() if "Nguyễn Thị Tư" in page] == []
    assert browser("hung").get(f"/chat-luong/co-quan/{MINH_AN}/nang-diem/").status_code == 403
    assert Client().get(path).status_code == 302
    public = Client().get("/chat-luong/").content.decode()
    assert re.search(r"<li>\d+ trên \d+ hồ sơ \([\d,]+%\) được giải quyết đúng hạn", public)
    assert "H47.32.20-221128" not in public


@pytest.mark.parametrize(
    "period",
    [
        "2022-13",
        "2022-11-02..2022-11-01",
        "x",
        "1900-01-01..2022-11-01",
        "2022-Q5",
        "99999",
        "9999",
        "9999-11",
        "0001-01",
        "0001-01-01..0001-01-05",
    ],
)
def test_what_is_no_period_is_not_found(world, period):
    assert browser("lan").get(f"/chat-luong/bang/?ky={period}").status_code == 404


def test_spreadsheets_and_the_api_say_the_same(world):
    lan = browser("lan")
    sheet = lan.get(f"/chat-luong/co-quan/{MINH_AN}/?dang=csv").content.decode("utf-8-sig")
    rows = {line.split(",")[0]: line.split(",") for line in sheet.splitlines()}
    told = lan.get(f"/api/quality/index?agency={MINH_AN}").json()
    figures = {one["key"]: one for one in told["figures"]}
    assert told["received"] == 2
    assert figures["1.1"]["rate"] is None
    assert rows["1.1"][-3:-1] == ["", ""]
    for key in ("2.1", "3.3", "4.1", "5.4"):
        assert float(rows[key][-3]) == figures[key]["rate"], key
    assert len(lan.get("/api/quality/agencies").json()) == 3
    assert lan.get("/chat-luong/bang/?dang=csv").content.decode("utf-8-sig").count("\n") == 4


def test_a_period_is_closed_and_reopened_on_the_page(world, at_now):  # noqa: F811
    at_now(later(days=5))
    path = f"/chat-luong/co-quan/{MINH_AN}/"
    minh = come_in(Client(), account_of("minh"), at=later(days=5), level=2)
    assert minh.post(f"{path}chot/?ky=2022-11").status_code == 302
    assert minh.post(f"{path}chot/?ky=2022-11").status_code == 409
    auditor = come_in(Client(), find_official("QN-052").account, at=later(days=5), level=2)
    assert auditor.get(f"{path}?ky=2022-11").status_code == 200
    assert auditor.post(f"{path}mo-lai/?ky=2022-11", {"reason": "Đếm thiếu"}).status_code == 302
    entered = {"number": "6", "value": "2", "evidence": "Biên bản"}
    assert auditor.post(f"{path}chin-chi-so/nhap/?ky=2022-11", entered).status_code == 302
    assert "Biên bản" in auditor.get(f"{path}chin-chi-so/?ky=2022-11").content.decode()


def test_the_report_of_a_period_is_a_paper(world, tmp_path):
    answer = browser("lan").get(f"/chat-luong/co-quan/{MINH_AN}/bao-cao/?ky=2022-11")
    assert answer["Content-Type"] == "application/pdf"
    told = text_of(answer.content, tmp_path)
    for words in ("Báo cáo chất lượng phục vụ", "2.1", "100,00%", "chưa chốt", "PHƯỜNG MINH"):
        assert words.casefold() in told.casefold(), told
    assert "Nguyễn Thị Tư" not in told
    assert Client().get(f"/chat-luong/co-quan/{MINH_AN}/bao-cao/").status_code == 302
