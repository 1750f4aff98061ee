"""What the data store lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.personal import Erasure, PersonalData, Purpose
from tinhso.base.registry import Api, Entry, Module, PackPart, Periodic, Scope, Subscriber, permissions
from tinhso.kernel.casework.public import Holdings, Registers
from tinhso.kernel.documents.public import DocumentReader
from tinhso.kernel.organisation.public import Carrier
from tinhso.modules.holdings import access, subscribers, tasks
from tinhso.modules.holdings.actions import asking, erasing, reading
from tinhso.modules.holdings.actions.pack import RegistersPart
from tinhso.modules.holdings.events import EVENTS
from tinhso.modules.holdings.queries import held, outside, personal, succession

module = Module(
    slug="kho",
    title=_("Data store"),
    prefix="holdings",
    serves=("S-05", "S-04"),
    lends=(
        Entry(
            "holdings:own",
            _("What the province holds of me"),
            access.may_have_holdings,
            menu="mine",
            icon="package-check",
            order=80,
        ),
        Entry("holdings:look", _("Data store"), access.can_read_holdings, icon="folder-open", order=60, starts=False),
        Entry(
            "holdings:batches",
            _("Results from the archives"),
            access.can_load,
            icon="file-plus-2",
            order=61,
            starts=False,
        ),
        Entry("holdings:saved", _("Papers saved"), anyone, menu="about", icon="file-check", order=60),
        Carrier("holdings.batches", _("Results from the archives"), succession.count_batches, order=74),
        Holdings("holdings", held.held_for, reading.note_offer),
        Registers("holdings", outside.sources_for, asking.ask),
        PackPart("registers", RegistersPart(), order=85),
        DocumentReader(held.SUBJECT, held.may_read_document),
        Subscriber("holdings.keep", subscribers.KEPT, subscribers.keep),
        Subscriber("holdings.count", subscribers.SAVED, subscribers.count),
        PersonalData(
            "holdings", _("Results and papers that the province holds, and who read them"), personal.collect, order=35
        ),
        Purpose(reading.ADVICE, _("Being advised from what the province holds")),
        Erasure("holdings.reading", _("Who read what is held of whom"), personal.readings_due, erasing.delete_readings),
        Periodic("holdings.backload", 10, tasks.load_some),
        Scope("holdings:read", _("Read what the province holds of me, or of a person whose dossier is at hand")),
        Api("holdings", "tinhso.modules.holdings.api.router"),
        permissions(access),
        EVENTS,
    ),
)
