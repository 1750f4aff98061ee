"""What provisioning lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Module, Scope, permissions
from tinhso.modules.provisioning import access
from tinhso.modules.provisioning.events import EVENTS

module = Module(
    slug="scim",
    title=_("Staff from the staff system"),
    serves=("S-06",),
    prefix="provisioning",
    lends=(
        Scope(access.SCOPE, _("Enter, move and release officials (SCIM)")),
        permissions(access),
        *EVENTS,
    ),
)
