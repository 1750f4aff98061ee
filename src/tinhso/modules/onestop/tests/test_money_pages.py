"""Pages of cashier, head and accountant, and the code that a payer scans."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.snapshot import with_province

from tinhso.base.clock import now
from tinhso.kernel.identity.public import Account
from tinhso.law.vietqr import decode
from tinhso.modules.onestop.actions import money, statements, transfers
from tinhso.modules.onestop.models import (
    BookState,
    CashBook,
    LineState,
    MissingAtBank,
    PaymentState,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.banking import came, csv_of, went
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
DESK = "H47.32.20.01"


def at(page: str, *args: object, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse(f"onestop:{page}", args=args) + (f"?{asked}" if asked else "")


def said(response: object) -> str:
    return html.unescape(response.content.decode())  # type: ignore[attr-defined]


@pytest.fixture
def code(who):
    return playing.file(who.tu).code


def test_a_day_of_a_cashier(who, code):
    hoa, minh = signed_in("hoa"), signed_in("minh")
    page = said(hoa.post(at("open_book", DESK), {"float": "x"}, follow=True))
    assert "Viết một số nguyên." in page
    hoa.post(at("open_book", DESK), {"float": "100.000"})
    money.take_payment(code, actor=who.hoa, at=now())
    book = CashBook.objects.get()
    page = said(hoa.get(at("cash_book", book.id)))
    assert "116.000\u00a0đ" in page
    assert "BL" in page
    # the count differs: what was typed stays, and the page says by how much
    wrong = hoa.post(at("close_book", book.id), {"n-100000": "1", "n-10000": "2"})
    assert wrong.status_code == 422
    assert "120.000\u00a0đ" in said(wrong)
    assert 'value="2"' in said(wrong)
    assert hoa.post(at("close_book", book.id), {"n-100000": "một"}).status_code == 422
    page = said(
        hoa.post(
            at("close_book", book.id), {"n-100000": "1", "n-10000": "1", "n-5000": "1", "n-1000": "1"}, follow=True
        )
    )
    assert "Đã chốt" in page
    assert minh.get(at("cash_books")).status_code == 200
    minh.post(at("sign_book", book.id))
    kept = CashBook.objects.get()
    assert (kept.state, kept.signed_by) == (BookState.SIGNED, who.minh.name)
    printed = hoa.get(at("print_book", book.id))
    assert printed["Content-Type"] == "application/pdf"
    assert kept.number in printed["Content-Disposition"]


def test_a_receipt_is_voided_on_its_page(who, code):
    receipt = money.take_payment(code, actor=who.hoa, at=now()).receipt_number
    hoa = signed_in("hoa")
    assert "BL" in said(hoa.get(at("void_receipt", receipt)))
    assert "Ghi lý do" in said(hoa.post(at("void_receipt", receipt), {"reason": ""}))
    hoa.post(at("void_receipt", receipt), {"reason": "Nhầm"})
    assert money.Payment.objects.get().state == PaymentState.VOIDED
    assert signed_in("hung").get(at("void_receipt", receipt)).status_code == 404
    assert hoa.get(at("print_book", CashBook.objects.get().id)).status_code == 404


def test_the_quarter_opens_to_its_receipts(who, code):
    receipt = money.take_payment(code, actor=who.hoa, at=later(5)).receipt_number
    hoa = signed_in("hoa")
    page = said(hoa.get(at("quarter", quay=DESK, quy="2022-4")))
    assert MINH_AN in page
    assert "16.000\u00a0đ" in page
    assert receipt in said(hoa.get(at("quarter", **{"quay": DESK, "quy": "2022-4", "co-quan": MINH_AN})))
    for strange in ("2022-5", "x", "99999-1", "²-1"):
        assert hoa.get(at("quarter", quay="H47", quy=strange)).status_code == 200
    assert "16.000" not in said(signed_in("hung").get(at("quarter", quay=DESK, quy="2022-4")))


def test_the_payer_scans_what_the_statement_will_say(who, code):
    lan = signed_in("lan")
    assert "VietQR" not in said(lan.get(at("transfer", code)))
    page = said(lan.post(at("transfer", code), follow=True))
    payment = money.Payment.objects.get()
    assert payment.order_code in page
    assert "<svg" in page
    shown = transfers.shown_to(payment.dossier, later(1))
    asked = decode(shown["code"])
    assert (asked.bank, asked.account, asked.amount_vnd, asked.purpose) == (
        "970499",
        "0473220001",
        16_000,
        payment.order_code,
    )


def test_an_applicant_pays_by_transfer_from_the_page_of_the_fee(who, code):
    account, browser = Account.objects.create(person_id=who.tu.person_id, username="tu", added_at=playing.AT), Client()
    come_in(browser, account)
    assert "Nộp bằng chuyển khoản" in said(browser.get(at("pay", code)))
    page = said(browser.post(at("pay_by_transfer", code), follow=True))
    assert money.Payment.objects.get().order_code in page
    assert "<svg" in page
    assert "0473220001" in page


def test_money_that_left_is_asked_for_no_dossier(who):
    tho = signed_in("tho")
    rows = csv_of([went("30.000", "phí quản lý tài khoản")])
    tho.post(at("statements"), {"agency": MINH_AN, "file": SimpleUploadedFile("saoke.csv", rows)})
    page = said(tho.get(at("resolve_line", StatementLine.objects.get().id)))
    assert 'name="reason"' in page
    assert 'name="dossier"' not in page


def test_a_statement_is_imported_read_and_resolved(who, code):
    tho = signed_in("tho")
    assert "0473220001" in said(tho.get(at("statements")))
    assert tho.post(at("statements"), {"agency": MINH_AN}).status_code == 422
    rows = csv_of([came("99.000", "ủng hộ"), came("x", "hỏng")])
    sent = {"agency": MINH_AN, "file": SimpleUploadedFile("saoke.csv", rows)}
    page = said(tho.post(at("statements"), sent, follow=True))
    assert "ủng hộ" in page
    statement, line = Statement.objects.get(), StatementLine.objects.get()
    assert "6," in tho.get(at("statement_faults", statement.id)).content.decode()
    sent = {"agency": MINH_AN, "file": SimpleUploadedFile("saoke.csv", rows)}
    assert tho.post(at("statements"), sent).status_code == 422
    assert 'name="dossier"' in said(tho.get(at("resolve_line", line.id)))
    assert tho.post(at("resolve_line", line.id), {"how": "attached", "dossier": code, "reason": "x"}).status_code == 422
    tho.post(at("resolve_line", line.id), {"how": "give_back", "reason": "Không rõ ai nộp"})
    assert StatementLine.objects.get().state == LineState.GIVE_BACK
    for stranger in ("hoa", "minh", "hung"):
        assert signed_in(stranger).get(at("statement", statement.id)).status_code == 404
        assert signed_in(stranger).get(at("statements")).status_code == 403


def test_what_the_bank_does_not_know_is_explained(who, code):
    money.take_payment(code, method="transfer", actor=who.hoa, at=later(5))
    made = statements.import_statement(
        csv_of([came("1", "khác")]), "x.csv", MINH_AN, actor=playing.official("tho"), at=later(9)
    )
    tho, missing = signed_in("tho"), MissingAtBank.objects.get()
    assert code in said(tho.get(at("statement", made.id)))
    assert tho.post(at("explain_missing", missing.pk), {"reason": ""}).status_code == 422
    tho.post(at("explain_missing", missing.pk), {"reason": "Nộp nhầm"})
    assert not MissingAtBank.objects.get().is_open
    assert "Nộp nhầm" in said(tho.get(at("statement", made.id)))
