"""Live screens: an official's open worklist says that work came, and nothing moves under their hands."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from .filing import accept, file
from .walking import People, walked

PATIENCE_MS = 60_000
"""Who was told to come again does so within seconds, on a busy machine more."""
HINT = '[data-live-topic="work"]'


@walked("vi desk", "en phone")
def test_an_open_worklist_says_that_work_came(both: People, scan: Path):
    cast = both.cast
    code = file(both.citizen(), cast.paid, scan)
    walker = both.official(cast.head or cast.worker)
    page = walker.open("/mot-cua/").page
    _listens(page)
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


def _listens(page: Page) -> None:
    """Wait until the page's stream is open, as the page knows it: the browser's own word of it is sometimes lost."""
    opened = "() => document.getElementById('live')?._htmx?.sse?.status === 200"
    try:
        page.wait_for_function(opened, timeout=PATIENCE_MS)
    except PlaywrightTimeout as never:
        raise AssertionError(f"{page.url} does not listen: {_live_state(page)}") from never


def _what_streams_say(page: Page) -> list[str]:
    """Return a list that fills with what the page asks for and gets from now on; for who reads why nothing was heard."""
    lines: list[str] = []
    page.on("response", lambda one: lines.append(f"{one.status} {one.url}") if "/truc-tiep/" in one.url else None)
    page.on("requestfailed", lambda one: lines.append(f"failed {one.url}") if "/truc-tiep/" in one.url else None)
    return lines


def _live_state(page: Page) -> object:
    """Return how the page's stream stands, as htmx keeps it."""
    return page.evaluate(
        "() => { const one = document.getElementById('live'), sse = one?._htmx?.sse;"
        " const asked = performance.getEntriesByType('resource').filter(each => /truc-tiep|htmx|hx-sse|app.js/.test(each.name));"
        " return {there: !!one, status: sse?.status, id: sse?.lastEventId, attempt: sse?.attempt, hidden: document.hidden,"
        " htmx: typeof htmx, known: Object.keys(one?._htmx ?? {}), to: one?.getAttribute('hx-sse:connect'),"
        " worker: navigator.serviceWorker?.controller?.state,"
        " asked: asked.map(each => [each.name, each.responseStatus, Math.round(each.startTime), Math.round(each.duration)])}; }"
    )


@walked("vi phone", "en desk")
def test_an_applicant_s_open_pages_say_that_there_is_news(both: People, scan: Path):
    cast = both.cast
    walker = both.citizen()
    code = file(walker, cast.paid, scan)
    walker.open(f"/ho-so/xem/{code}/")
    tab = walker.page.context.new_page()
    tab.route("**/truc-tiep/**", lambda route: route.fulfill(status=429), times=1)  # told to come again, it does
    tab.goto(walker.page.url.partition("/ho-so/")[0] + "/ho-so/")
    own, listed = (page.locator("[data-live-topic]") for page in (walker.page, tab))
    assert own.inner_text() == listed.inner_text() == ""
    told = _what_streams_say(walker.page), _what_streams_say(tab)
    _listens(walker.page)
    _listens(tab)
    accept(both, code)
    for hint, lines in zip(
        (own, listed), told, strict=True
    ):  # each by itself: one is about the dossier, one about notices
        try:
            hint.locator("a").wait_for(timeout=PATIENCE_MS)
        except PlaywrightTimeout as never:
            raise AssertionError(f"{hint.page.url} heard nothing: {lines} {_live_state(hint.page)}") from never
        assert hint.get_attribute("role") == "status", "a screen reader says it when it is free"
        assert re.search(r"[1-9]", hint.inner_text())
    walker.look()
    tab.close()
    own.locator("a").click()
    walker.page.wait_for_load_state()
    assert own.inner_text() == ""
    walker.open("/")
    assert walker.page.locator("#live").count() == 0, "a page that shows nothing of it does not listen"
