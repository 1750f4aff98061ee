"""Agencies: the tree, and one of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.administration import access
from tinhso.modules.administration.queries import agencies as read
from tinhso.modules.administration.views.parts import more


def agencies(request: ActorRequest) -> HttpResponse:
    """Show the tree of agencies, parents before children; or those that have the words."""
    require(access.can_enter, request.actor)
    text = request.GET.get("q", "").strip()[:100]
    rows, after = read.list_branches(
        seen_by=request.actor, text=text, after=request.GET.get("sau", "")[:255], at=request.at
    )
    return render(
        request,
        "administration/agencies.html",
        {"title": gettext("Agencies"), "rows": rows, "asked": text, "next": more({"q": text}, after)},
    )


def agency(request: ActorRequest, code: str) -> HttpResponse:
    """Show one agency: identifiers, what it was called when, posts and holders, agencies under it."""
    require(access.can_enter, request.actor)
    view = read.view_agency(code, seen_by=request.actor, at=request.at)
    return render(request, "administration/agency.html", {"title": view.name, "view": view})
