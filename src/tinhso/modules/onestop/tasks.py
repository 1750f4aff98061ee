"""What the worker does for the one-stop shop every so often. Each may run twice, and on two machines at once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from tinhso.base.actors import system
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.payments import PaymentState, payment_gateway
from tinhso.modules.onestop.actions import applications, money
from tinhso.modules.onestop.queries import upkeep

log = logging.getLogger(__name__)
WORKER, GATEWAY = system("worker"), system("payment")
ASK_AFTER = timedelta(minutes=10)
"""A payer who has not come back and a gateway that has not told us: after this we ask."""
GIVE_UP_AFTER = timedelta(days=2)
BATCH = 50


def purge_drafts(*, at: datetime) -> int:
    """Throw away drafts that nobody touched for as long as drafts are kept. Returns how many."""
    expired = upkeep.expired_drafts(at, limit=BATCH)
    if expired:
        applications.expire_applications(expired, actor=WORKER, at=at)
    return len(expired)


def reconcile_payments(*, at: datetime) -> int:
    """
    Ask the gateway about orders it has not told us of: money that was paid is never lost with a notice.

    An order that is still open after two days is given up; the fee stays due. Returns how many were settled.
    """
    settled = 0
    gateway = payment_gateway()
    for order in upkeep.open_orders(before=at - ASK_AFTER, limit=BATCH):
        try:
            told = gateway.query(order.order_code)
            if told.state is PaymentState.PAID:
                money.settle_payment(
                    order.order_code, amount_vnd=told.amount_vnd, reference=told.gateway_reference, actor=GATEWAY, at=at
                )
                settled += 1
            elif told.state is not PaymentState.PENDING or order.created_at < at - GIVE_UP_AFTER:
                money.fail_payment(order.order_code, reason=str(told.state), actor=GATEWAY, at=at)
        except Refusal as no:
            log.warning("payment %s: %s", order.order_code, no.code)
            if order.created_at < at - GIVE_UP_AFTER:
                money.fail_payment(order.order_code, reason=no.code, actor=GATEWAY, at=at)
    return settled


def give_back_excess(*, at: datetime) -> int:
    """Have the gateway give back what was not due. Returns how many it gave back; the rest is asked again."""
    given = 0
    for payment in upkeep.excess_payments(limit=BATCH):
        try:
            payment_gateway().refund(payment.order_code, amount_vnd=payment.amount_vnd, reason="not due")
        except Refusal as no:
            log.warning("refund %s: %s", payment.order_code, no.code)
            continue
        money.note_refund(payment.order_code, actor=GATEWAY, at=at)
        given += 1
    return given
