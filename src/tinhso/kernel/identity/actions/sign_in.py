"""
What happens at the door, kept: who came in and how they proved it, who failed, who was locked out, who left.

Five failures of one name, or thirty from one address, within fifteen minutes lock that name or address until the
oldest of them is fifteen minutes old (see `queries.locked_until`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession

from tinhso.base.actors import Actor
from tinhso.base.acts import act, anyone, by_system, require
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Account, FailedSignIn
from tinhso.kernel.identity.queries import locked_until, name_digest
from tinhso.kernel.journal.public import record

KEEP_FAILURES = timedelta(days=30)


@act
def record_sign_in(account: Account, *, address: str, actor: Actor, at: datetime) -> None:
    """Keep that the actor came in, from which address and how proven; forget the failures of that name."""
    require(access.can_sign_in, actor, account)
    account.last_login = at
    account.save(update_fields=["last_login"])
    FailedSignIn.objects.filter(name_digest=name_digest(account.username)).delete()
    record("identity.signed_in", account, actor=actor, at=at, address=address, assurance=actor.assurance)


@act
def record_failed_sign_in(username: str, *, address: str, factor: str, actor: Actor, at: datetime) -> datetime | None:
    """Keep a failed try and return until when the name or the address is locked now, or None."""
    require(anyone, actor)
    FailedSignIn.objects.create(name_digest=name_digest(username), address=address, at=at)
    account = Account.objects.filter(username__iexact=username).first()
    subject = account.journal_subject if account else ("unknown-account", name_digest(username)[:16])
    record("identity.sign_in_failed", subject, actor=actor, at=at, address=address, factor=factor)
    until = locked_until(username, address, at=at)
    if until:
        record("identity.locked_out", subject, actor=actor, at=at, address=address, until=until.isoformat())
    return until


@act
def record_sign_out(account: Account, *, reason: str, actor: Actor, at: datetime) -> None:
    """Keep that a session ended: `asked`, `everywhere`, `too-long`."""
    require(access.can_sign_out, actor, account)
    record("identity.signed_out", account, actor=actor, at=at, reason=reason)


@act
def record_second_factor(account: Account, *, kind: str, added: bool, actor: Actor, at: datetime) -> None:
    """Keep that a second factor was added to or removed from an account by its owner."""
    require(access.can_sign_out, actor, account)
    record("identity.second_factor_changed", account, actor=actor, at=at, kind=kind, added=added)


@act
def record_password(account: Account, *, actor: Actor, at: datetime) -> None:
    """Keep that the owner of an account gave it a new password."""
    require(access.can_sign_out, actor, account)
    record("identity.password_set", account, actor=actor, at=at)


@act
def end_other_sessions(account: Account, *, keep: str, actor: Actor, at: datetime) -> int:
    """End every session of an account but the one named by `keep`, and return how many ended."""
    require(access.can_sign_out, actor, account)
    others = [one for one in UserSession.objects.purge_and_list(account) if one.session_key != keep]
    for one in others:
        one.end()
    record("identity.signed_out", account, actor=actor, at=at, reason="everywhere", count=len(others))
    return len(others)


@act
def clean_sign_ins(*, actor: Actor, at: datetime) -> int:
    """Delete failed sign-ins older than thirty days and return how many went."""
    require(by_system, actor)
    gone, _kinds = FailedSignIn.objects.filter(at__lt=at - KEEP_FAILURES).delete()
    record("identity.cleaned", ("identity", "failed-sign-ins"), actor=actor, at=at, gone=gone)
    return gone
