"""Who may read the journal and mend its deliveries."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system


def can_read_journal(actor: Actor) -> bool:
    """Read the journal of the province."""
    return by_system(actor) or actor.has_role("admin", "auditor")


def can_replay(actor: Actor) -> bool:
    """Try a dead letter again."""
    return by_system(actor) or actor.has_role("admin")
