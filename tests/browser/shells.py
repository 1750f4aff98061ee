"""Pages that exist for the browser tests only: every shell with something in it, and every page of failure."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tinhso.base.actors import Actor, ActorKind, Holding
from tinhso.site import urls as site
from tinhso.web import errors, sheet

LAN = Actor(
    kind=ActorKind.OFFICIAL,
    key="official:lan",
    name="Nguyễn Thị Lan",
    level=2,
    holdings=(Holding("H47.12", ("H47", "H47.12"), "p1", frozenset({"reception", "processor", "leader", "admin"})),),
)
TU = Actor(kind=ActorKind.CITIZEN, key="citizen:tu", name="Trần Thị Thu Hà", level=2)
AT = datetime(2022, 11, 28, 2, 0, tzinfo=UTC)


def shell(name: str, actor: Actor):
    """Return a view that fills the shell of that name."""

    def view(request: HttpRequest) -> HttpResponse:
        request.actor, request.at = actor, AT  # type: ignore[attr-defined]
        request.session.set_expiry(int(request.GET.get("session", "3600")))
        return render(request, f"shells/{name}.html", {"sent": request.POST, **sheet.examples()})

    return view


def bad(request: HttpRequest) -> HttpResponse:
    """Answer as to a broken request."""
    raise SuspiciousOperation("x")


def hidden(request: HttpRequest) -> HttpResponse:
    """Answer as to somebody who may not."""
    raise PermissionDenied


urlpatterns = [
    path("thu/can-bo/", shell("work", LAN)),
    path("thu/cong-dan/", shell("public", TU)),
    path("thu/nop/", shell("flow", TU)),
    path("thu/giay/", shell("paper", TU)),
    path("thu/400/", bad),
    path("thu/403/", hidden),
    path("thu/500/", errors.server_error),
    path("thu/csrf/", errors.csrf_failure),
    *site.urlpatterns,
]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500
