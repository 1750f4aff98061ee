"""
What happens at the door, kept: who came in and how they proved it, who failed, who was locked out, who left.

Five failures of one name, or thirty from one address, within fifteen minutes lock that name or address until the
oldest of them is fifteen minutes old (see `queries.locked_until`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from tinhso.base.actors import Actor
from tinhso.base.acts import act, anyone, by_system, require
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Account, FailedSignIn
from tinhso.kernel.identity.queries import locked_until, name_digest
from tinhso.kernel.journal.public import record

LONGEST_SESSION = timedelta(hours=12)
CLEANED_AT_ONCE = 1000


class _Nothing(Exception):  # noqa: N818 - rolls back an act that found no work
    pass


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
    account.password_until = None
    account.save(update_fields=["password_until"])
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
def end_access(account: Account, *, reason: str, actor: Actor, at: datetime) -> None:
    """
    End every session and access token of an account at once; its owner may sign in again.

    Sign-ins to other systems end with it, as soon as the worker hears of it.
    """
    require(access.can_manage_accounts, actor)
    sessions = list(UserSession.objects.filter(user=account))
    for one in sessions:
        one.end()
    tokens = account.api_tokens.filter(revoked_at=None).update(revoked_at=at)
    record(
        "identity.access_ended", account, actor=actor, at=at, of=account.subject_key, reason=reason,
        sessions=len(sessions), tokens=tokens,
    )  # fmt: skip


def clean_sessions(*, actor: Actor, at: datetime, most: int = 50_000) -> int:
    """Delete sessions that have ended, a thousand at a time; return how many went, `most` at most."""
    gone = 0
    while gone < most:
        try:
            gone += _clean_some_sessions(actor=actor, at=at)
        except _Nothing:
            break
    return gone


@act
def _clean_some_sessions(*, actor: Actor, at: datetime) -> int:
    """Delete some sessions with what they hold (kept forms), and the addresses listed of those that are gone."""
    require(by_system, actor)
    ended = Session.objects.filter(expire_date__lt=at).order_by("expire_date")
    keys = list(ended.values_list("pk", flat=True)[:CLEANED_AT_ONCE])
    # one that was used meanwhile lives on: only what is still over goes
    gone, _kinds = Session.objects.filter(pk__in=keys, expire_date__lt=at).delete() if keys else (0, {})
    alive = Session.objects.filter(pk=OuterRef("session_key"))
    listed = UserSession.objects.filter(~Exists(alive), created_at__lt=at - LONGEST_SESSION)
    lost = list(listed.values_list("pk", flat=True)[:CLEANED_AT_ONCE])
    if not gone and not lost:
        raise _Nothing
    UserSession.objects.filter(pk__in=lost).delete()
    record("identity.cleaned", ("identity", "sessions"), actor=actor, at=at, gone=gone, listed=len(lost))
    return gone + len(lost)
