"""What strangers may see, what may be taken back or refused, and proof that anyone can check."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .filing import file_copies
from .house import ROOT
from .walking import People

PERSONAL = ("Trần Thị Tư", "Tư", "049165000101", "0900000101", "900000101", "tu.tran@dan.example", "Thôn Mẫu 3")


def test_tracking_withdrawal_and_the_proof_of_filing(people: People, scan: Path):
    tu = people.citizen()
    code = file_copies(tu, scan)
    receipt = tu.page.locator('a[href^="/so-cai/"].cq-code').inner_text()

    stranger = people.stranger().open("/")
    stranger.page.locator("#ma").fill(code.lower())
    stranger.press("Tra cứu", within="main")
    assert stranger.path == f"/ho-so/tra-cuu/{code}/"
    shown = stranger.page.content()
    assert code in shown
    assert [word for word in PERSONAL if re.search(rf"\b{word}\b", shown)] == []
    stranger.open("/ho-so/tra-cuu/?ma=H47.32.20-000101-9999")
    assert stranger.page.locator(".govuk-error-summary").count() == 1
    assert stranger.get(f"/ho-so/xem/{code}/").url.partition("?")[0].endswith("/tai-khoan/login/")

    wait_until_sealed(people, receipt)
    stranger.open(f"/so-cai/{receipt}/")
    assert [word for word in PERSONAL if re.search(rf"\b{word}\b", stranger.page.content())] == []
    checked = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "check_receipt.py"), people.house.url, receipt],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stranger.open("/so-cai/")

    tu.open(f"/ho-so/xem/{code}/").press("Rút hồ sơ này")
    tu.fill(reason="Không cần nữa").press("Rút hồ sơ")
    assert tu.path == f"/ho-so/xem/{code}/"
    assert "rút" in tu.text.lower()
    assert tu.page.get_by_role("link", name="Rút hồ sơ này").count() == 0


def wait_until_sealed(people: People, receipt: str) -> None:
    """Wait until the worker has sealed the line of the journal."""
    stranger = people.stranger()
    for _second in range(60):
        if stranger.get(f"/so-cai/{receipt}.json").json()["state"] == "sealed":
            return
        stranger.page.wait_for_timeout(1000)
    raise AssertionError("not sealed within a minute")


def test_refusal_notices_and_mail(people: People, scan: Path):
    tu = people.citizen()
    code = file_copies(tu, scan)
    lan = people.official("lan").open(f"/mot-cua/ho-so/{code}/")
    lan.press("Từ chối").press("Từ chối")
    assert lan.page.locator(".govuk-error-summary").count() == 1
    lan.fill(reason="Hồ sơ thuộc thẩm quyền của nơi khác.").press("Từ chối")
    tu.open(f"/ho-so/xem/{code}/")
    assert "Hồ sơ thuộc thẩm quyền của nơi khác." in tu.text
    form = PdfReader(BytesIO(tu.get(f"/ho-so/in/03/{code}/").body())).pages[0].extract_text()
    assert code in form
    mails: list[dict[str, str]] = []
    for _second in range(60):
        mails = tu.get(f"{people.house.sandbox}/mail/api/messages?to=tu.tran@dan.example").json()
        if any(code in mail["subject"] + mail["body"] and "thẩm quyền" in mail["body"] for mail in mails):
            break
        tu.page.wait_for_timeout(1000)
    assert any(code in mail["subject"] + mail["body"] and "thẩm quyền" in mail["body"] for mail in mails), mails[:3]
    assert not any("049165000101" in mail["body"] for mail in mails)
    tu.open("/tai-khoan/thong-bao/")
    assert code in tu.text


def test_a_finished_dossier_is_rated_once(people: People):
    tu = people.citizen().open("/ho-so/")
    done = tu.page.locator("main li", has=tu.page.locator("h3")).filter(has_text="Đã trả").first
    path = str(done.get_by_role("link").first.get_attribute("href"))
    tu.open(path).press("Đánh giá việc phục vụ")
    tu.press("Gửi đánh giá")
    assert tu.page.locator(".govuk-error-summary").count() == 1
    tu.answer({"score": "5", "comment": "Cán bộ rất tận tình."}).press("Gửi đánh giá")
    assert tu.path == path
    assert tu.page.get_by_role("link", name="Đánh giá việc phục vụ").count() == 0
