"""What people do to the journal's machinery. What happened is not theirs to change."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.journal import access
from tinhso.kernel.journal.models import Delivery
from tinhso.kernel.journal.record import record


@act
def replay(delivery_id: int, *, actor: Actor, at: datetime) -> Delivery:
    """Have a dead letter tried again, with as many attempts as a new one. Raises NotFound if there is none."""
    require(access.can_replay, actor)
    delivery = Delivery.objects.filter(id=delivery_id).exclude(dead_at=None).first()
    if delivery is None:
        raise NotFound
    delivery.dead_at, delivery.attempts, delivery.next_at = None, 0, at
    delivery.save(update_fields=["dead_at", "attempts", "next_at"])
    record(
        "journal.delivery_replayed",
        ("delivery", delivery.id),
        actor=actor,
        at=at,
        subscriber=delivery.subscriber,
        entry=delivery.entry_id,
    )
    return delivery
