"""Tickets, windows, times and the end of the day."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.base.actors import ANONYMOUS, system
from tinhso.base.refusals import BadInput, Forbidden, NotFound, SignInNeeded
from tinhso.kernel.journal.public import entries
from tinhso.modules.queueing.actions import days, tickets, windows
from tinhso.modules.queueing.models import HourFigure, Line, LineDay, Ticket, WindowSession
from tinhso.modules.queueing.queries import figures, lines
from tinhso.modules.queueing.tests.hall import AT, DESK, LINE, OTHER, later, take

pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province"), pytest.mark.django_db]


def test_the_pack_names_lines_of_the_desk():
    assert [line.letter for line in lines.lines_of(DESK)] == ["A", "B", "C"]
    assert Line.objects.get(pk=LINE).agency_code == "H47.32.20"
    with pytest.raises(NotFound):
        lines.lines_of("H47.99")


def test_numbers_are_per_line_and_day_and_start_anew_the_next_day():
    assert [take().label, take(1).label, take(2, line=OTHER).label] == ["A001", "A002", "B001"]
    assert take(24 * 60).label == "A001"
    with pytest.raises(BadInput):
        take(3, priority="loud")
    assert take(4).label == "A003"


def test_a_ticket_from_call_to_end(lan):
    first, elder = take(0), take(10, priority="elderly")
    with pytest.raises(windows.NoWindow):
        windows.call_next(actor=lan, at=later(12))
    windows.open_window(DESK, "1", actor=lan, at=later(12))
    called = windows.call_next(actor=lan, at=later(12))
    assert called.id == elder.id
    with pytest.raises(windows.StillServing):
        windows.call_next(actor=lan, at=later(12))
    windows.note_came(called.id, actor=lan, at=later(13))
    windows.finish_ticket(called.id, actor=lan, at=later(20))
    assert windows.call_next(actor=lan, at=later(20)).id == first.id
    day = LineDay.objects.get(line_id=LINE)
    assert (day.number, day.waiting, day.served, day.serving_seconds) == (2, 0, 1, 420)
    (figure,) = HourFigure.objects.all()
    assert (figure.waits, figure.serves, figure.longest_wait, figure.window) == ({"3": 1}, {"7": 1}, 180, "1")
    said = [entry.event for entry in entries(("ticket", str(elder.id)))]
    assert said == [f"queueing.ticket_{word}" for word in ("taken", "called", "came", "finished")]


def test_nobody_came_waits_again_once_at_the_old_place(lan):
    first, second = take(0), take(1)
    windows.open_window(DESK, "1", actor=lan, at=later(2))
    windows.call_next(actor=lan, at=later(2))
    with pytest.raises(windows.CallAgain):
        windows.note_missed(first.id, actor=lan, at=later(3))
    for minute in (3, 4):
        windows.call_again(first.id, actor=lan, at=later(minute))
    windows.note_missed(first.id, actor=lan, at=later(5))
    tickets.return_ticket(first.id, actor=lan, at=later(19))
    assert windows.call_next(actor=lan, at=later(19)).id == first.id
    for minute in (20, 21):
        windows.call_again(first.id, actor=lan, at=later(minute))
    windows.note_missed(first.id, actor=lan, at=later(22))
    with pytest.raises(tickets.TooLate):
        tickets.return_ticket(first.id, actor=lan, at=later(23))
    assert windows.call_next(actor=lan, at=later(23)).id == second.id


def test_a_ticket_moves_with_its_number_and_may_leave(lan):
    ticket = take(0)
    windows.open_window(DESK, "1", actor=lan, at=later(1))
    windows.call_next(actor=lan, at=later(1))
    moved = tickets.move_ticket(ticket.id, OTHER, actor=lan, at=later(2))
    assert (moved.label, moved.line_id, moved.state) == ("A001", OTHER, "waiting")
    assert dict(LineDay.objects.values_list("line_id", "waiting")) == {LINE: 0, OTHER: 1}
    with pytest.raises(windows.NobodyWaits):
        windows.call_next(actor=lan, at=later(3))
    tickets.leave_line(ticket.token, actor=ANONYMOUS, at=later(4))
    with pytest.raises(tickets.NotWaiting):
        tickets.leave_line(ticket.token, actor=ANONYMOUS, at=later(5))
    assert LineDay.objects.get(line_id=OTHER).waiting == 0


def test_who_may_not_serve_is_refused(lan, hoa):
    ticket = take(0)
    with pytest.raises(SignInNeeded):
        windows.open_window(DESK, "1", actor=ANONYMOUS, at=AT)
    with pytest.raises(Forbidden):
        windows.open_window("H47.01.05", "1", actor=lan, at=AT)
    windows.open_window(DESK, "1", actor=lan, at=AT)
    with pytest.raises(windows.WindowTaken):
        windows.open_window(DESK, "1", actor=hoa, at=AT)
    windows.call_next(actor=lan, at=later(1))
    with pytest.raises(windows.NotAtWindow):
        windows.note_came(ticket.id, actor=hoa, at=later(2))
    windows.note_came(ticket.id, actor=lan, at=later(2))
    with pytest.raises(windows.StillServing):
        windows.close_window(actor=lan, at=later(3))


def test_the_end_of_a_day_closes_windows_and_erases_what_is_personal(lan):
    take(0, phone="0905123456", reason="Đau chân")
    windows.open_window(DESK, "1", actor=lan, at=later(1))
    assert not days.is_day_open(AT.date())
    tomorrow = later(days=1)
    days.end_day(actor=system("worker"), at=tomorrow)
    ticket = Ticket.objects.get()
    assert (ticket.phone, ticket.reason, ticket.state) == ("", "", "left")
    assert not WindowSession.objects.filter(closed_at=None).exists()
    assert not days.is_day_open(tomorrow.date())
    assert "0905123456" not in str([entry.facts for entry in entries(("ticket", str(ticket.id)))])


def test_a_window_at_which_nobody_was_is_closed_at_midnight_too(lan):
    windows.open_window(DESK, "1", actor=lan, at=later(1))
    assert not days.is_day_open(AT.date())
    assert days.is_day_open(later(days=1).date())
    assert days.end_day(actor=system("worker"), at=later(days=1)) == 1
    assert not days.is_day_open(later(days=1).date())


def test_the_end_of_a_day_reads_only_what_is_open(lan):
    for day in range(4):
        take(0 if day == 0 else day * 24 * 60)
    days.end_day(actor=system("worker"), at=later(days=9))
    take(9 * 24 * 60)
    with CaptureQueriesContext(connection) as seen:
        assert days.end_day(actor=system("worker"), at=later(days=10)) == 1
    assert len(seen.captured_queries) <= 18


def test_a_wait_is_reckoned_from_who_is_before_and_says_on_what(lan):
    people = [take(minute) for minute in range(3)]
    assert lines.follow(people[2].token, later(3)).wait is None
    windows.open_window(DESK, "1", actor=lan, at=later(3))
    told = lines.follow(people[2].token, later(3))
    assert (told.before, told.wait.minutes, told.wait.measured) == (2, 20, False)


def test_quantiles_are_the_nearest_rank():
    assert figures.quantile({}, 50) is None
    assert figures.quantile({1: 5, 9: 5}, 50) == 1
    assert figures.quantile({1: 8, 5: 1, 40: 1}, 90) == 5
