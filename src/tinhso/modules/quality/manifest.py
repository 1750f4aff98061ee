"""What quality lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.personal import Erasure, Purpose
from tinhso.base.registry import Api, Entry, Module, Periodic, Scope, permissions
from tinhso.kernel.organisation.public import Carrier
from tinhso.modules.quality import access, events, tasks
from tinhso.modules.quality.actions import erasing, surveys
from tinhso.modules.quality.queries import erasable, lent, succession

module = Module(
    slug="chat-luong",
    title=_("Quality of service"),
    prefix="quality",
    serves=("S-09", "S-41"),
    lends=(
        Entry("quality:public", _("Quality of service"), anyone, menu="public", icon="chart-column", order=50),
        Entry(
            "quality:home", _("Quality of service"), access.can_see_figures, icon="chart-column", order=80, starts=False
        ),
        Entry("quality:surveys", _("Surveys"), access.can_see_surveys, icon="clipboard-list", order=85, starts=False),
        Scope(access.SCOPE, _("Read figures of quality")),
        lent.MEASURES,
        Periodic("quality.measures", 0.5, tasks.keep_measures),
        Periodic("quality.offer", 3600, tasks.count_offer),
        Periodic("quality.surveys", 600, tasks.ask_in_turn),
        Erasure(
            "quality.invitation",
            _("Who was drawn for a survey"),
            erasable.invitations,
            erasing.delete_invitations,
            days=365,
        ),
        Carrier("quality.figures", _("Figures entered by hand"), succession.count_figures, order=70),
        Carrier("quality.surveys", _("Surveys"), succession.count_surveys, order=72),
        Purpose(surveys.PURPOSE, _("Surveys of satisfaction")),
        Api("quality", "tinhso.modules.quality.api.router"),
        permissions(access),
        events.ANNOUNCED,
    ),
)
