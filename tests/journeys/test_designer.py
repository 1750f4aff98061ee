"""A flow is drawn, mended where the proofs say so, approved by somebody else; and rehearsed."""

from __future__ import annotations

import re

from .walking import DESK, People, walked

LAWYERS = {"quang-nam": "thinh", "nghich": "kiemtra"}
FLOWS = {"quang-nam": "phong-ban", "nghich": "xa"}


@walked("vi desk", "en phone")
def test_a_flow_is_designed_by_one_and_approved_by_another(both: People):
    say, province = both.cast.say, both.house.pack
    author = both.official("quantri").open("/thiet-ke/")
    form = author.page.locator(f"form[action*='/{FLOWS[province]}/soan/']")
    form.get_by_role("button").click()
    author.page.locator("#canvas svg [data-element-id='process']").first.wait_for()
    author.look()
    assert author.page.locator(".bjs-powered-by").is_visible()
    if both.width == DESK:
        author.page.locator("#canvas [data-element-id='process'] .djs-hit").first.click()
        author.page.locator("#chosen a").click()
    else:
        author.page.locator("tr#b-process a").click()
    author.fill(within="90d").press(say("Save"))
    assert say("The proofs do not hold yet") in author.text
    author.page.locator("[data-show=process]").first.click()
    author.page.locator("#canvas .djs-element.selected[data-element-id=process]").wait_for()
    author.page.locator("tr#b-process a").click()
    author.fill(within="6h").press(say("Save"))
    assert say("The proofs hold") in author.text
    author.fill(note="Gọn hơn").press(re.compile(f"^{say('Send')}$"))
    lawyer = both.official(LAWYERS[province]).open(author.path).press(say("What changes"))
    assert "Gọn hơn" in lawyer.text
    lawyer.fill(words="Nêu rõ lý do").press(re.compile(f"^{say('Send back')}$"))
    author.open(author.path)
    assert "Nêu rõ lý do" in author.text
    author.press(say("Rehearse"))
    author.press(say("Rehearse"))
