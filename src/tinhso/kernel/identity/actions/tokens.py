"""Access tokens for programs: shown once, kept as a digest, narrowed by scopes, ended by a date."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault
from tinhso.base.registry import Scope, registry
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Account, ApiToken
from tinhso.kernel.journal.public import record

PREFIX = "tso_"
LONGEST = timedelta(days=366)
HIGHEST_LEVEL = 2
"""A token is bound to no device, whoever issued it."""


def digest_of(token: str) -> str:
    """Return the SHA-256 under which a token is kept. Tokens hold 256 random bits, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@act
def issue_token(
    account: Account, *, name: str, scopes: Iterable[str], expires_at: datetime, actor: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """
    Issue a token and return its row and its text, which cannot be shown again.

    Scopes are those that modules lend (`Scope`). The token speaks with the assurance of whoever issues it, never with
    more. Raises BadInput for no scopes or others, no name, or an end past or over a year away.
    """
    require(access.can_hold_token, actor, account)
    wanted = sorted(set(scopes))
    _check(name, wanted, expires_at, at)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account=account,
        name=name.strip(),
        digest=digest_of(text),
        hint=text[-4:],
        scopes=wanted,
        level=min(actor.level, HIGHEST_LEVEL),
        issued_at=at,
        expires_at=expires_at,
    )
    record(
        "identity.token_issued",
        token,
        actor=actor,
        at=at,
        of=account.subject_key,
        scopes=wanted,
        until=expires_at.isoformat(),
    )
    return token, text


@act
def revoke_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """Make a token worthless at once."""
    require(access.can_revoke_token, actor, token)
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=["revoked_at"])
    record("identity.token_revoked", token, actor=actor, at=at)


def _check(name: str, scopes: list[str], expires_at: datetime, at: datetime) -> None:
    faults = []
    if not name.strip():
        faults.append(Fault("/name", _("Say what the token is for."), "required"))
    if not scopes:
        faults.append(Fault("/scopes", _("Choose at least one scope."), "required"))
    known = [scope.key for scope in registry.of(Scope)]
    for odd in sorted(set(scopes) - set(known)):
        text = gettext("There is no scope {scope}. There are: {known}.").format(scope=odd, known=", ".join(known))
        faults.append(Fault("/scopes", text, "scope"))
    if not at < expires_at <= at + LONGEST:
        faults.append(Fault("/expires_at", _("Choose an end within one year from now."), "range"))
    if faults:
        raise BadInput(faults=faults)
