"""What casework lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.live import LiveTopic
from tinhso.base.registry import Module, PackPart, Periodic, permissions
from tinhso.kernel.casework import access, events, periodic
from tinhso.kernel.casework.live import work_changed, work_heard
from tinhso.kernel.casework.pack import FlowPart
from tinhso.kernel.casework.reform import count_steps
from tinhso.kernel.organisation.public import Carrier

module = Module(
    slug="",
    title=_("Casework"),
    serves=("S-02",),
    prefix="casework",
    lends=(
        Periodic("casework.timers", 5, periodic.fire_timers),
        Periodic("casework.services", 2, periodic.call_services),
        LiveTopic("work", work_changed, work_heard),
        PackPart("flows", FlowPart(), order=40),
        Carrier("casework.steps", _("Open steps"), count_steps, order=30),
        permissions(access),
        *events.ALL,
    ),
)
