"""What the catalogue lends to the citizen's home page: the search, life events, the procedures most people need."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from tinhso.base.clock import civil_date
from tinhso.base.registry import ServiceAction, registry
from tinhso.kernel.casework.public import Service
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.catalogue.queries import shown
from tinhso.modules.catalogue.queries.procedures import (
    count_procedures,
    in_force,
    list_life_events,
    list_popular,
    service_of,
)

QUICK = 4
SHORT = 32
"""A name up to this length fits on a quick link; longer ones stand in the list below."""
POPULAR = 6
BUSINESS = "business"


def search_panel(request: ActorRequest) -> dict[str, Any]:
    """Return the quick links under the search box: the most used procedures whose names are short. One statement."""
    rows = in_force(civil_date(request.at)).filter(popular__gt=0).order_by("popular", "name")
    quick = [
        {"text": _plain(name), "href": reverse("catalogue:procedure", args=[code])}
        for code, name in rows.values_list("code", "name_en" if _english() else "name")[: 3 * QUICK]
        if 0 < len(_plain(name)) <= SHORT
    ]
    return {"quick": quick[:QUICK]}


def events_panel(request: ActorRequest) -> dict[str, Any]:
    """Return the life events of people, or of businesses with `?ai=business`. One statement."""
    events = list_life_events()
    audience = BUSINESS if request.GET.get("ai") == BUSINESS else "people"
    tiles = [shown.event(event, _language()) for event in events if event.audience == audience]
    if not events:
        return {}
    offered = {event.audience for event in events}
    return {"tiles": tiles, "business": audience == BUSINESS, "both": len(offered) > 1}


def popular_panel(request: ActorRequest) -> dict[str, Any]:
    """Return the procedures most people need, with what can be done with each. One statement, and a count kept."""
    on, language = civil_date(request.at), _language()
    rows = [
        {**row, "name": _plain(row["name"]), **_action(service_of(procedure))}
        for procedure in list_popular(on, POPULAR)
        for row in [shown.row(procedure, language=language, on=on)]
    ]
    return {"rows": rows, "total": count_procedures(on)} if rows else {}


def _action(service: Service) -> dict[str, Any]:
    """Return the first thing that can be done with a service, or nothing."""
    for action in registry.of(ServiceAction):
        if action.fits(service):
            return {"act": action.title, "act_href": reverse(action.key, kwargs={"code": service.code})}
    return {}


def _plain(name: str) -> str:
    """Return the name without the word that all of them begin with."""
    bare = name.removeprefix("Thủ tục ").strip()
    return bare[:1].upper() + bare[1:]


def _english() -> bool:
    return (get_language() or "vi").startswith("en")


def _language() -> str:
    return "en" if _english() else "vi"
