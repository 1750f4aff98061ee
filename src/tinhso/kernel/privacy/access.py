"""Who may do what with personal data: each person with their own, nobody with another's."""

from __future__ import annotations

from tinhso.base.actors import Actor
from tinhso.kernel.identity.public import has_scope

SCOPE = "personal:read"


def can_take_own_data(actor: Actor) -> bool:
    """Download all that is held of oneself: a person or business, signed in; a token needs its own scope."""
    return actor.is_applicant and has_scope(actor, SCOPE)


def can_decide_on_consent(actor: Actor) -> bool:
    """Consent to a purpose, and withdraw it: a person or business, in person; no program for them."""
    return actor.is_applicant and actor.scopes is None
