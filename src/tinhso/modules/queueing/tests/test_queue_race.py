"""Several at one moment, each with a connection of their own: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import pytest

from tinhso.base.actors import ANONYMOUS
from tinhso.base.refusals import Refusal
from tinhso.modules.queueing.actions import booking, tickets, windows
from tinhso.modules.queueing.models import LineDay, Slot, Ticket
from tinhso.modules.queueing.tests.hall import AT, DESK, LINE, OTHER, later, take
from tinhso.modules.queueing.tests.test_booking import SLOT

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
