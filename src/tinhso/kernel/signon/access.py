"""Who may: one predicate each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinhso.base.actors import Actor
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import Account

if TYPE_CHECKING:
    from tinhso.kernel.signon.models import Grant


def can_register_systems(actor: Actor, *_subjects: object) -> bool:
    """Register the systems that people sign in to, change and close them: the administrator of the whole province."""
    return by_system(actor) or (actor.scopes is None and actor.has_role_for_province("admin"))


def can_come_in(actor: Actor, account: Account) -> bool:
    """Sign in to another system, and agree to what it may know: the owner of an open account, in person."""
    return actor.scopes is None and actor.key == account.subject_key and account.is_active


def can_end_grant(actor: Actor, grant: Grant) -> bool:
    """End a sign-in to another system: its owner or an administrator."""
    return by_system(actor) or actor.key == grant.account.subject_key or can_register_systems(actor)
