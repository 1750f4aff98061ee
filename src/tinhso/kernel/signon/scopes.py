"""What a system may ask to know, in the words of the page of consent, and how long what it is given lasts."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text

SCOPES: Final[dict[str, Text]] = {
    "openid": _("That it is you"),
    "profile": _("Your name, date of birth and sex"),
    "email": _("Your e-mail address"),
    "phone": _("Your phone number"),
    "address": _("Your address"),
    "vn.citizen_id": _("Your personal identification number, or the tax code of your business"),
    "vn.org": _("The agencies, posts and roles that you hold"),
    "offline_access": _("The above also while you are not signed in, for thirty days"),
}
CODE_LIVES: Final = timedelta(seconds=60)
ACCESS_LIVES: Final = timedelta(minutes=10)
IDENTITY_LIVES: Final = timedelta(minutes=10)
"""Of an ID token: the longest-lived token that a key signs."""
REFRESH_LIVES: Final = timedelta(days=30)
"""Of the whole family, from the sign-in on: a renewed token lives no longer."""
SKEW: Final = timedelta(seconds=60)

LEVELS: Final = ("urn:vn:loa:1", "urn:vn:loa:2", "urn:vn:loa:3")
_PROVED: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "password": (LEVELS[0], ("pwd",)),
    "vneid:1": (LEVELS[1], ("vneid",)),
    "vneid:2": (LEVELS[2], ("vneid",)),
    "password+totp": (LEVELS[2], ("pwd", "otp", "mfa")),
    "password+recovery-code": (LEVELS[2], ("pwd", "otp", "mfa")),
    "passkey": (LEVELS[2], ("hwk", "user", "mfa")),
}


def proof_of(assurance: str) -> tuple[str, list[str]]:
    """
    Return `acr` and `amr` for how a session was proved (`Actor.assurance`).

    1 a password; 2 VNeID level 1; 3 VNeID level 2 (NĐ 69/2024/NĐ-CP), or two factors of an official whom an agency
    appointed. The words of `amr` are those of RFC 8176, and `vneid`.
    """
    acr, amr = _PROVED.get(assurance, (LEVELS[0], ()))
    return acr, list(amr)
