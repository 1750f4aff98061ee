"""A back-load that cannot go on is rejected with the reason, so that nobody waits for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.modules.holdings.models import Batch, BatchState


@act
def stop_batch(batch_id: UUID, why: str, *, actor: Actor, at: datetime) -> Batch:
    """Reject a back-load that cannot be read to its end; nothing of it counts. For our own doors."""
    require(by_system, actor)
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    batch.state, batch.stopped_by, batch.turn_until = BatchState.REJECTED, why[:400], None
    batch.save(update_fields=["state", "stopped_by", "turn_until"])
    record("holdings.batch_checked", batch, actor=actor, at=at, verdict="stopped")
    return batch
