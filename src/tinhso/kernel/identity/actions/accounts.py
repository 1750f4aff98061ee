"""Accounts: opened for an official, a person or a business; closed, never deleted."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.identity import access
from tinhso.kernel.identity.actions.sign_in import end_access
from tinhso.kernel.identity.models import Account, Business, Person
from tinhso.kernel.journal.public import record


class UsernameTaken(Refusal):
    """Somebody else signs in with this name."""

    code = "identity.username_taken"
    text = _("The user name {username} is taken. Choose another.")


class VneidOnly(Refusal):
    """A password, code or passkey would be a second way in, past what VNeID vouches for."""

    code = "identity.vneid_only"
    text = _("Citizens and businesses sign in by VNeID only: their accounts here have no password.")
    status = HTTPStatus.FORBIDDEN


@act
def add_account(
    username: str,
    *,
    official_id: UUID | str | None = None,
    person: Person | None = None,
    business: Business | None = None,
    password: str = "",
    hashed: str = "",
    ends_at: datetime | None = None,
    is_demonstration: bool = False,
    actor: Actor,
    at: datetime,
) -> Account:
    """
    Open an account for exactly one of official, person or business. Without a password it has none.

    Citizens and businesses never have one: they come by VNeID.
    `hashed` is the hash of that very password, made before: only our own doors may say so, for many accounts with one
    published password. `ends_at`: when the password stops opening the door unless its owner has chosen their own by then.
    Raises UsernameTaken; VneidOnly; BadInput for a password that breaks the rules or for more or less than one owner.
    """
    require(access.can_manage_accounts, actor)
    if hashed:
        require(by_system, actor)
    if sum(owner is not None for owner in (official_id, person, business)) != 1:
        raise BadInput(faults=[Fault("", _("An account belongs to exactly one official, person or business."))])
    username = username.strip()
    if Account.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username=username)
    account = Account(username=username, person=person, business=business, added_at=at)
    account.official_id = UUID(str(official_id)) if official_id else None
    account.is_demonstration = is_demonstration
    account.password_until = ends_at
    _put_password(account, password, hashed)
    account.save(force_insert=True)
    record("identity.account_added", account, actor=actor, at=at, of=account.subject_key)
    return account


@act
def set_password(
    account: Account,
    password: str,
    *,
    ends_at: datetime | None = None,
    proved: str = "",
    note: str = "",
    drop_second_factors: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """
    Give an official's account a new password; its sessions end. Raises VneidOnly; BadInput when it breaks the rules.

    `ends_at`: when it stops opening the door, see `add_account`. `proved` and `note`: how the owner proved who they are, for the
    journal. `drop_second_factors`: they lost them, so the next sign-in asks for a new one.
    """
    require(access.can_manage_accounts, actor)
    _put_password(account, password)
    account.password_until = ends_at
    account.save(update_fields=["password", "password_until"])
    for session in UserSession.objects.filter(user=account):
        session.end()
    facts = {"proved": proved, "note": note} if proved else {}
    record("identity.password_set", account, actor=actor, at=at, **facts)
    if drop_second_factors:
        for factor in Authenticator.objects.filter(user=account):
            factor.delete()
            record("identity.second_factor_changed", account, actor=actor, at=at, kind=factor.type, added=False)


@act
def close_account(account: Account, *, reason: str, actor: Actor, at: datetime) -> None:
    """
    Close an account: its sessions, tokens and sign-ins to other systems end, and stay ended if it is opened again.

    Sign-ins to other systems are worth nothing at once, and end as soon as the worker hears of it.
    """
    require(access.can_manage_accounts, actor)
    end_access(account, reason=reason, actor=actor, at=at)
    account.is_active = False
    account.save(update_fields=["is_active"])
    record("identity.account_closed", account, actor=actor, at=at, of=account.subject_key, reason=reason)


@act
def reopen_account(account: Account, *, actor: Actor, at: datetime) -> None:
    """Let the owner sign in again, anew: what they had open when it was closed, somebody else may hold."""
    require(access.can_manage_accounts, actor)
    account.is_active = True
    account.save(update_fields=["is_active"])
    record("identity.account_reopened", account, actor=actor, at=at)


@act
def choose_language(account: Account, language: str, *, actor: Actor, at: datetime) -> None:
    """Write to the owner in this language from now on."""
    require(access.can_choose_language, actor, account)
    account.language = language
    account.save(update_fields=["language"])
    record("identity.language_chosen", account, actor=actor, at=at, language=language)


@act
def enrol_totp(account: Account, secret: str, *, actor: Actor, at: datetime) -> None:
    """Give an account a known one-time-code secret (base32): for demonstration, by our own doors only."""
    require(by_system, actor)
    Authenticator.objects.update_or_create(
        user=account, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(secret)}}
    )
    record("identity.second_factor_changed", account, actor=actor, at=at, kind="totp", added=True)


def _put_password(account: Account, password: str, hashed: str = "") -> None:
    if not password:
        account.set_unusable_password()
        return
    if not account.official_id:
        raise VneidOnly
    try:
        validate_password(password, account)
    except ValidationError as fault:
        raise BadInput(faults=[Fault("/password", " ".join(fault.messages), "password")]) from fault
    if hashed:
        account.password = hashed
    else:
        account.set_password(password)
