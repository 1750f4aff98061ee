"""
Small secrets at rest (one-time-code keys, seeds of recovery codes; other packages name a purpose of their own).

Sealed by the key ring where there is one (`base.sealing`, `./tinhso keys rotate` makes it), else with a key derived from the
site's secret key, which every earlier version reads too. Both are opened, also under an earlier secret key
(`SECRET_KEY_FALLBACKS`).
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tinhso.base.sealing import Unsealable, ring, seal_text, sealed_under, unseal_text

__all__ = ["Unsealable", "is_current", "seal", "unseal"]

PURPOSE: Final = "identity.second-factor"


def _fernet(secret_key: str) -> Fernet:
    key = hashlib.sha256(b"tinhso second factor:" + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str, *, purpose: str = PURPOSE) -> str:
    """Return the text encrypted and authenticated, to be opened for this purpose only once there is a key ring."""
    if ring():
        return seal_text(text, purpose=purpose)
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str = PURPOSE) -> str:
    """Return what `seal` was given. Raises Unsealable."""
    if sealed_under(sealed):
        return unseal_text(sealed, purpose=purpose)
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _fernet(secret_key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            continue
    raise Unsealable("sealed under another secret key, or changed since")


def is_current(sealed: str) -> bool:
    """Tell whether a text is sealed by the key that seals today."""
    keys = ring()
    return bool(keys) and sealed_under(sealed) == keys[0].id
