"""Demonstration accounts: one for every invented official of the pack, with a known password and code secret."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from tinhso.base.actors import system
from tinhso.base.text import fold
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import Account
from tinhso.kernel.organisation.public import Official, list_officials


def load(*, at: datetime) -> None:
    """Open an account for each invented official that has none yet."""
    actor = system("demo")
    officials = list_officials(demo=True)
    held = set(Account.objects.filter(official__in=officials).values_list("official_id", flat=True))
    taken = set(Account.objects.values_list("username", flat=True))
    # one published password for all of them: hashing it for each would be half of the first start
    hashed = make_password(settings.DEMO_PASSWORD) if len(held) < len(officials) else ""
    for official in officials:
        if official.pk in held:
            continue
        username = _username(official, taken)
        account = actions.add_account(
            username,
            official_id=official.pk,
            password=settings.DEMO_PASSWORD,
            hashed=hashed,
            is_demonstration=True,
            actor=actor,
            at=at,
        )
        actions.enrol_totp(account, totp_secret(username), actor=actor, at=at)
        taken.add(username)


def totp_secret(username: str) -> str:
    """Return the one-time-code secret of an invented official: made from the site's key, so it differs per site."""
    made = hashlib.sha256(f"demonstration:{settings.SECRET_KEY}:{username}".encode()).digest()[:20]
    return base64.b32encode(made).decode()


def _username(official: Official, taken: set[str]) -> str:
    """Return the pack's suggestion, else `name.staffcode`, unused so far."""
    wanted = official.username or f"{fold(official.full_name).split()[-1]}.{official.staff_code}"
    wanted = unicodedata.normalize("NFC", wanted).lower()
    return wanted if wanted not in taken else f"{wanted}.{official.staff_code}".lower()
