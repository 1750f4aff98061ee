"""What an official does at a window: open, call, again, came, missed, finish, close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.law.queueing import place_of
from tinhso.modules.queueing import access
from tinhso.modules.queueing.actions.tickets import AT_WINDOW, count, locked
from tinhso.modules.queueing.models import HourFigure, LineDay, Ticket, TicketState, WindowSession
from tinhso.modules.queueing.queries.lines import ahead_of, as_waiting, at_window, lines_of, session_of, waiting_in


class WindowTaken(Refusal):
    """Somebody sits there."""

    code = "queueing.window_taken"
    text = _("Window {window} is open already, or you sit at another one. Close that first.")


class NoWindow(Refusal):
    """Who calls sits at a window."""

    code = "queueing.no_window"
    text = _("Open a window first.")


class StillServing(Refusal):
    """One at a time."""

    code = "queueing.still_serving"
    text = _("Ticket {label} is still at your window. Finish it, or say that nobody came.")


class NotOpen(Refusal):
    """It was closed meanwhile."""

    code = "queueing.window_not_open"
    text = _("Window {window} is not open any more. Look at the page again.")


class NobodyWaits(Refusal):
    """There is nobody to call."""

    code = "queueing.nobody_waits"
    text = _("Nobody waits in the lines of your window.")


class NotAtWindow(Refusal):
    """The ticket is not at the window of who acts."""

    code = "queueing.not_at_window"
    text = _("Ticket {label} is not at your window any more. Look at the page again.")


class CallAgain(Refusal):
    """A ticket is given up only after it was called several times."""

    code = "queueing.call_again"
    text = _("Ticket {label} was called {calls} of {of} times. Call it again before you go on.")


@act
def open_window(desk_code: str, window: str, *, actor: Actor, at: datetime) -> WindowSession:
    """Sit down at a window. Raises WindowTaken."""
    require(access.can_serve, actor, desk_code)
    if not any(window in line.windows for line in lines_of(desk_code)):
        raise NotFound
    new = WindowSession(
        desk_code=desk_code, window=window, official_key=actor.key, official_name=actor.name, opened_at=at
    )
    WindowSession.objects.bulk_create([new], ignore_conflicts=True)
    if not WindowSession.objects.filter(pk=new.pk).exists():
        raise WindowTaken(window=window)
    record("queueing.window_opened", ("window", f"{desk_code}/{window}"), actor=actor, at=at)
    return new


@act
def close_window(*, actor: Actor, at: datetime) -> None:
    """Leave the window. Raises NoWindow, StillServing."""
    session = _sits(actor)
    if (ticket := at_window(session)) is not None:
        raise StillServing(label=ticket.label)
    WindowSession.objects.filter(pk=session.pk).update(closed_at=at)
    record("queueing.window_closed", ("window", str(session).replace(" ", "/")), actor=actor, at=at)


@act
def release_window(desk_code: str, window: str, *, actor: Actor, at: datetime) -> WindowSession:
    """
    Close a window that somebody left open and went, so that a colleague can sit down there. Raises NotOpen.

    Who was called to it waits again, at the old place; who was served there has left, as at the end of a day.
    """
    require(access.can_serve, actor, desk_code)
    rows = WindowSession.objects.select_for_update().filter(desk_code=desk_code, window=window, closed_at=None)
    session = rows.first()
    if session is None:
        raise NotOpen(window=window)
    if (there := at_window(session)) is not None:
        _send_away(there.pk, session, actor, at)
    WindowSession.objects.filter(pk=session.pk).update(closed_at=at)
    record("queueing.window_released", ("window", f"{desk_code}/{window}"), actor=actor, at=at, of=session.official_key)
    return session


def _send_away(ticket_id: UUID, session: WindowSession, actor: Actor, at: datetime) -> None:
    ticket = locked(ticket_id, counts=True)
    if ticket.session_id != session.pk or ticket.state not in AT_WINDOW:  # done with, while we waited for it
        return
    if ticket.state == TicketState.CALLED:
        ticket.state, ticket.session, ticket.window, ticket.calls = TicketState.WAITING, None, "", 0
        count(ticket, waiting=1)
    else:
        ticket.state, ticket.session, ticket.ended_at = TicketState.LEFT, None, at
        count(ticket, left=1)
    ticket.save(update_fields=["state", "session", "window", "calls", "ended_at"])
    _note("queueing.ticket_sent_back", ticket, actor, at)


@act
def call_next(*, actor: Actor, at: datetime) -> Ticket:
    """
    Call who is next in the lines of the window. Raises NoWindow, StillServing, NobodyWaits.

    The counter rows of these lines are locked, always in one order, before anybody is chosen: of two windows that call at one
    moment the second chooses from what the first left.
    """
    session = _sits(actor)
    if (there := at_window(session)) is not None:
        raise StillServing(label=there.label)
    lines = [line.id for line in lines_of(session.desk_code) if session.window in line.windows]
    day = civil_date(at)
    list(LineDay.objects.select_for_update().filter(line_id__in=lines, day=day).order_by("id"))
    tickets = {str(each.id): each for each in waiting_in(lines, day)}
    places = {
        each.key: place_of(each, at, ahead_of(tickets[each.key].line)) for each in as_waiting([*tickets.values()])
    }
    if not places:
        raise NobodyWaits
    ticket = tickets[min(places, key=lambda key: places[key])]
    changed = {"state": TicketState.CALLED, "session": session, "window": session.window, "calls": 1, "called_at": at}
    if not Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(**changed):
        raise NobodyWaits
    for name, value in changed.items():
        setattr(ticket, name, value)
    count(ticket, waiting=-1)
    _note("queueing.ticket_called", ticket, actor, at)
    return ticket


@act
def call_again(ticket_id: UUID, *, actor: Actor, at: datetime) -> Ticket:
    """Call once more. Raises NotAtWindow."""
    ticket = _mine(ticket_id, actor, TicketState.CALLED)
    ticket.calls, ticket.called_at = ticket.calls + 1, at
    ticket.save(update_fields=["calls", "called_at"])
    _note("queueing.ticket_called_again", ticket, actor, at)
    return ticket


@act
def note_came(ticket_id: UUID, *, actor: Actor, at: datetime) -> Ticket:
    """Note that they came to the window; from here they are served. Raises NotAtWindow."""
    ticket = _mine(ticket_id, actor, TicketState.CALLED)
    ticket.state, ticket.came_at = TicketState.SERVING, at
    ticket.save(update_fields=["state", "came_at"])
    figure = _figure(ticket, at)
    waited = max(0, int((at - ticket.taken_at).total_seconds()))
    figure.called += 1
    figure.longest_wait = max(figure.longest_wait, waited)
    _add(figure.waits, waited)
    figure.save(update_fields=["called", "longest_wait", "waits"])
    _note("queueing.ticket_came", ticket, actor, at)
    return ticket


@act
def note_missed(ticket_id: UUID, *, actor: Actor, at: datetime) -> Ticket:
    """Give up a ticket for which nobody came. Raises NotAtWindow, CallAgain."""
    ticket = _mine(ticket_id, actor, TicketState.CALLED, counts=True)
    if ticket.calls < ticket.line.calls:
        raise CallAgain(label=ticket.label, calls=ticket.calls, of=ticket.line.calls)
    ticket.state, ticket.ended_at, ticket.session = TicketState.MISSED, at, None
    ticket.save(update_fields=["state", "ended_at", "session"])
    count(ticket, missed=1)
    _note("queueing.ticket_missed", ticket, actor, at)
    return ticket


@act
def finish_ticket(ticket_id: UUID, *, actor: Actor, at: datetime) -> Ticket:
    """Finish who is at the window. Raises NotAtWindow."""
    ticket = _mine(ticket_id, actor, TicketState.SERVING, counts=True)
    ticket.state, ticket.ended_at = TicketState.FINISHED, at
    ticket.save(update_fields=["state", "ended_at"])
    assert ticket.came_at is not None
    took = max(0, int((at - ticket.came_at).total_seconds()))
    figure = _figure(ticket, ticket.came_at)
    _add(figure.serves, took)
    figure.save(update_fields=["serves"])
    count(ticket, served=1, serving_seconds=took)
    _note("queueing.ticket_finished", ticket, actor, at)
    return ticket


def _sits(actor: Actor) -> WindowSession:
    """Return the actor's window, locked and open still. Raises NoWindow."""
    session = session_of(actor)
    require(access.can_serve, actor, session.desk_code if session else None)
    held = WindowSession.objects.select_for_update().filter(pk=session.pk).first() if session else None
    if held is None or held.closed_at is not None:  # closed in another tab while this one waited
        raise NoWindow
    return held


