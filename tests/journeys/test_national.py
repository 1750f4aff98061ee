"""The national portal: the administrator compares a day, a ministry's dossier is found by its code, others see nothing."""

from __future__ import annotations

import re

import httpx

from tinhso.base.clock import civil, now

from .walking import People, walked

CENTRAL = {"quang-nam": ("1.001456", "H47"), "nghich": ("9.000006", "")}


@walked("vi phone", "en desk")
def test_a_day_is_compared_and_a_ministrys_dossier_is_found(both: People):
    say, house = both.cast.say, both.house
    service, agency = CENTRAL[house.pack]
    code, today = "G01-261123-0007", civil(now())
    form = {"code": code, "service": service, "agency": agency, "state": "4", "at": f"{today:%Y%m%d%H%M%S}"}
    assert httpx.post(f"{house.sandbox}/national/file", data=form).status_code == 303

    admin = both.official("quantri").open("/cong-quoc-gia/")
    if house.pack == "nghich":  # its codes are not those of the country: the portal says so, and they wait
        assert "MaHoSo sai cấu trúc" in admin.text
        admin.press(re.compile(f"^{say('Tell again')}"))
    admin.open("/cong-quoc-gia/doi-soat/").press(say("Compare now"))
    assert say("Write the day.") in admin.text
    admin.fill(day=f"{today:%d/%m/%Y}").press(say("Compare now"))
    assert re.search(r"/doi-soat/\d{4}-\d\d-\d\d/$", admin.path)
    admin.open("/cong-quoc-gia/ho-so-trung-uong/")
    assert code in admin.text

    stranger = both.stranger().open("/ho-so/tra-cuu/").fill(ma=code).press(say("Track"))
    assert say("Being processed") in stranger.text
    assert say("Ask there:") in stranger.text
