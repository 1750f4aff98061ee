"""VietQR: codes that others make read back, ours are theirs, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.vietqr import MalformedVietQR, Transfer, crc16, decode, encode
from tinhso.sandbox.payment import qr

OF_OTHERS = (
    (
        (
            "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA53037045406120000"
            "5802VN62170813ung ho lu lut6304C15C"
        ),
        Transfer("970415", "0011001932418", 120_000, "ung ho lu lut"),
    ),
    (
        (
            "00020101021238540010A00000072701240006970436011010234567890208QRIBFTTA53037045407194300058"
            "02VN62120808TT0000696304A8E5"
        ),
        Transfer("970436", "1023456789", 1_943_000, "TT000069"),
    ),
)
"""Made by programs of others (public repositories), each with its own code for the layout."""


def test_the_check_value_of_the_crc_and_one_of_a_card_code():
    assert crc16(b"123456789") == 0x29B1
    card = (
        "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN"
        "62340107NPS68690819thanh toan don hang6304"
    )
    assert crc16(card.encode()) == 0xA203


@pytest.mark.parametrize(("text", "transfer"), OF_OTHERS)
def test_codes_of_others_read_back_and_are_made_alike(text, transfer):
    assert decode(text) == transfer
    assert encode(transfer) == text


BANKS = st.from_regex(r"[0-9]{6}", fullmatch=True)
ACCOUNTS = st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True)


@given(BANKS, ACCOUNTS, st.integers(0, 10**13 - 1), st.text(max_size=60))
def test_what_is_written_is_read(bank, account, amount, purpose):
    text = encode(Transfer(bank, account, amount, purpose))
    assert text.isascii()
    found = decode(text)
    assert (found.bank, found.account, found.amount_vnd) == (bank, account, amount)
    assert len(found.purpose) <= 25
    if amount and found.purpose:
        assert qr.payload(amount, found.purpose, bank=bank, account=account) == text


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_code_of_which_one_letter_changed_is_refused(place, letter):
    text = OF_OTHERS[0][0]
    place %= len(text)
    if text[place] != letter:
        with pytest.raises(MalformedVietQR):
            decode(text[:place] + letter + text[place + 1 :])


@given(st.text(max_size=80))
def test_any_other_text_is_refused_and_breaks_nothing(text):
    with pytest.raises(MalformedVietQR):
        decode(text)


@pytest.mark.parametrize(
    "wrong",
    [
        Transfer("97041", "1"),
        Transfer("97041x", "1"),
        Transfer("970415", ""),
        Transfer("970415", "1" * 20),
        Transfer("970415", "1 2"),
        Transfer("970415", "1", -1),
        Transfer("970415", "1", 10**13),
    ],
)
def test_a_transfer_that_no_bank_takes_is_refused(wrong):
    with pytest.raises(MalformedVietQR):
        encode(wrong)


def test_marks_go_and_a_long_purpose_ends():
    found = decode(encode(Transfer("970499", "1", 5, "Phí bản sao: “trích lục” số 12/2022 của Đặng")))
    assert found.purpose == "Phi ban sao trich luc so"
