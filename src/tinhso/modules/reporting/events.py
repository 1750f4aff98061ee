"""Facts that reports announce."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

LOADED = Event("reporting.regimes_loaded", _("Reporting regimes were loaded"))
FILLED = Event("reporting.filled", _("A report was filled in"))
SUBMITTED = Event("reporting.submitted", _("A report was submitted"))
RETURNED = Event("reporting.returned", _("A report was given back with a reason"))
APPROVED = Event("reporting.approved", _("A report was approved"))
REOPENED = Event("reporting.reopened", _("A report that was approved was opened again"))
LOCKED = Event("reporting.locked", _("A period of a reporting regime was closed"))

ANNOUNCED = (LOADED, FILLED, SUBMITTED, RETURNED, APPROVED, REOPENED, LOCKED)
