"""VietQR: the merchant-presented payload of EMVCo, in the form of NAPAS, for a transfer to an account."""

from __future__ import annotations

import io
import unicodedata

import segno

NAPAS = "A000000727"
BANK = "970499"
"""An invented bank: no bank has this number."""
ACCOUNT = "0000000000"


def payload(amount_vnd: int, purpose: str, *, bank: str = BANK, account: str = ACCOUNT) -> str:
    """Return the text of a code for one transfer (EMVCo QRCPS 1.1; NAPAS QRIBFTTA). Purpose: 25 characters at most."""
    receiver = _field("00", NAPAS) + _field("01", _field("00", bank) + _field("01", account)) + _field("02", "QRIBFTTA")
    text = (
        _field("00", "01")
        + _field("01", "12")
        + _field("38", receiver)
        + _field("53", "704")
        + _field("54", str(amount_vnd))
        + _field("58", "VN")
        + _field("62", _field("08", _plain(purpose)[:25]))
        + "6304"
    )
    return text + f"{crc16(text.encode()):04X}"


def crc16(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF) that ends the payload."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _bit in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def svg(text: str) -> bytes:
    """Return the code as a picture."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=6, border=4, xmldecl=True)
    return out.getvalue()


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _plain(text: str) -> str:
    """Return the text in plain letters: banks' applications show nothing else."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if c.isascii() and (c.isalnum() or c in " .-")).strip()
