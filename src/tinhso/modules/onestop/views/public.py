"""Doors for who has a code and nothing else: the kiosk in the hall, and short messages."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.actors import system
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity.public import ActorRequest, sms_sender, within
from tinhso.modules.onestop.actions.asking import answer_sms
from tinhso.modules.onestop.queries import shown, tracking
from tinhso.modules.onestop.queries.asking import MOST_AN_HOUR, answer_to, code_in_message, code_scanned, rules
from tinhso.modules.onestop.queries.lateness import public_lateness

log = logging.getLogger(__name__)
WORKER = system("worker")
RESETS_AFTER = 60
"""Seconds after which the kiosk forgets what it showed."""
LONGEST = 400
NUMBER = re.compile(r"0[0-9]{8,10}")
HOME = re.compile(r"^(\+|00)?84(?=[0-9]{8,10}$)")
"""How gateways write a number of Vietnam: +84905…, 84905…, 0084905…; here it begins with 0."""


@require_GET
def kiosk(request: ActorRequest) -> HttpResponse:
    """Show how far a dossier is, on a screen in the hall: public state only, gone after a minute, nothing kept."""
    typed = request.GET.get("ma", "")[:LONGEST]
    context = {"title": gettext("Where is my dossier?"), "asked": bool(typed), "seconds": RESETS_AFTER}
    if typed:
        context |= _found(request, code_scanned(typed))
    response = render(request, "onestop/kiosk.html", context)
    response["Cache-Control"] = "no-store"
    if typed:
        # a header and no element of the page: it is the kiosk's, whoever reads the page elsewhere leaves it
        response["Refresh"] = f"{RESETS_AFTER}; url={request.path}"
    return response


@require_GET
def slip(request: ActorRequest) -> HttpResponse:
    """Show the same on a narrow page, for the printer of the kiosk."""
    found = _found(request, code_scanned(request.GET.get("ma", "")[:LONGEST]))
    if "view" not in found:
        raise NotFound
    response = render(request, "onestop/kiosk_slip.html", {"title": found["view"].code, **found, "now": request.at})
    response["Cache-Control"] = "no-store"
    return response


def _found(request: ActorRequest, code: str) -> dict[str, Any]:
    """Return what is public of a dossier, or nothing for a code that is none of ours."""
    try:
        view = tracking.track(code) if code else None
    except NotFound:
        view = None
    if view is None:
        return {"foreign": True}
    return {
        "view": view,
        "due": shown.due_of(view.dossier, request.at),
        "state": shown.state_words(view.dossier),
        "late": public_lateness(view.lateness),
    }


@csrf_exempt
@require_POST
def sms_came(request: HttpRequest) -> HttpResponse:
    """Take a message that came in, from our gateway only; so many an hour from one number, the rest is not answered."""
    at = request.at  # type: ignore[attr-defined]
    given = {name: value[:LONGEST] for name, value in request.POST.dict().items()}
    chosen = rules(at)
    if not chosen.get("look_up", False):
        return JsonResponse({"code": "onestop.no_sms"}, status=404)
    if not sms_sender().check_signature(request.POST.dict(), at=at):
        log.warning("a short message with a wrong signature")
        return JsonResponse({"code": "onestop.sms_signature"}, status=401)
    number = HOME.sub("0", given.get("from", "").strip())
    if not NUMBER.fullmatch(number) or not given.get("id"):
        return JsonResponse({"code": "onestop.sms_number"}, status=400)
    if not within("sms", number, int(chosen.get("per_hour", MOST_AN_HOUR)), seconds=3600):
        return JsonResponse({"code": "onestop.sms_too_often"}, status=429)
    code = code_in_message(given.get("text", ""), str(chosen.get("keyword", "TC")))
    answer_sms(given["id"], number, answer_to(code), code=code, actor=WORKER, at=at)
    return JsonResponse({"code": "ok"})
