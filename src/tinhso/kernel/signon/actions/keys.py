"""Keys that sign identities: one signs, the next is published already, old ones stay until what they signed has expired."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.signon import access
from tinhso.kernel.signon.models import SigningKey
from tinhso.kernel.signon.scopes import IDENTITY_LIVES, SKEW
from tinhso.kernel.signon.sealing import seal_key

BITS = 2048


@act
def rotate_keys(*, actor: Actor, at: datetime) -> SigningKey:
    """Let the next key sign from now on and publish a fresh one to come after it; returns the one that signs."""
    require(access.can_register_systems, actor)
    standing = SigningKey.objects.select_for_update().filter(ends_at=None)
    waiting = standing.filter(begins_at=None).order_by("made_at").first() or _make(at)
    standing.exclude(begins_at=None).update(ends_at=at)
    waiting.begins_at = at
    waiting.save(update_fields=["begins_at"])
    following = _make(at)
    record("signon.keys_rotated", waiting, actor=actor, at=at, following=following.kid)
    return waiting


@act
def withdraw_key(key: SigningKey, *, actor: Actor, at: datetime) -> None:
    """Publish a key no longer and forget its private half: what it signed has expired."""
    require(access.can_register_systems, actor)
    key.sealed, key.withdrawn_at = "", at
    key.save(update_fields=["sealed", "withdrawn_at"])
    record("signon.key_withdrawn", key, actor=actor, at=at)


def keys_out_of_use(at: datetime) -> list[SigningKey]:
    """Return keys whose last signature has expired."""
    return list(SigningKey.objects.filter(withdrawn_at=None, ends_at__lt=at - IDENTITY_LIVES - 2 * SKEW))


def _make(at: datetime) -> SigningKey:
    # 0.2 s to import: only where a key is made or signs
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(BITS, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return SigningKey.objects.create(
        kid=str(key.kid),
        sealed=seal_key(key.as_pem(private=True).decode()),
        public=key.as_dict(private=False),
        made_at=at,
    )
