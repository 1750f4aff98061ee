"""Pages of one's own data."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.privacy import access, actions
from tinhso.kernel.privacy.archive import stream
from tinhso.kernel.privacy.consents import history_of, lines_of
from tinhso.kernel.privacy.forms import TakeForm
from tinhso.kernel.privacy.gathering import parts

LONGEST_VERSION = 9
"""Digits: Python refuses to read a number of thousands of them."""


def archive_of(request: ActorRequest) -> HttpResponseBase:
    """Return the archive as an answer that is made while it is sent."""
    gathered = actions.hand_out_own_data(actor=request.actor, at=request.at)
    response = StreamingHttpResponse(stream(gathered, at=request.at), content_type="application/zip")
    name = f"du-lieu-cua-toi-{civil(request.at):%Y%m%d-%H%M}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def own_data(request: ActorRequest) -> HttpResponseBase:
    """Say what is held and what the archive is; a POST that confirms it sends the archive."""
    require(access.can_take_own_data, request.actor)
    form = TakeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return archive_of(request)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "parts": parts(), "most": actions.MOST_A_DAY}
    response: HttpResponse = render(request, "privacy/own_data.html", context, status=status)
    return response


@never_cache
@require_GET
def consents(request: ActorRequest) -> HttpResponse:
    """List what is done only with consent, and what the reader decided."""
    require(access.can_decide_on_consent, request.actor)
    lines = lines_of(request.actor.key, at=request.at)
    titles = {line.asked.key: line.said["title"] for line in lines}
    history = [{"title": titles.get(one.purpose, one.purpose), "one": one} for one in history_of(request.actor.key)]
    return render(request, "privacy/consents.html", {"lines": lines, "history": history})


@never_cache
@require_POST
def give(request: ActorRequest, purpose: str) -> HttpResponse:
    """Consent to one purpose, in the words that were shown."""
    shown = request.POST.get("version", "")
    actions.give_consent(
        purpose,
        int(shown) if shown.isdecimal() and len(shown) < LONGEST_VERSION else 0,
        actor=request.actor,
        at=request.at,
    )
    messages.success(request, _("You consent. You can withdraw it here at any time."))
    return redirect("privacy:consents")


@never_cache
@require_POST
def withdraw(request: ActorRequest, purpose: str) -> HttpResponse:
    """Withdraw the consent to one purpose."""
    actions.withdraw_consent(purpose, actor=request.actor, at=request.at)
    messages.success(request, _("You have withdrawn it. What was done before stays lawful; it is not done any more."))
    return redirect("privacy:consents")
