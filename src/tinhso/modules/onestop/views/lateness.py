"""What is late: heads say why and when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import lateness
from tinhso.modules.onestop.actions.readings import open_dossier
from tinhso.modules.onestop.forms import LatenessForm
from tinhso.modules.onestop.queries.lateness import lateness_of, public_lateness, to_explain
from tinhso.modules.onestop.views.work import KEPT


def late(request: ActorRequest) -> HttpResponse:
    """List the late results whose cause the reader still has to state."""
    require(access.explains_lateness, request.actor)
    after = request.GET.get("sau", "")[:200]
    page = to_explain(request.actor, after=after)
    return render(
        request,
        "onestop/late.html",
        {
            "title": gettext("Late, cause to state"),
            "rows": page.rows,
            "now": request.at,
            "next": f"?sau={page.after}" if page.after else "",
            "first": request.path if after else "",
        },
    )


def state(request: ActorRequest, code: str) -> HttpResponse:
    """Say why one result is late, and when it is expected."""
    found = open_dossier(code, access.can_postpone, actor=request.actor, at=request.at)
    known = lateness_of(found)
    said = {"cause": known.cause, "words": known.words, "expected_on": known.expected_on} if known else None
    form = LatenessForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            lateness.state_lateness(code, **form.cleaned_data, actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error("expected_on" if no.code == "onestop.day_off" else None, str(no))
        else:
            messages.success(request, gettext("Said. The applicant is told, and the public page shows cause and day."))
            return redirect("onestop:lateness")
    context = {"title": gettext("Why is it late?"), "dossier": found, "form": form, "late": public_lateness(known)}
    return render(request, "onestop/late_state.html", context)
