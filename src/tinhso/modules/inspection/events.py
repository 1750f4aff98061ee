"""Facts that inspection announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

RULES_LOADED = "inspection.rules_loaded"
FOUND = "inspection.found"
ASSIGNED = "inspection.assigned"
ANSWERED = "inspection.answered"
CONTESTED = "inspection.contested"
CLOSED = "inspection.closed"
REOPENED = "inspection.reopened"
SWITCHED = "inspection.scenario_switched"
BROKEN = "inspection.scenario_broken"

ANNOUNCED = (
    Event(RULES_LOADED, _("Scenarios of inspection were loaded")),
    Event(FOUND, _("Inspection found something")),
    Event(ASSIGNED, _("A finding was given to an official")),
    Event(ANSWERED, _("A finding was answered")),
    Event(CONTESTED, _("A finding was contested")),
    Event(CLOSED, _("A finding was closed")),
    Event(REOPENED, _("A finding was opened again")),
    Event(SWITCHED, _("A scenario was switched")),
    Event(BROKEN, _("A scenario does not work and was switched off")),
)
