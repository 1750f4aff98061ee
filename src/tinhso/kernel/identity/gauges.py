"""How mail and sessions stand."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge, age_of, capped_count
from tinhso.kernel.identity.models import Message, MessageState

_LATE = "mail_late_seconds"
_WAITING = Message.objects.filter(state=MessageState.WAITING)


def _late(at: datetime) -> float:
    first = _WAITING.order_by("next_at").values_list("next_at", flat=True).first()
    return age_of(first, at) if first and first < at else 0.0


def _sessions(at: datetime) -> float:
    return capped_count(Session.objects.filter(expire_date__gt=at))


GAUGES = (
    Gauge("mail_waiting", _("Messages to send"), lambda _at: capped_count(_WAITING.all()), 20, True, _LATE),
    Gauge(_LATE, _("Seconds by which the oldest message is late"), _late, order=21),
    Gauge("sessions_open", _("Open sessions"), _sessions, order=30),
)
