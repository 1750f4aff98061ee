"""Figures that change while a board is open."""

from __future__ import annotations

from functools import cache

from tinhso.base.actors import Actor
from tinhso.base.registry import registry
from tinhso.kernel.indicators.public import Measures
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.operations import access

ALL = "all"
TOLD = ("indicators.approved", "indicators.published", "indicators.withdrawn", "indicators.target_set")


@cache
def _events() -> frozenset[str]:
    return frozenset(TOLD) | {event for each in registry.of(Measures) for event in each.changed}


def figures_changed(entry: EntryView) -> list[str]:
    """Return that figures are others: which ones, the open page finds out by asking."""
    return [ALL] if entry.event in _events() else []


def figures_heard(actor: Actor, _about: str) -> list[str]:
    """Return what an actor may hear of."""
    return [ALL] if access.can_see_board(actor) else []
