"""Which other systems were told about somebody, for them."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.personal import Held
from tinhso.kernel.identity.public import account_of
from tinhso.kernel.signon.queries import visited


def systems_of(actor: Actor, at: datetime) -> Held:
    """Return the systems that the actor signed in to, and what each may know."""
    account = account_of(actor.key)
    rows = visited(account, at) if account else []
    return Held([{"system": one.system.name, "last_at": one.last_at, "may_know": one.scopes} for one in rows])
