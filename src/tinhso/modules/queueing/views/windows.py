"""The page of who sits at a window."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, NotFound, Refusal
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import CounterIntake, get_service
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.queueing import access
from tinhso.modules.queueing.actions import tickets, windows
from tinhso.modules.queueing.queries import lines
from tinhso.modules.queueing.queries.words import PRIORITIES
from tinhso.web.words import own

ACTS = {
    "again": windows.call_again,
    "came": windows.note_came,
    "missed": windows.note_missed,
    "finish": windows.finish_ticket,
    "return": tickets.return_ticket,
}


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Show the window: who is there, who waits, what can be done."""
    require(access.can_serve, request.actor)
    session = lines.session_of(request.actor)
    context: dict[str, Any] = {"title": gettext("My window"), "session": session}
    if session is None:
        context["desks"] = [lines.windows_of(desk) for desk in lines.desks_served_by(request.actor)]
    else:
        ticket = lines.at_window(session)
        context |= {
            "ticket": ticket,
            "priority": PRIORITIES.get(ticket.priority, "") if ticket else "",
            "lines": lines.lines_now(session.desk_code, request.at),
            "missed": lines.missed_today(session.desk_code, civil_date(request.at)),
            "intakes": _intakes(ticket.line.procedures, civil_date(request.at)) if ticket else [],
        }
    return render(request, "queueing/window.html", context)


def _intakes(codes: list[str], on: date) -> list[tuple[str, str, str]]:
    """Return for each procedure of a line its code, its name and where it is taken in."""
    found = []
    for loan in registry.of(CounterIntake):
        for code in codes:
            with suppress(NotFound):
                found.append((code, own(get_service(code, on=on), "name"), loan.key))
    return found


@require_POST
def open_(request: ActorRequest) -> HttpResponse:
    """Sit down at a window."""
    desk, _colon, window = request.POST.get("place", "").rpartition(":")
    return _done(request, lambda: windows.open_window(desk, window, actor=request.actor, at=request.at))


@require_POST
def release(request: ActorRequest) -> HttpResponse:
    """Close a window that a colleague left open."""
    desk, _colon, window = request.POST.get("place", "").rpartition(":")
    return _done(request, lambda: windows.release_window(desk, window, actor=request.actor, at=request.at))


@require_POST
def close(request: ActorRequest) -> HttpResponse:
    """Leave the window."""
    return _done(request, lambda: windows.close_window(actor=request.actor, at=request.at))


@require_POST
def call(request: ActorRequest) -> HttpResponse:
    """Call who is next."""
    return _done(request, lambda: windows.call_next(actor=request.actor, at=request.at))


@require_POST
def act_on(request: ActorRequest, ticket_id: UUID) -> HttpResponse:
    """Do with a ticket what the button says."""
    name, line = request.POST.get("act", ""), request.POST.get("line", "")
    if name == "move":
        return _done(request, lambda: tickets.move_ticket(ticket_id, line, actor=request.actor, at=request.at))
    if name not in ACTS:
        raise BadInput
    return _done(request, lambda: ACTS[name](ticket_id, actor=request.actor, at=request.at))


def _done(request: ActorRequest, do: Any) -> HttpResponse:
    """Do it and go back to the window, with what stood in the way."""
    try:
        do()
    except Refusal as no:
        if not no.code.startswith("queueing."):
            raise
        messages.error(request, str(no))
    return redirect("queueing:window")
