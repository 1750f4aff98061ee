"""Vietnamese text as people type it: with marks or without, composed or decomposed."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


_LEARNT_BELOW = 0x2100
"""Where Latin letters, their marks and our punctuation end: what is kept of the letters met is bounded by this."""


class _Bare(dict[int, int | None]):
    """
    Code points to themselves, marks to nothing; learnt as they occur, so that folding is one pass in C.

    Letters beyond `_LEARNT_BELOW` are looked up each time: whoever sends every sign of Unicode leaves nothing behind.
    """

    def __missing__(self, point: int) -> int | None:
        bare = None if unicodedata.combining(chr(point)) else point
        if point < _LEARNT_BELOW:
            self[point] = bare
        return bare


_BARE = _Bare({ord("đ"): ord("d"), ord("Đ"): ord("D")})


def nfc(text: str) -> str:
    """Return the text composed (NFC) and with plain single spaces: the form in which we store what people type."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def shorten(text: str, most: int) -> str:
    """Return the text in at most so many letters: a copy for lists, whose original is whole elsewhere."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def fold(text: str) -> str:
    """
    Return the text as it is searched: lower case, no marks, `đ` as `d`, single spaces.

    SQLite's `remove_diacritics` leaves `đ` alone, so we fold both what is stored and what is asked.
    """
    bare = unicodedata.normalize("NFD", text).translate(_BARE)
    return _SPACES.sub(" ", bare.casefold()).strip()


_SMS = re.compile(r"[^\x20-\x5a\x5f\x61-\x7a\n]")
"""What is left of a text without marks that GSM 03.38 has in one septet each: ASCII without ``[ \\ ] ^ ` { | } ~``."""
SMS_LETTERS = 160


def sms(text: str, *, most: int = SMS_LETTERS) -> str:
    """
    Return the text as one short message: without marks, each letter one septet of GSM 03.38, at most `most` of them.

    A text with marks would go as UCS-2, seventy letters a message, at more than twice the price.
    """
    bare = unicodedata.normalize("NFD", text).translate(_BARE)
    plain = _SMS.sub(" ", bare.replace("…", "...").replace("–", "-").replace("“", '"').replace("”", '"'))
    short = _SPACES.sub(" ", plain).strip()
    return short if len(short) <= most else f"{short[: most - 3].rstrip()}..."
