"""Appointments: booked, moved, cancelled. The row of the slot decides who gets its last place."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.modules.queueing import access
from tinhso.modules.queueing.models import Appointment, AppointmentState, Line, LineDay, Slot, day_key
from tinhso.modules.queueing.queries.lines import get_line
from tinhso.modules.queueing.queries.slots import next_free, places_on, slot_key
from tinhso.web.words import moment

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10


class SlotFull(Refusal):
    """Somebody else took the last place; the next free one is offered."""

    code = "queueing.slot_full"
    text = _("Somebody has just taken the last place at {slot}. The next free one is {next}.")


class NothingFree(Refusal):
    """No place is left on any day for which appointments are given."""

    code = "queueing.nothing_free"
    text = _("No place is free on the days for which appointments are given. Come without one and take a ticket.")


class NoSuchSlot(Refusal):
    """Not a slot of the line, or it has begun."""

    code = "queueing.no_such_slot"
    text = _("This time is not offered any more. Choose another one.")


class NotBooked(Refusal):
    """It was used, cancelled or missed."""

    code = "queueing.not_booked"
    text = _("This appointment cannot be changed any more: it was used, cancelled or missed.")


@act
def book(
    line_id: str, starts_at: datetime, *, name: str = "", phone: str = "", actor: Actor, at: datetime
) -> Appointment:
    """
    Take a place in a slot; who serves at the desk writes it down for who telephones. Raises NoSuchSlot, SlotFull, NothingFree.

    A telephone number of anybody else is not kept.
    """
    require(access.can_take_ticket, actor)
    line = get_line(line_id)
    for_caller = access.can_serve(actor, line.desk_code)
    ends_at = _take_place(line, starts_at, at)
    made = Appointment.objects.create(
        code="".join(secrets.choice(ALPHABET) for _each in range(LENGTH)),
        line=line,
        day=civil_date(starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        name=name.strip()[:200],
        owner_key=actor.key if actor.is_applicant else "",
        phone=phone.strip()[:20] if for_caller else "",
        booked_by=actor.key if for_caller else "",
        booked_at=at,
    )
    LineDay.objects.bulk_create(
        [LineDay(id=day_key(line.id, made.day), line=line, day=made.day)], ignore_conflicts=True
    )
    _note("queueing.appointment_booked", made, actor, at)
    return made


@act
def move_appointment(code: str, starts_at: datetime, *, actor: Actor, at: datetime) -> Appointment:
    """Take a place in another slot and give the old one back. Raises NotBooked, NoSuchSlot, SlotFull."""
    found = _locked(code, actor)
    if found.starts_at == starts_at:
        raise NoSuchSlot
    _hold_slots(slot_key(found.line_id, found.starts_at), _key_of(found.line_id, starts_at))
    ends_at = _take_place(found.line, starts_at, at)
    _give_back(found)
    found.starts_at, found.ends_at, found.day = starts_at, ends_at, civil_date(starts_at)
    found.reminded_at = None
    found.save(update_fields=["starts_at", "ends_at", "day", "reminded_at"])
    key = day_key(found.line_id, found.day)
    LineDay.objects.bulk_create([LineDay(id=key, line_id=found.line_id, day=found.day)], ignore_conflicts=True)
    _note("queueing.appointment_moved", found, actor, at)
    return found


@act
def cancel_appointment(code: str, *, actor: Actor, at: datetime) -> Appointment:
    """Give the place back. Raises NotBooked."""
    found = _locked(code, actor)
    _give_back(found)
    found.state = AppointmentState.CANCELLED
    found.save(update_fields=["state"])
    _note("queueing.appointment_cancelled", found, actor, at)
    return found


def _locked(code: str, actor: Actor) -> Appointment:
    require(access.can_hold_ticket, actor)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("line")
    found = rows.filter(code=code.strip().upper()).first()
    if found is None:
        raise NotFound
    if found.state != AppointmentState.BOOKED:
        raise NotBooked
    return found


def _hold_slots(*keys: str) -> None:
    """Lock these slots in one order: two who change places with each other never wait crosswise."""
    list(Slot.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _key_of(line_id: str, starts_at: datetime) -> str:
    try:
        return slot_key(line_id, starts_at)
    except OverflowError as beyond:  # a moment of the year 1 or 9999 that no calendar here has
        raise NoSuchSlot from beyond


def _take_place(line: Line, starts_at: datetime, at: datetime) -> datetime:
    """Take a place of a slot and return when it ends; the row is locked until the act commits."""
    key = _key_of(line.id, starts_at)
    places = {place.starts_at: place for place in places_on(line, civil_date(starts_at), at)}
    if starts_at not in places:
        raise NoSuchSlot
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO queueing_slot (id, taken) VALUES (%s, 1)"
            " ON CONFLICT (id) DO UPDATE SET taken = queueing_slot.taken + 1 WHERE queueing_slot.taken < %s RETURNING taken",
            [key, line.per_slot],
        )
        got = cursor.fetchone()
    if got is None:
        other = next_free(line, starts_at, at)
        if other is None:
            raise NothingFree
        raise SlotFull(slot=moment(starts_at), next=moment(other.starts_at), starts_at=other.starts_at.isoformat())
    return places[starts_at].ends_at


def _give_back(found: Appointment) -> None:
    key = slot_key(found.line_id, found.starts_at)
    Slot.objects.filter(pk=key, taken__gt=0).update(taken=F("taken") - 1)


def _note(event: str, found: Appointment, actor: Actor, at: datetime) -> None:
    subject = ("appointment", str(found.id))
    record(event, subject, actor=actor, at=at, line=found.line_id, starts_at=found.starts_at)
