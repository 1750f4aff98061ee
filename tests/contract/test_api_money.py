"""The money of a dossier, cash books and statements over the API: what each reader gets, and what nobody gets twice."""

from __future__ import annotations

import pytest
from tests.contract.test_api import file
from tests.money.ledger import LATER, rule
from tests.world import account_of, known_citizen, with_province

from tinhso.modules.onestop.actions import closing, money, processing, statements
from tinhso.modules.onestop.models import CashBook, Dossier, FeeClaim
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.banking import came, csv_of
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
BASIS = "Biên bản số 12 ngày 28/11/2022"


@pytest.fixture
def tu():
    return known_citizen()


@pytest.fixture
def taken(client_of, tu):
    """A dossier that Hà has taken; its procedure may ask for more later."""
    rule(playing.COPY, later=LATER)
    who = playing.cast()
    code = file(client_of(tu.account), tu)
    client_of(account_of("lan")).post(f"/api/dossiers/{code}/accept")
    processing.take_dossier(code, playing.first_task(code).id, actor=who.ha, at=later(5))
    return code


def test_a_fee_is_demanded_read_paid_and_withdrawn(client_of, tu, taken):
    citizen, ha, hoa = client_of(tu.account), client_of(account_of("ha")), client_of(account_of("hoa"))
    address = f"/api/dossiers/{taken}"
    before = ha.get(f"{address}/money").json()
    assert [one["code"] for one in before["may_demand"]] == ["survey", "registration", "late"]
    given = {"item": "survey", "amount_vnd": 300_000, "basis": BASIS}
    key = {"Idempotency-Key": "demand-1"}
    made = ha.post(f"{address}/demand-fee", json=given, headers=key)
    assert made.status_code == 201, made.text
    assert ha.post(f"{address}/demand-fee", json=given, headers=key).json() == made.json()
    assert ha.post(f"{address}/demand-fee", json=given).json()["code"] == "onestop.demanded_before"
    assert ha.post(f"{address}/propose", json={"kind": "grant"}).json()["code"] == "onestop.payment_first"

    whole = citizen.get(address).json()
    assert (whole["state"]["code"], whole["fee_vnd"], whole["owed_vnd"]) == (6, 316_000, 316_000)
    told = citizen.get(f"{address}/money").json()
    assert (told["fee_vnd"], told["later_vnd"], told["owed_vnd"], told["holds_result"]) == (
        316_000,
        300_000,
        316_000,
        True,
    )
    assert [(one["number"], one["state"], one["basis"], one["pay_by"]) for one in told["demands"]] == [
        (1, "open", BASIS, "2022-12-08")
    ]
    assert told["may_demand"] == []

    hoa.post(f"{address}/take-payment", json={"method": "cash"})
    told = citizen.get(f"{address}/money").json()
    (paid,) = told["payments"]
    assert (paid["state"], paid["amount_vnd"], told["owed_vnd"]) == ("paid", 316_000, 0)
    assert citizen.get(paid["receipt"]).content.startswith(b"%PDF")
    assert citizen.get(address).json()["state"]["code"] == 4

    back = ha.post(f"{address}/withdraw-demand/1", json={"reason": "Không phải đo"})
    assert (back.status_code, back.json()["state"]) == (200, "withdrawn")
    told = citizen.get(f"{address}/money").json()
    assert [(one["state"], one["amount_vnd"], one["part_of"]) for one in told["payments"]] == [
        ("paid", 316_000, ""),
        ("excess", 300_000, paid["order_code"]),
    ]
    assert told["money"] == "back"


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"item": "tip", "amount_vnd": 5, "basis": BASIS}, 422, "onestop.no_such_fee"),
        ({"item": "survey", "amount_vnd": 6_000_000, "basis": BASIS}, 422, "onestop.wrong_sum"),
        ({"item": "registration", "basis": BASIS}, 422, "onestop.wrong_sum"),
        ({"item": "survey", "amount_vnd": -5, "basis": BASIS}, 422, ""),
        ({"item": "survey", "amount_vnd": 5, "basis": ""}, 422, ""),
    ],
)
def test_a_wrong_demand_says_where(client_of, taken, given, status, said):
    answer = client_of(account_of("ha")).post(f"/api/dossiers/{taken}/demand-fee", json=given)
    assert (answer.status_code, answer.json()["code"]) == (status, said or answer.json()["code"]), answer.text
    assert Dossier.objects.get().later_vnd == 0


