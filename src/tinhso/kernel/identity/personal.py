"""What identity holds of one person or business, for them: who they are, their accounts, what was sent to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Model

from tinhso.base.actors import Actor
from tinhso.base.personal import Held
from tinhso.kernel.identity.models import Account, Business, Message, Notice, Person
from tinhso.kernel.identity.queries import render_text

PERSON = (
    "citizen_number", "full_name", "birth_on", "sex", "address", "unit_code", "phone", "email", "verified_by",
    "added_at", "changed_at",
)  # fmt: skip
BUSINESS = ("tax_code", "name", "address", "unit_code", "phone", "email", "added_at", "changed_at")
ACCOUNT = ("username", "language", "is_active", "added_at", "last_login")
TOKEN = ("name", "scopes", "issued_at", "expires_at", "revoked_at", "last_used_at")
MESSAGE = ("channel", "address", "subject", "body", "state", "queued_at", "sent_at")


def who(actor: Actor, _at: datetime) -> Held:
    """Return the person or business with its accounts: where they are signed in, their tokens without the secrets."""
    kind, _colon, key = actor.key.partition(":")
    model: type[Person | Business] = Business if kind == "business" else Person
    owner = model.objects.get(pk=key)
    accounts = Account.objects.filter(**{kind: key}).order_by("added_at")
    return Held(
        {**_told(owner, BUSINESS if kind == "business" else PERSON), "accounts": [_account(a) for a in accounts]}
    )


def _account(account: Account) -> dict[str, Any]:
    sessions = UserSession.objects.filter(user=account).order_by("created_at")
    return {
        **_told(account, ACCOUNT),
        "sessions": list(sessions.values("ip", "user_agent", "created_at", "last_seen_at")),
        "tokens": [_told(token, TOKEN) for token in account.api_tokens.order_by("issued_at")],
    }


def messages(actor: Actor, _at: datetime) -> Held:
    """Return what was told to the actor: notices on the site, and messages that left the house."""
    notices = Notice.objects.filter(recipient=actor.key).order_by("id")
    sent = Message.objects.filter(recipient=actor.key).order_by("id")
    return Held(
        {
            "notices": [
                {"at": one.at, "text": render_text(one.text, one.facts), "link": one.link, "read_at": one.read_at}
                for one in notices.iterator()
            ],
            "messages": [_told(one, MESSAGE) for one in sent.iterator()],
        }
    )


def _told(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
