"""The operations centre on a phone and on a desk: who is latest, what is promised, what a day changed, and it is live."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import accept, file
from .test_live import _listens
from .walking import People, walked

PATIENCE_MS = 30_000
RECEIVED = re.compile(r"Hồ sơ tiếp nhận|Dossiers received")


@walked("vi phone", "en desk")
def test_a_leader_sees_how_things_are_and_an_act_while_looking(both: People, scan: Path):
    cast = both.cast
    walker = both.official(cast.head or cast.worker)
    page = walker.open("/dieu-hanh/").page
    _listens(page)
    tile = page.locator(".cq-kpis > li", has_text=RECEIVED).first.locator(".v")
    before = _number(tile.inner_text())
    code = file(both.citizen(), cast.paid, scan)
    accept(both, code)
    page.wait_for_function(
        "before => { const said = document.querySelector('.cq-kpis > li .v').textContent; return said.replace(/\\D/g, '') == String(before + 1) }",
        arg=before,
        timeout=PATIENCE_MS,
    )
    walker.look()
    walker.follow(RECEIVED)
    assert page.locator(".cq-kpis .v").first.inner_text().startswith(str(before + 1))
    walker.follow(re.compile("Quay lại|Back"))
    walker.follow(re.compile("Chỉ tiêu được giao|Targets"))
    walker.follow(re.compile("Quay lại|Back"))
    walker.follow(re.compile("Việc đã làm hôm qua|What was done yesterday"))
    walker.follow(re.compile("Ngày sau|Day after"))
    assert page.locator("main table tbody tr").count() > 1
    walker.follow(re.compile("Quay lại|Back"))
    walker.press(re.compile("Màn hình lớn|Big screen"))
    assert "is-wall" in (page.locator("body").get_attribute("class") or "")


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)
