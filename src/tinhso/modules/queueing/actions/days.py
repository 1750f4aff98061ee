"""What is done for the queue by itself: lines of the pack, reminders, the end of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, QuerySet

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import CIVIL_ZONE, civil_date
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
    days_held,
)

AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)
NOBODY = {"name": "", "owner_key": "", "phone": ""}
BATCH = 500
DAYS = 100
"""Days of lines that are ended in one act."""


@act
def load_lines(rows: Sequence[Mapping[str, Any]], *, is_early: bool = False, actor: Actor, at: datetime) -> None:
    """
    Take the lines of the pack; a line that is gone from it gives no tickets any more.

    `is_early`: they are of desks to come, and those of now go on until then.
    """
    require(by_system, actor)
    upsert([Line(**row) for row in rows])
    if not is_early:
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
        _open_days(today).exists()
        or Appointment.objects.filter(day__lt=today, state=AppointmentState.BOOKED).exists()
        or _old_windows(today).exists()
    )


def _open_days(today: date) -> QuerySet[LineDay]:
    return LineDay.objects.filter(day__lt=today, ended_at__isnull=True)


def _old_windows(today: date) -> QuerySet[WindowSession]:
    return WindowSession.objects.filter(closed_at=None, opened_at__lt=datetime.combine(today, time.min, CIVIL_ZONE))


@act
def end_day(*, actor: Actor, at: datetime) -> int:
    """
    End the days before today: who still waits left, windows close, telephone numbers, reasons and names go.

    Returns how many rows it changed; some days of lines at a time, so that it costs the same after a million tickets.
    """
    require(by_system, actor)
    today = civil_date(at)
    missed = _miss_appointments(today)
    some = sorted(_open_days(today).order_by("day").values_list("pk", flat=True)[:DAYS])
    # held first, as by whoever calls or leaves: a second worker waits here and finds nothing left
    days = list(LineDay.objects.select_for_update().filter(pk__in=some, ended_at__isnull=True).order_by("pk"))
    left = sum(_end_tickets(day, at) for day in days)
    erased = sum(_erase(day) for day in days)
    LineDay.objects.filter(pk__in=[day.pk for day in days]).update(ended_at=at)
    closed = _old_windows(today).update(closed_at=at)
    record(
        "queueing.day_ended",
        ("queue", str(today)),
        actor=actor,
        at=at,
        erased=erased,
        missed=missed,
        left=left,
        closed=closed,
    )
    return erased + missed + left + closed


def _end_tickets(day: LineDay, at: datetime) -> int:
    here = Ticket.objects.filter(line_id=day.line_id, day=day.day)
    waited = here.filter(state=TicketState.WAITING).update(state=TicketState.LEFT, ended_at=at, session=None)
    there = here.filter(state__in=AT_WINDOW).update(state=TicketState.LEFT, ended_at=at, session=None)
    LineDay.objects.filter(pk=day.pk).update(waiting=F("waiting") - waited, left=F("left") + waited + there)
    return waited + there


def _erase(day: LineDay) -> int:
    of_day = {"line_id": day.line_id, "day": day.day}
    erased = Ticket.objects.filter(**of_day).exclude(phone="", reason="").update(phone="", reason="")
    return erased + Appointment.objects.filter(**of_day).exclude(**NOBODY).update(**NOBODY)


def _miss_appointments(today: date) -> int:
    old = Appointment.objects.select_for_update().filter(day__lt=today, state=AppointmentState.BOOKED)
    found = list(old.order_by("pk")[:BATCH])
    Appointment.objects.filter(pk__in=[each.pk for each in found]).update(state=AppointmentState.MISSED)
    missed = Counter((each.day, each.line_id) for each in found)
    for (day, line), number in sorted(missed.items(), key=lambda each: day_key(each[0][1], each[0][0])):
        days_held(day, line)
        row = LineDay.objects.filter(pk=day_key(line, day))
        row.update(appointments_missed=F("appointments_missed") + number, ended_at=None)
    return len(found)
