"""
One-time codes are taken once: the step of the clock that a code belongs to is kept with the account.

The library remembers a code for thirty seconds, in the cache; with one step of tolerance to both sides a code is right
for ninety. Here a code is only taken when its step is later than every one before, in one statement of the database, so
that of two at once one is refused.
"""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db.models import Q

from tinhso.kernel.identity.models import Account


def step_of(secret: str, code: str) -> int | None:
    """Return the step of the clock, now or beside it, at which a secret gives this code; None for a wrong code."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return int(step)
    return None


def take_step(account: Account, step: int) -> bool:
    """Take a step for an account and tell whether it was later than every one taken before."""
    # a note of use, not an act: the sign-in that follows leaves the line, and so does the failure
    later = Q(code_step__isnull=True) | Q(code_step__lt=step)
    return Account.objects.filter(later, pk=account.pk).update(code_step=step) == 1


def begin_at(account: Account, step: int) -> None:
    """Count from the step whose code enrolled a new secret: codes of the old one are worthless anyway."""
    Account.objects.filter(pk=account.pk).update(code_step=step)
