"""Facts that inspection announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

RULES_LOADED = Event("inspection.rules_loaded", _("Scenarios of inspection were loaded"))
FOUND = Event("inspection.found", _("Inspection found something"))
ASSIGNED = Event("inspection.assigned", _("A finding was given to an official"))
ANSWERED = Event("inspection.answered", _("A finding was answered"))
CONTESTED = Event("inspection.contested", _("A finding was contested"))
CLOSED = Event("inspection.closed", _("A finding was closed"))
REOPENED = Event("inspection.reopened", _("A finding was opened again"))
SWITCHED = Event("inspection.scenario_switched", _("A scenario was switched"))
HANDED_ON = Event("inspection.finding_handed_on", _("A finding goes on with the agency that took over"))
BROKEN = Event("inspection.scenario_broken", _("A scenario does not work and was switched off"))

ANNOUNCED = (RULES_LOADED, FOUND, ASSIGNED, ANSWERED, CONTESTED, CLOSED, REOPENED, SWITCHED, HANDED_ON, BROKEN)
