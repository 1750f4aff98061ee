"""Appointments: places, days off, the last place, the kept and the missed one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.identity.public import find_or_add_person
from tinhso.modules.queueing import tasks
from tinhso.modules.queueing.actions import booking, days, tickets
from tinhso.modules.queueing.models import Appointment, LineDay, Slot
from tinhso.modules.queueing.queries import lines, slots
from tinhso.modules.queueing.tests.hall import AT, LINE, OTHER, later, take

pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province"), pytest.mark.django_db]
SLOT = datetime(2022, 11, 29, 9, 0, tzinfo=CIVIL_ZONE)
WORKER = system("worker")


def book(line=LINE, slot=SLOT, at=AT, actor=ANONYMOUS, **more):
    return booking.book(line, slot, actor=actor, at=at, **more)


def test_slots_leave_out_holidays_and_what_has_begun():
    line = lines.get_line(LINE)
    assert date(2022, 12, 3) not in slots.days_of(line, AT)
    tet = datetime(2023, 1, 16, 8, 0, tzinfo=CIVIL_ZONE)
    assert date(2023, 1, 23) not in slots.days_of(line, tet)
    assert slots.places_on(line, AT.date(), later(60))[0].starts_at == AT + timedelta(minutes=90)


def test_the_last_place_is_given_once_and_the_next_free_one_is_offered():
    first, _second = book(), book()
    with pytest.raises(booking.SlotFull) as no:
        book()
    assert no.value.facts["starts_at"] == (SLOT + timedelta(minutes=30)).isoformat()
    booking.cancel_appointment(first.code, actor=ANONYMOUS, at=later(1))
    book(at=later(2))
    with pytest.raises(booking.NotBooked):
        booking.cancel_appointment(first.code, actor=ANONYMOUS, at=later(3))


@pytest.mark.parametrize("slot", [SLOT + timedelta(minutes=7), SLOT + timedelta(days=60), AT - timedelta(minutes=30)])
def test_what_is_no_slot_is_refused(slot):
    with pytest.raises(booking.NoSuchSlot):
        book(slot=slot)


def test_moving_gives_the_old_place_back():
    found = book(OTHER)
    booking.move_appointment(found.code, SLOT + timedelta(hours=1), actor=ANONYMOUS, at=later(1))
    assert sorted(Slot.objects.values_list("taken", flat=True)) == [0, 1]
    assert Appointment.objects.get().starts_at == SLOT + timedelta(hours=1)


def test_who_comes_in_time_goes_first_and_who_comes_late_does_not():
    found, late = book(), book()
    with pytest.raises(tickets.NotYourDay):
        tickets.check_in(found.code, actor=ANONYMOUS, at=AT)
    kept = tickets.check_in(found.code.lower(), actor=ANONYMOUS, at=SLOT + timedelta(minutes=5))
    assert kept.slot_at == SLOT
    with pytest.raises(tickets.NotYourDay):
        tickets.check_in(found.code, actor=ANONYMOUS, at=SLOT + timedelta(minutes=6))
    assert tickets.check_in(late.code, actor=ANONYMOUS, at=SLOT + timedelta(minutes=41)).slot_at is None


def test_who_does_not_come_is_counted_and_forgotten():
    found = book(name="Nguyễn Thị Tư")
    days.end_day(actor=WORKER, at=later(days=2))
    found.refresh_from_db()
    assert (found.state, found.name) == ("missed", "")
    assert LineDay.objects.get(day=SLOT.date()).appointments_missed == 1
    take(24 * 60)
    assert LineDay.objects.get(day=SLOT.date()).number == 1


def test_who_is_signed_in_is_reminded_once():
    person = find_or_add_person(
        citizen_number="049185000123", full_name="Nguyễn Thị Tư", phone="", actor=system("demo"), at=AT
    )
    tu = Actor(ActorKind.CITIZEN, f"person:{person.pk}", "Nguyễn Thị Tư", "vneid:2", 2, person_id=str(person.pk))
    book(actor=tu)
    book()
    assert [tasks.remind(at=later(60)), tasks.remind(at=later(61))] == [1, 0]


def test_who_serves_books_for_who_telephones_and_the_number_goes_with_the_day(lan):
    found = book(actor=lan, name="Bà Sáu", phone="0905123456")
    assert (found.phone, found.booked_by, found.owner_key) == ("0905123456", lan.key, "")
    assert book(phone="0905123456").phone == ""
    days.end_day(actor=WORKER, at=later(days=2))
    found.refresh_from_db()
    assert (found.phone, found.name, found.state) == ("", "", "missed")
