"""Free places for appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.slots import days_with_slots, slots_on
from tinhso.modules.queueing.models import Appointment, AppointmentState, Line, Slot


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with its free places."""

    starts_at: datetime
    ends_at: datetime
    free: int


def slot_key(line_id: str, starts_at: datetime) -> str:
    """Return the key of a slot."""
    return f"{line_id}:{civil(starts_at):%Y%m%d%H%M}"


def days_of(line: Line, at: datetime) -> list[date]:
    """Return the days for which appointments of a line are given; none for a line that gives none."""
    today = civil_date(at)
    return days_with_slots(today, calendar_for(line.desk_code, today), line.days_ahead) if line.per_slot else []


def places_on(line: Line, day: date, at: datetime) -> list[Place]:
    """Return the slots of a day that have not begun. One statement."""
    spans = slots_on(day, calendar_for(line.desk_code, day), line.slot_minutes) if day in days_of(line, at) else []
    keys = {slot_key(line.id, start): (start, end) for start, end in spans if start > at}
    taken = {each.id: each.taken for each in Slot.objects.filter(id__in=keys)}
    return [Place(*span, free=max(0, line.per_slot - taken.get(key, 0))) for key, span in keys.items()]


def next_free(line: Line, after: datetime, at: datetime) -> Place | None:
    """Return the first free slot from the one that was wanted on, then from today on."""
    days = days_of(line, at)
    wanted = civil_date(after)
    for day in [*(each for each in days if each >= wanted), *(each for each in days if each < wanted)]:
        for place in places_on(line, day, at):
            if place.free and (day != wanted or place.starts_at > after):
                return place
    return None


def get_appointment(code: str) -> Appointment:
    """Return the appointment with a code. Raises NotFound."""
    found = Appointment.objects.select_related("line").filter(code=code.strip().upper()).first()
    if found is None:
        raise NotFound
    return found


def to_remind(day: date, limit: int) -> list[Appointment]:
    """Return appointments of a day whose owners were not reminded."""
    rows = Appointment.objects.filter(day=day, state=AppointmentState.BOOKED, reminded_at=None).exclude(owner_key="")
    return list(rows.select_related("line")[:limit])
