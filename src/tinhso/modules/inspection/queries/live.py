"""Findings as they come, for lists that are open: heard by who may see them."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.inspection import access, events

PROVINCE = "province"


def findings_changed(entry: EntryView) -> list[str]:
    """Return who hears of a new finding: its agency, the official concerned, the inspector of the province."""
    if entry.event != events.FOUND.key or entry.facts.get("silent"):
        return []
    return [each for each in (PROVINCE, entry.agency, str(entry.facts.get("concerned", ""))) if each]


def findings_heard(actor: Actor, _about: str) -> list[str]:
    """Return the parts an actor may hear of."""
    if not access.can_enter(actor):
        return []
    parts = [actor.key, *sorted(access.agencies_led(actor))]
    return [PROVINCE, *parts] if access.inspects_province(actor) else parts
