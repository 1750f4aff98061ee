"""Who fills reports in, who decides on them, who locks a period."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope

READ, WRITE = "reporting:read", "reporting:write"
OFFICE = ("reception", "processor", "head", "leader", "clerk", "cashier", "accountant")
DECIDING = ("head", "leader", "clerk", "auditor")


def can_see_reports(actor: Actor) -> bool:
    """See reporting regimes, who has reported and what: any official in post; reports hold nobody's data."""
    return actor.is_official and has_scope(actor, READ)


def can_fill(actor: Actor, path: Sequence[str]) -> bool:
    """Fill in and submit the report of an agency: who works there, or leads one above it; a program for them with its scope."""
    if not actor.is_official or not has_scope(actor, WRITE) or not path:
        return False
    return actor.has_role(*OFFICE, agency=path[-1]) or any(
        actor.has_role("head", "leader", agency=code) for code in path
    )


def can_decide(actor: Actor, path: Sequence[str], submitted_by: str) -> bool:
    """Approve, return or open again the report of an agency: in an agency above it, who leads, keeps papers or audits; not who submitted it."""
    if not actor.is_official or not has_scope(actor, WRITE) or actor.key == submitted_by:
        return False
    above = path[:-1] or path
    return any(actor.has_role(*DECIDING, agency=code) for code in above)


def can_lock(actor: Actor) -> bool:
    """Close a period of a regime for the whole province: in person, who leads it, keeps its papers or audits it."""
    return actor.is_official and actor.scopes is None and actor.has_role_for_province(*DECIDING)


def can_load_regimes(actor: Actor) -> bool:
    """Take reporting regimes from a pack: the load of a pack, administrators of the province."""
    return by_system(actor) or actor.has_role_for_province("admin")
