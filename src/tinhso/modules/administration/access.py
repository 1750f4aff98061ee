"""
Who administers what: one predicate each.

The role counts at the agency of the post and everything below it; at the root of the province it is the whole. Kernels
ask less (any administrator may open an account): here the one concerned must lie within one's own part as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tinhso.base.actors import Actor, ActorKind

if TYPE_CHECKING:
    from tinhso.kernel.organisation.public import Agency

DOES = ("admin",)
READS = ("admin", "auditor")
Paths = Iterable[tuple[str, ...]]


def part_of(actor: Actor, roles: tuple[str, ...] = READS) -> frozenset[str] | None:
    """Return the agencies at or below which the actor carries one of the roles; None when that is the province."""
    if not _in_person(actor):
        return frozenset()
    held = [holding for holding in actor.holdings if not holding.roles.isdisjoint(roles)]
    if any(len(holding.agency_path) == 1 for holding in held):
        return None
    return frozenset(holding.agency for holding in held)


def can_enter(actor: Actor) -> bool:
    """Open the administration: administrators and auditors, in person and never by a token."""
    return part_of(actor) != frozenset()


def can_read_province(actor: Actor) -> bool:
    """Read what belongs to no single agency (journal, flows, settings): administrators and auditors of the province."""
    return part_of(actor) is None


def can_run_province(actor: Actor) -> bool:
    """Change what belongs to no single agency: administrators of the province."""
    return part_of(actor, DOES) is None


def can_read_agency(actor: Actor, agency: Agency) -> bool:
    """See an agency, its posts and who holds them."""
    return _within(part_of(actor), [agency.path_codes])


def can_staff_agency(actor: Actor, agency: Agency) -> bool:
    """Appoint, release and delegate in an agency."""
    return _within(part_of(actor, DOES), [agency.path_codes])


def can_add_official(actor: Actor) -> bool:
    """Enter a new official: every administrator, for their own agency."""
    return part_of(actor, DOES) != frozenset()


def can_read_official(actor: Actor, paths: Paths) -> bool:
    """See an official: one post of theirs lies within one's part, or they never had any."""
    mine, held = part_of(actor), list(paths)
    return _within(mine, held, some=True) or (not held and mine != frozenset())


def can_manage_official(actor: Actor, paths: Paths) -> bool:
    """
    Change an official and their account: all posts they act in lie within one's part, or they never had any.

    All, not some, theirs and those delegated to them: who may reset a password may act as its owner, and that must give nobody more than they have.
    """
    mine, held = part_of(actor, DOES), list(paths)
    return _within(mine, held) if held else mine != frozenset()


def _within(mine: frozenset[str] | None, paths: Paths, *, some: bool = False) -> bool:
    if mine is None:
        return True
    inside = [not mine.isdisjoint(path) for path in paths]
    return bool(inside) and (any(inside) if some else all(inside))


def _in_person(actor: Actor) -> bool:
    return actor.kind is ActorKind.OFFICIAL and actor.scopes is None
