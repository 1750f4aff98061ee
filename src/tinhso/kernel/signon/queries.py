"""Reads of sign-on: systems, grants that are alive, tokens that are worth something, keys, subjects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.kernel.identity.public import Account
from tinhso.kernel.signon.models import (
    Consent,
    Grant,
    LogoutNews,
    NewsState,
    Pairwise,
    SigningKey,
    System,
    Token,
    TokenKind,
)
from tinhso.kernel.signon.scopes import REFRESH_LIVES

PAGE = 50


def find_system(system_id: str) -> System | None:
    """Return an open system, or None."""
    return System.objects.filter(pk=system_id, is_open=True).first()


def list_systems() -> list[System]:
    """Return every registered system by id, the closed ones too."""
    return list(System.objects.order_by("pk"))


def open_grants(at: datetime) -> QuerySet[Grant]:
    """Return sign-ins that have not ended: in a session, or lasting without one."""
    return Grant.objects.filter(ended_at=None, began_at__gt=at - REFRESH_LIVES).select_related("system", "account")


def grants_without_session(at: datetime, limit: int = 200) -> list[Grant]:
    """Return sign-ins whose session has ended meanwhile: signed out, expired, ended from elsewhere, account closed."""
    alive = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=at)
    rows = Grant.objects.filter(session_over_at=None).filter(~Exists(alive) | Q(account__is_active=False))
    return list(rows.select_related("system", "account").order_by("pk")[:limit])


def find_grant(code: str) -> Grant | None:
    """Return the sign-in that a code was made for."""
    rows = Grant.objects.select_related(*_WITH_OWNER)
    return rows.filter(code_digest=_digest(code)).first()


_WITH_OWNER = ("system", "account__official", "account__person", "account__business")


def find_token(text: str, kind: str = "") -> Token | None:
    """Return the token of a text, of one kind or of any."""
    rows = Token.objects.select_related(*(f"grant__{name}" for name in _WITH_OWNER)).filter(digest=_digest(text))
    return rows.filter(kind=kind).first() if kind else rows.first()


def is_worth(token: Token, at: datetime) -> bool:
    """Tell whether a token is good for something: not expired, used or ended, its system open, its session alive."""
    grant = token.grant
    if token.expires_at <= at or token.used_at or not is_alive(grant):
        return False
    if "offline_access" in allowed(grant.scopes, grant.system):
        return True
    return token.kind == TokenKind.ACCESS and has_session(grant, at)


def allowed(scopes: Iterable[str], system: System) -> list[str]:
    """Return which of the scopes that were given once a system still may have: its registration may be narrower by now."""
    return [scope for scope in scopes if scope in system.scopes]


def is_alive(grant: Grant) -> bool:
    """Tell whether a sign-in still stands: not ended, its system open, its account too."""
    return grant.ended_at is None and grant.system.is_open and grant.account.is_active


def has_session(grant: Grant, at: datetime) -> bool:
    """Tell whether the session in which somebody came in is still open: asked each time, the worker need not be quick."""
    return Session.objects.filter(pk=grant.session_key, expire_date__gt=at).exists()


def missing_consent(account: Account, system: System, scopes: tuple[str, ...]) -> list[str]:
    """Return what a system asks for and this account has not agreed to; the province's own systems need no consent."""
    if system.is_own:
        return []
    given = Consent.objects.filter(account=account, system=system, taken_back_at=None).first()
    return [scope for scope in scopes if given is None or scope not in given.scopes]


def keys_published() -> list[SigningKey]:
    """Return the keys with which a signature of ours may be checked, that which signs first."""
    rows = SigningKey.objects.filter(withdrawn_at=None)
    return sorted(rows, key=lambda key: (key.ends_at is not None, key.begins_at is None, key.made_at))


def key_that_signs() -> SigningKey | None:
    """Return the key that signs now; None before the first rotation."""
    rows = SigningKey.objects.filter(begins_at__isnull=False, ends_at=None)
    return rows.order_by("-begins_at").first()


def news_to_tell(at: datetime, limit: int = 50, *, besides: Iterable[str] = ()) -> list[LogoutNews]:
    """Return the news of sign-outs that is due, of systems besides these: of those that took the last ones first."""
    rows = LogoutNews.objects.filter(state=NewsState.WAITING)
    failing = rows.filter(tries__gt=0, grant__system=OuterRef("grant__system"))
    due = rows.filter(next_at__lte=at).exclude(grant__system__in=list(besides))
    due = due.annotate(is_failing=Exists(failing)).order_by("is_failing", "next_at")
    return list(due.select_related("grant__system", "grant__account")[:limit])


def known_subject(account: Account, system: System) -> str:
    """Return the name by which a system knows an account, empty when it has none yet."""
    if system.is_own:
        return str(account.pk)
    row = Pairwise.objects.filter(account=account, sector=system.sector).first()
    return row.sub if row else ""


@dataclass(frozen=True, slots=True)
class Visited:
    """A system that somebody came into: what it may know, when they were there last, whether they are in now."""

    system: System
    last_at: datetime
    scopes: list[str]
    is_in: bool
    consent: Consent | None


def visited(account: Account, at: datetime) -> list[Visited]:
    """Return the systems that an account came into within ninety days or let know something, last first."""
    grants: dict[str, list[Grant]] = {}
    for grant in Grant.objects.filter(account=account).select_related("system").order_by("-pk")[: PAGE * 10]:
        grants.setdefault(grant.system_id, []).append(grant)
    consents = {row.system_id: row for row in Consent.objects.filter(account=account, taken_back_at=None)}
    found = []
    for system_id, rows in grants.items():
        consent, last = consents.get(system_id), rows[0]
        scopes = consent.scopes if consent else last.scopes
        is_in = any(row.ended_at is None and row.began_at > at - REFRESH_LIVES for row in rows)
        found.append(Visited(last.system, last.began_at, scopes, is_in, consent))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
