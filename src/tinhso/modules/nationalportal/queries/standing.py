"""How the telling stands: what waits, what is parked, which days differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tinhso.base.gauges import capped_count
from tinhso.base.refusals import NotFound
from tinhso.modules.nationalportal.models import Difference, Message, MessageState, Reconciliation

SHOWN = 100
DAYS = 60


@dataclass(frozen=True, slots=True)
class Telling:
    """The queue at a moment."""

    waiting: int
    parked: int
    sent_today: int
    oldest_minutes: int
    fault: str
    """What the line or the portal said of who waits longest."""


def telling(at: datetime) -> Telling:
    """Return how the queue stands. Four statements over indexes."""
    waiting = Message.objects.filter(state=MessageState.WAITING)
    oldest = waiting.order_by("id").first()
    sent = Message.objects.filter(state=MessageState.SENT, sent_at__gte=at - timedelta(days=1))
    return Telling(
        waiting=capped_count(waiting),
        parked=capped_count(Message.objects.filter(state=MessageState.PARKED)),
        sent_today=capped_count(sent),
        oldest_minutes=int((at - oldest.made_at).total_seconds() // 60) if oldest else 0,
        fault=oldest.fault if oldest else "",
    )


def count_parked(_at: datetime) -> float:
    """Return how many messages wait for a person."""
    return capped_count(Message.objects.filter(state=MessageState.PARKED))


def oldest_seconds(at: datetime) -> float:
    """Return for how long the oldest message has waited."""
    oldest = Message.objects.filter(state=MessageState.WAITING).order_by("id").first()
    return (at - oldest.made_at).total_seconds() if oldest else 0.0


def parked() -> list[Message]:
    """Return what the portal refused, the oldest first."""
    return list(Message.objects.filter(state=MessageState.PARKED).order_by("id")[:SHOWN])


def days() -> list[Reconciliation]:
    """Return the days that were compared, the newest first."""
    return list(Reconciliation.objects.order_by("-day")[:DAYS])


def day_compared(day: date) -> Reconciliation:
    """Return how a day was compared. Raises NotFound."""
    found = Reconciliation.objects.filter(pk=day).first()
    if found is None:
        raise NotFound
    return found


def differences_of(day: date) -> list[Difference]:
    """Return the differences of a day."""
    return list(Difference.objects.filter(day=day).order_by("agency_code", "dossier_code")[: SHOWN * 5])
