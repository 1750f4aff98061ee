"""Pages of the front door: everybody may read them."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import draft_days
from tinhso.modules.portal import queries


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """Ask what the reader needs to do, and offer what the modules lend."""
    return render(request, "portal/home.html", {"title": gettext("Home"), "panels": queries.home_panels(request)})


@require_safe
def help_page(request: ActorRequest) -> HttpResponse:
    """Tell how to apply, pay and follow."""
    return _page(request, "help", gettext("Help"))


@require_safe
def about(request: ActorRequest) -> HttpResponse:
    """Tell how this site works and what can be checked about it."""
    return _page(request, "about", gettext("How this site works"))


@require_safe
def accessibility(request: ActorRequest) -> HttpResponse:
    """Tell who can use this site how, what does not work yet, and whom to tell."""
    return _page(request, "accessibility", gettext("Accessibility"))


@require_safe
def personal_data(request: ActorRequest) -> HttpResponse:
    """Tell what is kept about a reader, why, how long, and what they may ask for."""
    return _page(request, "personal_data", gettext("Personal data"))


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django gives it
    """
    Tell launchers and load balancers whether this process can serve: 200, or 503 without a database.

    One statement; no session, no account, no template.
    """
    fine = queries.database_answers()
    body = {"status": "ok" if fine else "failing", "database": "ok" if fine else "unreachable"}
    return JsonResponse(body, status=HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE)


def _page(request: ActorRequest, name: str, title: str) -> HttpResponse:
    """Render a page of prose: each language has a text of its own, `portal/<language>/<name>.html`."""
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    facts = {
        "title": title,
        "crumbs": [{"text": gettext("Home"), "href": "/"}, {"text": title}],
        "draft_days": draft_days(civil_date(request.at)),
    }
    return render(request, f"portal/{language}/{name}.html", facts)
