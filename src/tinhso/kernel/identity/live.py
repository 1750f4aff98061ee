"""Notices, as open pages hear of them: each account of its own."""

from __future__ import annotations

from tinhso.base.actors import Actor, ActorKind
from tinhso.kernel.journal.public import EntryView


def notices_changed(entry: EntryView) -> list[str]:
    """Return whose notices an entry adds to."""
    is_notice = entry.event == "identity.notified" and entry.subject_type in {"official", "person", "business"}
    return [f"{entry.subject_type}:{entry.subject_key}"] if is_notice else []


def notices_heard(actor: Actor, _about: str) -> list[str]:
    """Return whose notices an actor may hear of: their own."""
    return [actor.key] if actor.kind is not ActorKind.ANONYMOUS else []
