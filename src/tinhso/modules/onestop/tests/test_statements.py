"""Bank statements: read whatever the bank wrote, each movement once, differences listed and resolved by people."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.journal.public import entries
from tinhso.kernel.organisation.public import province
from tinhso.modules.onestop.actions import differences, money, statements, supplement, transfers
from tinhso.modules.onestop.models import (
    Dossier,
    Found,
    LineState,
    MissingAtBank,
    MoneyState,
    Payment,
    PaymentState,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.queries.accounts import account_of, get_account
from tinhso.modules.onestop.queries.statements.lines import BadLine, BadStatement
from tinhso.modules.onestop.queries.statements.reading import read_statement
from tinhso.modules.onestop.queries.statements.references import LETTERS, new_reference, references_in, whole
from tinhso.modules.onestop.queries.statements.tables import amount_of
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.banking import HEAD, came, camt_of, csv_of, entry, went, xlsx_of
from tinhso.modules.onestop.tests.playing import MINH_AN, later, official

pytestmark = with_province
CHUAN = {"thousands": ".", "decimal": ","}


@pytest.fixture
def tho(who):
    """The accountant of Minh An."""
    return official("tho")


@pytest.fixture
def transfer(who):
    """A transfer that was prepared for a dossier."""
    return transfers.start_transfer(playing.file(who.tu).code, actor=who.tu, at=later(5))


def load(tho, rows, *, name="saoke.csv", at=None):
    data = rows if isinstance(rows, bytes) else csv_of(rows)
    return statements.import_statement(data, name, MINH_AN, actor=tho, at=at or later(600))


def kept():
    return [(row.found, row.state) for row in StatementLine.objects.order_by("number")]


# --- reading -----------------------------------------------------------------------------------------------------------


def read(data):
    on = date(2022, 11, 28)
    profile = province(on).settings["statement_profiles"]["chuan"]
    return read_statement(data, get_account(MINH_AN, on), profile)


def test_an_account_is_the_agency_s_own_or_of_the_nearest_above():
    assert account_of(MINH_AN, date(2022, 11, 28)).number == "0473220001"
    assert account_of("H47.14.02", date(2022, 11, 28)).number == "0470000001"


def test_a_table_is_read_below_its_head_and_what_is_wrong_is_told_by_line():
    reading = read(
        csv_of([
            came("16.000", "PH tien", number="FT1"),
            ["", "", "", "", "Cộng"],
            came("16.000,50", "lẻ"),
            came("=1+1", "công thức"),
            came("-16.000", "âm"),
            ["28/11/2022", "", "1", "1", "hai bên"],
            ["28/11/2022", "", "", "", "không tiền"],
            ["30/02/2022", "", "1", "", "ngày"],
            went("1.000.000,00", "ra"),
        ])
    )  # fmt: skip
    assert [(line.number, line.amount_vnd, line.reference) for line in reading.lines] == [
        (5, 16_000, "FT1"),
        (13, -1_000_000, ""),
    ]
    assert reading.faults == [(7, "amount"), (8, "amount"), (9, "negative"), (10, "both"), (11, "none"), (12, "day")]


def test_a_workbook_is_read_like_a_table_with_numbers_as_numbers():
    reading = read(
        xlsx_of([["Sao kê"], HEAD, [44893, "FT1", 16000, "", "PH một"], ["28/11/2022", "FT2", "", "1.6E4", "x"]])
    )
    assert [(line.day, line.amount_vnd, line.text) for line in reading.lines] == [
        (date(2022, 11, 28), 16_000, "PH một")
    ]
    assert reading.faults == [(4, "amount")]


def test_a_camt_is_read_entry_by_entry():
    two = '<TxDtls><Amt Ccy="VND">1</Amt></TxDtls><TxDtls><Amt Ccy="VND">2</Amt></TxDtls>'
    batch = entry("3", "gộp").replace("<TxDtls><RmtInf><Ustrd>gộp</Ustrd></RmtInf></TxDtls>", two)
    given_entries = [entry("16000", "PH"), entry("5", "ra", way="DBIT"), entry("9", "chờ", status="PDNG"), batch,
                     entry("1", "usd", currency="USD"), entry("1.5", "lẻ"), entry("-1", "âm"), entry("NaN", "x")]  # fmt: skip
    reading = read(camt_of("".join(given_entries)))
    assert [line.amount_vnd for line in reading.lines] == [16_000, -5, 1, 2]
    assert [why for _line, why in reading.faults] == ["currency", "amount", "negative", "amount"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n1,2",
        b"\xff\xfe\x00",
        b"PK\x03\x04rest",
        b"<x/>",
        BOMB,
        camt_of(entry("1", "x"), account="khác"),
        csv_of([]),
        xlsx_of([["một"]]),
        b"x" * (8 * 1024 * 1024 + 1),
        csv_of([came("1", "x")] * 20_001),
    ],
    ids=[
        "empty",
        "no head",
        "no text",
        "no zip",
        "no camt",
        "entities",
        "other account",
        "no line",
        "no columns",
        "large",
        "long",
    ],
)
def test_a_file_that_is_no_statement_is_refused_whole(data):
    with pytest.raises(BadStatement):
        read(data)


@given(st.text(alphabet="0123456789.,+- đVNDxe\u00a0", max_size=14))
@example("-+5")
@example("+-5")
@example("--5")
def test_an_amount_is_a_whole_sum_or_refused(text):
    with contextlib.suppress(BadLine):
        assert abs(amount_of(text, CHUAN)) < 10**13


@given(st.integers(0, 10**12))
def test_an_amount_is_read_as_it_is_written(amount):
    written = f"{amount:,}".replace(",", ".")
    assert amount_of(written, CHUAN) == amount_of(f"{written},00 VND", CHUAN) == amount_of(str(amount), CHUAN) == amount


def test_references_are_new_and_read_back():
    made = {new_reference() for _each in range(50)}
    assert len(made) == 50
    assert all(references_in(each) == [each] for each in made)


@given(st.text(alphabet=LETTERS, min_size=9, max_size=9), st.integers(1, 12), st.sampled_from(LETTERS))
def test_a_reference_is_found_whatever_the_bank_does_to_it_and_no_other_word_is_one(body, place, letter):
    reference = whole(body)
    broken = reference[:place] + " " + reference[place:]
    assert reference in references_in(f"MBVCB.123.{broken.lower()} - chuyen tien")
    if letter != body[2] and {letter, body[2]} != {"0", "Z"}:
        assert references_in(reference[:4] + letter + reference[5:]) == []


# --- holding against the books -------------------------------------------------------------------------------------------


def test_a_transfer_is_settled_by_the_statement_with_a_receipt(who, tho, transfer):
    load(tho, [came("16.000", f"NGUYEN THI TU {transfer.order_code[:5]} {transfer.order_code[5:]}", number="FT9")])
    assert kept() == [(Found.MATCHED, LineState.SETTLED)]
    paid = Payment.objects.get()
    assert (paid.state, paid.receipt_number, paid.gateway_reference) == (
        PaymentState.PAID,
        "BL22-H47.32.20-000001",
        "FT9",
    )
    assert Dossier.objects.get().money == MoneyState.PAID
    events = [line.event for line in entries(("dossier", paid.dossier.code))]
    assert events[-1] == "onestop.payment_settled"


def test_a_transfer_asked_for_again_is_the_same_and_needs_a_fee_that_is_due(who, transfer):
    code = transfer.dossier.code
    assert transfers.start_transfer(code, actor=who.hoa, at=later(6)) == transfer
    with pytest.raises((Forbidden, NotFound)):
        transfers.start_transfer(code, actor=who.neighbour, at=later(6))
    assert money.take_payment(code, method="transfer", actor=who.hoa, at=later(7)).order_code == transfer.order_code
    with pytest.raises(money.NothingToPay):
        transfers.start_transfer(code, actor=who.tu, at=later(8))


def test_differences_are_listed_in_classes(who, tho, transfer):
    code = transfer.order_code
    other = transfers.start_transfer(playing.file(who.tu).code, actor=who.tu, at=later(5))
    late = transfers.start_transfer(playing.file(who.tu).code, actor=who.tu, at=later(5))
    supplement.withdraw_dossier(late.dossier.code, actor=who.tu, at=later(6))
    load(
        tho,
        [
            came("16.000", code),
            came("16.000", f"{code} lần hai"),
            came("15.000", other.order_code),
            came("16.000", late.order_code),
            came("16.000", new_reference()),
            came("99.000", "ung ho"),
            went("5.000", "phi ngan hang"),
        ],
    )
    assert [found for found, _state in kept()] == [
        Found.MATCHED,
        Found.DOUBLED,
        Found.AMOUNT,
        Found.NOT_DUE,
        Found.UNKNOWN,
        Found.UNNAMED,
        Found.OUT,
    ]
    assert {state for _found, state in kept()[1:]} == {LineState.OPEN}
    assert Payment.objects.filter(state=PaymentState.PAID).count() == 1


def test_money_given_back_is_matched_once(who, tho, transfer):
    load(tho, [came("16.000", transfer.order_code)])
    supplement.withdraw_dossier(transfer.dossier.code, actor=who.tu, at=later(700))
    load(
        tho,
        [went("16.000", f"Hoan {transfer.order_code}"), went("16.000", f"Hoan lai {transfer.order_code}")],
        at=later(800),
    )
    assert [found for found, _state in kept()[-2:]] == [Found.MATCHED, Found.REFUNDED_TWICE]


def test_a_transfer_of_the_counter_is_found_by_amount_and_day_only_when_it_is_the_only_one(who, tho):
    codes = [playing.file(who.tu).code for _each in range(3)]
    money.take_payment(codes[0], method="transfer", actor=who.hoa, at=later(10))
    load(tho, [came("16.000", "chuyen khoan", day="29/11/2022")])
    assert kept() == [(Found.MATCHED, LineState.SETTLED)]
    for code in codes[1:]:
        money.take_payment(code, method="transfer", actor=who.hoa, at=later(11))
    load(tho, [came("16.000", "chuyen khoan nua")])
    assert kept()[-1] == (Found.UNNAMED, LineState.OPEN)


def test_what_the_bank_does_not_know_is_listed_until_it_comes_or_is_explained(who, tho):
    codes = [playing.file(who.tu).code for _each in range(2)]
    references = [transfers.start_transfer(code, actor=who.tu, at=later(2)).order_code for code in codes]
    for code in codes:
        money.take_payment(code, method="transfer", actor=who.hoa, at=later(10))
    load(tho, [came("1", "khac")])
    assert MissingAtBank.objects.filter(is_open=True).count() == 2
    load(tho, [came("16.000", references[0], day="29/11/2022")])
    missing = MissingAtBank.objects.get(is_open=True)
    assert missing.payment.order_code == references[1]
    with pytest.raises(BadInput):
        differences.explain_missing(missing.pk, reason="", actor=tho, at=later(900))
    with pytest.raises(NotFound):
        differences.explain_missing(missing.pk, reason="x", actor=who.hoa, at=later(900))
    differences.explain_missing(missing.pk, reason="Khách chuyển nhầm tài khoản", actor=tho, at=later(900))
    with pytest.raises(differences.AlreadyResolved):
        differences.explain_missing(missing.pk, reason="x", actor=tho, at=later(901))


# --- twice, half, two people -----------------------------------------------------------------------------------------------


def test_a_file_counts_once_and_so_does_a_movement_in_two_files(who, tho, transfer):
    rows = [came("16.000", transfer.order_code), came("5", "a"), came("5", "a")]
    load(tho, rows)
    with pytest.raises(statements.StatementKnown) as no:
        load(tho, rows)
    assert no.value.facts["by"] == tho.name
    again = load(tho, [*rows, came("7", "b")])
    assert (again.known_before, StatementLine.objects.count()) == (3, 4)
    assert Payment.objects.filter(state=PaymentState.PAID).count() == 1


def test_an_import_that_was_killed_goes_on_where_it_stopped(who, tho, transfer, monkeypatch):
    rows = [*[came(str(n + 1), f"dong {n}") for n in range(450)], came("16.000", transfer.order_code)]
    calls = []

    def dying(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return keep(*args, **kwargs)

    keep = statements.keep_lines
    monkeypatch.setattr(statements, "keep_lines", dying)
    with pytest.raises(KeyboardInterrupt):
        load(tho, rows)
    half = Statement.objects.get()
    assert (half.finished_at, StatementLine.objects.count()) == (None, 400)
    done = load(tho, rows, at=later(700))
    assert (done.pk, done.finished_at, done.known_before) == (half.pk, later(700), 0)
    assert StatementLine.objects.count() == 451
    assert Payment.objects.get().state == PaymentState.PAID


def test_many_lines_of_which_some_are_broken(who, tho):
    rows = [came("x" if n % 200 == 7 else f"{n + 1}", f"dong {n}") for n in range(2_000)]
    done = load(tho, rows)
    assert (done.lines_in_file, len(done.faults), StatementLine.objects.count()) == (2_000, 10, 1_990)
    assert done.faults[0] == [12, "amount"]
    mended = load(tho, [came(f"{n + 1}", f"dong {n}") for n in range(2_000)], at=later(700))
    assert (mended.known_before, len(mended.faults), StatementLine.objects.count()) == (1_990, 0, 2_000)


# --- people --------------------------------------------------------------------------------------------------------------------


def test_only_the_accountant_of_the_account_imports(who, tho):
    for actor in (who.hoa, who.minh, who.tu, who.admin, playing.narrowed(tho, "dossier:read")):
        with pytest.raises(Forbidden):
            load(actor, [came("1", "x")])
    assert not Statement.objects.exists()


def line_of(tho, row):
    load(tho, [row])
    return StatementLine.objects.get().id


def test_money_without_a_name_is_attached_to_the_dossier_that_owes_it(who, tho):
    code = playing.file(who.tu).code
    line = line_of(tho, came("16.000", "nop phi"))
    give = {"reason": "Gọi điện cho người nộp", "actor": tho, "at": later(700)}
    with pytest.raises(BadInput):
        differences.resolve_line(line, "attached", dossier_code=code, **{**give, "reason": ""})
    with pytest.raises(NotFound):
        differences.resolve_line(line, "attached", dossier_code="H47-NONE", **give)
    with pytest.raises(NotFound):
        differences.resolve_line(line, "attached", dossier_code=code, **{**give, "actor": who.hoa})
    differences.resolve_line(line, "attached", dossier_code=code, **give)
    assert Dossier.objects.get().money == MoneyState.PAID
    with pytest.raises(differences.AlreadyResolved) as no:
        differences.resolve_line(line, "noted", **give)
    assert no.value.facts["by"] == tho.name


def test_money_of_another_sum_is_not_attached_but_given_back(who, tho):
    code = playing.file(who.tu).code
    line = line_of(tho, came("15.000", "nop phi"))
    give = {"actor": tho, "at": later(700)}
    with pytest.raises(differences.AttachDiffers):
        differences.resolve_line(line, "attached", reason="x", dossier_code=code, **give)
    with pytest.raises(differences.WrongResolution):
        differences.resolve_line(line, "given_back", reason="UNC 12", **give)
    differences.resolve_line(line, "give_back", reason="Thiếu 1.000 đ", **give)
    differences.resolve_line(line, "given_back", reason="UNC 12", **give)
    assert StatementLine.objects.get().state == LineState.GIVEN_BACK
    assert Dossier.objects.get().money == MoneyState.DUE


def test_money_that_went_out_is_only_explained(who, tho):
    line = line_of(tho, went("5.000", "phi"))
    for how in ("attached", "give_back", "given_back", "settled", "x"):
        with pytest.raises(differences.WrongResolution):
            differences.resolve_line(line, how, reason="x", actor=tho, at=later(700))
    differences.resolve_line(line, "noted", reason="Phí ngân hàng tháng 11", actor=tho, at=later(700))
    assert list(entries(("bank_line", str(line))))[-1].event == "onestop.difference_resolved"


# --- files that mean harm ----------------------------------------------------------------------------------------------


def _book(sheet: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        made.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>")
    return out.getvalue()


def _with_password() -> bytes:
    data = bytearray(_book("<row/>"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + place] |= 1
    return bytes(data)


def _torn() -> bytes:
    data = bytearray(xlsx_of([HEAD, ["28/11/2022", "FT1", 16000, "", "PH"]]))
    place = data.find(b"sheet1.xml") + len(b"sheet1.xml")
    data[place : place + 20] = b"\xff" * 20
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        _with_password(),
        _torn(),
        _book('<row r="một"><c r="A1"><v>1</v></c></row>'),
        _book('<row><c t="s"><v>một</v></c></row>'),
        b"\n" * 200_000,
    ],
    ids=["password", "torn", "row", "shared", "line ends"],
)
def test_a_hostile_file_is_refused_with_a_sentence(data):
    with pytest.raises(BadStatement):
        read(data)


def test_a_day_or_sum_that_no_bank_writes_is_a_fault_of_its_line():
    good = ["28/11/2022", "FT1", 16000, "", "PH"]
    days = ["1.1E9", "01/01/0001", "31/12/9999"]
    reading = read(xlsx_of([HEAD, good, *([day, "FT", 1, "", "x"] for day in days)]))
    assert reading.faults == [(3, "day"), (4, "day"), (5, "day")]
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEAD)
    line = "<c><v>{}</v></c><c/><c><v>1</v></c><c/><c/>"
    body = f"<row>{head}</row><row>{line.format(44893)}</row><row>{line.format('1E+999999999')}</row>"
    assert read(_book(body)).faults == [(3, "day")]


def test_a_zero_character_is_not_kept(tho):
    load(tho, [came("16.000", "tien\0nop")])
    assert StatementLine.objects.get().text == "tiennop"


def test_a_transfer_that_is_voided_after_the_bank_told_of_it_is_looked_at_again(who, tho):
    code = playing.file(who.tu).code
    receipt = money.take_payment(code, method="transfer", actor=who.hoa, at=later(10)).receipt_number
    load(tho, [came("16.000", "khong ma")])
    assert kept() == [(Found.MATCHED, LineState.SETTLED)]
    money.void_receipt(receipt, reason="Nhầm", actor=who.hoa, at=later(620))
    assert kept() == [(Found.NOT_DUE, LineState.OPEN)]


def test_a_transfer_that_is_voided_is_no_longer_missing_at_the_bank(who, tho):
    code = playing.file(who.tu).code
    receipt = money.take_payment(code, method="transfer", actor=who.hoa, at=later(10)).receipt_number
    load(tho, [came("1.000", "khac")])
    assert MissingAtBank.objects.get().is_open
    money.void_receipt(receipt, reason="Nhầm", actor=who.hoa, at=later(620))
    missing = MissingAtBank.objects.get()
    assert (missing.is_open, missing.reason) == (False, "Nhầm")
