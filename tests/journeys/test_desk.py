"""The desk: acceptance, a supplement that asks for a field and a paper, intake at the counter, and who may see what."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .filing import file_copies
from .walking import People, Walker

DATE = r"\d{2}/\d{2}/\d{4}"


def due_date(walker: Walker, code: str) -> str:
    """Return the due date that anybody with the code may read."""
    walker.open(f"/ho-so/vi-sao/{code}/")
    return str(walker.page.locator("tr", has_text="Hẹn trả ngày này").last.locator("th").inner_text())


def test_a_supplement_is_asked_answered_and_moves_the_date(people: People, scan: Path, tmp_path: Path):
    tu = people.citizen()
    code = file_copies(tu, scan)
    lan = people.official("lan").open("/mot-cua/tiep-nhan/")
    lan.follow(code).press("Tiếp nhận")
    assert "Đã tiếp nhận" in lan.text
    receipt = PdfReader(BytesIO(lan.get(f"/ho-so/in/01/{code}/").body()))
    assert code in receipt.pages[0].extract_text()
    before = due_date(lan, code)

    ha = people.official("ha").open(f"/mot-cua/ho-so/{code}/")
    ha.press("Nhận việc này").press("Yêu cầu bổ sung")
    # an empty list is sent back, with the focus on what to do
    ha.press("Gửi yêu cầu, tạm dừng thời hạn")
    assert ha.page.locator(".govuk-error-summary").count() == 1
    ha.answer(
        {
            "item-0-place": "answer:/record/registered_at",
            "item-0-text": "Ghi rõ tên cơ quan đã đăng ký khai sinh.",
            "item-1-place": "paper:UQ",
            "item-1-why": "unreadable",
            "item-1-text": "Chụp lại văn bản ủy quyền cho rõ.",
        }
    ).press("Gửi yêu cầu, tạm dừng thời hạn")
    assert ha.path == f"/mot-cua/ho-so/{code}/"

    tu.open(f"/ho-so/xem/{code}/")
    assert "Ghi rõ tên cơ quan đã đăng ký khai sinh." in tu.text
    assert code in PdfReader(BytesIO(tu.get(f"/ho-so/in/02/{code}/").body())).pages[0].extract_text()
    tu.press("Bổ sung ngay")
    assert tu.page.locator('[name="record.registered_at"]').count() == 1
    assert tu.page.locator('[name="applicant.relation"], [name="copies.count"]').count() == 0
    better = tmp_path / "uy-quyen-ro.pdf"
    better.write_bytes(scan.read_bytes())
    tu.answer({"record.registered_at": "Ủy ban nhân dân phường Minh An"}).press("Gửi")
    # the paper is still missing; what was typed stays
    assert tu.page.locator('[name="record.registered_at"]').input_value() == "Ủy ban nhân dân phường Minh An"
    tu.answer({"file-UQ": str(better)}).press("Gửi")
    assert tu.path == f"/ho-so/xem/{code}/"
    assert "uy-quyen-ro.pdf" in tu.text

    assert due_date(tu, code) >= before


def test_an_answer_after_a_week_moves_the_date_and_the_page_says_why(people: People):
    uoc = people.citizen("Huỳnh Đức Ước").open("/ho-so/")
    code = uoc.page.locator("main .cq-code", has_text="H47").first.inner_text()
    uoc.open(f"/ho-so/xem/{code}/").press("Bổ sung ngay")
    # nothing of the form is asked for: only the list of the officer stands here
    assert uoc.page.locator("main input:visible, main select:visible, main textarea:visible").count() == 0
    uoc.press("Gửi")
    assert uoc.path == f"/ho-so/xem/{code}/"
    uoc.follow("Vì sao là ngày này?")
    assert "Tạm dừng tính thời hạn" in uoc.text
    assert re.search(DATE + " → " + ".*" + DATE, uoc.text)


def test_a_dossier_is_taken_in_at_the_counter(people: People, scan: Path):
    lan = people.official("lan").open("/mot-cua/tiep-nhan/")
    lan.press("Nhận hồ sơ tại quầy").fill(q="2.000635").press("Tìm")
    lan.follow(re.compile("trích lục", re.IGNORECASE)).fill(so="049165000101").press("Tìm")
    assert lan.page.locator("[name=full_name]").input_value() == "Trần Thị Tư"
    lan.answer({"c-UQ": "1", "f-UQ": str(scan), "q-copies.count": "3"}).press("Tiếp nhận hồ sơ")
    code = lan.path.removeprefix("/mot-cua/ho-so/").strip("/")
    assert re.fullmatch(r"H47\.32\.20-\d{6}-\d{4}", code)
    assert "giay-chung-sinh.pdf" in lan.text
    assert "24.000" in lan.text
    form = PdfReader(BytesIO(lan.get(f"/ho-so/in/01/{code}/").body())).pages[0].extract_text()
    assert code in form
    assert "Trần Thị Tư" in form

    hoa = people.official("hoa").open(f"/mot-cua/ho-so/{code}/")
    hoa.press("Đã thu tiền mặt")
    assert "Biên lai" in hoa.text
    receipt = PdfReader(BytesIO(hoa.get(f"/ho-so/in/receipt/{code}/").body())).pages[0].extract_text()
    assert "24.000" in receipt

    hung = people.official("hung")
    assert hung.get(f"/mot-cua/ho-so/{code}/").status == 404
    assert hung.get("/mot-cua/ho-so/H47.32.20-000101-9999/").status == 404
    hung.open(f"/mot-cua/tim/?q={code}")
    assert code not in hung.page.locator("table, .cq-empty").first.inner_text()
