"""Ids that lie in the order of time: UUIDv7 (RFC 9562 §5.7), strictly rising within a process."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

COUNTER_BITS = 29
"""Leading random bits, used as a counter within one millisecond; a receipt code carries the time and these."""
_TAIL_BITS = 74 - COUNTER_BITS
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


class _Clock:
    """The last millisecond and counter given out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = 0
        self._counter = 0

    def tick(self, millisecond: int) -> tuple[int, int]:
        """Return a pair that is greater than every pair before, also when the machine's clock steps back."""
        with self._lock:
            if millisecond > self._millisecond:
                # the top bit stays 0, so the counter has room for 2^28 ids in one millisecond
                self._millisecond, self._counter = millisecond, secrets.randbits(COUNTER_BITS - 1)
            else:
                self._counter += 1
                if self._counter >> COUNTER_BITS:
                    self._millisecond, self._counter = self._millisecond + 1, 0
            return self._millisecond, self._counter


_clock = _Clock()


def assemble(millisecond: int, counter: int, tail: int) -> UUID:
    """Return the UUIDv7 of these parts: 48 bits of Unix milliseconds, `COUNTER_BITS` of counter, the rest `tail`."""
    rand = counter << _TAIL_BITS | tail
    return UUID(int=millisecond << 80 | _VERSION_7 | (rand >> 62) << 64 | _VARIANT | rand & (1 << 62) - 1)


def parts(entry_id: UUID) -> tuple[int, int]:
    """Return the milliseconds and the counter of an id made here."""
    number = entry_id.int
    rand = (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    return number >> 80, rand >> _TAIL_BITS


def made_at(entry_id: UUID) -> float:
    """Return when an id was made here, in seconds of the epoch."""
    return parts(entry_id)[0] / 1000


def span(millisecond: int, counter: int) -> tuple[UUID, UUID]:
    """Return the least and the greatest id with these milliseconds and this counter, both ends included."""
    return assemble(millisecond, counter, 0), assemble(millisecond, counter, (1 << _TAIL_BITS) - 1)


def new_id() -> UUID:
    """Return a new UUIDv7, greater than every one this process made before."""
    millisecond, counter = _clock.tick(time.time_ns() // 1_000_000)
    return assemble(millisecond, counter, secrets.randbits(_TAIL_BITS))
