"""Who takes plans in, decides on what was read of them, reports and books money."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope

READ, WRITE = "plan:read", "plan:write"
OFFICE = ("reception", "processor", "head", "leader", "clerk", "cashier")
KEEPING = ("head", "leader", "clerk", "auditor")


def can_see_plans(actor: Actor) -> bool:
    """See plans and directives, what they oblige whom to and how far it is: any official in post."""
    return actor.is_official and has_scope(actor, READ)


def can_keep_plan(actor: Actor, path: Sequence[str]) -> bool:
    """Take a plan in for an agency and decide on what was read: who leads it, keeps its papers or audits it, or one above it."""
    if by_system(actor):
        return True
    if not actor.is_official or not has_scope(actor, WRITE):
        return False
    return any(actor.has_role(*KEEPING, agency=code) for code in path)


def can_take_in(actor: Actor) -> bool:
    """Take plans in for at least one agency."""
    return actor.is_official and has_scope(actor, WRITE) and bool(actor.agencies_with(KEEPING))


def can_report_on(actor: Actor, plan_path: Sequence[str], lead_path: Sequence[str]) -> bool:
    """Report how far something is: who works in the agency that answers for it, leads one above it, or keeps the plan."""
    if can_keep_plan(actor, plan_path):
        return True
    if not actor.is_official or not has_scope(actor, WRITE) or not lead_path:
        return False
    return actor.has_role(*OFFICE, agency=lead_path[-1]) or any(
        actor.has_role("head", "leader", agency=code) for code in lead_path
    )


def can_read_in(actor: Actor) -> bool:
    """Keep what the program read in a file: the platform itself."""
    return by_system(actor)
