"""A dossier that is open on somebody's screen, as that page hears of it: whoever works on it all, its applicant what is told to them."""

from __future__ import annotations

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.registry import Event, registry
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.onestop.queries.home import may_read_papers


def dossier_changed(entry: EntryView) -> list[str]:
    """Return the dossier that an entry is about."""
    return [entry.subject_key] if entry.subject_type == "dossier" else []


def dossier_heard(actor: Actor, about: str) -> list[str]:
    """Return the dossier that the page shows, if the actor is an official who may see it."""
    return [about] if about and actor.kind is ActorKind.OFFICIAL and may_read_papers(actor, about) else []


def own_changed(entry: EntryView) -> list[str]:
    """Return the dossier that an entry is about, if its applicant reads of it."""
    event = next((each for each in registry.of(Event) if each.key == entry.event), None)
    is_told = event is not None and event.public and not entry.facts.get("again")
    return dossier_changed(entry) if is_told else []


def own_heard(actor: Actor, about: str) -> list[str]:
    """Return the dossier that the page shows, if it is the actor's own."""
    return [about] if about and actor.kind is not ActorKind.OFFICIAL and may_read_papers(actor, about) else []
