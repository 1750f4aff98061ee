"""The hall: where to take a ticket, the ticket itself, the screen on the wall."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest, client_address, network_of, within
from tinhso.law.queueing import PRIORITY_CLASSES
from tinhso.modules.queueing.actions import tickets
from tinhso.modules.queueing.queries import lines
from tinhso.modules.queueing.queries.words import PRIORITIES

SCREEN_SECONDS, POLL_SECONDS, FOLLOW_SECONDS = 5, 2, 15
"""Between two looks: of a screen without scripts, of one with them, of who holds a ticket."""
TICKETS_AN_HOUR = 600
"""From one network: a kiosk gives hundreds, a joker should not give thousands."""


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """List the desks that have lines, with who waits in each."""
    context = {"title": gettext("Queue at the desk"), "desks": lines.desks_now(request.at)}
    return render(request, "queueing/home.html", context)


def kiosk(request: ActorRequest, desk: str) -> HttpResponse:
    """Let somebody take a ticket: one press, and a second question only for who goes first by law."""
    found = lines.lines_now(desk, request.at)
    context = {
        "title": gettext("Take a ticket"),
        "desk": found[0].line,
        "lines": found,
        "phone": "dien-thoai" in request.GET,
        "priorities": [(each.key, PRIORITIES[each.key]) for each in PRIORITY_CLASSES],
        "first": request.GET.get("uu-tien", "") != "",
    }
    if request.method == "POST":
        try:
            return _taken(request)
        except Refusal as no:
            context["no"] = str(no)
    return render(request, "queueing/kiosk.html", context)


def _taken(request: ActorRequest) -> HttpResponse:
    if not within("queue", network_of(client_address(request)), TICKETS_AN_HOUR, seconds=3600):
        raise tickets.TooMany
    if code := request.POST.get("appointment", "").strip():
        ticket = tickets.check_in(code[:20], actor=request.actor, at=request.at)
    else:
        ticket = tickets.take_ticket(
            request.POST.get("line", ""),
            source="phone" if "dien-thoai" in request.GET else "kiosk",
            priority=request.POST.get("priority", ""),
            actor=request.actor,
            at=request.at,
        )
    name = "queueing:ticket" if "dien-thoai" in request.GET else "queueing:slip"
    return redirect(name, ticket.token)


@require_GET
def ticket(request: ActorRequest, token: str) -> HttpResponse:
    """Show who holds a ticket how many are before them."""
    context = {"title": gettext("Your ticket"), "now": request.at, "followed": lines.follow(token, request.at)}
    response = render(request, "queueing/ticket.html", context)
    response["Refresh"], response["Cache-Control"] = str(FOLLOW_SECONDS), "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
def slip(request: ActorRequest, token: str) -> HttpResponse:
    """Show the ticket on a narrow page, for the printer of the kiosk, with a code that leads to it on one's phone."""
    followed = lines.follow(token, request.at)
    address = request.build_absolute_uri(reverse("queueing:ticket", args=[token]))
    context = {"title": followed.ticket.label, "followed": followed, "address": address, "now": request.at}
    response = render(request, "queueing/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def leave(request: ActorRequest, token: str) -> HttpResponse:
    """Leave the line."""
    try:
        tickets.leave_line(token, actor=request.actor, at=request.at)
        messages.success(request, gettext("You have left the line. Thank you for telling."))
    except tickets.NotWaiting as no:
        messages.error(request, str(no))
    return redirect("queueing:ticket", token)


@require_GET
def display(request: ActorRequest, desk: str) -> HttpResponseBase:
    """
    Show the hall who is called to which window.

    Its script asks every few seconds for the part that changes (`phan`), and gets nothing while it is the same. Without
    scripts it comes anew whole, unless `dung` asks it to stand still.
    """
    found = lines.lines_now(desk, request.at)
    context = {
        "title": gettext("Now called"),
        "desk": found[0].line,
        "lines": found,
        "called": lines.called(desk, civil_date(request.at)),
        "now": request.at,
        "still": "dung" in request.GET,
        "seconds": SCREEN_SECONDS,
        "poll": POLL_SECONDS,
    }
    is_part = "phan" in request.GET
    response = render(request, "queueing/wall.html" if is_part else "queueing/display.html", context)
    response["Cache-Control"] = "no-store"
    if is_part:
        set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response
    return response
