"""Other ways of using it: with the keyboard only, with scripts off, in English."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import begin, file
from .walking import DESK, PHONE, People, Walker, walked

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@walked("en desk", "vi desk")
def test_a_step_is_filled_with_the_keyboard_only(both: People):
    wanted = both.cast.keys
    tu = both.citizen()
    begin(tu, wanted.filing)
    keys, link = tu.page.keyboard, f'a[href$="/buoc/{wanted.step}/"]'
    tab_to(tu, link)
    keys.press("Enter")
    tu.page.wait_for_url(f"**/buoc/{wanted.step}/")
    tab_to(tu, f'[name="{wanted.field}"]')
    keys.press("Control+A")
    keys.type(wanted.wrong)
    keys.press("Enter")
    tu.page.locator(".govuk-error-summary").wait_for()
    tu.look()
    assert tu.page.evaluate("document.activeElement.className") == "govuk-error-summary"
    tab_to(tu, ".govuk-error-summary a")
    keys.press("Enter")
    assert tu.page.evaluate("document.activeElement.name") == wanted.field
    keys.press("Control+A")
    keys.type(wanted.right)
    tab_to(tu, "main form button.govuk-button")
    keys.press("Enter")
    tu.page.wait_for_url(re.compile(r"/ho-so/don/[^/]+/$"))
    assert both.cast.say("Done") in tu.page.locator(".cq-tasks li", has=tu.page.locator(link)).inner_text()


def tab_to(walker: Walker, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _stop in range(60):
        walker.page.keyboard.press("Tab")
        if walker.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key never comes to {selector}")


@walked("en phone", "vi phone")
def test_an_application_is_filed_with_scripts_off(both: People, scan: Path):
    code = file(both.citizen(scripts=False), both.cast.paid, scan)
    assert re.fullmatch(both.cast.code, code)


PAGES = (
    "/",
    "/thu-tuc/?q=khai+sinh",
    "/thu-tuc/{service}/",
    "/thu-tuc/su-kien/",
    "/tro-giup/",
    "/tiep-can/",
    "/ho-so/tra-cuu/",
    "/so-cai/",
    "/tai-khoan/login/",
)


def test_pages_speak_english_when_asked(both: People):
    reader = both.stranger(PHONE, language="en", also=DESK)
    spoken: dict[str, list[str]] = {}
    for path in PAGES:
        reader.open(path.format(service=both.cast.birth.filing.service))
        assert reader.page.locator("html").get_attribute("lang") == "en"
        said = reader.page.locator("h1, h2, main button, main label, legend, th, main .govuk-button").all_inner_texts()
        spoken[path] = [text for text in said if VIETNAMESE.search(text)]
    assert {path: words for path, words in spoken.items() if words} == {}


@walked("en desk", "en phone")
def test_filing_speaks_english(both: People):
    tu = both.citizen()
    begin(tu, both.cast.paid)
    for key, answers in both.cast.paid.steps:
        tu.go(f"/buoc/{key}/")
        said = tu.page.locator("h1, h2, main label, legend, main button").all_inner_texts()
        assert [text for text in said if VIETNAMESE.search(text)] == []
        tu.answer(answers).send()
