"""Taking an opened order to the payment gateway, outside of any transaction."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor, system
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.payments import OrderRefused, payment_gateway
from tinhso.modules.onestop.actions.money import fail_payment, note_gateway
from tinhso.modules.onestop.models import Payment

GATEWAY = system("payment")


def send_to_gateway(order_code: str, *, return_url: str, notify_url: str, actor: Actor, at: datetime) -> str:
    """
    Open the order at the gateway, keep its answer, and return the page where it is paid; again, the same page.

    Raises OrderRefused: the order has failed then, and the fee stays due. Raises GatewayUnavailable: nothing is known
    then, the order may live at the gateway and be paid there; it stays open and the worker asks about it.
    """
    payment = Payment.objects.select_related("dossier").filter(order_code=order_code).first()
    if payment is None:
        raise NotFound
    if payment.pay_url:
        return payment.pay_url
    dossier = payment.dossier
    try:
        order = payment_gateway().create_order(
            order_code,
            amount_vnd=payment.amount_vnd,
            description=f"{dossier.code} {dossier.service_code}",
            return_url=return_url,
            notify_url=notify_url,
        )
    except OrderRefused as no:
        fail_payment(order_code, reason=no.code, actor=GATEWAY, at=at)
        raise
    return note_gateway(order_code, reference=order.gateway_reference, pay_url=order.url, actor=actor, at=at).pay_url
