"""Other ways of using it: with the keyboard only, with scripts off, in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .filing import begin, choose_agency, copies, file_copies
from .walking import DESK, People

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def test_a_step_is_filled_with_the_keyboard_only(people: People):
    tu = people.citizen(width=DESK)
    begin(tu, "2.000635")
    choose_agency(tu, "H47.32.20")
    keys = tu.page.keyboard

    def tab_to(selector: str) -> None:
        for _stop in range(60):
            keys.press("Tab")
            if tu.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the Tab key never comes to {selector}")

    tab_to('a[href$="/buoc/copies/"]')
    keys.press("Enter")
    tu.page.wait_for_url("**/buoc/copies/")
    tab_to('[name="copies.count"]')
    keys.type("abc")
    keys.press("Enter")
    tu.page.locator(".govuk-error-summary").wait_for()
    tu.look()
    assert tu.page.evaluate("document.activeElement.className") == "govuk-error-summary"
    tab_to(".govuk-error-summary a")
    keys.press("Enter")
    assert tu.page.evaluate("document.activeElement.name") == "copies.count"
    keys.press("Control+A")
    keys.type("2")
    tab_to("main form button.govuk-button")
    keys.press("Enter")
    tu.page.wait_for_url(re.compile(r"/ho-so/don/[^/]+/$"))
    assert "Đã xong" in tu.page.locator(".cq-tasks li", has=tu.page.locator('a[href$="/buoc/copies/"]')).inner_text()


def test_an_application_is_filed_with_scripts_off(people: People, scan: Path):
    code = file_copies(people.citizen(scripts=False), scan)
    assert re.fullmatch(r"H47\.32\.20-\d{6}-\d{4}", code)


PAGES = (
    "/",
    "/thu-tuc/?q=khai+sinh",
    "/thu-tuc/1.001193/",
    "/thu-tuc/su-kien/",
    "/tro-giup/",
    "/tiep-can/",
    "/ho-so/tra-cuu/",
    "/so-cai/",
    "/tai-khoan/login/",
)


@pytest.mark.parametrize("width", [390, DESK])
def test_pages_speak_english_when_asked(people: People, width: int):
    reader = people.stranger(width, language="en")
    spoken: dict[str, list[str]] = {}
    for path in PAGES:
        reader.open(path)
        assert reader.page.locator("html").get_attribute("lang") == "en"
        said = reader.page.locator("h1, h2, main button, main label, legend, th, main .govuk-button").all_inner_texts()
        spoken[path] = [text for text in said if VIETNAMESE.search(text)]
    assert {path: words for path, words in spoken.items() if words} == {}


def test_filing_speaks_english(people: People):
    tu = people.citizen(language="en")
    begin(tu, "2.000635")
    choose_agency(tu, "H47.32.20")
    for title in ("Applicant", "Record to be copied", "Number of copies"):
        tu.follow(re.compile(f"^{title}"))
        said = tu.page.locator("h1, h2, main label, legend, main button").all_inner_texts()
        assert [text for text in said if VIETNAMESE.search(text)] == []
        tu.page.go_back()
    assert copies(1)
