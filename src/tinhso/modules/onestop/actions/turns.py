"""
Whose turn it is at the payment gateway: a few orders at a time, each put off before it is asked about.

One that never gets an answer, or breaks whoever asks, comes again later and later, and holds up nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop.access import is_gateway
from tinhso.modules.onestop.models import Payment, PaymentState
from tinhso.modules.onestop.queries.upkeep import payments_due

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)


class _Nothing(Exception):  # noqa: N818 - rolls back an act that found no work
    pass


def take_turns(state: PaymentState, *, actor: Actor, at: datetime, limit: int) -> Sequence[Payment]:
    """
    Return the online payments in this state (STARTED, EXCESS) whose turn has come, the longest waiting first.

    Their next turn is fixed before anybody is asked, twice as far away each time. Two machines never take the same one.
    """
    if not payments_due(state, at=at).exists():
        return []
    try:
        return _take(state, actor=actor, at=at, limit=limit)
    except _Nothing:
        return []


@act
def _take(state: PaymentState, *, actor: Actor, at: datetime, limit: int) -> list[Payment]:
    require(is_gateway, actor)
    due = payments_due(state, at=at)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    batch = list(due[:limit])
    if not batch:
        raise _Nothing
    for payment in batch:
        payment.tries += 1
        payment.next_at = at + wait_after(payment.tries)
    Payment.objects.bulk_update(batch, ["tries", "next_at"])
    record(
        "onestop.payments_taken", ("payment", str(batch[0].pk)), actor=actor, at=at, state=str(state), count=len(batch)
    )
    return batch


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after that many tries: 10, 20, 40, … minutes, six hours at most."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)
