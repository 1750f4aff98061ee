"""
What figures of several units and periods make together, and how one stands to what was promised.

A ratio of several units is the ratio of their sums, never the mean of their ratios. What nobody told is missing, and is
never nought: a sum of which a part is missing is known in part only, and says which parts are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Rule(StrEnum):
    """How figures of units (or of parts of a period) make one."""

    SUM = "sum"
    MEAN = "mean"
    """Weighted: by the figure of another indicator, such as inhabitants."""
    RATIO = "ratio"
    """Of the sums of numerators and denominators."""
    LAST = "last"
    """Over time only: a stock, such as computers at the end of the year."""
    MOST = "most"
    LEAST = "least"
    NONE = "none"
    """Figures of this kind make none together: a rank, a yes."""


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"
    """What is only told: inhabitants, area."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One figure of those that make one together, by what it is of: the code of a unit, the key of a period.

    `value` None: missing. Of a ratio `value` is the numerator and `weight` the denominator; of a mean `weight` is its weight.
    """

    of: str
    value: Decimal | None
    weight: Decimal | None = None

    def is_missing(self, rule: Rule) -> bool:
        """Tell whether it says too little to be part of one figure."""
        return self.value is None or (rule in (Rule.RATIO, Rule.MEAN) and self.weight is None)


@dataclass(frozen=True, slots=True)
class Combined:
    """A figure of several: its value as far as it is known, and whose figures are missing in it."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing: tuple[str, ...] = ()
    problem: str = ""
    """Why there is none though nothing is missing: `nothing` (no unit at all), `zero` (a denominator of nought), `none` (the rule)."""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is missing in it."""
        return self.value is not None and not self.missing


def combine(rule: Rule, parts: Iterable[Part]) -> Combined:
    """
    Return what figures make together. Those that are missing are named, and the value is that of the others.

    A ratio is a share of one (0.5); whoever shows it in per cent multiplies. Of `LAST` the parts come in their order.
    """
    every = list(parts)
    known = [part for part in every if not part.is_missing(rule)]
    missing = tuple(part.of for part in every if part.is_missing(rule))
    if rule is Rule.NONE and len(every) > 1:
        return Combined(None, missing=missing, problem="none")
    if not known:
        return Combined(None, missing=missing, problem="" if missing else "nothing")
    if rule in (Rule.RATIO, Rule.MEAN):
        return _divided(rule, known, missing)
    values = [part.value for part in known if part.value is not None]
    alone: dict[Rule, Decimal | None] = {
        Rule.SUM: sum(values, ZERO),
        Rule.MOST: max(values),
        Rule.LEAST: min(values),
        # the last one told is no figure of a later part that nobody told
        Rule.LAST: every[-1].value,
        Rule.NONE: values[0],
    }
    return Combined(alone[rule], missing=missing)


def _divided(rule: Rule, known: Sequence[Part], missing: tuple[str, ...]) -> Combined:
    """Return a ratio of sums, or a mean by weights."""
    pairs = [(part.value, part.weight) for part in known if part.value is not None and part.weight is not None]
    above = [value if rule is Rule.RATIO else value * weight for value, weight in pairs]
    numerator, denominator = sum(above, ZERO), sum((weight for _value, weight in pairs), ZERO)
    if not denominator:
        return Combined(None, numerator, denominator, missing, "zero")
    return Combined(numerator / denominator, numerator, denominator, missing)


class Standing(StrEnum):
    """How a figure stands to its target."""

    MET = "met"
    NEAR = "near"
    """Missed by no more than the tolerance."""
    MISSED = "missed"
    UNKNOWN = "unknown"
    """No figure, no target, or nothing that is better or worse."""


def standing(
    value: Decimal | None, target: Decimal | None, direction: Direction, tolerance: Decimal = ZERO
) -> Standing:
    """Return how a figure stands to its target; `tolerance` is a share of the target (0.05: five hundredths of it)."""
    if value is None or target is None or direction is Direction.NEITHER:
        return Standing.UNKNOWN
    short = target - value if direction is Direction.UP else value - target
    if short <= 0:
        return Standing.MET
    return Standing.NEAR if short <= abs(target) * tolerance else Standing.MISSED


def attained(value: Decimal | None, target: Decimal | None, direction: Direction) -> Decimal | None:
    """
    Return how much of a target is reached, 1 for all of it, more for more; None where that says nothing.

    Where less is better it is target ÷ figure; a figure of nought has reached any such target: 1.
    """
    if value is None or target is None or direction is Direction.NEITHER:
        return None
    if direction is Direction.UP:
        return value / target if target > 0 else (Decimal(1) if value >= target else None)
    if value <= target:
        return target / value if value > 0 and target > 0 else Decimal(1)
    return target / value if target >= 0 else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its place; units with one figure share a place, and the next one after them counts them all."""

    of: str
    value: Decimal | None
    place: int | None


def ranked(figures: Sequence[tuple[str, Decimal | None]], direction: Direction) -> list[Ranked]:
    """Return units in their order, best first; those without a figure come last and have no place."""
    told = [(of, value) for of, value in figures if value is not None]
    told.sort(key=lambda each: (-each[1] if direction is not Direction.DOWN else each[1], each[0]))
    found: list[Ranked] = []
    for number, (of, value) in enumerate(told, 1):
        same = found and found[-1].value == value
        found.append(Ranked(of, value, found[-1].place if same else number))
    untold = sorted(of for of, value in figures if value is None)
    return found + [Ranked(of, None, None) for of in untold]
