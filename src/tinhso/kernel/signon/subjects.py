"""By which name a system knows an account (Core 1.0, section 8)."""

from __future__ import annotations

import secrets

from tinhso.kernel.identity.public import Account
from tinhso.kernel.signon.models import Pairwise, System
from tinhso.kernel.signon.queries import known_subject


def subject_of(account: Account, system: System) -> str:
    """
    Return the subject: the account's own id for the province's systems, else a random one that the sector shares.

    The row of a first visit is written here, beside the grant that the journal names: it decides nothing by itself.
    """
    known = known_subject(account, system)
    if known:
        return known
    fresh = {"sub": secrets.token_urlsafe(24)}
    row, _made = Pairwise.objects.get_or_create(account=account, sector=system.sector, defaults=fresh)
    return row.sub
