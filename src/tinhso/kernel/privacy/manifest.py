"""What the privacy kernel lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.personal import PersonalData
from tinhso.base.registry import Api, Entry, Module, PackPart, Periodic, Scope, permissions
from tinhso.kernel.privacy import access, consents, tasks
from tinhso.kernel.privacy.events import EVENTS
from tinhso.kernel.privacy.pack import PurposesPart, RetentionPart


def has_own_data(actor: Actor) -> bool:
    """Show to people and businesses."""
    return actor.is_applicant


module = Module(
    slug="du-lieu-ca-nhan",
    title=_("Personal data"),
    serves=("S-06",),
    prefix="privacy",
    mount="",
    lends=(
        Entry(
            "privacy:own_data", _("What is held of me"), needs=has_own_data, menu="mine", icon="folder-open", order=81
        ),
        Entry("privacy:consents", _("What I consent to"), needs=has_own_data, menu="mine", icon="file-check", order=81),
        PersonalData("consents", _("What you consented to"), consents.collect, order=50),
        Scope(access.SCOPE, _("Download everything that is held of me")),
        Api("personal-data", "tinhso.kernel.privacy.api.router"),
        PackPart("retention", RetentionPart(), order=90),
        PackPart("purposes", PurposesPart(), order=91),
        Periodic("privacy.erase", 3600, tasks.erase),
        *permissions(access),
        *EVENTS,
    ),
)
