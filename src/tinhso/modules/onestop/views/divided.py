"""What a divided agency left to nobody: an administrator says who goes on with each."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import by_hand
from tinhso.modules.onestop.forms import HandOnForm
from tinhso.modules.onestop.queries import divided
from tinhso.modules.onestop.views.work import KEPT


def waiting(request: ActorRequest) -> HttpResponse:
    """List the dossiers and parts of divided agencies that nobody has given to a successor."""
    rows = divided.list_waiting(request.actor, at=request.at)
    context = {
        "title": gettext("Dossiers of divided agencies"),
        "rows": rows,
        "may": access.can_hand_on_by_hand(request.actor),
    }
    return render(request, "onestop/divided.html", context)


def hand_on(request: ActorRequest, code: str) -> HttpResponse:
    """Say who goes on with a dossier, or with a part of it (`?phan=`)."""
    found = divided.get_waiting(code, seen_by=request.actor)
    part = request.GET.get("phan", "")[:120]
    takers = divided.takers_of(found, part, civil_date(request.at))
    form = HandOnForm(request.POST or None, takers=takers)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "actor": request.actor, "at": request.at}
        try:
            if part:
                by_hand.hand_part_on_by_hand(code, part, **given)
            else:
                by_hand.hand_on_by_hand(code, **given)
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, gettext("Handed on, and journalled."))
            return redirect("onestop:divided")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"title": gettext("Who goes on with it?"), "dossier": found, "part": part, "form": form}
    return render(request, "onestop/divided_hand_on.html", context, status=status)
