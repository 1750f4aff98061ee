"""Signed statements: ID tokens, logout tokens, and reading back our own (JOSE by joserfc)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings

from tinhso.base.actors import system as system_actor
from tinhso.kernel.journal.public import new_id
from tinhso.kernel.signon.actions.keys import rotate_keys
from tinhso.kernel.signon.actions.tokens import Issued, seconds
from tinhso.kernel.signon.models import Grant
from tinhso.kernel.signon.queries import key_that_signs, keys_published
from tinhso.kernel.signon.scopes import IDENTITY_LIVES
from tinhso.kernel.signon.sealing import open_to_sign
from tinhso.kernel.signon.subjects import subject_of

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_LIVES = 120


def issuer() -> str:
    """Return who we are to other systems: the public address, without a slash at its end."""
    return str(settings.PUBLIC_URL).rstrip("/")


def key_set(at: datetime) -> dict[str, Any]:
    """Return the published keys (RFC 7517); the first time, they are made."""
    if not keys_published():
        rotate_keys(actor=system_actor("sign-on"), at=at)
    return {"keys": [key.public for key in keys_published()]}


def identity_token(issued: Issued, at: datetime, *, renewed: bool = False) -> str:
    """Return the signed statement of who came in and how they proved it (Core 1.0, section 2)."""
    grant = issued.grant
    claims = {
        "iss": issuer(),
        "sub": subject_of(grant.account, grant.system),
        "aud": grant.system.pk,
        "iat": int(at.timestamp()),
        "exp": int(at.timestamp()) + seconds(IDENTITY_LIVES),
        "auth_time": int(grant.proved_at.timestamp()),
        "acr": grant.acr,
        "amr": grant.amr,
        "sid": str(grant.pk),
        "at_hash": _half(issued.access),
    }
    if grant.nonce and not renewed:
        claims["nonce"] = grant.nonce
    return _sign(claims, "JWT", at)


def logout_token(grant: Grant, at: datetime) -> str:
    """Return the signed statement that a sign-in ended (Back-Channel Logout 1.0, 2.4): never with a nonce."""
    now = int(at.timestamp())
    claims = {
        "iss": issuer(),
        "sub": subject_of(grant.account, grant.system),
        "aud": grant.system.pk,
        "iat": now,
        "exp": now + LOGOUT_LIVES,
        "jti": str(new_id()),
        "sid": str(grant.pk),
        "events": {LOGOUT_EVENT: {}},
    }
    return _sign(claims, "logout+jwt", at)


def read_hint(text: str) -> dict[str, Any] | None:
    """Return what an ID token of ours says, also an expired one (RP-Initiated Logout 1.0, 4); None for any other text."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set({"keys": [key.public for key in keys_published()]})
        token = jwt.decode(text, keys, algorithms=["RS256"])
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    claims = dict(token.claims)
    return claims if claims.get("iss") == issuer() and "events" not in claims else None


def _sign(claims: dict[str, Any], kind: str, at: datetime) -> str:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    row = key_that_signs() or rotate_keys(actor=system_actor("sign-on"), at=at)
    key = RSAKey.import_key(open_to_sign(row))
    return str(jwt.encode({"alg": "RS256", "typ": kind, "kid": row.kid}, claims, key))


def _half(text: str) -> str:
    """Return the left half of the SHA-256 of a text: `at_hash` (Core 1.0, 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
