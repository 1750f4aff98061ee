"""
Recovery codes: shown once, then kept as salted hashes, each taken once (OWASP ASVS 5.0, 6.5.2).

The library draws all codes from one seed and keeps that, sealed. Once its owner has seen the codes, ours are hashed like
passwords and the seed is gone. They lie, sealed, where the library keeps codes that came from elsewhere: so it counts what is
left and `keys rotate` moves them; what it would compare there is a hash, which nobody may type.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponse

from tinhso.kernel.identity.sealing import Unsealable, seal, unseal

KIND: Final = Authenticator.Type.RECOVERY_CODES
LENGTH: Final = 8
"""Digits of a code; a one-time code has six."""
_OF_SEED: Final = ("seed", "used_mask")


def digits_of(code: str) -> str:
    """Return what was typed without spaces and dashes; empty when it is no number."""
    plain = code.replace(" ", "").replace("-", "")
    return plain if plain.isascii() and plain.isdigit() else ""


def then_hashed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a page of the library that shows the codes; what it showed is kept as hashes only. Its name and module stay."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:
            keep_hashes(request.user)
        return response

    return shown


def keep_hashes(user: Any) -> None:
    """Put hashes in the place of the seed, once the codes were seen; as it is, when nothing opens the seed."""
    row = Authenticator.objects.filter(user=user, type=KIND).first()
    if row is None or "seed" not in row.data or not row.data.get("viewed_at"):
        return
    try:
        codes = row.wrap().get_unused_codes()
    except Unsealable:
        return
    hashed = [seal(make_password(code)) for code in codes]
    _put(row, {name: value for name, value in row.data.items() if name not in _OF_SEED} | {"migrated_codes": hashed})


def take(user: Any, code: str) -> Authenticator | None:
    """Take a hashed code for good and return what it belongs to; None for a wrong one, and where a seed is still kept."""
    row = Authenticator.objects.filter(user=user, type=KIND).first() if len(code) == LENGTH else None
    if row is None:
        return None
    kept = row.data.get("migrated_codes", [])
    found = next((sealed for sealed in kept if check_password(code, unseal(sealed))), None)
    if found is None:
        return None
    return row if _put(row, row.data | {"migrated_codes": [other for other in kept if other != found]}) else None


def _put(row: Authenticator, data: dict[str, Any]) -> bool:
    """
    Keep this in the place of what was read, unless somebody was quicker, and tell whether it was.

    One statement, a note of use and not an act, as with one-time codes.
    """
    changed = Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    row.data = data
    return bool(changed)
