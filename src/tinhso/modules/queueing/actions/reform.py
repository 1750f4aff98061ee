"""A reform ended desks: their lines end with them. Who waits leaves the line, who booked is told; the new desk has its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count as Number
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.modules.queueing.actions.days import AT_WINDOW
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

LIVE = (TicketState.WAITING, *AT_WINDOW)


def count_queues(heirs: Heirs) -> list[Count]:
    """Return what a queue holds at desks that end: lines, who waits, open windows, appointments. Four statements."""
    desks = heirs.ended
    kept: tuple[tuple[str, str, QuerySet[Line] | QuerySet[Ticket] | QuerySet[WindowSession] | QuerySet[Appointment]], ...] = (
        (gettext_noop("Line, ends"), "desk_code", Line.objects.filter(desk_code__in=desks, is_active=True)),
        (gettext_noop("Ticket, leaves the line"), "desk_code", Ticket.objects.filter(desk_code__in=desks, state__in=LIVE)),
        (
            gettext_noop("Window, closes"),
            "desk_code",
            WindowSession.objects.filter(desk_code__in=desks, closed_at__isnull=True),
        ),
        (
            gettext_noop("Appointment, cancelled and told"),
            "line__desk_code",
            Appointment.objects.filter(line__desk_code__in=desks, state=AppointmentState.BOOKED),
        ),
    )  # fmt: skip
    return [
        Count(code, title, n, heirs.of(code))
        for title, name, rows in kept
        for code, n in rows.values_list(name).annotate(n=Number("pk")).order_by(name)
    ]


@act
def end_queues(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """
    End a batch of lines of desks that ended, with all who wait in them; begin those of desks that begin. Returns how many.

    Each appointment is cancelled by an entry of its own, of which its owner is told.
    """
    require(by_system, actor)
    new = set(heirs.after) - set(heirs.before)
    begun = Line.objects.filter(is_active=False, desk_code__in=sorted(new)).update(is_active=True)
    lines = list(_lines_left(heirs.movable).order_by("pk")[:limit])
    for line in lines:
        _end(line, heirs, actor, at)
    closed = WindowSession.objects.filter(desk_code__in=heirs.movable, closed_at__isnull=True).update(closed_at=at)
    if begun or closed:
        record("queueing.desks_changed", ("queue", "reform"), actor=actor, at=at, begun=begun, closed=closed)
    return begun + len(lines) + closed


def _lines_left(desks: list[str]) -> QuerySet[Line]:
    waits = Q(tickets__state__in=LIVE) | Q(appointments__state=AppointmentState.BOOKED)
    return Line.objects.filter(Q(is_active=True) | waits, desk_code__in=desks).distinct()


def _end(line: Line, heirs: Heirs, actor: Actor, at: datetime) -> None:
    Line.objects.filter(pk=line.pk).update(is_active=False)
    left = 0
    live = Ticket.objects.filter(line=line, state__in=LIVE)
    for day in sorted(set(live.values_list("day", flat=True))):
        days_held(day, line.pk)
        waited = live.filter(day=day, state=TicketState.WAITING).update(
            state=TicketState.LEFT, ended_at=at, session=None
        )
        there = live.filter(day=day, state__in=AT_WINDOW).update(state=TicketState.LEFT, ended_at=at, session=None)
        row = LineDay.objects.filter(pk=day_key(line.pk, day))
        row.update(waiting=F("waiting") - waited, left=F("left") + waited + there)
        left += waited + there
    booked = Appointment.objects.select_for_update(of=("self",)).filter(line=line, state=AppointmentState.BOOKED)
    dropped = list(booked.order_by("pk"))
    Appointment.objects.filter(pk__in=[each.pk for each in dropped]).update(state=AppointmentState.CANCELLED)
    for each in dropped:
        record("queueing.appointment_cancelled", ("appointment", str(each.pk)), actor=actor, at=at, line=line.pk)
    facts: dict[str, Any] = {"left": left, "cancelled": len(dropped), "desk": heirs.of(line.desk_code)}
    record("queueing.line_ended", ("line", line.pk), actor=actor, at=at, **facts)
