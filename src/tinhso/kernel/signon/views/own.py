"""The systems that somebody came into, on their account's own pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.actors import ActorKind
from tinhso.base.refusals import NotFound, SignInNeeded
from tinhso.kernel.identity.public import Account, ActorRequest
from tinhso.kernel.signon import queries
from tinhso.kernel.signon.actions import grants
from tinhso.kernel.signon.models import System
from tinhso.kernel.signon.scopes import SCOPES


def _own(request: ActorRequest) -> Account:
    if not isinstance(request.user, Account) or request.actor.kind is ActorKind.ANONYMOUS:
        raise SignInNeeded
    return request.user


def name_of(system: System) -> str:
    """Return the name of a system in the reader's language."""
    return system.name_en if (get_language() or "vi").startswith("en") else system.name


@never_cache
@require_GET
def systems(request: ActorRequest) -> HttpResponse:
    """List the systems that the reader came into, with what each may know."""
    rows = [
        {"one": one, "name": name_of(one.system), "told": [SCOPES[scope] for scope in one.scopes if scope in SCOPES]}
        for one in queries.visited(_own(request), request.at)
    ]
    return render(request, "signon/systems.html", {"rows": rows})


@never_cache
@require_POST
def take_back(request: ActorRequest, system_id: str) -> HttpResponse:
    """Take back what a system may know, and leave it."""
    account = _own(request)
    found = next((one.system for one in queries.visited(account, request.at) if one.system.pk == system_id), None)
    if found is None:
        raise NotFound
    grants.take_consent_back(account, found, actor=request.actor, at=request.at)
    messages.success(request, _("{name} no longer knows about you from here.").format(name=name_of(found)))
    return redirect("signon:systems")
