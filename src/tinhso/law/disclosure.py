"""
Which cells of a release are large enough that nobody is singled out in them.

A release of records about people holds no name and no number, and still a record that is alone in its cell points at whom
it is about (Luật 91/2025/QH15 takes data from which nobody can be told any more out of its scope; article not verified).
Five is what offices of statistics commonly ask for; it is their practice, not a legal text.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

SMALLEST_CELL = 5


def large_cells[C: Hashable](counts: Mapping[C, int], *, least: int = SMALLEST_CELL) -> frozenset[C]:
    """Return the cells of at least so many records; the records of all others are left out. Raises ValueError below 2."""
    if least < 2:  # noqa: PLR2004 - a cell of one hides nobody
        raise ValueError("a cell of one hides nobody")
    return frozenset(cell for cell, count in counts.items() if count >= least)


def left_out[C: Hashable](counts: Mapping[C, int], *, least: int = SMALLEST_CELL) -> int:
    """Return how many records are in cells that are too small."""
    return sum(count for count in counts.values() if count < least)
