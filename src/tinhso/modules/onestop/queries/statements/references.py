"""
The reference that a transfer carries: short, without letters that look alike, with a check letter.

Banks change what payers write: case, spaces, words before and after. The check letter keeps other words from being taken for
a reference.
"""

from __future__ import annotations

import re
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "PH"
_RANDOM = 9
_MODULUS = 31
_FORM = re.compile(rf"(?={PREFIX}([{LETTERS}]{{{_RANDOM + 1}}}))")


def new_reference() -> str:
    """Return a reference that nobody can guess."""
    return whole("".join(secrets.choice(LETTERS) for _each in range(_RANDOM)))


def whole(body: str) -> str:
    """Return a reference with its prefix and its check letter."""
    return PREFIX + body + _check(body)


def references_in(text: str) -> list[str]:
    """Return the references in the text of a bank line, wherever the bank put spaces and whatever case it writes."""
    found = []
    for whole in (text.upper(), re.sub(r"[^0-9A-Z]", "", text.upper())):
        for match in _FORM.finditer(whole):
            code = match[1]
            if _check(code[:-1]) == code[-1] and PREFIX + code not in found:
                found.append(PREFIX + code)
    return found


def _check(body: str) -> str:
    return LETTERS[sum((place + 1) * LETTERS.index(letter) for place, letter in enumerate(body)) % _MODULUS]
