"""
What modules count and lend: figures of the platform's own work, for indicators whose `query` names them.

A lent figure is counted when it is asked for, from sums that its module keeps; nobody tells it and nobody approves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tinhso.base.refusals import Text
from tinhso.base.registry import registry
from tinhso.law.periods import Period


@dataclass(frozen=True, slots=True)
class Lent:
    """A figure that a module counted; of a share the two counts as well. `value` is in the indicator's own unit."""

    value: Decimal | None
    above: Decimal | None = None
    below: Decimal | None = None


type Counted = Mapping[str, Mapping[str, Lent]]
"""Figures by unit, then by name."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Several figures that one module counts at once: `query: quality.received` names `received` of `quality`."""

    key: str
    titles: Mapping[str, Text]
    count: Callable[[str, Period, datetime], Counted]
    """Told a unit, a period and the moment; returns the figures of the unit and of each below it. A handful of statements."""
    link: Callable[[str, str, Period], str]
    """Told a name, a unit and a period; returns the address where the figure opens down to its rows, empty for none."""
    reasons: Callable[[str, str, Period, datetime], Sequence[tuple[Text, int]]]
    """Told the same and the moment; returns what weighs on the figure most, each with its number, the heaviest first."""
    changed: tuple[str, ...] = field(default=())
    """Events after which the figures are others."""


def names() -> dict[str, Text]:
    """Return everything that is lent, by what a `query` says."""
    return {f"{each.key}.{name}": title for each in registry.of(Measures) for name, title in each.titles.items()}


def lender_of(query: str) -> tuple[Measures, str] | None:
    """Return who counts a query, and the figure's name there; None for what nobody lends."""
    key, _dot, name = query.partition(".")
    return next(((each, name) for each in registry.of(Measures) if each.key == key and name in each.titles), None)


def link_to(query: str, unit: str, period: Period) -> str:
    """Return where a lent figure opens down to its rows; empty for none."""
    found = lender_of(query)
    return found[0].link(found[1], unit, period) if found else ""


def reasons_for(query: str, unit: str, period: Period, at: datetime) -> Sequence[tuple[Text, int]]:
    """Return what weighs on a lent figure most; nothing where nobody lends it."""
    found = lender_of(query)
    return found[0].reasons(found[1], unit, period, at) if found else ()
