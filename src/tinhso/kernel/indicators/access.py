"""Who tells, approves and publishes figures, and who sees which."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope

SCOPE, WRITE = "indicators:read", "indicators:write"
OFFICE = ("reception", "processor", "head", "leader", "clerk", "cashier")
LEADING = ("head", "leader")


def can_see_indicators(actor: Actor) -> bool:
    """See figures that are not published: any official in post; they hold nobody's data."""
    return actor.is_official and has_scope(actor, SCOPE)


def can_tell(actor: Actor, path: Sequence[str]) -> bool:
    """Enter and submit figures of a unit: who works there, or leads one above it; a program for them with its scope."""
    if not actor.is_official or not has_scope(actor, WRITE) or not path:
        return False
    return actor.has_role(*OFFICE, agency=path[-1]) or _leads(actor, path)


def can_decide_on(actor: Actor, owner: Sequence[str], told_by: str) -> bool:
    """Approve, return, publish, withdraw: in person, who leads the agency that answers for the indicator, or the province; not who told it."""
    if not actor.is_official or actor.scopes is not None or actor.key == told_by:
        return False
    return _leads(actor, owner) or actor.has_role_for_province("leader", "auditor")


def can_set_target(actor: Actor, owner: Sequence[str]) -> bool:
    """Set what is promised: in person, who leads the agency that answers for the indicator, or the province."""
    return (
        actor.is_official and actor.scopes is None and (_leads(actor, owner) or actor.has_role_for_province("leader"))
    )


def can_define(actor: Actor) -> bool:
    """Define indicators and formulas: the load of a pack."""
    return by_system(actor)


def can_reckon(actor: Actor) -> bool:
    """Keep what formulas give: the platform itself."""
    return by_system(actor)


def _leads(actor: Actor, path: Sequence[str]) -> bool:
    return any(actor.has_role(*LEADING, agency=code) for code in path)
