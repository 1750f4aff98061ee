"""What the designer lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Entry, Module, Periodic, permissions
from tinhso.modules.designer import access, tasks
from tinhso.modules.designer.events import EVENTS
from tinhso.modules.designer.queries.documents import count_procedures_waiting
from tinhso.modules.designer.queries.drafts import count_forms_waiting, count_waiting

module = Module(
    slug="thiet-ke",
    title=_("Design of flows"),
    serves=("S-02", "S-03"),
    prefix="designer",
    lends=(
        Entry(
            "designer:home", _("Design of flows"), access.can_read_drafts, menu="admin", icon="layers", order=45,
            count=count_waiting,
        ),
        Entry(
            "designer:forms", _("Design of forms"), access.can_read_drafts, menu="admin", icon="file-text", order=46,
            count=count_forms_waiting,
        ),
        Entry(
            "designer:procedures", _("Design of procedures"), access.can_read_drafts, menu="admin", icon="list-checks", order=47,
            count=count_procedures_waiting,
        ),
        Periodic("designer.publish", 300, tasks.publish_approved),
        Periodic("designer.prove_announced", 300, tasks.prove_announced),
        Periodic("designer.rehearse", 5, tasks.rehearse_next),
        permissions(access),
        *EVENTS,
    ),
)  # fmt: skip
