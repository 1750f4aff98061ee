"""What is done for the queue by itself: lines of the pack, reminders, the end of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil_date
from tinhso.base.rows import upsert
from tinhso.kernel.journal.public import record
from tinhso.modules.queueing.models import (
    Appointment,
    AppointmentState,
    Line,
    LineDay,
    Ticket,
    TicketState,
    WindowSession,
    day_key,
)

UNFINISHED = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING)
BATCH = 500


@act
def load_lines(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> None:
    """Take the lines of the pack; a line that is gone from it gives no tickets any more."""
    require(by_system, actor)
    upsert([Line(**row) for row in rows])
    Line.objects.exclude(pk__in=[row["id"] for row in rows]).update(is_active=False)
    record("queueing.lines_loaded", ("pack", "queues"), actor=actor, at=at, lines=len(rows))


@act
def note_reminded(found: Sequence[Appointment], *, actor: Actor, at: datetime) -> list[Appointment]:
    """Note that the owners of these appointments are being reminded, and return those of which it was not noted yet."""
    require(by_system, actor)
    keys = [each.pk for each in found]
    rows = Appointment.objects.select_for_update(of=("self",)).filter(pk__in=keys, reminded_at=None)
    due = list(rows.select_related("line"))
    Appointment.objects.filter(pk__in=[each.pk for each in due]).update(reminded_at=at)
    record("queueing.appointments_reminded", ("queue", str(civil_date(at))), actor=actor, at=at, number=len(due))
    return due


def is_day_open(today: date) -> bool:
    """Tell whether anything of a day before today is left to be ended."""
    return (
        Ticket.objects.filter(day__lt=today).filter(Q(state__in=UNFINISHED) | ~Q(phone="") | ~Q(reason="")).exists()
        or Appointment.objects.filter(day__lt=today, state=AppointmentState.BOOKED).exists()
        or Appointment.objects.filter(day__lt=today).exclude(name="", owner_key="").exists()
    )


@act
def end_day(*, actor: Actor, at: datetime) -> int:
    """
    End the days before today: who still waits left, windows close, telephone numbers, reasons and names go.

    Returns how many rows it changed; some hundreds at a time.
    """
    require(by_system, actor)
    today = civil_date(at)
    old = Ticket.objects.filter(day__lt=today)
    _end_tickets(old, at)
    kept = old.exclude(phone="", reason="").values_list("pk", flat=True)[:BATCH]
    erased = Ticket.objects.filter(pk__in=list(kept)).update(phone="", reason="")
    WindowSession.objects.filter(closed_at=None).exclude(opened_at__date__gte=today).update(closed_at=at)
    missed = _miss_appointments(today)
    named = Appointment.objects.filter(day__lt=today).exclude(name="", owner_key="").values_list("pk", flat=True)
    erased += Appointment.objects.filter(pk__in=list(named[:BATCH])).update(name="", owner_key="")
    record("queueing.day_ended", ("queue", str(today)), actor=actor, at=at, erased=erased, missed=missed)
    return erased + missed


def _end_tickets(old: Any, at: datetime) -> None:
    for ticket in old.filter(state__in=UNFINISHED)[:BATCH]:
        was_waiting = ticket.state == TicketState.WAITING
        Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.LEFT, ended_at=at, session=None)
        LineDay.objects.filter(pk=day_key(ticket.line_id, ticket.day)).update(
            waiting=F("waiting") - (1 if was_waiting else 0), left=F("left") + 1
        )


def _miss_appointments(today: date) -> int:
    found = list(Appointment.objects.filter(day__lt=today, state=AppointmentState.BOOKED)[:BATCH])
    for each in found:
        key = day_key(each.line_id, each.day)
        LineDay.objects.bulk_create([LineDay(id=key, line_id=each.line_id, day=each.day)], ignore_conflicts=True)
        LineDay.objects.filter(pk=key).update(appointments_missed=F("appointments_missed") + 1)
    Appointment.objects.filter(pk__in=[each.pk for each in found]).update(state=AppointmentState.MISSED)
    return len(found)
