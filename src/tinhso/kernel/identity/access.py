"""Who may: one predicate each. A recipient key such as `person:<id>` equals the key of the actor it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import by_system

if TYPE_CHECKING:
    from tinhso.kernel.identity.models import Account, ApiToken, Business, Emergency, Person
    from tinhso.kernel.organisation.public import Agency

COUNTER_ROLES = ("reception", "processor", "head", "leader", "clerk", "cashier")


def can_add_person(actor: Actor, *_subjects: object) -> bool:
    """Make a person or business known: whoever is signed in, for the people they act for."""
    return actor.kind is not ActorKind.ANONYMOUS


def can_change_person(actor: Actor, subject: Person | Business) -> bool:
    """Change details of a person or business: themselves, or an official who serves people."""
    own = bool(actor.person_id) and actor.person_id == str(subject.pk)
    return by_system(actor) or own or actor.has_role(*COUNTER_ROLES)


def can_search_people(actor: Actor, *_subjects: object) -> bool:
    """Look people up by name or number: officials who serve people, and auditors."""
    return by_system(actor) or actor.has_role(*COUNTER_ROLES, "auditor")


def can_manage_accounts(actor: Actor, *_subjects: object) -> bool:
    """Open, close and reopen accounts: administrators."""
    return by_system(actor) or actor.has_role("admin")


def can_hold_token(actor: Actor, account: Account) -> bool:
    """Issue or see access tokens of an account: its owner by a session with a second factor, or an administrator."""
    own = actor.scopes is None and actor.key == account.subject_key and _is_proved(actor)
    return own or can_manage_accounts(actor)


def can_revoke_token(actor: Actor, token: ApiToken) -> bool:
    """Revoke an access token: its owner or an administrator."""
    return can_hold_token(actor, token.account)


def can_read_notices(actor: Actor, recipient: str) -> bool:
    """Read and mark notices: only whom they are for."""
    return actor.kind is not ActorKind.ANONYMOUS and actor.key == recipient


def can_sign_in(actor: Actor, account: Account) -> bool:
    """Come in: whoever has just proved to be the owner of an open account."""
    return actor.key == account.subject_key and account.is_active


def can_sign_out(actor: Actor, account: Account) -> bool:
    """Leave: the owner of the account."""
    return actor.key == account.subject_key or by_system(actor)


def can_choose_language(actor: Actor, account: Account) -> bool:
    """Choose the language of one's mail: the owner of the account."""
    return actor.key == account.subject_key


def can_take_emergency(actor: Actor, agency: Agency) -> bool:
    """Take a role outside one's post for hours: an administrator there or above, in person and with a second factor."""
    above = any("admin" in held.roles and held.agency in agency.path_codes for held in actor.holdings)
    return actor.scopes is None and actor.level > 1 and above


def can_end_emergency(actor: Actor, emergency: Emergency) -> bool:
    """Give such a role back, or take it away: who took it, and administrators and auditors of the province."""
    own = actor.key == f"official:{emergency.official_id}"
    return actor.scopes is None and (own or actor.has_role_for_province("admin", "auditor"))


def can_hold_second_factor(actor: Actor, *_subjects: object) -> bool:
    """Enrol codes and passkeys: officials, who sign in by password. Citizens prove themselves at VNeID."""
    return actor.kind is ActorKind.OFFICIAL


def _is_proved(actor: Actor) -> bool:
    """Tell whether an actor proved what their kind must prove before they act: a password alone is not it for officials."""
    return actor.kind is not ActorKind.OFFICIAL or actor.level > 1 or not settings.SECOND_FACTOR
