"""Money: paid by gateway, VietQR and cash; a day closed by two; a statement put right; given back; a fee that became due later."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from .cast import days_from_now
from .filing import accept, file, give_to_worker
from .walking import DESK, PHONE, People, Walker, walked

HEAD = "Ngày giao dịch,Số giao dịch,Ghi có,Ghi nợ,Diễn giải"


def statement(folder: Path, *lines: tuple[int, str]) -> Path:
    """Write a statement as the bank of the pack does, of today."""
    day = f"{days_from_now(0):%d/%m/%Y}"
    rows = [f'"{day}","FT{time.time_ns()}{place}","{amount}","","{text}"' for place, (amount, text) in enumerate(lines)]
    path = folder / "sao-ke.csv"
    path.write_text("\ufeff" + "\r\n".join(["Ngân hàng Thử nghiệm", HEAD, *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_a_day_of_money(people: People, scan: Path, tmp_path: Path, width: int):
    people.width, cast, say = width, people.cast, people.cast.say
    tu = people.citizen()

    # by VietQR: the bank's statement says when the money came
    first, second = (file(tu, cast.paid, scan) for _each in range(2))
    tu.open(f"/ho-so/thanh-toan/{first}/").press(say("Pay by transfer"))
    reference = re.search(r"\bPH[0-9A-Z]{10}\b", tu.text)
    assert reference, tu.text
    assert tu.page.locator("main svg[role=img], main img").count() >= 1
    # the other one is typed by hand, by somebody else
    paid = statement(
        tmp_path, (cast.fee, f"{reference[0]} nop phi"), (cast.fee, f"le phi {second.replace('.', ' ')} con trai")
    )
    tho = people.official("tho").open("/mot-cua/sao-ke/")
    tho.answer({"file": str(paid)}).press(say("Import"))
    assert say("Names a dossier by its code") in tho.text
    tho.page.locator('main a[href*="/sao-ke/dong/"]').first.click()
    tho.page.wait_for_url("**/sao-ke/dong/**")
    tho.look()
    assert second in tho.text
    tho.answer({"how": "attached", "reason": "Con trai nộp thay"}).press(say("Resolve"))
    assert say("Resolved.") in tho.text
    for code in (first, second):
        tu.open(f"/ho-so/xem/{code}/")
        assert tu.page.locator("main").get_by_role("link", name=say("Pay online")).count() == 0
        assert tu.get(f"/ho-so/in/receipt/{code}/").status == 200

    # cash: a receipt, then another that goes back with its dossier
    third, fourth = (file(tu, cast.paid, scan) for _each in range(2))
    hoa = people.official("hoa")
    for code in (third, fourth):
        hoa.open(f"/mot-cua/ho-so/{code}/").press(say("Taken in cash"))
        assert re.search(say("Taken. Receipt %(number)s.") % {"number": r"\S+"}, hoa.text)
    lan = people.official(cast.desk).open(f"/mot-cua/ho-so/{fourth}/").press(say("Refuse"))
    lan.answer({"reason": "Nộp hai lần cùng một việc"}).send()
    hoa.open(f"/mot-cua/ho-so/{fourth}/").press(say("Given back at the counter"))
    tu.open(f"/ho-so/xem/{fourth}/")
    assert say("Refunded") in tu.text or say("Money was given back") in tu.text

    # the day is counted by her who took it, and countersigned by another
    hoa.open("/mot-cua/so-quy/")
    book = hoa.page.locator('main a[href*="/mot-cua/so-quy/"]').evaluate_all(
        "all => all.map(a => a.getAttribute('href')).find(h => /so-quy\\/[0-9a-f-]{36}\\/$/.test(h))"
    )
    hoa.open(book).press(say("Close the book"))
    assert hoa.page.locator(".govuk-error-summary").count() == 1, "nothing was counted"
    hoa.answer({"n-500000": "0", "reason": "Tiền lẻ đã nộp thủ quỹ"}).press(say("Close the book"))
    assert say("Closed. The second signature is somebody else's.") in hoa.text
    minh = people.official("minh").open(book).press(say("Countersign"))
    assert say("Countersigned.") in minh.text
    people.width = 0


@walked("vi desk", "en phone")
def test_a_fee_becomes_due_later(both: People, scan: Path):
    """Where the procedure lists one: in Nghịch, a fee for looking at the hives."""
    if both.cast.pack != "nghich":
        pytest.skip("the procedure that is paid here lists no later fee")
    say, cast = both.cast.say, both.cast
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    accept(both, code)
    worker = give_to_worker(both, code)
    demanded(worker, code, say)
    tu.open(f"/ho-so/xem/{code}/")
    assert cast.sum(cast.fee + 25_000) in tu.text
    assert "Field record 7" in tu.text
    tu.press(say("Pay online")).press(say("Go to payment"))
    tu.page.get_by_role("button", name=re.compile("^Thanh toán")).click()
    tu.page.wait_for_url(f"{tu.house.url}/**")
    tu.look()
    assert say("Paid. The receipt is among the papers to print.") in tu.text
    worker.open(f"/mot-cua/ho-so/{code}/").press(say("Withdraw the demand"))
    worker.send()
    assert worker.page.locator(".govuk-error-summary").count() == 1
    worker.answer({"reason": "The hives were looked at before"}).send()
    assert say("Withdrawn. The applicant is told.") in worker.text


def demanded(worker: Walker, code: str, say) -> None:
    """Demand it, after a form that was sent empty."""
    worker.press(say("Demand a fee"))
    worker.send()
    assert worker.page.locator(".govuk-error-summary").count() == 1
    worker.answer({"value": "1.000.000", "basis": "Field record 7 of 03/03"}).send()
    assert worker.path == f"/mot-cua/ho-so/{code}/"
    assert say("Demanded. The applicant is told.") in worker.text
    assert say("Waiting for the payment") in worker.text
