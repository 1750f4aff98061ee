"""Who may do what in the catalogue: everybody reads, only the loader writes."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system


def can_load(actor: Actor) -> bool:
    """Load procedures from a pack."""
    return by_system(actor) or (actor.is_official and actor.has_role("admin"))


def can_publish(actor: Actor) -> bool:
    """Put in force what the designer has approved by a second person: the program itself."""
    return by_system(actor)