def test_strangers_read_and_demand_nothing(client_of, tu, taken):
    hung, citizen = client_of(account_of("hung")), client_of(tu.account)
    assert hung.get(f"/api/dossiers/{taken}/money").status_code == 404
    assert client_of().get(f"/api/dossiers/{taken}/money").status_code == 401
    given = {"item": "survey", "amount_vnd": 5, "basis": BASIS}
    assert hung.post(f"/api/dossiers/{taken}/demand-fee", json=given).status_code == 404
    assert citizen.post(f"/api/dossiers/{taken}/demand-fee", json=given).status_code == 403
    narrow = client_of(account_of("ha"), "dossier:read")
    assert narrow.get(f"/api/dossiers/{taken}/money").status_code == 200
    assert narrow.post(f"/api/dossiers/{taken}/demand-fee", json=given).status_code == 403


def test_a_claim_is_judged(client_of, tu):
    exempt = {"group": "birth", "percent": 50, "name": "Diện thử", "source": "NQ 7"}
    item = {
        "code": "copy",
        "name": "Phí",
        "quantity": "copies.count",
        "exempt": [exempt],
        "amounts": [{"amount": 8_000, "source": "TT"}],
    }
    rule(playing.COPY, group_answer="record.event", items=[item])
    citizen, lan = client_of(tu.account), client_of(account_of("lan"))
    code = file(citizen, tu)
    (claim,) = citizen.get(f"/api/dossiers/{code}/money").json()["claims"]
    assert (claim["group"], claim["state"]) == ("birth", "claimed")
    address = f"/api/dossiers/{code}/judge-claim/birth"
    assert lan.post(address, json={"confirmed": False}).status_code == 422
    assert citizen.post(address, json={"confirmed": True, "reason": "x"}).status_code == 403
    assert lan.post(address, json={"confirmed": False, "reason": "Thiếu giấy"}).json()["state"] == "refused"
    assert citizen.get(f"/api/dossiers/{code}/money").json()["owed_vnd"] == 16_000
    assert FeeClaim.objects.get().reason == "Thiếu giấy"


def test_cash_books_are_read_by_who_keeps_or_checks_them(client_of, tu):
    who = playing.cast()
    code = file(client_of(tu.account), tu)
    money.take_payment(code, actor=who.hoa, at=later(10))
    closing.close_book(CashBook.objects.get().id, counted={10_000: 1, 5_000: 1, 1_000: 1}, actor=who.hoa, at=later(20))
    for reader in ("hoa", "minh", "tho"):
        client = client_of(account_of(reader))
        (row,) = client.get("/api/cash-books").json()["items"]
        book = client.get(f"/api/cash-books/{row['id']}").json()
        assert (book["state"], book["sums"]["cash_taken"], book["counted"]["10000"]) == ("closed", 16_000, 1), reader
        assert [(line["kind"], line["amount_vnd"], line["dossier_code"]) for line in book["lines"]] == [
            ("taken", 16_000, code)
        ]
    hung = client_of(account_of("hung"))
    assert hung.get("/api/cash-books").json()["items"] == []
    assert hung.get(f"/api/cash-books/{row['id']}").status_code == 404
    assert client_of(tu.account).get("/api/cash-books").status_code == 403


def test_statements_are_read_by_the_accountant(client_of, tu):
    code = file(client_of(tu.account), tu)
    rows = [came(1_000 + number, "khong ro", number=f"FT{number}") for number in range(3)]
    rows.append(came(16_000, f"{code} ai do", number="FT9"))
    actor = playing.official("tho")
    made = statements.import_statement(csv_of(rows), "a.csv", playing.MINH_AN, actor=actor, at=later(40))
    tho = client_of(account_of("tho"))
    (row,) = tho.get("/api/statements").json()["items"]
    assert (row["id"], row["waiting"], row["lines_in_file"]) == (str(made.id), 4, 4)
    whole = tho.get(f"/api/statements/{made.id}").json()
    assert [(one["code"], one["n"]) for one in whole["counts"]] == [("unnamed", 3), ("named", 1)]
    page = tho.get(f"/api/statements/{made.id}/lines", params={"limit": 3}).json()
    rest = tho.get(page["next"]).json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]
    assert rest["items"][0]["proposed"] == [code]
    assert len(tho.get(f"/api/statements/{made.id}/lines", params={"found": "named"}).json()["items"]) == 1
    assert tho.get(f"/api/statements/{made.id}/lines", params={"after": "x"}).status_code == 422
    for reader, status in (("hoa", 404), ("minh", 404), ("hung", 404)):
        assert client_of(account_of(reader)).get(f"/api/statements/{made.id}").status_code == status
    assert client_of(account_of("hoa")).get("/api/statements").status_code == 403
