"""When tickets are given, a window that somebody left open, and a line longer than a window looks at."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from tests.doors import come_in
from tests.world import account_of

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import Forbidden
from tinhso.kernel.identity.public import actor_for
from tinhso.kernel.journal.public import entries
from tinhso.modules.queueing.actions import tickets, windows
from tinhso.modules.queueing.models import LineDay, Ticket, WindowSession
from tinhso.modules.queueing.queries import lines
from tinhso.modules.queueing.tests.hall import DESK, LINE, OTHER, later, take

pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province"), pytest.mark.django_db]


def at(day, hour, minute=0):
    return datetime(2022, 11, day, hour, minute, tzinfo=CIVIL_ZONE)


def try_at(moment):
    """Take a ticket; return its label, or from when one can be taken."""
    try:
        return tickets.take_ticket(LINE, actor=ANONYMOUS, at=moment).label
    except tickets.DeskClosed as no:
        return str(no.facts["when"])


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(28, 6, 29), "06:30 28/11/2022"),
        (at(28, 6, 30), "A001"),
        (at(28, 12, 30), "A001"),
        (at(28, 16, 59), "A001"),
        (at(28, 17), "06:30 29/11/2022"),
        (at(28, 3), "06:30 28/11/2022"),
        (at(26, 9), "06:30 28/11/2022"),
        (at(25, 23), "06:30 28/11/2022"),
    ],
)
def test_tickets_are_given_from_a_little_before_the_desk_opens(moment, said):
    assert try_at(moment) == said


def test_nobody_takes_the_first_place_at_night_unless_a_window_is_open(lan):
    night = at(28, 22)
    with pytest.raises(tickets.DeskClosed):
        tickets.take_ticket(LINE, actor=ANONYMOUS, at=night)
    assert not Ticket.objects.exists()
    windows.open_window(DESK, "1", actor=lan, at=night)
    assert try_at(night) == "A001"
    with pytest.raises(tickets.DeskClosed):
        tickets.take_ticket(OTHER, actor=ANONYMOUS, at=night)  # nobody sits at its windows


def test_a_colleague_closes_a_window_that_was_left_open(lan, hoa):
    first, second = take(0), take(1)
    windows.open_window(DESK, "1", actor=lan, at=later(2))
    assert windows.call_next(actor=lan, at=later(2)).pk == first.pk
    with pytest.raises(windows.WindowTaken):
        windows.open_window(DESK, "1", actor=hoa, at=later(3))
    windows.release_window(DESK, "1", actor=hoa, at=later(4))
    with pytest.raises(windows.NotOpen):
        windows.release_window(DESK, "1", actor=hoa, at=later(4))
    with pytest.raises(windows.NotAtWindow):
        windows.note_came(first.pk, actor=lan, at=later(5))
    windows.open_window(DESK, "1", actor=hoa, at=later(5))
    again = windows.call_next(actor=hoa, at=later(6))
    assert (again.pk, again.calls) == (first.pk, 1), "at the old place, before who came later"
    windows.note_came(first.pk, actor=hoa, at=later(7))
    windows.release_window(DESK, "1", actor=lan, at=later(9))
    day = LineDay.objects.get(line_id=LINE)
    assert (day.number, day.waiting, day.served, day.left) == (2, 1, 0, 1)
    assert Ticket.objects.get(pk=second.pk).state == "waiting"
    told = [line.facts["of"] for line in entries(("window", f"{DESK}/1")) if line.event == "queueing.window_released"]
    assert told == [lan.key, hoa.key]


def test_who_does_not_serve_there_closes_no_window(lan):
    windows.open_window(DESK, "1", actor=lan, at=later(2))
    with pytest.raises(Forbidden):
        windows.release_window(
            DESK, "1", actor=actor_for(account_of("ha"), assurance="password+totp", level=2, at=later(3)), at=later(3)
        )
    assert WindowSession.objects.filter(closed_at=None).count() == 1


def test_of_a_long_line_who_goes_first_is_seen_and_who_is_last_knows_it(lan, monkeypatch):
    monkeypatch.setattr(lines, "SEEN_WAITING", 3)
    waiting = [take(minute) for minute in range(6)]
    elder = take(6, priority="elderly")
    windows.open_window(DESK, "1", actor=lan, at=later(7))
    assert windows.call_next(actor=lan, at=later(7)).pk == elder.pk
    assert lines.follow(waiting[5].token, later(8)).before == 5
    assert lines.follow(waiting[1].token, later(8)).before == 1


def test_the_page_offers_to_close_it(lan):
    windows.open_window(DESK, "1", actor=lan, at=later(2))
    client = come_in(Client(), account_of("hoa"))
    page = client.get("/xep-hang/quay/").content.decode()
    assert "Đóng giúp quầy 1" in page
    assert f'value="{DESK}:2"' in page
    client.post("/xep-hang/quay/dong-ho/", {"place": f"{DESK}:1"})
    assert not WindowSession.objects.filter(closed_at=None).exists()
