"""Small secrets at rest (one-time-code keys): sealed with a key derived from the site's secret key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unsealable(ValueError):  # noqa: N818 - says what is, not that we erred
    """Sealed under another secret key, or changed since."""


def _fernet() -> Fernet:
    key = hashlib.sha256(b"tinhso second factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    """Return the text encrypted and authenticated."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what `seal` was given. Raises Unsealable."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise Unsealable("sealed under another secret key, or changed since") from fault
