"""Tickets: taken, left, moved to another line, waiting again."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal, Stale
from tinhso.kernel.journal.public import record
from tinhso.law.queueing import PRIORITY_KEYS
from tinhso.modules.queueing import access
from tinhso.modules.queueing.models import (
    Appointment,
    AppointmentState,
    LineDay,
    Source,
    Ticket,
    TicketState,
    day_key,
    days_held,
    next_number,
)
from tinhso.modules.queueing.queries.lines import get_line, opens_at
from tinhso.web.words import moment

GRACE = timedelta(minutes=10)
"""How late one may come to an appointment and still keep it."""


class NotWaiting(Refusal):
    """The ticket is not waiting any more."""

    code = "queueing.not_waiting"
    text = _("Ticket {label} is not waiting any more. Look at the screen, or take a new one.")


class NotYourDay(Refusal):
    """An appointment is kept on its day."""

    code = "queueing.not_your_day"
    text = _("This appointment is not for today, or was used or cancelled. Take an ordinary ticket.")


class TooMany(Refusal):
    """One network takes too many tickets."""

    code = "queueing.too_many"
    text = _("Too many tickets were taken from here within the hour. Ask at the desk.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class DeskClosed(Refusal):
    """Nobody waits through the night for a first place."""

    code = "queueing.desk_closed"
    text = _("No tickets are given now: the desk is closed. Tickets are given again from {when}.")


class TooLate(Refusal):
    """A ticket that missed its call waits again once, and not for long."""

    code = "queueing.too_late"
    text = _("Ticket {label} cannot wait again: once, and within {minutes} minutes of its call. Take a new one.")


@act
def take_ticket(
    line_id: str,
    *,
    source: str = Source.KIOSK,
    priority: str = "",
    reason: str = "",
    phone: str = "",
    appointment: Appointment | None = None,
    actor: Actor,
    at: datetime,
) -> Ticket:
    """Give the next number of a line and day, without gaps. Raises NotFound, BadInput, DeskClosed."""
    require(access.can_take_ticket, actor)
    line, day = get_line(line_id), civil_date(at)
    if priority and priority not in PRIORITY_KEYS:
        raise BadInput(faults=[Fault("/priority", _("Choose a reason from the list."), "priority")])
    if (begins := opens_at(line, at)) is not None:
        raise DeskClosed(when=moment(begins))
    number = next_number(line.id, day)
    kept = appointment is not None and at <= appointment.ends_at + GRACE
    ticket = Ticket.objects.create(
        token=secrets.token_urlsafe(16),
        desk_code=line.desk_code,
        line=line,
        series=line.id,
        day=day,
        number=number,
        label=f"{line.letter}{number:03d}",
        source=source,
        priority=priority,
        reason=reason.strip()[:200],
        phone=phone.strip()[:20],
        taken_at=at,
        slot_at=appointment.starts_at if appointment is not None and kept else None,
        appointment=appointment,
    )
    _note("queueing.ticket_taken", ticket, actor, at, source=str(source), priority=priority)
    return ticket


@act
def check_in(code: str, *, actor: Actor, at: datetime) -> Ticket:
    """Give who comes to an appointment their ticket. Raises NotYourDay."""
    require(access.can_take_ticket, actor)
    found = Appointment.objects.select_for_update().filter(code=code.strip().upper(), day=civil_date(at)).first()
    if found is None or found.state != AppointmentState.BOOKED:
        raise NotYourDay
    found.state = AppointmentState.ARRIVED
    found.save(update_fields=["state"])
    return take_ticket(found.line_id, source=Source.APPOINTMENT, appointment=found, actor=actor, at=at)


@act
def leave_line(token: str, *, actor: Actor, at: datetime) -> Ticket:
    """Leave the line. Raises NotFound, NotWaiting."""
    require(access.can_hold_ticket, actor)
    known = Ticket.objects.filter(token=token).first()
    if known is None:
        raise NotFound
    ticket = locked(known.pk, counts=True)
    if ticket.state != TicketState.WAITING:
        raise NotWaiting(label=ticket.label)
    ticket.state, ticket.ended_at = TicketState.LEFT, at
    ticket.save(update_fields=["state", "ended_at"])
    count(ticket, waiting=-1, left=1)
    _note("queueing.ticket_left", ticket, actor, at)
    return ticket


@act
def move_ticket(ticket_id: UUID, line_id: str, *, actor: Actor, at: datetime) -> Ticket:
    """Have a ticket that waits, or stands at the actor's window, wait in another line of the desk with its number."""
    line = get_line(line_id)
    ticket = locked(ticket_id, line.id, counts=True)
    require(access.can_serve, actor, ticket.desk_code)
    if line.desk_code != ticket.desk_code or ticket.state not in (*AT_WINDOW, TicketState.WAITING):
        raise NotWaiting(label=ticket.label)
    if ticket.session and ticket.session.official_key != actor.key:
        raise Stale
    before = ticket.line_id
    if ticket.state == TicketState.WAITING:
        count(ticket, waiting=-1)
    ticket.line, ticket.state, ticket.session, ticket.window, ticket.calls = line, TicketState.WAITING, None, "", 0
    ticket.came_at = None
    ticket.save(update_fields=["line", "state", "session", "window", "calls", "came_at"])
    count(ticket, waiting=1)
    _note("queueing.ticket_moved", ticket, actor, at, before=before)
    return ticket


@act
def return_ticket(ticket_id: UUID, *, actor: Actor, at: datetime) -> Ticket:
    """Have a ticket whose call was missed wait again, once, at its old place. Raises TooLate."""
    ticket = locked(ticket_id, counts=True)
    require(access.can_serve, actor, ticket.desk_code)
    within = timedelta(minutes=ticket.line.return_minutes)
    in_time = ticket.ended_at is not None and at <= ticket.ended_at + within
    if ticket.state != TicketState.MISSED or ticket.returns or not in_time:
        raise TooLate(label=ticket.label, minutes=ticket.line.return_minutes)
    ticket.state, ticket.returns, ticket.calls, ticket.ended_at = TicketState.WAITING, 1, 0, None
    ticket.save(update_fields=["state", "returns", "calls", "ended_at"])
    count(ticket, waiting=1, missed=-1)
    _note("queueing.ticket_returned", ticket, actor, at)
    return ticket


AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)


def locked(ticket_id: UUID, *more_lines: str, counts: bool = False) -> Ticket:
    """
    Return a ticket that nobody else changes meanwhile. For acts. Raises NotFound, Stale.

    An act that `counts` holds the counter rows of its line, and of `more_lines`, before the ticket, as a call does.
    """
    known: tuple[date, str] | None = None
    if counts:
        known = Ticket.objects.filter(pk=ticket_id).values_list("day", "line_id").first()
        if known is None:
            raise NotFound
        days_held(known[0], known[1], *more_lines)
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("line", "session")
    found = rows.filter(pk=ticket_id).first()
    if found is None:
        raise NotFound
    if known is not None and found.line_id != known[1]:  # moved in between: another row counts it now
        raise Stale
    return found


def count(ticket: Ticket, **more: int) -> None:
    """Change the counters of the ticket's line and day. For acts."""
    changes = {name: F(name) + number for name, number in more.items()}
    LineDay.objects.filter(pk=day_key(ticket.line_id, ticket.day)).update(**changes)


def _note(event: str, ticket: Ticket, actor: Actor, at: datetime, **facts: str) -> None:
    record(event, ("ticket", str(ticket.id)), actor=actor, at=at, line=ticket.line_id, label=ticket.label, **facts)
