"""Bà Tư on her phone: finds, reads, signs in, fills, comes back on another device, files; and pays."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .cast import MINH_AN
from .filing import a_newborn, answer_step, attach, birth, choose_agency, choose_delivery, file
from .walking import People, Walker, sign_in_citizen

NATIONAL_CODE = r"H47\.32\.20-\d{6}-\d{4}"


def test_a_birth_is_registered_from_a_phone(people: People, scan: Path):
    tu = people.stranger().open("/")
    tu.page.get_by_role("searchbox").first.fill("lam giay khai sinh")
    tu.page.keyboard.press("Enter")
    tu.page.wait_for_url("**/thu-tuc/?*")
    tu.look().follow(re.compile("đăng ký khai sinh", re.IGNORECASE))
    assert "Giấy chứng sinh" in tu.text
    assert "60/2014/QH13" in tu.text
    tu.press(re.compile("Nộp trực tuyến|Nộp hồ sơ"))
    assert "/tai-khoan/login/" in tu.page.url
    sign_in_citizen(tu, "Trần Thị Tư")
    assert tu.path == "/ho-so/nop/1.001193/"
    tu.press(re.compile("Bắt đầu|Làm hồ sơ mới"))
    draft = tu.path
    choose_agency(tu, MINH_AN)
    steps = birth(a_newborn())
    answer_step(tu, *steps["applicant"])
    answer_step(tu, *steps["child"])
    # in the third step she is called away, with half of it typed
    tu.follow("Mẹ").fill(mother__full_name="Phạm Thị Hồng Nhung").press("Lưu, làm sau")
    assert tu.path == draft
    tu.context.close()
    people.walkers.remove(tu)

    people.sessions.pop("citizen Trần Thị Tư", None)
    again = people.citizen()
    again.open("/ho-so/").follow(re.compile("khai sinh", re.IGNORECASE))
    assert again.path == draft
    again.follow("Mẹ")
    assert again.page.locator('[name="mother.full_name"]').input_value() == "Phạm Thị Hồng Nhung"
    again.answer(steps["mother"][1]).send()
    for name in ("father", "papers", "wishes"):
        answer_step(again, *steps[name])
    attach(again, "Giấy chứng sinh", scan)
    choose_delivery(again)
    again.follow("Kiểm tra và nộp")
    assert "Lê Trần Bảo An" in again.text
    assert "giay-chung-sinh.pdf" in again.text
    again.press("Nộp hồ sơ")
    code = again.page.url.partition("/da-nop/")[2].strip("/")
    assert re.fullmatch(NATIONAL_CODE, code)
    assert code in again.text
    assert again.page.locator("main svg[role=img], main .cq-done svg, main img").count() >= 1
    # what only whoever checks needs to read stands folded
    again.page.get_by_text("Mã băm của tệp").click()
    assert hashlib.sha256(scan.read_bytes()).hexdigest() in again.text
    assert re.search(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b", again.text)
    again.press("Xem hồ sơ của tôi")
    assert "Lê Trần Bảo An" in again.page.locator("main").text_content()


def test_a_fee_is_paid_online(both: People, scan: Path):
    cast, say = both.cast, both.cast.say
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    assert say("Next: pay the fee") in tu.text
    tu.press(say("Pay online"))
    assert cast.fee in tu.text
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
    assert dotted(cast.fee) in printed


def gateway(people: People, walker: Walker, answer: str) -> None:
    """Go to the gateway, see amount and QR there, answer, come back."""
    walker.press(people.cast.say("Go to payment"))
    page = walker.page
    assert page.url.startswith(walker.house.sandbox)
    assert dotted(people.cast.fee) in page.inner_text("body")
    assert page.locator("img.qr").evaluate("e => e.complete && e.naturalWidth > 0")
    page.get_by_role("button", name=re.compile(f"^{answer}")).click()
    page.wait_for_url(f"{walker.house.url}/**")
    walker.look()


def dotted(amount: str) -> str:
    """Return an amount as papers and the gateway write it, in Vietnamese whatever the reader's language."""
    return amount.replace(",", ".")
