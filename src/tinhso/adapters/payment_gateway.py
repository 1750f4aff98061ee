"""
A gateway with a hosted payment page, over https: every message is signed both ways.

A message is a flat set of fields. Its signature is the hexadecimal HMAC-SHA256, under the merchant's key, of the
fields sorted by name and form-urlencoded, without `signature` itself. `sent_at` is signed too, so that an old message
cannot be played again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings

from tinhso.base import clock
from tinhso.base.posting import post
from tinhso.base.watching import passed_on
from tinhso.kernel.casework.payments import (
    GatewayUnavailable,
    OrderRefused,
    Payment,
    PaymentState,
    PayRedirect,
    SignatureRefused,
)

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
WHOLE_SECONDS = 15.0
"""For a whole answer: TIMEOUT is for each piece of it, and a gateway may send one byte at a time."""
LONGEST_ANSWER = 256 * 1024
LARGEST = 10**15
"""In đồng: no fee is larger, and no column holds what a slip of theirs may write."""
FRESH = timedelta(minutes=15)
"""How old a callback may be, and how far the two clocks may differ."""


class HostedGateway:
    """Speaks to `settings.PAYMENT_URL` as `settings.PAYMENT_MERCHANT`."""

    def create_order(
        self, order_code: str, *, amount_vnd: int, description: str, return_url: str, notify_url: str
    ) -> PayRedirect:
        """Open an order and return where to send the payer. Raises GatewayUnavailable, OrderRefused."""
        answer = self._ask(
            "orders",
            order_code=order_code,
            amount_vnd=str(amount_vnd),
            description=description,
            return_url=return_url,
            notify_url=notify_url,
        )
        with _unreadable_is_unavailable():
            expires_at = datetime.fromisoformat(answer["expires_at"])
            return PayRedirect(answer["pay_url"], answer["gateway_reference"], expires_at)

    def check_signature(self, callback: Mapping[str, str], *, at: datetime) -> Payment:
        """Return what a callback says. Raises SignatureRefused."""
        fields = dict(callback)
        given = fields.pop("signature", "")
        if not hmac.compare_digest(given.encode(), sign(fields, settings.PAYMENT_SECRET).encode()):
            raise SignatureRefused
        if fields.get("merchant") != settings.PAYMENT_MERCHANT:
            raise SignatureRefused
        try:
            sent_at = datetime.fromisoformat(fields["sent_at"])
            if abs(at - sent_at) > FRESH:
                raise SignatureRefused
            return _payment(fields)
        except (KeyError, ValueError, TypeError) as fault:
            raise SignatureRefused from fault

    def query(self, order_code: str) -> Payment:
        """Ask how an order stands. Raises GatewayUnavailable, OrderRefused."""
        return _told(order_code, self._ask("query", order_code=order_code))

    def refund(self, order_code: str, *, amount_vnd: int, reason: str) -> Payment:
        """Give money back, once per order, amount and reason. Raises GatewayUnavailable, OrderRefused."""
        once = hashlib.sha256(f"{order_code}\n{amount_vnd}\n{reason}".encode()).hexdigest()[:32]
        fields = {"order_code": order_code, "amount_vnd": str(amount_vnd), "reason": reason, "refund_id": once}
        return _told(order_code, self._ask("refunds", **fields))

    def _ask(self, what: str, **fields: str) -> dict[str, str]:
        """Post a signed message and return the signed answer. One door of its own: it stamps the present moment."""
        message = {**fields, "merchant": settings.PAYMENT_MERCHANT, "sent_at": clock.now().isoformat()}
        message["signature"] = sign(message, settings.PAYMENT_SECRET)
        try:
            response = post(
                f"{settings.PAYMENT_URL}/api/{what}",
                json=message,
                headers=passed_on(),
                timeout=TIMEOUT,
                seconds=WHOLE_SECONDS,
                most_bytes=LONGEST_ANSWER,
            )
            answer: Any = json.loads(response.content)
        except (httpx.HTTPError, ValueError) as fault:
            raise GatewayUnavailable from fault
        if response.is_server_error or not isinstance(answer, dict):
            raise GatewayUnavailable
        if response.is_client_error:
            raise OrderRefused(reason=str(answer.get("message") or answer.get("error") or response.status_code))
        given = str(answer.pop("signature", ""))
        checked = {str(name): str(value) for name, value in answer.items()}
        if not hmac.compare_digest(given.encode(), sign(checked, settings.PAYMENT_SECRET).encode()):
            raise GatewayUnavailable
        return checked


def sign(fields: Mapping[str, str], secret: str) -> str:
    """Return the signature of a message, as described at the top of this file."""
    return hmac.new(secret.encode(), urlencode(sorted(fields.items())).encode(), hashlib.sha256).hexdigest()


@contextmanager
def _unreadable_is_unavailable() -> Iterator[None]:
    """Take an answer that cannot be read, such as a state we do not know, for none: it is asked for again."""
    try:
        yield
    except (KeyError, ValueError, TypeError, OverflowError) as fault:
        raise GatewayUnavailable from fault


def _told(order_code: str, answer: Mapping[str, str]) -> Payment:
    """Return what the gateway answers about an order. Raises GatewayUnavailable for what cannot be read."""
    with _unreadable_is_unavailable():
        told = _payment(answer)
        if told.order_code != order_code:
            raise ValueError(told.order_code)
        return told


def _payment(fields: Mapping[str, str]) -> Payment:
    paid_at, state = fields.get("paid_at", ""), PaymentState(fields["state"])
    amount, refunded = int(fields["amount_vnd"]), int(fields.get("refunded_vnd") or 0)
    if amount < 0 or refunded < 0 or (state is PaymentState.PAID and not amount) or max(amount, refunded) > LARGEST:
        raise ValueError(amount)
    if fields.get("currency", "VND") != "VND":
        raise ValueError(fields["currency"])
    return Payment(
        order_code=fields["order_code"],
        amount_vnd=amount,
        state=state,
        gateway_reference=fields["gateway_reference"],
        event_id=fields["event_id"],
        paid_at=datetime.fromisoformat(paid_at).astimezone(UTC) if paid_at else None,
        refunded_vnd=refunded,
    )
