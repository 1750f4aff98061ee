"""A morning in the hall: people come, one window calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.base.actors import ANONYMOUS, Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import actor_of_official
from tinhso.kernel.organisation.public import who_holds
from tinhso.modules.queueing.actions import tickets, windows
from tinhso.modules.queueing.queries import lines

CAME = (("", 52), ("", 45), ("elderly", 40), ("", 33), ("", 21), ("", 12), ("pregnant", 6), ("", 3))


def load(*, at: datetime) -> None:
    """Have people wait at each desk at which somebody receives; once a day."""
    for desk in lines.desks():
        people = who_holds(desk.code, "reception", civil_date(at))
        if people and not any(each.waiting for each in lines.lines_now(desk.code, at)):
            _morning(desk.code, actor_of_official(people[0], at=at), at)


def _morning(desk: str, lan: Actor, at: datetime) -> None:
    line = lines.lines_of(desk)[0]
    opened = at - timedelta(minutes=60)
    if civil_date(opened) != civil_date(at) or lines.session_of(lan) is not None:
        return
    # whatever the hour is: while a window is open its lines give tickets
    windows.open_window(desk, line.windows[0], actor=lan, at=opened)
    for priority, minutes in CAME:
        tickets.take_ticket(line.id, priority=priority, actor=ANONYMOUS, at=at - timedelta(minutes=minutes))
    now = at - timedelta(minutes=30)
    for _person in range(2):
        ticket = windows.call_next(actor=lan, at=now)
        windows.note_came(ticket.id, actor=lan, at=now + timedelta(minutes=1))
        now += timedelta(minutes=9)
        windows.finish_ticket(ticket.id, actor=lan, at=now)
    windows.call_next(actor=lan, at=now)
