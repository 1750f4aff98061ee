"""Appointments: where and what for, which day and hour, and what one booked."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest, client_address, network_of, within
from tinhso.modules.queueing import access
from tinhso.modules.queueing.actions import booking, tickets
from tinhso.modules.queueing.queries import lines, slots

BOOKINGS_AN_HOUR = 60


@require_GET
def choose(request: ActorRequest) -> HttpResponse:
    """Choose desk and business."""
    offered = [(desk, [line for line in its if line.per_slot]) for desk, its in lines.lines_by_desk().items()]
    context = {"title": gettext("Book an appointment"), "desks": [each for each in offered if each[1]]}
    return render(request, "queueing/book.html", context)


def book(request: ActorRequest, desk: str, code: str) -> HttpResponse:
    """Choose day and hour, and book; with `doi` an appointment is moved there."""
    line = lines.get_line(f"{desk}:{code}")
    moved = slots.get_appointment(request.GET["doi"]) if request.GET.get("doi") else None
    if moved is not None and moved.line_id != line.id:
        raise NotFound
    days = slots.days_of(line, request.at)
    day = _chosen(request, days)
    context = {
        "title": gettext("Move the appointment") if moved else gettext("Book an appointment"),
        "line": line,
        "days": days,
        "day": day,
        "moved": moved,
        "name": request.POST.get("name", ""),
        "for_caller": access.can_serve(request.actor, desk),
    }
    if request.method == "POST":
        try:
            made = _booked(request, line.id, moved.code if moved else "")
        except Refusal as no:
            if not no.code.startswith("queueing."):
                raise
            context["no"], context["next"] = str(no), no.facts.get("starts_at", "")
        else:
            messages.success(request, gettext("Your place is kept."))
            return redirect("queueing:appointment", made)
    context["places"] = slots.places_on(line, day, request.at) if day else []
    return render(request, "queueing/book_line.html", context)


def _booked(request: ActorRequest, line_id: str, moved: str) -> str:
    if not within("booking", network_of(client_address(request)), BOOKINGS_AN_HOUR, seconds=3600):
        raise tickets.TooMany
    try:
        starts_at = datetime.fromisoformat(request.POST.get("slot", ""))
    except ValueError as wrong:
        raise booking.NoSuchSlot from wrong
    if starts_at.tzinfo is None:
        raise booking.NoSuchSlot
    if moved:
        return booking.move_appointment(moved, starts_at, actor=request.actor, at=request.at).code
    name = request.POST.get("name", "")
    phone = request.POST.get("phone", "")
    return booking.book(line_id, starts_at, name=name, phone=phone, actor=request.actor, at=request.at).code


def _chosen(request: ActorRequest, days: list[date]) -> date | None:
    """Return the day that is asked for, the first that is offered when it is none of them."""
    asked = request.GET.get("ngay", "")
    return next((day for day in days if day.isoformat() == asked), days[0] if days else None)


@require_GET
def find(request: ActorRequest) -> HttpResponse:
    """Go to an appointment by its code."""
    typed = "".join(letter for letter in request.GET.get("ma", "")[:40] if letter.isalnum())
    return redirect("queueing:appointment", typed or "-")


@require_GET
def appointment(request: ActorRequest, code: str) -> HttpResponse:
    """Show an appointment to whoever has its code."""
    found = slots.get_appointment(code)
    context = {"title": gettext("Your appointment"), "found": found, "booked": found.state == "booked"}
    response = render(request, "queueing/appointment.html", context)
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response


@require_POST
def cancel(request: ActorRequest, code: str) -> HttpResponse:
    """Give the place back."""
    try:
        booking.cancel_appointment(code, actor=request.actor, at=request.at)
        messages.success(request, gettext("The appointment was cancelled. Somebody else can have the place."))
    except booking.NotBooked as no:
        messages.error(request, str(no))
    return redirect("queueing:appointment", code)
