"""What the journal says that somebody did, for them."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.personal import Held
from tinhso.kernel.journal.models import Entry

MOST = 10_000


def acts_of(actor: Actor, _at: datetime) -> Held:
    """Return what the actor did, the latest first, ten thousand lines at most: event, moment, about what."""
    lines = Entry.objects.filter(actor_key=actor.key).order_by("-at", "-id")
    rows = lines.values("event", "at", "subject_type", "subject_key", "assurance")[:MOST]
    return Held(list(rows))
