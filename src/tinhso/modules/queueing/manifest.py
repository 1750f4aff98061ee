"""What the queue lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.personal import PersonalData
from tinhso.base.registry import Api, Demo, Entry, Module, PackPart, Periodic, Subscriber, permissions
from tinhso.kernel.organisation.public import Carrier
from tinhso.modules.queueing import access, demo, events, subscribers, tasks
from tinhso.modules.queueing.actions.pack import QueuesPart
from tinhso.modules.queueing.actions.reform import count_queues, end_queues
from tinhso.modules.queueing.queries import telling

module = Module(
    slug="xep-hang",
    title=_("Queue at the centre"),
    prefix="queueing",
    serves=("S-18",),
    lends=(
        Entry("queueing:home", _("Queue and appointments"), anyone, menu="public", icon="users", order=40),
        Entry("queueing:window", _("My window"), access.can_serve, icon="users", order=15, starts=False),
        Entry("queueing:today", _("Waiting times"), access.can_steer, icon="clock", order=65, starts=False),
        PackPart("queues", QueuesPart(), order=80),
        Carrier("queueing.lines", _("Queue at the centre"), count_queues, end_queues, order=80, batch=20),
        PersonalData("appointments", _("Your appointments"), telling.appointments_of, order=40),
        Subscriber("queueing.tell_owner", tuple(telling.TEXTS), subscribers.tell_owner),
        Periodic("queueing.days", 300, tasks.end_days),
        Periodic("queueing.reminders", 600, tasks.remind),
        Api("queue", "tinhso.modules.queueing.api.router"),
        Demo("queueing", demo.load, order=120),
        permissions(access),
        events.ANNOUNCED,
    ),
)
