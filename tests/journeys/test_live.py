"""Live screens: an official's open worklist says that work came, and nothing moves under their hands."""

from __future__ import annotations

from pathlib import Path

from .filing import accept, file
from .walking import People, walked

HINT = '[data-live-topic="work"]'


@walked("vi desk", "en phone")
def test_an_open_worklist_says_that_work_came(both: People, scan: Path):
    cast = both.cast
    code = file(both.citizen(), cast.paid, scan)
    walker = both.official(cast.head or cast.worker)
    with walker.page.expect_response(lambda response: "/truc-tiep/" in response.url) as heard:
        walker.open("/mot-cua/")
    assert heard.value.headers["content-type"].startswith("text/event-stream")
    page = walker.page
    page.fill("#f-q", "half a word")
    assert page.locator(HINT).inner_text() == ""
    accept(both, code)
    link = page.locator(f"{HINT} a")
    link.wait_for()
    said = page.locator(HINT).inner_text()
    assert "1" in said
    assert page.input_value("#f-q") == "half a word", "nothing was reloaded"
    assert code not in page.locator("main").inner_text()
    assert page.locator('[data-live-add="work"] [data-live-mark]').inner_text() == "+1" or walker.width < 600
    walker.look()
    link.click()
    page.wait_for_load_state()
    assert code in page.locator("main").inner_text()
    assert page.locator(HINT).inner_text() == ""
