"""Facts that the national portal's queue announces. None holds personal data."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

ANNOUNCED = (
    Event("nationalportal.taken", _("Messages to the national portal were taken up")),
    Event("nationalportal.told", _("The national portal was told, or did not answer")),
    Event("nationalportal.parked", _("The national portal refused a message")),
    Event("nationalportal.told_again", _("A dossier is to be told to the national portal again")),
    Event("nationalportal.compared", _("A day was compared with the national portal")),
    Event("nationalportal.forgotten", _("Messages that were sent long ago were thrown away")),
)
