"""Who may open the file that a plan was read from."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.modules.plan import access


def may_read(actor: Actor, _plan: str) -> bool:
    """Tell whether somebody may open the file of a plan: whoever sees plans."""
    return access.can_see_plans(actor)
