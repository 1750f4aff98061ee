"""Taking an opened order to the payment gateway, outside of any transaction."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor, system
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.payments import PayRedirect, payment_gateway
from tinhso.modules.onestop.actions.money import fail_payment, note_gateway


def send_to_gateway(
    code: str, *, order_code: str, amount_vnd: int, return_url: str, notify_url: str, actor: Actor, at: datetime
) -> PayRedirect:
    """
    Open the order at the gateway and keep its answer; the same order again gives the same page.

    Raises GatewayUnavailable, OrderRefused; the order has failed then and the fee stays due.
    """
    try:
        order = payment_gateway().create_order(
            order_code, amount_vnd=amount_vnd, description=code, return_url=return_url, notify_url=notify_url
        )
    except Refusal as no:
        fail_payment(order_code, reason=no.code, actor=system("payment"), at=at)
        raise
    note_gateway(order_code, reference=order.gateway_reference, pay_url=order.url, actor=actor, at=at)
    return order
