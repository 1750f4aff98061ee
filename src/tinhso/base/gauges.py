"""
Figures that say how the system is: how much waits, how old the oldest is. Lent by those who know, read by operators.

A figure is read often and by machines: it must cost the same however large its table is (`capped_count` over an index).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.base.refusals import Text
from tinhso.base.registry import registry

MOST = 10_000
"""Counts stop here: more than this is “very many”, and counting on would cost what the table is long."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure. `measure(at)` returns a number; -1 stands for “unknown”."""

    key: str
    """Name without our prefix, in the manner of Prometheus: `outbox_oldest_seconds`."""
    title: Text
    measure: Callable[[datetime], float]
    order: int = 100
    waits: bool = False
    """It counts what waits: shown among the queues."""
    late_by: str = ""
    """Key of the figure that says by how many seconds the oldest of a queue is late."""


def capped_count(found: Any, most: int = MOST) -> int:
    """Return how many rows a query finds, `most` at most: it stops reading there."""
    return int(found.order_by()[:most].count())


def age_of(moment: datetime | None, at: datetime) -> float:
    """Return the seconds since a moment; 0 for none."""
    return max(0.0, (at - moment).total_seconds()) if moment else 0.0


def read_gauges(at: datetime) -> dict[str, float]:
    """Return every figure that is lent, by key."""
    return {gauge.key: float(gauge.measure(at)) for gauge in registry.of(Gauge)}
