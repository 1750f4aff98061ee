"""Who may provision."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.kernel.identity.public import has_scope

SCOPE = "scim"


def can_provision(actor: Actor) -> bool:
    """Enter, move and release officials for the staff system: a token of scope `scim` of a province's administrator."""
    return actor.scopes is not None and has_scope(actor, SCOPE) and actor.has_role_for_province("admin")
