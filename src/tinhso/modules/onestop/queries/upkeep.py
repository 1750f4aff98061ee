"""What waits for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tinhso.modules.onestop.models import Application, ApplicationState, Payment, PaymentMethod, PaymentState


def expired_drafts(at: datetime, *, limit: int) -> list[UUID]:
    """Return the ids of drafts whose time is over, oldest first."""
    rows = Application.objects.filter(state=ApplicationState.DRAFT, expires_at__lt=at).order_by("expires_at")
    return list(rows.values_list("id", flat=True)[:limit])


def excess_payments(*, limit: int) -> Sequence[Payment]:
    """Return online payments that were not due, oldest first: the gateway gives them back."""
    rows = Payment.objects.filter(state=PaymentState.EXCESS, method=PaymentMethod.GATEWAY)
    return list(rows.order_by("created_at")[:limit])


def open_orders(*, before: datetime, limit: int) -> Sequence[Payment]:
    """Return online orders begun before a moment that nobody has told us the end of, oldest first."""
    rows = Payment.objects.filter(state=PaymentState.STARTED, method=PaymentMethod.GATEWAY, created_at__lt=before)
    return list(rows.order_by("created_at")[:limit])
