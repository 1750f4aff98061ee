"""The last slow statements, without their values: a ring of fixed length in the cache that all processes share."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

LENGTH = 100
_KEPT = 7 * 86400
_TURN = "slow.turn"
LONGEST = 1000
"""Signs kept of a statement."""


@dataclass(frozen=True, slots=True)
class Slow:
    """One statement that took long."""

    place: str
    """Route or task in which it ran."""
    sql: str
    seconds: float
    at: float
    """When, in seconds since 1970."""


def keep(place: str, statements: list[tuple[str, float]], at: float) -> None:
    """Put statements into the ring; the oldest fall out."""
    for sql, seconds in statements:
        cache.set(f"slow.{_next_turn() % LENGTH}", (place, sql[:LONGEST], seconds, at), _KEPT)


def _next_turn() -> int:
    cache.add(_TURN, 0, None)
    try:
        return int(cache.incr(_TURN))
    except ValueError:  # the cache could not be written: there is nothing to turn
        return 0


def slowest(most: int = 20) -> list[Slow]:
    """Return what the ring holds, the slowest first."""
    kept = cache.get_many([f"slow.{turn}" for turn in range(LENGTH)]).values()
    return sorted((Slow(*each) for each in kept), key=lambda slow: -slow.seconds)[:most]
