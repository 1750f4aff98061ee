"""A dossier that is open on somebody's screen, as that page hears of it."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.onestop.queries.home import may_read_papers


def dossier_changed(entry: EntryView) -> list[str]:
    """Return the dossier that an entry is about."""
    return [entry.subject_key] if entry.subject_type == "dossier" else []


def dossier_heard(actor: Actor, about: str) -> list[str]:
    """Return the dossier that the page shows, if the actor may see it."""
    return [about] if about and may_read_papers(actor, about) else []
