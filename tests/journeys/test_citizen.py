"""Bà Tư: finds, reads, signs in, fills, comes back on another device, files; and pays."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .cast import printed_sum
from .filing import answer_step, attach, check_and_file, choose_agency, choose_delivery, file, parted
from .walking import DESK, PHONE, People, Walker, sign_in_citizen, walked


@walked("vi phone", "en desk")
def test_a_birth_is_registered_on_two_devices(both: People, scan: Path):
    """Each width is walked in both languages: the second device is the other one, and speaks the other language."""
    birth, filing = both.cast.birth, both.cast.birth.filing
    before, after = parted(birth)
    tu = both.stranger().open("/")
    tu.page.get_by_role("searchbox").first.fill(birth.search)
    tu.page.keyboard.press("Enter")
    tu.page.wait_for_url("**/thu-tuc/?*")
    tu.look().go(f"/thu-tuc/{filing.service}/")
    assert birth.law in tu.text
    tu.go(f"/ho-so/nop/{filing.service}/")
    assert "/tai-khoan/login/" in tu.page.url
    sign_in_citizen(tu, "Trần Thị Tư")
    assert tu.path == f"/ho-so/nop/{filing.service}/"
    tu.press(re.compile(f"^({tu.say('Begin')}|{tu.say('Begin a new one')})"))
    draft = tu.path
    if filing.agency:
        choose_agency(tu, filing.agency)
    for key, answers in before:
        answer_step(tu, key, answers)
    # in the middle of a step she is called away, with half of it typed
    field, typed = birth.half
    tu.go(f"/buoc/{birth.left_at}/").answer({field: typed}).press(tu.say("Save, do it later"))
    assert tu.path == draft

    # she signs in there anew: nothing of the first device is known to it
    both.sessions.pop("citizen Trần Thị Tư", None)
    again = both.citizen(width=DESK if tu.width == PHONE else PHONE, language=both.other_language)
    again.open("/ho-so/").go(draft).go(f"/buoc/{birth.left_at}/")
    assert again.page.locator(f'[name="{field}"]').input_value() == typed
    again.answer(after[0][1]).send()
    for key, answers in after[1:]:
        answer_step(again, key, answers)
    attach(again, filing.paper, scan)
    choose_delivery(again)
    code = check_and_file(again, birth.child, "giay-chung-sinh.pdf")
    confirmed(again, scan, code)
    again.press(again.say("Go to my dossier"))
    assert birth.child in str(again.page.locator("main").text_content())


def confirmed(walker: Walker, scan: Path, code: str) -> None:
    """See code, QR, fingerprint of the file and proof of filing on the page after it."""
    assert re.fullmatch(walker.cast.code, code)
    assert code in walker.text
    assert walker.page.locator("main svg[role=img], main .cq-done svg, main img").count() >= 1
    # what only whoever checks needs to read stands folded
    walker.page.locator("main details summary").last.click()
    assert hashlib.sha256(scan.read_bytes()).hexdigest() in walker.text
    assert re.search(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b", walker.text)


@walked("en phone", "vi desk")
def test_a_fee_is_paid_online(both: People, scan: Path):
    cast, say = both.cast, both.cast.say
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    assert say("Next: pay the fee") in tu.text
    tu.press(say("Pay online"))
    assert cast.sum(cast.fee) in tu.text
    gateway(both, tu, "Hủy")
    assert say("Not paid. Nothing was taken; you can try again.") in tu.text
    assert tu.path == f"/ho-so/xem/{code}/"
    tu.press(say("Pay online"))
    gateway(both, tu, "Thanh toán")
    assert tu.path == f"/ho-so/xem/{code}/"
    assert say("Paid. The receipt is among the papers to print.") in tu.text
    assert tu.page.locator("main").get_by_role("link", name=say("Pay online")).count() == 0
    receipt = tu.get(f"/ho-so/in/receipt/{code}/")
    assert receipt.headers["content-type"] == "application/pdf"
    printed = PdfReader(BytesIO(receipt.body())).pages[0].extract_text()
    assert code in printed
    assert printed_sum(cast.fee) in printed


def gateway(people: People, walker: Walker, answer: str) -> None:
    """Go to the gateway, see amount and QR there, answer, come back."""
    walker.press(people.cast.say("Go to payment"))
    page = walker.page
    assert page.url.startswith(walker.house.sandbox)
    assert printed_sum(people.cast.fee) in page.inner_text("body")
    assert page.locator("img.qr").evaluate("e => e.complete && e.naturalWidth > 0")
    page.get_by_role("button", name=re.compile(f"^{answer}")).click()
    page.wait_for_url(f"{walker.house.url}/**")
    walker.look()
