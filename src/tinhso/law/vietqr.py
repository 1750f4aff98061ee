"""
VietQR: the text of a code for one transfer to an account, and the way back.

The layout is EMVCo "QR Code Specification for Payment Systems, Merchant-Presented Mode" 1.1 (fields of two digits, two digits of
length, value; CRC-16/CCITT-FALSE over all that stands before it) with the template that NAPAS registered: field 38 holds
A000000727, the bank (BIN of six digits) with the account, and QRIBFTTA, a fast transfer to an account. NAPAS's own guide is not
public; the template was checked against codes that several independent programs make, not against the guide. Which banks there
are is no matter of this file: BIN and account are data of the province.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.law.answer import Malformed, Step
from tinhso.law.answer import msgid as _

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG = "704"
LONGEST_PURPOSE = 25
LONGEST_ACCOUNT = 19
LONGEST_AMOUNT = 13
_CRC_DIGITS = 4
_HEAD = 4
_BIN = 6


class MalformedVietQR(Malformed):
    """A code that cannot be made or read; `why` says what is wrong."""

    code = "law.malformed_vietqr"
    text = _("The transfer code is wrong at {pointer}: {why}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer: to whom, how much, and what stands in its text. No amount: the payer types it."""

    bank: str
    account: str
    amount_vnd: int = 0
    purpose: str = ""


def encode(transfer: Transfer) -> str:
    """
    Return the text of the code. The purpose loses its marks and what banks refuse, and ends after 25 characters.

    Raises MalformedVietQR for a bank, an account or an amount that no transfer can have.
    """
    _need(len(transfer.bank) == _BIN and _digits(transfer.bank), "bank", _("is six digits"))
    account = transfer.account
    _need(
        0 < len(account) <= LONGEST_ACCOUNT and account.isascii() and account.isalnum(),
        "account",
        _("is 1 to 19 letters"),
    )
    _need(0 <= transfer.amount_vnd < 10**LONGEST_AMOUNT, "amount", _("is a sum in đồng"))
    to = (
        _field("00", NAPAS)
        + _field("01", _field("00", transfer.bank) + _field("01", account))
        + _field("02", TO_ACCOUNT)
    )
    purpose = plain(transfer.purpose)[:LONGEST_PURPOSE].strip()
    text = (
        _field("00", "01")
        + _field("01", "12" if transfer.amount_vnd else "11")
        + _field("38", to)
        + _field("53", DONG)
        + (_field("54", str(transfer.amount_vnd)) if transfer.amount_vnd else "")
        + _field("58", "VN")
        + (_field("62", _field("08", purpose)) if purpose else "")
        + "6304"
    )
    return text + f"{crc16(text.encode()):04X}"


def decode(text: str) -> Transfer:
    """Return the transfer that a code asks for. Raises MalformedVietQR for any other text."""
    body, crc = text[:-_CRC_DIGITS], text[-_CRC_DIGITS:]
    _need(text.isascii() and body.endswith("6304"), "63", _("is missing at the end"))
    _need(crc == f"{crc16(body.encode()):04X}", "63", _("does not fit what stands before it"))
    root = _fields(body[:-_HEAD])
    _need(root.get("00") == "01", "00", _("is another format"))
    _need(root.get("53") == DONG and root.get("58") == "VN", "53", _("is another currency or country"))
    to = _fields(root.get("38", ""))
    _need(to.get("00") == NAPAS and to.get("02") == TO_ACCOUNT, "38", _("is no transfer to an account"))
    receiver = _fields(to.get("01", ""))
    amount = root.get("54", "0")
    _need(_digits(amount) and len(amount) <= LONGEST_AMOUNT, "54", _("is a sum in đồng"))
    made = Transfer(
        receiver.get("00", ""), receiver.get("01", ""), int(amount), _fields(root.get("62", "")).get("08", "")
    )
    encode(made)
    return made


def crc16(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, not reflected) that ends a code."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _bit in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def plain(text: str) -> str:
    """Return a text in the letters that banks pass on: no marks, no signs but space, dot and hyphen."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return " ".join("".join(c for c in bare if c.isascii() and (c.isalnum() or c in " .-")).split())


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> Mapping[str, str]:
    """Return the fields of a text by tag. Raises MalformedVietQR when a length does not fit or a tag comes twice."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + _HEAD]
        _need(_digits(tag) and _digits(length) and len(length) == 2 and tag not in found, tag or "?", _("is cut short"))  # noqa: PLR2004 - two digits
        place += _HEAD + int(length)
        _need(place <= len(text), tag, _("is cut short"))
        found[tag] = text[place - int(length) : place]
    return found


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _need(fits: object, pointer: str, why: str) -> None:
    if not fits:
        raise MalformedVietQR(pointer=pointer, why=Step(why))
