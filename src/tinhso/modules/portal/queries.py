"""Every read of the front door."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.template.loader import render_to_string

from tinhso.base.registry import HomePanel, Registry, registry
from tinhso.kernel.identity.public import ActorRequest

PLACES = ("hero", "top", "band", "main", "side")
"""Where a panel may stand on the home page, from top to bottom."""


def home_panels(request: ActorRequest, shelf: Registry = registry) -> dict[str, list[str]]:
    """Return the panels that have something to say, rendered, by place. Raises KeyError for a place we do not have."""
    panels: dict[str, list[str]] = {place: [] for place in PLACES}
    for panel in shelf.of(HomePanel):
        context = panel.context(request)
        if context:
            panels[panel.place].append(render_to_string(panel.template, context, request))
    return panels


def database_answers() -> bool:
    """Tell whether the database answers: one statement that reads no table."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False
