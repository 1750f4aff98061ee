"""Lines and who waits in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.civil_time import moment_of
from tinhso.law.queueing import Ahead, Estimate, Waiting, estimate, in_order
from tinhso.modules.queueing import access
from tinhso.modules.queueing.models import Line, LineDay, Ticket, TicketState, WindowSession

SHOWN = 8
"""Calls on the screen of the hall."""
SEEN_WAITING = 200
"""Tickets that a window looks at: of those who came first, and once more of those who may go ahead of them."""
DAYS_LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that has lines."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line at this moment."""

    line: Line
    waiting: int
    windows: int
    wait: Estimate | None


@dataclass(frozen=True, slots=True)
class Followed:
    """What who holds a ticket is told."""

    ticket: Ticket
    before: int
    wait: Estimate | None


def desks() -> list[Desk]:
    """Return the desks that have lines."""
    rows = Line.objects.filter(is_active=True).values_list("desk_code", "desk_name", "desk_name_en")
    return [Desk(*row) for row in rows.order_by("desk_code").distinct()]


def lines_by_desk() -> dict[Desk, list[Line]]:
    """Return every desk that has lines, with them: one statement."""
    found: dict[Desk, list[Line]] = {}
    for line in Line.objects.filter(is_active=True).order_by("desk_code", "letter"):
        found.setdefault(Desk(line.desk_code, line.desk_name, line.desk_name_en), []).append(line)
    return found


def lines_of(desk_code: str) -> list[Line]:
    """Return the lines of a desk. Raises NotFound for a desk without any."""
    found = list(Line.objects.filter(desk_code=desk_code, is_active=True).order_by("letter"))
    if not found:
        raise NotFound
    return found


def get_line(line_id: str) -> Line:
    """Return a line. Raises NotFound."""
    line = Line.objects.filter(pk=line_id, is_active=True).first()
    if line is None:
        raise NotFound
    return line


def open_sessions(desk_code: str) -> list[WindowSession]:
    """Return who sits at the windows of a desk now."""
    return list(WindowSession.objects.filter(desk_code=desk_code, closed_at=None).order_by("window"))


def session_of(actor: Actor) -> WindowSession | None:
    """Return the window at which an official sits, None for none."""
    return WindowSession.objects.filter(official_key=actor.key, closed_at=None).first()


def lines_now(desk_code: str, at: datetime) -> list[LineNow]:
    """Return each line of a desk with how many wait and how long it will take: three statements, nothing is counted."""
    return _now(lines_of(desk_code), open_sessions(desk_code), at)


def desks_now(at: datetime) -> list[tuple[Desk, list[LineNow]]]:
    """Return every desk with its lines at this moment: three statements, however many desks there are."""
    lines = list(Line.objects.filter(is_active=True).order_by("desk_code", "letter"))
    found: dict[Desk, list[LineNow]] = {}
    for each in _now(lines, list(WindowSession.objects.filter(closed_at=None)), at):
        desk = Desk(each.line.desk_code, each.line.desk_name, each.line.desk_name_en)
        found.setdefault(desk, []).append(each)
    return list(found.items())


def _now(lines: list[Line], sessions: list[WindowSession], at: datetime) -> list[LineNow]:
    day = civil_date(at)
    days = {each.line_id: each for each in LineDay.objects.filter(line__in=lines, day=day)}
    open_windows = {(each.desk_code, each.window) for each in sessions}
    found = []
    for line in lines:
        row = days.get(line.id) or LineDay(line=line, day=day)
        open_here = len(open_windows & {(line.desk_code, window) for window in line.windows})
        found.append(LineNow(line, row.waiting, open_here, _estimate(line, row, row.waiting, open_here)))
    return found


def _estimate(line: Line, row: LineDay, before: int, windows: int) -> Estimate | None:
    return estimate(before, windows, expected=line.minutes, served=row.served, serving_seconds=row.serving_seconds)


def ahead_of(line: Line) -> Ahead:
    """Return how far who goes first goes ahead in a line."""
    return Ahead(line.priority_minutes, line.appointment_minutes)


def as_waiting(tickets: Sequence[Ticket]) -> list[Waiting]:
    """Return tickets as the rule of who is next sees them."""
    return [Waiting(str(each.id), each.taken_at, each.number, each.priority, each.slot_at) for each in tickets]


