"""Who looks after what the national portal is told."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system


def can_see(actor: Actor) -> bool:
    """See what is told to the national portal and how both sides differ: administrators and auditors of the province."""
    return actor.is_official and (actor.has_role_for_province("admin") or actor.has_role_for_province("auditor"))


def can_tell(actor: Actor) -> bool:
    """Tell the national portal again, and compare a day: administrators of the province."""
    return actor.is_official and actor.has_role_for_province("admin")


def can_compare(actor: Actor) -> bool:
    """Compare a day: the worker, administrators of the province."""
    return by_system(actor) or can_tell(actor)
