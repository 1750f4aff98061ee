"""Roles taken in an emergency: the list that auditors read, and the form of who must."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest, begin_emergency, end_emergency, get_emergency
from tinhso.modules.administration import access
from tinhso.modules.administration.forms import EmergencyForm
from tinhso.modules.administration.queries import emergencies as read
from tinhso.modules.administration.views.parts import ask, press


@never_cache
def emergencies(request: ActorRequest) -> HttpResponse:
    """List roles taken in an emergency, with what was done in them."""
    require(access.can_enter, request.actor)
    context = {
        "title": gettext("Emergency access"),
        "rows": read.rows(seen_by=request.actor, at=request.at),
        "may_take": access.can_add_official(request.actor),
    }
    return render(request, "administration/emergencies.html", context)


def begin(request: ActorRequest) -> HttpResponse:
    """Take a role outside one's post, for hours and for a reason."""
    require(access.can_add_official, request.actor)
    return ask(
        request,
        EmergencyForm(request.POST or None),
        lambda data: begin_emergency(
            data["agency"], data["role"], hours=data["hours"], reason=data["reason"], actor=request.actor, at=request.at
        ),
        title=gettext("Take a role in an emergency"),
        button=gettext("Take the role; everybody near is told"),
        back=reverse("administration:emergencies"),
        said=gettext("You act in an emergency. Each act is marked in the journal; it ends by itself."),
        lead=gettext("Heads, leaders, auditors and who holds the role are told at once. Nothing can be signed."),
    )


@require_POST
def end(request: ActorRequest, emergency_id: UUID) -> HttpResponse:
    """Give the role back before its time."""
    require(access.can_enter, request.actor)
    found = get_emergency(emergency_id, seen_by=request.actor)
    return press(
        request,
        lambda: end_emergency(found, actor=request.actor, at=request.at),
        back=reverse("administration:emergencies"),
        said=gettext("Ended."),
    )
