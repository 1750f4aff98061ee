"""Accounts of the cast, for browsers."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.kernel.identity.public import Account
from tinhso.modules.onestop.tests.playing import AT


def account_of(actor: Actor) -> Account:
    """Return the account of a citizen, made when there is none."""
    made, _new = Account.objects.get_or_create(
        person_id=actor.person_id, defaults={"username": actor.person_id, "added_at": AT}
    )
    return made
