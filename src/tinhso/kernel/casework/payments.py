"""
What casework asks of a payment gateway (thanh toán trực tuyến, S-07; NĐ 61/2018/NĐ-CP Đ.22).

A gateway is an adapter named by `settings.PAYMENT_GATEWAY`. Amounts are whole đồng. A callback proves nothing until
`check_signature` has passed, and even then the caller takes each `event_id` once: gateways send the same one again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal


class PaymentState(StrEnum):
    """Where an order stands at the gateway."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PayRedirect:
    """Where to send the payer, and until when."""

    url: str
    gateway_reference: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """What the gateway says about an order, its signature checked. `event_id` is the same each time it is said again."""

    order_code: str
    amount_vnd: int
    state: PaymentState
    gateway_reference: str
    event_id: str
    paid_at: datetime | None = None
    refunded_vnd: int = 0


class GatewayUnavailable(Refusal):
    """The gateway does not answer in time; nothing is known, ask again with `query`."""

    code = "payments.unavailable"
    text = _(
        "The payment gateway does not answer. Nothing was taken. Try again in a few minutes, or pay at the counter."
    )
    status = 503


class OrderRefused(Refusal):
    """The gateway answers no: the order is not as it should be."""

    code = "payments.order_refused"
    text = _("The payment gateway refused this order: {reason}")


class SignatureRefused(Refusal):
    """A callback that the gateway did not sign, or signed too long ago."""

    code = "payments.signature_refused"
    text = _("This payment notice is not from the gateway, or it is too old.")
    status = 400


class PaymentGateway(Protocol):
    """A gateway with a hosted payment page."""

    def create_order(
        self, order_code: str, *, amount_vnd: int, description: str, return_url: str, notify_url: str
    ) -> PayRedirect:
        """
        Open an order; asking again with the same code and amount returns the same order.

        Raises GatewayUnavailable, OrderRefused. Call it outside of a transaction.
        """
        ...

    def check_signature(self, callback: Mapping[str, str], *, at: datetime) -> Payment:
        """Return what a callback (server to server, or the payer's return) says. Raises SignatureRefused."""
        ...

    def query(self, order_code: str) -> Payment:
        """Ask how an order stands. Raises GatewayUnavailable, OrderRefused. Call it outside of a transaction."""
        ...

    def refund(self, order_code: str, *, amount_vnd: int, reason: str) -> Payment:
        """
        Give back part or all of a paid order, once per order, amount and reason.

        Raises GatewayUnavailable, OrderRefused. Call it outside of a transaction.
        """
        ...


def payment_gateway() -> PaymentGateway:
    """Return the gateway that settings name."""
    return cast("PaymentGateway", import_string(settings.PAYMENT_GATEWAY)())
