"""
What an entry says, as bytes that never change: canonical JSON and the hashes over it.

Canonical JSON is RFC 8785 (keys sorted, UTF-8, no spaces) with two simplifications that no reader can meet in the open
part: keys sort by code point, and a number between 0 and 0.0001 is written as Python writes it.

The content hash has two levels, so that a receipt can show the open part (what, when, about which code) and anybody can
check it, while the closed part (who, facts) stays closed: `content = H(open + H(closed))`. The closed part holds 16 random
bytes; without them one could guess a name or a number and try it against the published hash.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from tinhso.kernel.journal.models import Entry

_SAFE_INTEGER = 2**53
"""Beyond it other programs read another number (RFC 8785 §3.2.2.3, I-JSON)."""


def moment(at: datetime) -> str:
    """Return the moment in UTC with microseconds, `2026-03-14T02:00:00.000000Z`. Raises ValueError if it is naive."""
    if at.tzinfo is None:
        raise ValueError("a journalled moment has a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def plain(value: Any) -> Any:
    """
    Return the value as JSON has it: dates and decimals as text, sets sorted, enumerations by value.

    Raises TypeError for what has no JSON form (a model: give its key), ValueError for a number or text that would not
    come back the same from every database.
    """
    kind = type(value)
    if kind is str:  # nearly every value; the table below would find it third
        return _text(value)
    for kinds, convert in _KINDS:
        if issubclass(kind, kinds):
            return convert(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    raise TypeError(f"a journal fact cannot be a {type(value).__name__}: give its key or its text")


def _key(key: Any) -> str:
    name = plain(key)
    return name if isinstance(name, str) else json.dumps(name)


def _text(text: str) -> str:
    # a text that is ASCII and printable is the common case, and the cheap one to tell
    if not text.isascii() or not text.isprintable():
        if "\0" in text:
            raise ValueError("a journal fact cannot hold the character NUL: PostgreSQL does not keep it")
        text.encode()  # raises UnicodeEncodeError (a ValueError) for half a surrogate pair
    return text


def _number(number: float) -> int | float:
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError("a journal fact is a number, not infinity and not NaN")
        if number.is_integer():
            number = int(number)  # jsonb gives 1.0 back as 1.0 but 1e16 as an integer: always the integer
    if abs(number) > _SAFE_INTEGER:
        raise ValueError(f"{number} is beyond 2^53: give it as text")
    return number


# the first row that fits: an enumeration may be a str too, a moment is a date, a truth is an int
_KINDS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: plain(value.value)),
    ((bool, NoneType), lambda value: value),
    ((str, Promise), lambda value: _text(str(value))),
    ((int, float), _number),
    (datetime, moment),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: _number(value.total_seconds())),
    ((UUID, Decimal), str),
    (Mapping, lambda value: {_key(key): plain(item) for key, item in value.items()}),
    ((set, frozenset), lambda value: sorted((plain(item) for item in value), key=canonical)),
    ((list, tuple), lambda value: [plain(item) for item in value]),
)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


def canonical(value: Any) -> bytes:
    """Return the one spelling of a plain value (see `plain`)."""
    return _ENCODER.encode(value).encode()


def open_part(entry: Entry) -> dict[str, str]:
    """Return what may be shown of an entry: id, event, moment, agency and the subject's code."""
    return {
        "agency": entry.agency,
        "at": moment(entry.at),
        "event": entry.event,
        "id": str(entry.id),
        "subject_key": entry.subject_key,
        "subject_type": entry.subject_type,
    }


def closed_hash(entry: Entry) -> bytes:
    """Return the SHA-256 of what is not shown: who acted, how sure we were, in which act, with which facts; and the salt."""
    closed = {
        "act": entry.act,
        "actor_key": entry.actor_key,
        "actor_kind": entry.actor_kind,
        "actor_name": entry.actor_name,
        "assurance": entry.assurance,
        "facts": entry.facts,
        "salt": bytes(entry.salt).hex(),
    }
    return sha256(canonical(closed)).digest()


def content_hash(entry: Entry) -> bytes:
    """Return the SHA-256 over the canonical JSON of the open part and the hash of the closed part."""
    return sha256(canonical({**open_part(entry), "closed": closed_hash(entry).hex()})).digest()
