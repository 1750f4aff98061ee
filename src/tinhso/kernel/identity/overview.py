"""Reads for administrators: whose accounts there are, where they are signed in, tokens in force, mail that is stuck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db.models import Count

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Account, ApiToken, Message, MessageState

OPEN_STATES = (MessageState.WAITING, MessageState.DEAD)


def get_account(account_id: UUID) -> Account:
    """Return an account with its owner. Raises NotFound."""
    rows = Account.objects.select_related("official", "person", "business")
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def accounts_of_officials(official_ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Return the accounts of these officials by official. One statement."""
    rows = Account.objects.filter(official_id__in=list(official_ids)).select_related("official")
    return {row.official_id: row for row in rows if row.official_id}


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """Where an account is signed in: without the key of the session, which would let the reader in."""

    address: str
    agent: str
    began_at: datetime
    seen_at: datetime


def sessions_of(account: Account, *, seen_by: Actor) -> list[SessionSeen]:
    """Return the open sessions of an account, newest first; none for who may not manage accounts nor owns it."""
    if seen_by.key != account.subject_key and not access.can_manage_accounts(seen_by):
        return []
    rows = UserSession.objects.filter(user=account).order_by("-last_seen_at")
    return [SessionSeen(row.ip, row.user_agent, row.created_at, row.last_seen_at) for row in rows[:50]]


def list_tokens(*, seen_by: Actor, before: UUID | None = None, limit: int = 50) -> list[ApiToken]:
    """Return all access tokens, newest first, with their accounts; none for who may not manage accounts."""
    if not access.can_manage_accounts(seen_by):
        return []
    rows = ApiToken.objects.select_related("account__official", "account__person", "account__business")
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def list_messages(state: str, *, before: UUID | None = None, limit: int = 50) -> list[Message]:
    """Return outgoing messages in one state (`waiting`, `dead`), newest first, without their texts. One statement."""
    rows = Message.objects.filter(state=state).defer("body")
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def count_messages() -> dict[str, int]:
    """Return how many messages wait and how many are dead. One statement."""
    rows = Message.objects.filter(state__in=OPEN_STATES).values_list("state").annotate(Count("pk"))
    return {str(state): 0 for state in OPEN_STATES} | {str(state): count for state, count in rows}
