"""The API's door: a bearer token becomes an actor."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tinhso.base import security
from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import Refusal
from tinhso.base.registry import Scope, registry
from tinhso.kernel.identity.actions.tokens import PREFIX, digest_of
from tinhso.kernel.identity.models import ApiToken
from tinhso.kernel.identity.owned import token_of
from tinhso.kernel.identity.queries import actor_for

USED_EVERY = timedelta(minutes=5)
"""`last_used_at` is written at most this often: a token may ask a hundred times a second."""


class TokenRefused(Refusal):
    """No such token, or it has ended. One sentence for all cases: a stranger learns nothing."""

    code = "identity.token_refused"
    text = _("This access token is not valid. Ask for a new one.")
    status = 401


def _refused(at: datetime) -> TokenRefused:
    """Return the refusal, told to the security centre."""
    security.tell(TokenRefused.code, at=at)
    return TokenRefused()


def actor_from_bearer(header: str, *, at: datetime) -> Actor:
    """
    Return the actor of an `Authorization` header, narrowed to the token's scopes. Raises TokenRefused.

    Two statements at most besides those of the actor's posts.
    """
    scheme, _space, text = header.strip().partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text.startswith(PREFIX):
        raise _refused(at)
    token = token_of(digest_of(text))
    if token is None or token.revoked_at or token.expires_at <= at:
        raise _refused(at)
    actor = actor_for(
        token.account,
        assurance="token",
        level=token.level,
        at=at,
        session=str(token.pk),
        scopes=frozenset(token.scopes),
    )
    if actor.kind is ActorKind.ANONYMOUS:
        raise _refused(at)
    if token.last_used_at is None or at - token.last_used_at > USED_EVERY:
        # a read-only note of use, not an act: nothing is decided by it and the journal would drown in it
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return actor


def scope_choices() -> list[tuple[str, str]]:
    """Return the scopes that modules lend, in words."""
    return [(scope.key, f"{scope.title} ({scope.key})") for scope in registry.of(Scope)]


def has_scope(actor: Actor, scope: str) -> bool:
    """Tell whether an actor's token (if it came with one) covers a scope; `x:write` covers `x:read`."""
    if actor.scopes is None:
        return True
    name, _colon, verb = scope.partition(":")
    return bool(actor.scopes & {scope, name}) or (verb == "read" and f"{name}:write" in actor.scopes)
