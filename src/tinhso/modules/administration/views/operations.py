"""The operator's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tinhso import __version__
from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.administration import access
from tinhso.modules.administration.queries import operations as read


@require_safe
def operations(request: ActorRequest) -> HttpResponse:
    """Show how the system runs."""
    require(access.can_read_province, request.actor)
    rows = read.running(request.at)
    counts_itself, statements = read.slow_statements()
    return render(
        request,
        "administration/operations.html",
        {
            "title": gettext("Operation"),
            "version": __version__,
            "queues": read.queues(request.at),
            "processes": rows,
            "has_worker": read.has_worker(rows),
            "facts": read.facts(request.at),
            "statements": statements,
            "counts_itself": counts_itself,
        },
    )
