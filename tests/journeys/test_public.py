"""What strangers may see, what may be taken back or refused, and proof that anyone can check."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .filing import file
from .house import ROOT
from .walking import People, Walker, walked


def personal(people: People, page: Walker) -> list[str]:
    """Return what a page says about bà Tư that strangers may not read."""
    shown = page.page.content()
    return [word for word in people.cast.personal if re.search(rf"\b{word}\b", shown)]


@walked("en phone", "vi desk")
def test_tracking_withdrawal_and_the_proof_of_filing(both: People, scan: Path):
    cast, say = both.cast, both.cast.say
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    receipt = tu.page.locator('a[href^="/so-cai/"].cq-code').inner_text()

    stranger = both.stranger().open("/")
    stranger.page.locator("#ma").fill(code.lower())
    stranger.press(say("Track"), within="main")
    assert stranger.path == f"/ho-so/tra-cuu/{code}/"
    assert code in stranger.page.content()
    assert personal(both, stranger) == []
    stranger.open(f"/ho-so/tra-cuu/?ma={cast.absent}")
    assert stranger.page.locator(".govuk-error-summary").count() == 1
    assert stranger.get(f"/ho-so/xem/{code}/").url.partition("?")[0].endswith("/tai-khoan/login/")

    wait_until_sealed(both, receipt)
    stranger.open(f"/so-cai/{receipt}/")
    assert code in stranger.text
    assert personal(both, stranger) == []
    checked = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "check_receipt.py"), both.house.url, receipt],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stranger.open("/so-cai/")

    tu.open(f"/ho-so/xem/{code}/").press(say("Withdraw this dossier"))
    tu.fill(reason="Không cần nữa").press(say("Withdraw the dossier"))
    assert tu.path == f"/ho-so/xem/{code}/"
    assert say("Withdrawn. Nothing more will be done on it.") in tu.text
    assert tu.page.get_by_role("link", name=say("Withdraw this dossier")).count() == 0


def wait_until_sealed(people: People, receipt: str) -> None:
    """Wait until the worker has sealed the line of the journal."""
    stranger = people.stranger()
    for _second in range(60):
        if stranger.get(f"/so-cai/{receipt}.json").json()["state"] == "sealed":
            return
        stranger.page.wait_for_timeout(1000)
    raise AssertionError("not sealed within a minute")


REASON = "Hồ sơ thuộc thẩm quyền của nơi khác."


@walked("vi desk", "vi phone")
def test_refusal_notices_and_mail(both: People, scan: Path):
    cast, say = both.cast, both.cast.say
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    desk = both.official(cast.desk).open(f"/mot-cua/ho-so/{code}/")
    desk.press(say("Refuse")).press(say("Refuse"))
    assert desk.page.locator(".govuk-error-summary").count() == 1
    desk.fill(reason=REASON).press(say("Refuse"))
    tu.open(f"/ho-so/xem/{code}/")
    assert REASON in tu.text
    form = PdfReader(BytesIO(tu.get(f"/ho-so/in/03/{code}/").body())).pages[0].extract_text()
    assert code in form
    wait_for_mail(tu, code)
    tu.open("/tai-khoan/thong-bao/")
    assert code in tu.text


def wait_for_mail(tu: Walker, code: str) -> None:
    """Wait until bà Tư's mailbox holds the refusal; no mail may carry her number."""
    mails: list[dict[str, str]] = []
    for _second in range(60):
        mails = tu.get(f"{tu.house.sandbox}/mail/api/messages?to=tu.tran@dan.example").json()
        if any(code in mail["subject"] + mail["body"] and REASON in mail["body"] for mail in mails):
            break
        tu.page.wait_for_timeout(1000)
    else:
        raise AssertionError(mails[:3])
    assert not any("049165000101" in mail["body"] for mail in mails)


@walked("vi phone", "en desk")
def test_a_finished_dossier_is_rated_once(both: People):
    say = both.cast.say
    tu = both.citizen().open("/ho-so/")
    done = tu.page.locator("main li", has=tu.page.locator("h3")).filter(has_text=say("Handed over")).first
    path = str(done.get_by_role("link").first.get_attribute("href"))
    tu.open(path).press(say("Rate the service"))
    tu.press(say("Send the rating"))
    assert tu.page.locator(".govuk-error-summary").count() == 1
    tu.answer({"score": "5", "comment": "Cán bộ rất tận tình."}).press(say("Send the rating"))
    assert tu.path == path
    assert tu.page.get_by_role("link", name=say("Rate the service")).count() == 0
