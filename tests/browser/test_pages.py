"""Every shell and every page of failure: axe, no sideways scroll, no complaint of the content policy; and what scripts add."""

from __future__ import annotations

import copy
import gzip
from pathlib import Path

import pytest
from django.conf import settings as now

from .conftest import WIDTHS, Look

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent
PAGES = [
    "/design/", "/thu/can-bo/", "/thu/cong-dan/", "/thu/nop/", "/thu/giay/", "/ngoai-tuyen/",
    "/thu/400/", "/thu/403/", "/thu/khong-co/", "/thu/500/", "/thu/csrf/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _shells(settings):
    templates = copy.deepcopy(now.TEMPLATES)
    templates[0]["DIRS"] = [HERE / "templates"]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.browser.shells"
    settings.WEB_PROVINCE = ""
    # the shells bring their own actor; the doors of sign-in would take it away
    settings.MIDDLEWARE = [name for name in now.MIDDLEWARE if name.startswith("django.")]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_every_width(look: Look, path, language):
    seen = look(path, language=language)
    found = {width: (seen.at(width).sideways(), seen.violations()) for width in WIDTHS}
    assert found == dict.fromkeys(WIDTHS, (0, []))
    assert seen.page.locator("html").get_attribute("lang") == language
    assert seen.page.locator("h1").count() >= 1
    assert seen.complaints == []


def test_without_scripts_menus_are_open_and_languages_change(look: Look):
    seen = look("/thu/can-bo/", width=390, scripts=False)
    assert seen.page.locator("#side").is_visible()
    assert not seen.page.locator("[data-toggle]").is_visible()
    seen = look("/design/", width=390, scripts=False)
    seen.page.get_by_role("button", name="English").click()
    assert seen.page.locator("h1").first.inner_text() == "Component sheet"


def test_without_scripts_a_form_is_sent(look: Look):
    seen = look("/thu/nop/", scripts=False)
    seen.page.get_by_label("Họ, chữ đệm, tên").fill("Bảo An")
    seen.page.get_by_role("button", name="Lưu và tiếp tục").click()
    assert seen.page.locator("#sent").inner_text() == "Bảo An next"


def test_a_form_is_sent_once_and_its_button_says_so(look: Look):
    page = look("/thu/nop/").page
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.post_data or "") if asked.method == "POST" else None)
    page.get_by_label("Họ, chữ đệm, tên").fill("Bảo An")
    # two clicks in one breath, then what the button says before the answer is there
    said = page.evaluate(
        """() => new Promise((done) => { const b = document.querySelector('button[name=go]'); b.click(); b.click();
        setTimeout(() => done([b.textContent, b.getAttribute('aria-disabled'), b.disabled])); })"""
    )
    assert said == ["Đang gửi…", "true", False]
    page.locator("#sent").wait_for()
    assert len(posts) == 1
    assert "go=next" in posts[0]


def test_a_menu_button_says_whether_the_menu_is_open(look: Look):
    seen = look("/thu/can-bo/", width=390)
    button = seen.page.get_by_role("button", name="Danh mục")
    assert button.get_attribute("aria-expanded") == "false"
    assert not seen.page.locator("#side").is_visible()
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert seen.page.locator("#side").is_visible()
    assert seen.violations() == []


def test_worklist_keys_go_down_up_and_can_be_turned_off(look: Look):
    page = look("/thu/can-bo/").page
    links = page.locator("table[data-keys] tbody a")

    def focused() -> str:
        return page.evaluate("document.activeElement.textContent")

    page.keyboard.press("j")
    assert focused() == links.nth(0).inner_text()
    page.keyboard.press("j")
    assert focused() == links.nth(1).inner_text()
    page.keyboard.press("k")
    assert focused() == links.nth(0).inner_text()
    switch = page.locator("[data-keys-switch]")
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"
    page.keyboard.press("j")
    assert focused() == "Phím tắt"


def test_the_end_of_the_session_is_announced_and_put_off(look: Look):
    page = look("/thu/nop/?session=301").page
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=5000)
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    with page.expect_response("**/phien/gia-han/") as answer:
        dialog.get_by_role("button", name="Ở lại").click()
    assert answer.value.json()["seconds"] > 301
    dialog.wait_for(state="hidden")


def test_an_error_summary_takes_focus_and_leads_to_the_field(look: Look):
    page = look("/thu/nop/").page
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.locator(".govuk-error-summary a").click()
    assert page.evaluate("document.activeElement.id") == "sheet-phone"


def test_every_stop_of_the_tab_key_can_be_seen(look: Look):
    page = look("/thu/cong-dan/", width=390).page
    hidden = []
    for _stop in range(40):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return null;
            const r = e.getBoundingClientRect(), x = r.x + Math.min(r.width / 2, 20), y = r.y + r.height / 2;
            const top = document.elementFromPoint(x, y);
            const seen = r.width > 0 && y >= 0 && y <= innerHeight && (e === top || e.contains(top) || top?.contains(e));
            return [e.outerHTML.slice(0, 90), seen]; }"""
        )
        if state is None:
            break
        if not state[1]:
            hidden.append(state[0])
    assert hidden == []


def test_without_a_network_the_kept_page_is_shown(look: Look):
    seen = look("/design/", workers=True)
    seen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    seen.page.wait_for_function("navigator.serviceWorker.controller !== null")
    kept = seen.page.evaluate(
        "caches.keys().then(n => caches.open(n[0])).then(c => c.keys()).then(k => k.map(r => new URL(r.url).pathname))"
    )
    assert sorted(path for path in kept if not path.startswith("/static/")) == ["/ngoai-tuyen/"]
    seen.page.context.set_offline(True)
    seen.page.goto(seen.page.url.replace("/design/", "/thu/cong-dan/"))
    assert "Không có mạng" in seen.page.locator("h1").inner_text()


LIMITS = {"public.css": 24, "desk.css": 10, "icons.svg": 8}
"""KB after gzip -9, from the design system's budgets."""


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_file_stays_within_its_budget(built: Path, name, limit):
    assert len(gzip.compress((built / name).read_bytes(), 9)) <= limit * 1024


def test_scripts_and_fonts_stay_within_their_budgets(built: Path):
    scripts = sum(len(gzip.compress((built / name).read_bytes(), 9)) for name in ("app.js", "htmx.min.js"))
    fonts = sum(file.stat().st_size for file in (built / "fonts").glob("*.woff2"))
    assert scripts <= 26 * 1024
    assert fonts <= 40 * 1024


def test_a_first_visit_stays_within_its_budget(look: Look):
    """Pages count as gzip sends them; icons and fonts as they are."""
    sizes: dict[str, int] = {}
    seen = look("/thu/khong-co/")
    seen.page.on("response", lambda answer: sizes.__setitem__(answer.url, len(gzip.compress(answer.body(), 9))))
    seen.page.goto(seen.page.url.replace("/thu/khong-co/", "/thu/cong-dan/"), wait_until="networkidle")
    assert any(url.endswith("public.css") for url in sizes)
    assert sum(sizes.values()) <= 110 * 1024
    pages = [size for url, size in sizes.items() if url.endswith("/thu/cong-dan/")]
    assert pages
    assert max(pages) <= 15 * 1024
