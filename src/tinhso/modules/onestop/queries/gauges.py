"""How the payments stand."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge, age_of, capped_count
from tinhso.modules.onestop.models import Payment, PaymentState

_LATE = "payments_late_seconds"
_OPEN = Payment.objects.filter(state__in=[PaymentState.STARTED, PaymentState.EXCESS])


def _late(at: datetime) -> float:
    first = _OPEN.filter(next_at__lt=at).order_by("next_at").values_list("next_at", flat=True).first()
    return age_of(first, at)


GAUGES = (
    Gauge("payments_waiting", _("Payments without an answer"), lambda _at: capped_count(_OPEN.all()), 22, True, _LATE),
    Gauge(_LATE, _("Seconds by which the oldest question to the gateway is late"), _late, order=23),
)
