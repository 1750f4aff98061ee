"""What waits for the worker."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from tinhso.modules.onestop.models import Application, ApplicationState, Payment, PaymentMethod, PaymentState

# written out, so that SQLite knows that the partial index of what waits for the gateway holds all it needs
IS_WAITING = RawSQL("onestop_payment.state IN ('started', 'excess')", [], output_field=BooleanField())


def expired_drafts(at: datetime, *, limit: int) -> list[UUID]:
    """Return the ids of drafts whose time is over, oldest first."""
    rows = Application.objects.filter(state=ApplicationState.DRAFT, expires_at__lt=at).order_by("expires_at")
    return list(rows.values_list("id", flat=True)[:limit])


def payments_due(state: PaymentState, *, at: datetime) -> QuerySet[Payment]:
    """Return the online payments in this state (STARTED, EXCESS) whose turn at the gateway has come, in their order."""
    rows = Payment.objects.filter(IS_WAITING, state=state, method=PaymentMethod.GATEWAY, next_at__lte=at)
    return rows.order_by("next_at")
