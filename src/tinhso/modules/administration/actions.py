"""
Acts of administrators. The kernels write and journal; here one's own part of the province is asked for first.

Kernels let any administrator open an account or mend a delivery: these acts narrow it to those within one's part.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import Flow, retire_flow, try_again
from tinhso.kernel.identity.public import (
    Account,
    ApiToken,
    Message,
    accounts_of_officials,
    add_account,
    close_account,
    end_access,
    get_account,
    get_token,
    issue_token,
    notify,
    reopen_account,
    retry_message,
    revoke_token,
    set_password,
)
from tinhso.kernel.journal.public import Delivery, new_id, replay
from tinhso.kernel.organisation.public import Official, change_official
from tinhso.modules.administration import access
from tinhso.modules.administration.queries.people import Paths, standing_of

LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""Without letters that look alike: passwords are read out and typed."""
GROUPS, GROUP = 5, 4
NEW_WAY_IN = _("{name} gave your account a new password. If you did not ask for it, call your administrator at once.")


class HasAccount(Refusal):
    """An official has one account."""

    code = "administration.has_account"
    text = _("{name} has an account already: {username}.")


class OwnAccount(Refusal):
    """Nobody locks themselves out or gives themselves a password here."""

    code = "administration.own_account"
    text = _("This is your own account. Ask another administrator, or change your password on your account page.")


class NotAnOfficial(Refusal):
    """Accounts of citizens and businesses are theirs."""

    code = "administration.not_an_official"
    text = _("This account belongs to no official. Its owner looks after it.")


@act
def correct_official(
    official_id: UUID, *, full_name: str, email: str, phone: str, actor: Actor, at: datetime
) -> Official:
    """Correct an official's particulars. The e-mail lets its owner in again, so it is as guarded as a password."""
    require(access.can_manage_official, actor, standing_of(official_id, at))
    return change_official(official_id, full_name=full_name, email=email, phone=phone, actor=actor, at=at)


@act
def open_account(official: Official, username: str, *, actor: Actor, at: datetime) -> tuple[Account, str]:
    """Open an account for an official; return it with its first password. Raises HasAccount, UsernameTaken."""
    require(access.can_manage_official, actor, standing_of(official.pk, at))
    known = accounts_of_officials([official.pk]).get(official.pk)
    if known:
        raise HasAccount(name=official.full_name, username=known.username)
    password = new_password()
    account = add_account(username, official_id=official.pk, password=password, ends_at=_ends(at), actor=actor, at=at)
    return account, password


@act
def reset_password(
    account_id: UUID, *, proved: str, note: str, drop_second_factors: bool = False, actor: Actor, at: datetime
) -> tuple[Account, str]:
    """
    Give an account a new password and return it; its sessions end, its owner is told. Raises OwnAccount, NotAnOfficial.

    `proved` and `note` say how the owner proved who they are; the journal keeps both. The password ends, see `FIRST_PASSWORD_DAYS`.
    """
    account = _managed(account_id, actor, at)
    password = new_password()
    set_password(
        account, password, ends_at=_ends(at), proved=proved, note=note, drop_second_factors=drop_second_factors,
        actor=actor, at=at,
    )  # fmt: skip
    notify(account.subject_key, text=NEW_WAY_IN, facts={"name": actor.name}, event_id=new_id(), at=at, actor=actor)
    return account, password


@act
def shut_account(account_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Account:
    """Close an account: sessions, tokens and sign-ins to other systems end at once, for good. Raises OwnAccount, NotAnOfficial."""
    account = _managed(account_id, actor, at)
    close_account(account, reason=reason, actor=actor, at=at)
    return account


@act
def sign_out(account_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Account:
    """End an account's sessions, tokens and sign-ins to other systems at once. Raises OwnAccount, NotAnOfficial."""
    account = _managed(account_id, actor, at)
    end_access(account, reason=reason, actor=actor, at=at)
    return account


@act
def let_in_again(account_id: UUID, *, actor: Actor, at: datetime) -> Account:
    """Open a closed account again. Raises OwnAccount, NotAnOfficial."""
    account = _managed(account_id, actor, at)
    reopen_account(account, actor=actor, at=at)
    return account


@act
def give_token(
    account_id: UUID, *, name: str, scopes: Iterable[str], expires_at: datetime, actor: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """
    Issue a token for an official's account and return its text, shown once. Raises BadInput, NotAnOfficial.

    Administrators of the province only: a token lets programs in without the second factor of its owner.
    """
    require(access.can_run_province, actor)
    account = get_account(account_id)
    require(access.can_manage_official, actor, _paths_of(account, at))
    return issue_token(account, name=name, scopes=scopes, expires_at=expires_at, actor=actor, at=at)


@act
def take_token(token_id: UUID, *, actor: Actor, at: datetime) -> ApiToken:
    """Make a token worthless: of an official of one's part; of anybody, for administrators of the province."""
    token = get_token(token_id, seen_by=actor)
    official_id = token.account.official_id
    if official_id:
        require(access.can_manage_official, actor, standing_of(official_id, at))
    else:
        require(access.can_run_province, actor)
    revoke_token(token, actor=actor, at=at)
    return token


@act
def withdraw_flow(code: str, *, actor: Actor, at: datetime) -> Flow:
    """Let no new case begin on a flow; running ones go on. Raises NotFound."""
    require(access.can_run_province, actor)
    return retire_flow(code, actor=actor, at=at)


@act
def replay_letter(delivery_id: int, *, actor: Actor, at: datetime) -> Delivery:
    """Have a dead letter tried again. Raises NotFound."""
    require(access.can_run_province, actor)
    return replay(delivery_id, actor=actor, at=at)


@act
def retry_step(waiting_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Have a timer or an automatic step tried again. Raises NotFound."""
    require(access.can_run_province, actor)
    try_again(waiting_id, actor=actor, at=at)


@act
def retry_mail(message_id: UUID, *, actor: Actor, at: datetime) -> Message:
    """Put a dead message back in the queue. Raises NotFound."""
    require(access.can_run_province, actor)
    return retry_message(message_id, actor=actor, at=at)


def _ends(at: datetime) -> datetime:
    return at + timedelta(days=settings.FIRST_PASSWORD_DAYS)


def new_password() -> str:
    """Return a password to hand over: twenty letters and digits in groups, 98 bits."""
    groups = ["".join(secrets.choice(LETTERS) for _place in range(GROUP)) for _group in range(GROUPS)]
    return "-".join(groups)


def _managed(account_id: UUID, actor: Actor, at: datetime) -> Account:
    account = get_account(account_id)
    require(access.can_manage_official, actor, _paths_of(account, at))
    if account.subject_key == actor.key:
        raise OwnAccount
    return account


def _paths_of(account: Account, at: datetime) -> Paths:
    if account.official_id is None:
        raise NotAnOfficial
    return standing_of(account.official_id, at)
