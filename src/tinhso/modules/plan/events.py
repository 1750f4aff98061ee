"""Facts that plans announce."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

TAKEN = Event("plan.taken", _("A plan or directive was taken in"))
READ = Event("plan.read", _("What a plan says was read"))
UNREAD = Event("plan.unread", _("A plan could not be read"))
DECIDED = Event("plan.decided", _("What was read of a plan was accepted, corrected or refused"))
ADDED = Event("plan.added", _("Something was added to a plan that was not read in it"))
CLEARED = Event("plan.cleared", _("A plan was looked through, and is held to"))
WITHDRAWN = Event("plan.withdrawn", _("A plan was withdrawn"))
TIED = Event("plan.tied", _("A goal of a plan was tied to an indicator"))
REPORTED = Event("plan.reported", _("It was reported how far something in a plan is"))
BOOKED = Event("plan.booked", _("Money of a plan was allocated or paid out"))
UNBOOKED = Event("plan.unbooked", _("A booking of a plan's money was taken back"))

ANNOUNCED = (TAKEN, READ, UNREAD, DECIDED, ADDED, CLEARED, WITHDRAWN, TIED, REPORTED, BOOKED, UNBOOKED)
