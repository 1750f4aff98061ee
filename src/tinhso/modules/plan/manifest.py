"""What plans lend."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Api, Demo, Entry, Module, Periodic, Scope, permissions
from tinhso.kernel.documents.public import DocumentReader
from tinhso.modules.plan import access, demo, events, tasks
from tinhso.modules.plan.actions.taking import SUBJECT
from tinhso.modules.plan.queries import lent, reading_rights

module = Module(
    slug="ke-hoach",
    title=_("Plans and directives"),
    prefix="plan",
    serves=("S-44", "S-47"),
    lends=(
        Entry("plan:home", _("Plans and directives"), access.can_see_plans, icon="target", order=79, starts=False),
        DocumentReader(SUBJECT, reading_rights.may_read),
        lent.MEASURES,
        Demo("plan", demo.load, order=130),
        Periodic("plan.read", 2, tasks.read_some),
        Scope(access.READ, _("Read plans and directives, and how far they are")),
        Scope(access.WRITE, _("Report on plans and directives")),
        Api("plans", "tinhso.modules.plan.api.router"),
        permissions(access),
        events.ANNOUNCED,
    ),
)