def waiting_in(line_ids: Sequence[str], day: date) -> list[Ticket]:
    """Return the tickets that wait in these lines on a day, of a long line those who may be called next. One statement, else two."""
    rows = Ticket.objects.filter(line_id__in=line_ids, day=day, state=TicketState.WAITING).select_related("line")
    found = list(rows.order_by("taken_at")[:SEEN_WAITING])
    if len(found) == SEEN_WAITING:
        ahead = rows.exclude(priority="", slot_at=None).order_by("taken_at")[:SEEN_WAITING]
        known = {each.pk for each in found}
        found += [each for each in ahead if each.pk not in known]
    return found


def opens_at(line: Line, at: datetime) -> datetime | None:
    """
    Return when tickets of a line are given again; None while they are.

    In the hours of the desk's calendar and a little before, the break at noon included; at any other time while one of its
    windows is open, and no longer.
    """
    today = civil_date(at)
    calendar = calendar_for(line.desk_code, today)
    for day in (today + timedelta(days=n) for n in range(DAYS_LOOKED_AT)):
        hours = calendar.hours_on(day)
        if not hours or at >= moment_of(day, hours[-1][1]):
            continue
        begins = moment_of(day, hours[0][0]) - timedelta(minutes=line.early_minutes)
        if begins <= at:
            return None
        break
    else:
        begins = at + timedelta(days=DAYS_LOOKED_AT)
    sits = WindowSession.objects.filter(desk_code=line.desk_code, window__in=line.windows, closed_at=None)
    return None if sits.exists() else begins


def called(desk_code: str, day: date) -> list[Ticket]:
    """Return who was called last at a desk, newest first."""
    states = (TicketState.CALLED, TicketState.SERVING)
    rows = Ticket.objects.filter(desk_code=desk_code, day=day, state__in=states)
    return list(rows.order_by("-called_at")[:SHOWN])


def get_ticket(token: str) -> Ticket:
    """Return the ticket of a secret address. Raises NotFound."""
    found = Ticket.objects.select_related("line").filter(token=token).first()
    if found is None:
        raise NotFound
    return found


def follow(token: str, at: datetime) -> Followed:
    """Return how many are before a ticket and how long it will take. Raises NotFound."""
    ticket = get_ticket(token)
    if ticket.state != TicketState.WAITING:
        return Followed(ticket, 0, None)
    order = in_order(as_waiting(waiting_in([ticket.line_id], ticket.day)), at, ahead_of(ticket.line))
    row = LineDay.objects.filter(line=ticket.line, day=ticket.day).first() or LineDay(line=ticket.line)
    last = max(len(order), row.waiting - 1)  # who stands far behind is not looked at
    before = next((place for place, each in enumerate(order) if each.key == str(ticket.id)), last)
    windows = {each.window for each in open_sessions(ticket.desk_code)}.intersection(ticket.line.windows)
    return Followed(ticket, before, _estimate(ticket.line, row, before, len(windows)))


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a desk: where nobody sits, and where somebody does."""

    desk: Desk
    free: list[str]
    taken: list[WindowSession]


def windows_of(desk: Desk) -> Windows:
    """Return the windows of a desk. Two statements."""
    taken = open_sessions(desk.code)
    names = {name for line in lines_of(desk.code) for name in line.windows}
    return Windows(desk, sorted(names - {each.window for each in taken}), taken)


def desks_served_by(actor: Actor) -> list[Desk]:
    """Return the desks with lines at which an official may open a window."""
    return [desk for desk in desks() if access.can_serve(actor, desk.code)]


def at_window(session: WindowSession) -> Ticket | None:
    """Return the ticket that is called or served at a window."""
    states = (TicketState.CALLED, TicketState.SERVING)
    return Ticket.objects.select_related("line").filter(session=session, state__in=states).first()


def missed_today(desk_code: str, day: date) -> list[Ticket]:
    """Return the tickets of a desk whose call was missed, the latest few."""
    rows = Ticket.objects.filter(desk_code=desk_code, day=day, state=TicketState.MISSED, returns=0)
    return list(rows.order_by("-called_at")[:SHOWN])
