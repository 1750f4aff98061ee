"""Vietnamese text as people type it: with marks or without, composed or decomposed."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


class _Bare(dict[int, int | None]):
    """Code points to themselves, marks to nothing; learnt as they occur, so that folding is one pass in C."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.combining(chr(point)) else point
        return self[point]


_BARE = _Bare({ord("đ"): ord("d"), ord("Đ"): ord("D")})


def nfc(text: str) -> str:
    """Return the text composed (NFC) and with plain single spaces: the form in which we store what people type."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """
    Return the text as it is searched: lower case, no marks, `đ` as `d`, single spaces.

    SQLite's `remove_diacritics` leaves `đ` alone, so we fold both what is stored and what is asked.
    """
    bare = unicodedata.normalize("NFD", text).translate(_BARE)
    return _SPACES.sub(" ", bare.casefold()).strip()
