"""What inspection lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge
from tinhso.base.live import LiveTopic
from tinhso.base.personal import Erasure
from tinhso.base.registry import Api, Entry, Module, PackPart, Periodic, Scope, Subscriber, permissions
from tinhso.kernel.documents.public import DocumentReader
from tinhso.kernel.organisation.public import Carrier
from tinhso.modules.inspection import access, events, subscribers, tasks
from tinhso.modules.inspection.actions import erasing
from tinhso.modules.inspection.actions.pack import RulesPart
from tinhso.modules.inspection.actions.succession import count_findings, hand_on_findings
from tinhso.modules.inspection.queries import findings, live, standing

module = Module(
    slug="kiem-tra",
    title=_("Automatic inspection"),
    prefix="inspection",
    serves=("S-46",),
    lends=(
        Entry(
            "inspection:home",
            _("Automatic inspection"),
            access.can_see_scenarios,
            icon="shield-check",
            order=80,
            starts=False,
            live="findings",
        ),
        Entry(
            "inspection:mine",
            _("Findings about my work"),
            access.can_enter,
            icon="triangle-alert",
            order=85,
            starts=False,
            count=findings.count_undone,
        ),
        Carrier("inspection.findings", _("Findings of inspection"), count_findings, hand_on_findings, order=60),
        DocumentReader(findings.FILES_OF, findings.may_read_files),
        Erasure("inspection.finding", _("Findings of inspection"), findings.erasable, erasing.forget_findings),
        PackPart("rules", RulesPart(), order=90),
        Subscriber("inspection.check", ("onestop.*",), subscribers.check_act),
        Subscriber("inspection.tell", ("inspection.*",), subscribers.tell_official),
        Periodic("inspection.sweep", 30, tasks.sweep),
        LiveTopic("findings", live.findings_changed, live.findings_heard),
        Gauge(
            "inspection_broken",
            _("Scenarios of inspection that do not work"),
            standing.count_broken,
            order=90,
            waits=True,
        ),
        Scope("inspection:read", _("Read findings of inspection")),
        Scope("inspection:write", _("Answer findings of inspection")),
        Api("findings", "tinhso.modules.inspection.api.router"),
        permissions(access),
        events.ANNOUNCED,
    ),
)