def _mine(ticket_id: UUID, actor: Actor, state: TicketState, *, counts: bool = False) -> Ticket:
    ticket = locked(ticket_id, counts=counts)
    require(access.can_serve, actor, ticket.desk_code)
    if ticket.state != state or ticket.session is None or ticket.session.official_key != actor.key:
        raise NotAtWindow(label=ticket.label)
    return ticket


def _figure(ticket: Ticket, at: datetime) -> HourFigure:
    """Return the figures of the hour of this line and window, locked."""
    hour = civil(at).hour
    key = f"{ticket.line_id}:{ticket.day}:{hour:02d}:{ticket.window}"
    new = HourFigure(
        id=key, desk_code=ticket.desk_code, line=ticket.line, day=ticket.day, hour=hour, window=ticket.window
    )
    HourFigure.objects.bulk_create([new], ignore_conflicts=True)
    return HourFigure.objects.select_for_update().get(pk=key)


def _add(lengths: dict[str, int], seconds: int) -> None:
    minutes = str(seconds // 60)
    lengths[minutes] = lengths.get(minutes, 0) + 1


def _note(event: str, ticket: Ticket, actor: Actor, at: datetime) -> None:
    record(
        event,
        ("ticket", str(ticket.id)),
        actor=actor,
        at=at,
        line=ticket.line_id,
        label=ticket.label,
        window=ticket.window,
        calls=ticket.calls,
    )
