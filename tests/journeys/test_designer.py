"""A flow is drawn, mended where the proofs say so, approved by somebody else; and rehearsed."""

from __future__ import annotations

import re

from .cast import days_from_now
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


FORMS = {"quang-nam": "2.000942", "nghich": "9.000003"}
PROCEDURES = {"quang-nam": "2.000942", "nghich": "9.000002"}


@walked("en desk", "vi phone")
def test_a_form_is_written_by_one_and_approved_by_another(both: People):
    say, province = both.cast.say, both.house.pack
    author = both.official("quantri").open("/thiet-ke/bieu-mau/")
    author.page.locator(f"form[action*='/{FORMS[province]}/soan/']").get_by_role("button").click()
    author.look()
    draft, renamed = author.path, "Bước đã đổi tên" if author.language == "vi" else "A renamed step"
    author.follow(re.compile("."), within="table:has(.ds-step)", nth=0)
    author.fill(title="Bước đã đổi tên", title_en="A renamed step").press(say("Save"))
    assert renamed in author.text
    author.press(say("As the citizen sees it"))
    assert renamed in author.text
    author.open(draft).fill(note="Dễ hiểu hơn").press(re.compile(f"^{say('Send')}$"))
    lawyer = both.official(LAWYERS[province]).open(draft).press(say("What changes"))
    assert renamed in lawyer.text
    lawyer.fill(effective_on=days_from_now(1).isoformat()).press(say("Approve and publish"))
    assert say("Approved.") in lawyer.text


@walked("vi phone", "en desk")
def test_a_procedure_is_written_by_one_and_approved_by_another(both: People):
    say, province = both.cast.say, both.house.pack
    author = both.official("quantri").open("/thiet-ke/thu-tuc/")
    author.fill(q=PROCEDURES[province]).press(say("Find"))
    author.page.locator(f"form[action*='/{PROCEDURES[province]}/soan/']").get_by_role("button").click()
    author.look()
    draft = author.path
    author.open(f"{draft}trang/ways/0/").fill(a_amount="20").press(say("Save"))
    author.open(f"{draft}them/components/")
    author.fill(a_code="ANH", a_name="Ảnh chân dung", a_copies="hai").press(say("Save"))
    assert author.page.locator(".govuk-error-summary").count() == 1
    author.fill(a_copies="2", a_name_en="Photograph").press(say("Save"))
    assert "Ảnh chân dung" in author.text
    author.press(say("As the citizen sees it"))
    assert ("Ảnh chân dung" if author.language == "vi" else "Photograph") in author.text
    author.open(draft).fill(note="Thêm ảnh").press(re.compile(f"^{say('Send')}$"))
    lawyer = both.official(LAWYERS[province]).open(draft).press(say("What changes"))
    assert "Ảnh chân dung" in lawyer.text
    lawyer.fill(words="Nêu căn cứ").press(re.compile(f"^{say('Send back')}$"))
    author.open(draft)
    assert "Nêu căn cứ" in author.text
    author.fill(note="Thông tư mới").press(re.compile(f"^{say('Send')}$"))
    lawyer.open(draft).press(say("What changes"))
    lawyer.fill(effective_on=days_from_now(0).isoformat()).press(say("Approve and publish"))
    assert say("Approved.") not in lawyer.text, "who files today keeps today's terms"
    lawyer.fill(effective_on=days_from_now(1).isoformat()).press(say("Approve and publish"))
    assert say("Approved.") in lawyer.text
