"""
Where a figure is going, by its own history: a straight line through what was told, with how far it may be off.

No law asks for it. An ordinary least-squares line and its prediction interval of 80 % (Student's t), as statistics books give
it: of ten figures told later, eight should lie in it if things go on as they did. Fewer than three figures tell nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from tinhso.law.indicators import Direction

FEWEST = 3
MOST = 24
"""Figures looked at, the newest: what was long ago says little of what comes."""
_T90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333,
        1.330, 1.328, 1.325, 1.323, 1.321)  # fmt: skip
"""The 0.90 quantile of Student's t by degrees of freedom from one: 80 % lie between it and its opposite."""


class Risk(StrEnum):
    """What a forecast says of a target."""

    SAFE = "safe"
    """Even the worse end of the interval reaches it."""
    OPEN = "open"
    """The interval holds it."""
    MISSES = "misses"
    """Even the better end falls short."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The figure to be expected, and between which values it lies in eight cases of ten."""

    value: Decimal
    low: Decimal
    high: Decimal
    points: int
    """How many figures it rests on."""


def forecast(
    told: Sequence[tuple[int, Decimal]], place: int, *, least: Decimal | None = None, most: Decimal | None = None
) -> Forecast | None:
    """
    Return what a figure will be at a place, by figures at earlier places (periods counted on from any one); None for too few.

    `least` and `most` are what it cannot leave: a share stays between nought and a hundred.
    """
    used = sorted(told)[-MOST:]
    count = len(used)
    if count < FEWEST or len({at for at, _value in used}) < FEWEST:
        return None
    places, values = [float(at) for at, _value in used], [float(value) for _at, value in used]
    middle, mean = sum(places) / count, sum(values) / count
    spread = sum((at - middle) ** 2 for at in places)
    slope = sum((at - middle) * (value - mean) for at, value in zip(places, values, strict=True)) / spread
    rest = sum((value - mean - slope * (at - middle)) ** 2 for at, value in zip(places, values, strict=True))
    free = count - 2
    wide = _T90[free - 1] * sqrt(max(rest, 0.0) / free * (1 + 1 / count + (place - middle) ** 2 / spread))
    value = mean + slope * (place - middle)
    return Forecast(
        _within(value, least, most), _within(value - wide, least, most), _within(value + wide, least, most), count
    )


def risk(found: Forecast | None, target: Decimal | None, direction: Direction) -> Risk:
    """Return what a forecast says of a target."""
    if found is None or target is None or direction is Direction.NEITHER:
        return Risk.UNKNOWN
    worse, better = (found.low, found.high) if direction is Direction.UP else (-found.high, -found.low)
    wanted = target if direction is Direction.UP else -target
    if worse >= wanted:
        return Risk.SAFE
    return Risk.MISSES if better < wanted else Risk.OPEN


def _within(value: float, least: Decimal | None, most: Decimal | None) -> Decimal:
    exact = Decimal(repr(value)).quantize(Decimal("1e-6"))
    if least is not None:
        exact = max(exact, least)
    return exact if most is None else min(exact, most)
