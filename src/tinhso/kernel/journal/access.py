"""Who may read the journal and mend its deliveries."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system


def can_read_journal(actor: Actor) -> bool:
    """Read the journal of the province: its administrators and auditors, not those of one agency."""
    return by_system(actor) or actor.has_role_for_province("admin", "auditor")


def can_replay(actor: Actor) -> bool:
    """Try a dead letter again: administrators of the province."""
    return by_system(actor) or actor.has_role_for_province("admin")


def can_move_years(actor: Actor) -> bool:
    """Take a year of the journal out of the database and put it back: from the command line of the machine only."""
    return by_system(actor)
