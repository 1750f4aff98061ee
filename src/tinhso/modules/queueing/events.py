"""Facts that the queue announces. None holds personal data."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

ANNOUNCED = (
    Event("queueing.lines_loaded", _("The lines of the province pack were loaded")),
    Event("queueing.ticket_taken", _("A ticket was taken")),
    Event("queueing.ticket_called", _("A ticket was called")),
    Event("queueing.ticket_called_again", _("A ticket was called again")),
    Event("queueing.ticket_came", _("Who holds the ticket came to the window")),
    Event("queueing.ticket_missed", _("Nobody came when the ticket was called")),
    Event("queueing.ticket_returned", _("A ticket whose call was missed waits again")),
    Event("queueing.ticket_moved", _("A ticket was moved to another line")),
    Event("queueing.ticket_finished", _("The business of a ticket was finished")),
    Event("queueing.ticket_left", _("Who held the ticket left the line")),
    Event("queueing.window_opened", _("A window was opened")),
    Event("queueing.window_closed", _("A window was closed")),
    Event("queueing.window_released", _("A window that somebody left open was closed by a colleague")),
    Event("queueing.ticket_sent_back", _("A ticket was sent back from a window that was left open")),
    Event("queueing.appointment_booked", _("An appointment was booked")),
    Event("queueing.appointment_moved", _("An appointment was moved")),
    Event("queueing.appointment_cancelled", _("An appointment was cancelled")),
    Event("queueing.appointments_reminded", _("Appointments of tomorrow were brought to mind")),
    Event("queueing.line_ended", _("A line ended with its desk")),
    Event("queueing.desks_changed", _("Windows of desks that ended were closed, lines of new desks begun")),
    Event("queueing.day_ended", _("The queue of a day was closed and its personal data erased")),
)
