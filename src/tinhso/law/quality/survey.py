"""A survey by sample: how many of each stratum, which ones by a seed that is kept, and what the answers tell, with its doubt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""Two-sided 95 %."""


def quotas(population: Mapping[str, int], sample: int, *, least: int = 1) -> dict[str, int]:
    """
    Share a sample among strata by their size: largest remainders, at least `least` of each, never more than there are.

    Of equal remainders the first by name is taken.

    The sum is `sample`, or the whole population where that is smaller; more where `least` of each is more already.
    """
    whole = sum(population.values())
    if not whole or sample <= 0:
        return dict.fromkeys(population, 0)
    exact = {key: sample * size / whole for key, size in population.items()}
    given = {key: min(size, max(min(least, size), int(exact[key]))) for key, size in population.items()}
    order = sorted(population, key=lambda key: (int(exact[key]) - exact[key], key))
    left = min(sample, whole) - sum(given.values())
    while left > 0:
        for key in order:
            if left > 0 and given[key] < population[key]:
                given[key] += 1
                left -= 1
    return given


def draw(seed: str, stratum: str, keys: Iterable[str], number: int) -> list[str]:
    """
    Return so many keys of a stratum in the order of their draw: the same for the same seed, whoever draws and when.

    Each key is ordered by a digest of seed, stratum and key: no key's chance depends on the order in which they came.
    """
    return sorted(set(keys), key=lambda key: place(seed, stratum, key))[:number]


def place(seed: str, stratum: str, key: str) -> str:
    """Return where a key stands in the draw of its stratum."""
    return hashlib.sha256(f"{seed}\x1f{stratum}\x1f{key}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Share:
    """A share and its interval, 0 to 1, with the answers it rests on."""

    value: float
    low: float
    high: float
    answers: int


def wilson(yes: float, answers: float, *, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson interval of a share: within 0 and 1, and not empty where everybody said the same."""
    if answers <= 0:
        return 0.0, 1.0
    share, square = yes / answers, z * z
    middle = (share + square / (2 * answers)) / (1 + square / answers)
    half = z * sqrt(share * (1 - share) / answers + square / (4 * answers * answers)) / (1 + square / answers)
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


@dataclass(frozen=True, slots=True)
class Stratum:
    """Answers of one stratum: how many there are in the population, how many answered, how many of them said yes."""

    population: int
    answers: int
    yes: int


def weighted(strata: Sequence[Stratum]) -> Share | None:
    """
    Return the share with each stratum weighing as in the population; None without an answer.

    Strata in which nobody answered weigh nothing: they are not guessed. The interval is Wilson's over the answers that a
    plain sample of the same certainty would have (Kish).
    """
    known = [one for one in strata if one.answers and one.population]
    whole = sum(one.population for one in known)
    if not whole:
        return None
    weights = [one.population / whole for one in known]
    value = sum(weight * one.yes / one.answers for weight, one in zip(weights, known, strict=True))
    worth = 1 / sum(weight * weight / one.answers for weight, one in zip(weights, known, strict=True))
    value = min(1.0, max(0.0, value))
    low, high = wilson(value * worth, worth)
    return Share(value, low, high, sum(one.answers for one in known))


def shown_units(answers: Mapping[str, int], *, least: int) -> frozenset[str]:
    """
    Return the units whose results may be shown: those with at least `least` answers.

    Where just one that answered would be left out, the smallest of the others is left out with it: else what it said is the
    difference between all and the rest.
    """
    shown = {unit for unit, number in answers.items() if number >= least}
    hidden = [unit for unit, number in answers.items() if 0 < number < least]
    if len(hidden) == 1 and shown:
        shown.discard(min(shown, key=lambda unit: (answers[unit], unit)))
    return frozenset(shown)
