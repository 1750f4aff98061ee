"""Several at one moment, each with a connection of their own: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.base.actors import ANONYMOUS, system
from tinhso.base.refusals import Refusal
from tinhso.modules.queueing.actions import booking, days, tickets, windows
from tinhso.modules.queueing.models import LineDay, Slot, Ticket
from tinhso.modules.queueing.queries import lines
from tinhso.modules.queueing.tests.hall import AT, DESK, LINE, OTHER, later, take
from tinhso.modules.queueing.tests.test_booking import SLOT

WORKER = system("worker")
pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province")]


def told(act):
    """Do an act; return what it gives, or the code of its refusal."""
    try:
        return act()
    except Refusal as no:
        return no.code


def test_two_windows_never_call_the_same_ticket(racing, lan, hoa):
    who = (lan, hoa)
    for actor, window in zip(who, ("1", "2"), strict=True):
        windows.open_window(DESK, window, actor=actor, at=AT)
    for round_ in range(3):
        wanted = {take(round_).label, take(round_).label}
        made = racing(2, lambda which: windows.call_next(actor=who[which], at=later(5)).label)
        assert set(made) == wanted
        for ticket in Ticket.objects.filter(state="called").select_related("session"):
            actor = next(each for each in who if each.key == ticket.session.official_key)
            windows.note_came(ticket.id, actor=actor, at=later(6))
            windows.finish_ticket(ticket.id, actor=actor, at=later(7))
    only = take(8).label
    made = racing(2, lambda which: told(lambda: windows.call_next(actor=who[which], at=later(9)).label))
    assert sorted(made) == sorted([only, "queueing.nobody_waits"])
    assert LineDay.objects.get(line_id=LINE).waiting == 0


def test_numbers_have_no_gap_and_the_last_place_is_given_once(racing):
    made = racing(5, lambda _which: tickets.take_ticket(LINE, actor=ANONYMOUS, at=AT).number)
    assert sorted(made) == [1, 2, 3, 4, 5]
    told_ = racing(4, lambda _which: told(lambda: booking.book(OTHER, SLOT, actor=ANONYMOUS, at=AT).line_id))
    assert sorted(told_) == sorted([OTHER, *["queueing.slot_full"] * 3])
    assert Slot.objects.get().taken == 1


def test_calling_leaving_and_moving_wait_for_each_other_in_one_order(racing, lan, hoa):
    """Windows 1 and 2 call from overlapping lines while people leave and are moved both ways: nobody waits crosswise."""
    windows.open_window(DESK, "1", actor=lan, at=AT)
    windows.open_window(DESK, "2", actor=hoa, at=AT)
    for round_ in range(4):
        there = [take(round_), take(round_), take(round_, OTHER), take(round_, OTHER)]
        at = later(round_ + 1)
        acts = (
            lambda: windows.call_next(actor=hoa, at=at),  # noqa: B023 - called in this round
            lambda: tickets.leave_line(there[0].token, actor=ANONYMOUS, at=at),  # noqa: B023
            lambda: tickets.move_ticket(there[1].id, OTHER, actor=lan, at=at),  # noqa: B023
            lambda: tickets.move_ticket(there[2].id, LINE, actor=lan, at=at),  # noqa: B023
        )
        racing(len(acts), lambda which: told(acts[which]))  # noqa: B023
        for ticket in Ticket.objects.filter(state="called"):
            windows.note_came(ticket.id, actor=hoa, at=at)
            windows.finish_ticket(ticket.id, actor=hoa, at=at)
        for line in (LINE, OTHER):
            waiting = Ticket.objects.filter(line_id=line, state="waiting").count()
            assert LineDay.objects.get(line_id=line).waiting == waiting


def test_two_who_change_places_with_each_other_and_two_workers_at_midnight(racing):
    next_slot = SLOT + timedelta(minutes=30)
    one = booking.book(OTHER, SLOT, actor=ANONYMOUS, at=AT).code
    two = booking.book(OTHER, next_slot, actor=ANONYMOUS, at=AT).code
    wanted = ((one, next_slot), (two, SLOT))
    racing(2, lambda which: told(lambda: booking.move_appointment(*wanted[which], actor=ANONYMOUS, at=AT).code))
    assert sum(Slot.objects.values_list("taken", flat=True)) == 2
    for minute in range(3):
        take(minute)
    racing(2, lambda _which: days.end_day(actor=WORKER, at=later(days=3)))
    ended = LineDay.objects.get(line_id=LINE)
    assert (ended.waiting, ended.left) == (0, 3)
    assert LineDay.objects.get(line_id=OTHER).appointments_missed == 2


def test_a_window_that_is_being_closed_calls_nobody(racing, lan):
    for _round in range(3):
        windows.open_window(DESK, "1", actor=lan, at=AT)
        take()
        acts = (lambda: windows.close_window(actor=lan, at=AT), lambda: windows.call_next(actor=lan, at=AT))
        racing(2, lambda which: told(acts[which]))  # noqa: B023 - called in this round
        stuck = Ticket.objects.filter(state="called", session__closed_at__isnull=False)
        assert not stuck.exists()
        for ticket in Ticket.objects.filter(state="called"):
            tickets.move_ticket(ticket.id, OTHER, actor=lan, at=AT)
        if lines.session_of(lan):
            windows.close_window(actor=lan, at=AT)


def test_a_window_is_closed_for_somebody_who_is_still_there(racing, lan, hoa):
    """Whoever comes first wins; the ticket is never at a closed window, and the counters are what the tickets say."""
    for round_ in range(4):
        at = later(round_)
        windows.open_window(DESK, "1", actor=lan, at=at)
        ticket = take(round_)
        if round_ % 2:
            windows.call_next(actor=lan, at=at)
            theirs = lambda: windows.note_came(ticket.pk, actor=lan, at=at)  # noqa: B023, E731 - called in this round
        else:
            theirs = lambda: windows.call_next(actor=lan, at=at)  # noqa: B023, E731
        acts = (lambda: windows.release_window(DESK, "1", actor=hoa, at=at), theirs)  # noqa: B023
        racing(2, lambda which: told(acts[which]))  # noqa: B023
        assert not Ticket.objects.filter(state__in=tickets.AT_WINDOW).exists()
        assert lines.session_of(lan) is None
        states = list(Ticket.objects.filter(line_id=LINE).values_list("state", flat=True))
        day = LineDay.objects.get(line_id=LINE)
        assert (day.waiting, day.left) == (states.count("waiting"), states.count("left"))
