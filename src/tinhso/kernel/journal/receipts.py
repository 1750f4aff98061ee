"""
Receipts: a short code that a person can read out, and what anybody may see behind it, without an account.

A code is 16 characters of Crockford's base32 (no I, L, O, U) in four groups: 70 bits taken from the entry's id (41 of
milliseconds since 2024, 29 of its counter) and two check digits. The whole number leaves 1 when divided by 1021, a prime,
so that one wrong character and any two exchanged ones are always noticed (the idea of ISO/IEC 7064).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tinhso.base.refusals import Text
from tinhso.base.registry import Event, registry
from tinhso.kernel.journal.content import closed_hash, content_hash, open_part
from tinhso.kernel.journal.ids import COUNTER_BITS, parts, span
from tinhso.kernel.journal.merkle import leaf_hash
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.proofs import InclusionProof, proof
from tinhso.kernel.journal.publishing import root_facts

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_LENGTH = 16
_SINCE = 1_704_067_200_000
"""1 January 2024 UTC in milliseconds: 41 bits from there reach to 2093."""
_CHECK_BITS, _PRIME = 10, 1021
_DATA_BITS = 5 * _LENGTH - _CHECK_BITS


class BadCode(ValueError):  # noqa: N818 - named for what was typed
    """This is not a receipt code: wrong length, a letter that never occurs, or check digits that do not fit."""


def receipt_code(entry_id: UUID) -> str:
    """Return the code to print, e.g. `0G7M-2QXR-9HVD-40KT`. Raises ValueError for an id made elsewhere than here."""
    millisecond, counter = parts(entry_id)
    data = millisecond - _SINCE << COUNTER_BITS | counter
    if not 0 <= data < 1 << _DATA_BITS:
        raise ValueError(f"{entry_id} was not made by new_id()")
    shifted = data << _CHECK_BITS
    number = shifted + (1 - shifted) % _PRIME
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(letters[start : start + 4] for start in range(0, _LENGTH, 4))


def parse_receipt_code(text: str) -> tuple[UUID, UUID]:
    """
    Return the least and the greatest id that the code may stand for, as people type it: any case, spaces, O for 0.

    Raises BadCode.
    """
    letters = [letter for letter in text.upper() if letter not in "- \u2013"]
    if len(letters) != _LENGTH or any(letter not in _VALUES for letter in letters):
        raise BadCode(text)
    number = 0
    for letter in letters:
        number = number << 5 | _VALUES[letter]
    if number % _PRIME != 1:
        raise BadCode(text)
    data = number >> _CHECK_BITS
    return span((data >> COUNTER_BITS) + _SINCE, data & (1 << COUNTER_BITS) - 1)


class State(StrEnum):
    """What can be said about a code."""

    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    """Kept, and not in the published log yet; it will be in a moment."""
    SEALED = "sealed"
    BROKEN = "broken"
    """Kept, and not as it was sealed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What anybody may see. `entry` is None unless it is kept; `title` is empty for an event that is not public."""

    code: str
    state: State
    entry: Entry | None = None
    title: Text = ""
    proof: InclusionProof | None = None

    @property
    def shown(self) -> dict[str, str] | None:
        """Return the open part of a public event, else None: then only hashes are shown."""
        return open_part(self.entry) if self.entry and self.title else None

    def facts(self) -> dict[str, object]:
        """Return all a script needs to check the receipt by itself; bytes as hexadecimal text."""
        found: dict[str, object] = {"code": self.code, "state": self.state.value}
        if self.entry:
            found |= {
                "title": str(self.title),
                "open": self.shown,
                "closed": closed_hash(self.entry).hex(),
                "content_hash": bytes(self.entry.content_hash).hex(),
            }
        if self.proof:
            path = [part.hex() for part in self.proof.path]
            found |= {"index": self.proof.index, "path": path, "root": root_facts(self.proof.root)}
        return found


def get_receipt(code: str) -> Receipt:
    """Return what can be said about the code; at most six statements."""
    try:
        least, greatest = parse_receipt_code(code)
    except BadCode:
        return Receipt(code, State.MISTYPED)
    entry = Entry.objects.filter(id__gte=least, id__lte=greatest).order_by("id").first()
    if entry is None:
        return Receipt(receipt_code(least), State.UNKNOWN)
    found = proof(entry.id)
    return Receipt(receipt_code(entry.id), _state(entry, found), entry, _public_title(entry.event), found)


def _state(entry: Entry, found: InclusionProof | None) -> State:
    content = content_hash(entry)
    sound = content == bytes(entry.content_hash)
    if found is None:
        return State.WAITING if sound else State.BROKEN
    return State.SEALED if sound and found.leaf == leaf_hash(content) and found.holds() else State.BROKEN


def _public_title(event: str) -> Text:
    return next((known.title for known in registry.of(Event) if known.key == event and known.public), "")
