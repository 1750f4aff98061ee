"""Facts that quality announces."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

ANNOUNCED = (
    Event("quality.measures_kept", _("Dossiers were measured")),
    Event("quality.sums_rebuilt", _("The sums of measures were made anew")),
    Event("quality.offer_counted", _("The procedures offered were counted")),
    Event("quality.period_closed", _("The quality figures of a period were closed")),
    Event("quality.period_reopened", _("The quality figures of a period were reopened")),
    Event("quality.points_entered", _("Points of an index were entered, with evidence")),
    Event("quality.figure_reported", _("A figure was entered, with evidence")),
    Event("quality.figure_decided", _("A figure that was entered was approved, or not")),
    Event("quality.survey_made", _("A survey was made")),
    Event("quality.survey_drawn", _("The sample of a survey was drawn")),
    Event("quality.survey_asked", _("Applicants were asked how it was")),
    Event("quality.survey_called", _("An interviewer took somebody to call")),
    Event("quality.survey_answered", _("A survey was answered")),
    Event("quality.survey_declined", _("Somebody did not want to answer a survey")),
    Event("quality.survey_closed", _("A survey was closed")),
)
