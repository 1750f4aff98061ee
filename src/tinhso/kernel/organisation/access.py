"""Who may do what with the organisation."""

from __future__ import annotations

from uuid import UUID

from tinhso.base.actors import Actor, ActorKind
from tinhso.kernel.organisation.models import Agency, Post


def can_load_pack(actor: Actor) -> bool:
    """Load a province pack: the administrator of the whole province."""
    return actor.kind is ActorKind.SYSTEM or actor.has_role_for_province("admin")


def can_decide_reform(actor: Actor) -> bool:
    """Decide what becomes of a unit in a reform: an administrator of the whole province, in person."""
    return actor.has_role_for_province("admin") and actor.scopes is None


def can_manage_people(actor: Actor, agency: Agency) -> bool:
    """Appoint and release officials in an agency: the administrator there or above."""
    return actor.kind is ActorKind.SYSTEM or any(
        "admin" in holding.roles and holding.agency in agency.path_codes for holding in actor.holdings
    )


def can_add_officials(actor: Actor) -> bool:
    """Enter a new official."""
    return actor.kind is ActorKind.SYSTEM or actor.has_role("admin")


def can_delegate(actor: Actor, post: Post, agency: Agency, by: UUID) -> bool:
    """
    Delegate the authority of a post: its holder, never from a delegation, or the administrator of the agency.

    `by` is in whose name: several may hold a post, and none of them speaks for another.
    """
    own = any(holding.post == post.code and not holding.delegated_by for holding in actor.holdings)
    return (own and actor.key == f"official:{by}") or can_manage_people(actor, agency)
