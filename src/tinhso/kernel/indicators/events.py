"""Facts that the indicators announce."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("indicators.defined", _("Indicators were defined, or their formulas changed")),
    Event("indicators.told", _("A figure was entered")),
    Event("indicators.submitted", _("A figure was submitted")),
    Event("indicators.returned", _("A figure was returned with a reason")),
    Event("indicators.approved", _("A figure was approved")),
    Event("indicators.published", _("A figure was published")),
    Event("indicators.withdrawn", _("A figure was withdrawn with a reason")),
    Event("indicators.reckoned", _("Figures were reckoned by their formulas")),
    Event("indicators.kept", _("Figures that the platform counts were kept")),
    Event("indicators.target_set", _("A target was set")),
)
