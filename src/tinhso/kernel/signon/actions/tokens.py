"""Tokens: exchanged for a code, renewed, given back. A code or a refresh token seen twice ends the whole family."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.signon.actions.grants import end_grant
from tinhso.kernel.signon.actions.systems import digest_of
from tinhso.kernel.signon.models import Grant, Token, TokenKind
from tinhso.kernel.signon.queries import allowed, key_that_signs
from tinhso.kernel.signon.scopes import ACCESS_LIVES, REFRESH_LIVES
from tinhso.kernel.signon.sealing import open_to_sign


@dataclass(frozen=True, slots=True)
class Issued:
    """What a system is given: texts that are kept nowhere here."""

    grant: Grant
    scopes: list[str]
    access: str
    refresh: str = ""
    """Empty without `offline_access`."""


@act
def exchange_code(grant: Grant, *, actor: Actor, at: datetime) -> Issued | None:
    """
    Give tokens for a code, once. A second time, None: every token of the first is ended (RFC 6749, 4.1.2).

    Raises CannotSign, with the code not yet used.
    """
    require(by_system, actor)
    _require_signature(grant.scopes)
    # one statement takes it: of two at once, one is the second
    first = Grant.objects.filter(pk=grant.pk, code_used_at=None, ended_at=None).update(code_used_at=at)
    if not first:
        _misused(grant, "code", actor, at)
        return None
    grant.code_used_at = at
    issued = _issue(grant, grant.scopes, at)
    record("signon.tokens_issued", grant, actor=actor, at=at, system=grant.system_id, scopes=issued.scopes)
    return issued


@act
def renew(token: Token, scopes: list[str], *, actor: Actor, at: datetime) -> Issued | None:
    """
    Give new tokens for a refresh token, once. A second time, None: the family is ended (RFC 9700, 4.14.2).

    Raises CannotSign, with the refresh token not yet used.
    """
    require(by_system, actor)
    _require_signature(scopes)
    if not Token.objects.filter(pk=token.pk, used_at=None).update(used_at=at):
        _misused(token.grant, "refresh", actor, at)
        return None
    issued = _issue(token.grant, scopes, at, kept=token.scopes)
    record("signon.tokens_renewed", token.grant, actor=actor, at=at, system=token.grant.system_id, scopes=issued.scopes)
    return issued


@act
def give_back(token: Token, *, actor: Actor, at: datetime) -> None:
    """Make a token worthless that its system gives back; a refresh token takes its family along (RFC 7009, 2.1)."""
    require(by_system, actor)
    record("signon.token_revoked", token.grant, actor=actor, at=at, system=token.grant.system_id, kind=token.kind)
    if token.kind == TokenKind.REFRESH:
        end_grant(token.grant, reason="given-back", actor=actor, at=at)
    else:
        token.delete()


def _require_signature(scopes: list[str]) -> None:
    """See that the identity that goes with these tokens can be signed, before anything is used up. Raises CannotSign."""
    key = key_that_signs() if "openid" in scopes else None
    if key is not None:
        open_to_sign(key)


def _issue(grant: Grant, scopes: list[str], at: datetime, *, kept: list[str] | None = None) -> Issued:
    # what was taken from the system since then stays taken
    scopes = allowed(scopes, grant.system)
    access = _make(grant, TokenKind.ACCESS, scopes, at, at + ACCESS_LIVES)
    refresh = ""
    if "offline_access" in allowed(grant.scopes, grant.system):
        refresh = _make(
            grant, TokenKind.REFRESH, allowed(kept or scopes, grant.system), at, grant.began_at + REFRESH_LIVES
        )
    return Issued(grant, scopes, access, refresh)


def _make(grant: Grant, kind: TokenKind, scopes: list[str], at: datetime, until: datetime) -> str:
    text = secrets.token_urlsafe(32)
    Token.objects.create(grant=grant, kind=kind, digest=digest_of(text), scopes=scopes, issued_at=at, expires_at=until)
    return text


def _misused(grant: Grant, what: str, actor: Actor, at: datetime) -> None:
    record("signon.misused", grant, actor=actor, at=at, system=grant.system_id, what=what)
    end_grant(grant, reason="misused", actor=actor, at=at)


def seconds(span: timedelta) -> int:
    """Return a span in whole seconds, as answers tell it."""
    return int(span.total_seconds())
