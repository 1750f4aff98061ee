"""Sign-ins to other systems: begun by their person, ended by sign-out, by consent taken back, by misuse."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.identity.public import Account
from tinhso.kernel.journal.public import record
from tinhso.kernel.signon import access
from tinhso.kernel.signon.asking import Asked
from tinhso.kernel.signon.models import Consent, Grant, LogoutNews, NewsState, System, Token
from tinhso.kernel.signon.queries import allowed, open_grants
from tinhso.kernel.signon.scopes import CODE_LIVES, proof_of

KEPT: Final = timedelta(days=90)


@act
def begin_grant(
    asked: Asked, account: Account, *, session_key: str, proved_at: datetime, actor: Actor, at: datetime
) -> str:
    """Let an account into a system and return the code that the system exchanges: once, within a minute."""
    require(access.can_come_in, actor, account)
    code = secrets.token_urlsafe(32)
    acr, amr = proof_of(actor.assurance)
    grant = Grant.objects.create(
        system=asked.system, account=account, session_key=session_key, scopes=list(asked.scopes),
        redirect_uri=asked.redirect_uri, nonce=asked.nonce, code_challenge=asked.challenge,
        code_digest=hashlib.sha256(code.encode()).hexdigest(), code_until=at + CODE_LIVES,
        acr=acr, amr=amr, proved_at=proved_at, began_at=at,
    )  # fmt: skip
    record(
        "signon.came_in", grant, actor=actor, at=at, system=asked.system.pk, of=account.subject_key,
        scopes=grant.scopes, acr=acr,
    )  # fmt: skip
    return code


@act
def give_consent(account: Account, system: System, scopes: Iterable[str], *, actor: Actor, at: datetime) -> Consent:
    """Keep that the owner of an account lets a system know what these scopes name; what was agreed before stays agreed."""
    require(access.can_come_in, actor, account)
    consent = Consent.objects.filter(account=account, system=system).first()
    if consent is None:
        consent = Consent(account=account, system=system, scopes=[])
    before = set(consent.scopes) if consent.taken_back_at is None else set()
    consent.scopes = sorted(before | set(scopes))
    consent.given_at, consent.taken_back_at = at, None
    consent.save()
    record("signon.consent_given", consent, actor=actor, at=at, system=system.pk, scopes=consent.scopes)
    return consent


@act
def take_consent_back(account: Account, system: System, *, actor: Actor, at: datetime) -> None:
    """Take back what a system may know: its tokens are worthless at once, and it is told that the person left."""
    require(access.can_come_in, actor, account)
    Consent.objects.filter(account=account, system=system, taken_back_at=None).update(taken_back_at=at)
    for grant in open_grants(at).filter(account=account, system=system):
        end_grant(grant, reason="consent", actor=actor, at=at)
    record("signon.consent_taken_back", system, actor=actor, at=at, of=account.subject_key)


@act
def end_grant(grant: Grant, *, reason: str, actor: Actor, at: datetime) -> None:
    """End a sign-in: every token of it is worthless from now on, and the system is told if it wishes to be."""
    require(access.can_end_grant, actor, grant)
    grant.ended_at, grant.ended_by = grant.ended_at or at, grant.ended_by or reason
    _leave_session(grant, at)
    grant.save(update_fields=["ended_at", "ended_by", "session_over_at"])
    record("signon.ended", grant, actor=actor, at=at, system=grant.system_id, reason=reason)


@act
def leave_session(grant: Grant, *, actor: Actor, at: datetime) -> None:
    """
    Note that the session of a sign-in is over, and have its system told.

    Its tokens end with it, unless the person agreed that they last (`offline_access`, Back-Channel Logout 1.0, 2.7).
    """
    require(by_system, actor)
    _leave_session(grant, at)
    if "offline_access" not in allowed(grant.scopes, grant.system):
        grant.ended_at, grant.ended_by = grant.ended_at or at, grant.ended_by or "signed-out"
    grant.save(update_fields=["ended_at", "ended_by", "session_over_at"])
    record("signon.ended", grant, actor=actor, at=at, system=grant.system_id, reason="signed-out")


def _leave_session(grant: Grant, at: datetime) -> None:
    if grant.session_over_at is None:
        grant.session_over_at = at
        # a system that never came for its tokens has no session to end
        if grant.system.backchannel_uri and grant.code_used_at:
            LogoutNews.objects.get_or_create(grant=grant, defaults={"next_at": at, "state": NewsState.WAITING})


@act
def end_grants_of_account(account: Account, *, reason: str, actor: Actor, at: datetime) -> int:
    """End every sign-in of an account, those that last without a session too; returns how many."""
    return _end_all(open_grants(at).filter(account=account), reason, actor, at)


@act
def end_grants_of_system(system: System, *, reason: str, actor: Actor, at: datetime) -> int:
    """End every sign-in to a system; returns how many."""
    return _end_all(open_grants(at).filter(system=system), reason, actor, at)


def _end_all(grants: QuerySet[Grant], reason: str, actor: Actor, at: datetime) -> int:
    found = list(grants.select_related("system", "account"))
    for grant in found:
        end_grant(grant, reason=reason, actor=actor, at=at)
    return len(found)


@act
def forget_grants(*, actor: Actor, at: datetime) -> int:
    """Delete expired tokens, and sign-ins that ended ninety days ago; returns how many went."""
    require(by_system, actor)
    gone, _kinds = Token.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
    old, _kinds = Grant.objects.filter(began_at__lt=at - KEPT, session_over_at__lt=at - KEPT).delete()
    record("signon.cleaned", ("signon", "grants"), actor=actor, at=at, gone=gone + old)
    return gone + old
