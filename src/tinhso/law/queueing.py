"""
Who is called next at a desk, and how long the others will wait. What the laws say of priority is unverified.

Everybody has a place in the line: when they came, and some minutes earlier for who goes first. So who goes first passes those
who came a little before, and nobody else: whoever waits longer than that is passed by nobody any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """People whom a law lets go first."""

    key: str
    law: str
    verified: bool = False


PRIORITY_CLASSES = (
    PriorityClass("elderly", "Luật Người cao tuổi 39/2009/QH12"),
    PriorityClass("disabled", "Luật Người khuyết tật 51/2010/QH12"),
    PriorityClass("pregnant", ""),
    PriorityClass("merit", "Pháp lệnh Ưu đãi người có công với cách mạng 02/2020/UBTVQH14"),
)
"""Nobody has checked a text that says how one is served first at a one-stop desk; no law was found for pregnant women."""
PRIORITY_KEYS = frozenset(each.key for each in PRIORITY_CLASSES)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One ticket that waits."""

    key: str
    since: datetime
    number: int
    priority: str = ""
    slot_at: datetime | None = None
    """When the appointment begins, of who came in time for it; None for everybody else."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many minutes earlier than they came people count as having come."""

    priority: int = 30
    appointment: int = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long somebody will probably wait, and what that rests on."""

    minutes: int
    each: int
    """Minutes that one person takes."""
    windows: int
    measured: bool
    """Whether `each` was measured today; otherwise it is what the province expects."""


ENOUGH_SERVED = 5
"""People served today from whom their usual time is taken, rather than from the pack."""


def place_of(ticket: Waiting, at: datetime, ahead: Ahead) -> tuple[datetime, datetime, int, str]:
    """Return what orders the line: the moment that counts, then who came first."""
    has_begun = ticket.slot_at is not None and ticket.slot_at <= at
    minutes = max(ahead.appointment if has_begun else 0, ahead.priority if ticket.priority in PRIORITY_KEYS else 0)
    return ticket.since - timedelta(minutes=minutes), ticket.since, ticket.number, ticket.key


def in_order(waiting: Sequence[Waiting], at: datetime, ahead: Ahead) -> list[Waiting]:
    """Return who waits in the order in which they will be called."""
    return sorted(waiting, key=lambda ticket: place_of(ticket, at, ahead))


def next_ticket(waiting: Sequence[Waiting], at: datetime, ahead: Ahead) -> Waiting | None:
    """Return who is called next, None when nobody waits."""
    return min(waiting, key=lambda ticket: place_of(ticket, at, ahead), default=None)


def estimate(before: int, windows: int, *, expected: int, served: int, serving_seconds: int) -> Estimate | None:
    """Return how long it will take until `before` people were called; None while no window is open."""
    if windows < 1:
        return None
    measured = served >= ENOUGH_SERVED
    each = max(1, round(serving_seconds / served / 60)) if measured else expected
    return Estimate(minutes=-(-before * each // windows), each=each, windows=windows, measured=measured)
