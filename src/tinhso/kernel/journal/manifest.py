"""What the journal lends to the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.personal import PersonalData
from tinhso.base.registry import Event, Module, Periodic, permissions
from tinhso.kernel.journal import access, gauges, personal, upkeep
from tinhso.web.menus import FootLink

module = Module(
    slug="so-cai",
    title=_("Journal"),
    serves=("S-08",),
    prefix="journal",
    lends=(
        Periodic("journal.seal", 1, upkeep.seal_waiting),
        Periodic("journal.dispatch", 0.5, upkeep.dispatch_waiting),
        Periodic("journal.forget_marks", 3600, upkeep.forget_marks),
        PersonalData("acts", _("What you did here, as the journal has it"), personal.acts_of, order=80),
        *gauges.GAUGES,
        Periodic("journal.partitions", 3600, upkeep.keep_partitions),
        Event("journal.year_detached", _("Year of the journal taken out")),
        Event("journal.year_attached", _("Year of the journal put back")),
        Event("journal.delivery_replayed", _("Delivery replayed")),
        FootLink("journal:roots", _("Public ledger"), column="about", order=80),
        permissions(access),
    ),
)
