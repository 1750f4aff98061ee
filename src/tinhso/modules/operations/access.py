"""Who sees the operations centre, and who arranges it."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope

SCOPE = "indicators:read"


def can_see_board(actor: Actor) -> bool:
    """See the figures of every agency: any official in post; they hold nobody's data."""
    return actor.is_official and has_scope(actor, SCOPE)


def can_arrange_board(actor: Actor) -> bool:
    """Choose which figures stand on a board: in person, leaders and administrators of the province."""
    return actor.is_official and actor.scopes is None and actor.has_role_for_province("leader", "admin", "auditor")


def can_load_boards(actor: Actor) -> bool:
    """Take boards from a pack: the load of a pack, administrators of the province."""
    return by_system(actor) or actor.has_role_for_province("admin")
