"""What the administration lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Entry, Module, permissions
from tinhso.modules.administration import access
from tinhso.modules.administration.queries.system import count_troubles

module = Module(
    slug="quan-tri",
    title=_("Administration"),
    prefix="administration",
    serves=("S-06", "S-34"),
    lends=(
        Entry(
            "administration:home",
            _("Overview"),
            access.can_enter,
            menu="admin",
            icon="house",
            order=5,
        ),
        Entry(
            "administration:people",
            _("People and posts"),
            access.can_enter,
            menu="admin",
            icon="circle-user-round",
            order=10,
        ),
        Entry("administration:agencies", _("Agencies"), access.can_enter, menu="admin", icon="building-2", order=20),
        Entry(
            "administration:reforms",
            _("Reform"),
            access.can_read_province,
            menu="admin",
            icon="layers",
            order=25,
        ),
        Entry("administration:procedures", _("Procedures"), access.can_enter, menu="admin", icon="files", order=30),
        Entry("administration:flows", _("Flows"), access.can_read_province, menu="admin", icon="layers", order=40),
        Entry("administration:forms", _("Forms"), access.can_enter, menu="admin", icon="file-text", order=50),
        Entry(
            "administration:journal", _("Journal"), access.can_read_province, menu="admin", icon="database", order=60
        ),
        Entry(
            "administration:troubles",
            _("What is stuck"),
            access.can_read_province,
            menu="admin",
            icon="triangle-alert",
            order=70,
            count=count_troubles,
        ),
        Entry(
            "administration:operations",
            _("Operation"),
            access.can_read_province,
            menu="admin",
            icon="refresh-cw",
            order=75,
        ),
        Entry(
            "administration:tokens",
            _("Access tokens"),
            access.can_read_province,
            menu="admin",
            icon="key-round",
            order=80,
        ),
        Entry(
            "administration:settings",
            _("Settings in force"),
            access.can_read_province,
            menu="admin",
            icon="monitor",
            order=90,
        ),
        Entry(
            "administration:emergencies",
            _("Emergency access"),
            access.can_enter,
            menu="admin",
            icon="triangle-alert",
            order=65,
        ),
        permissions(access),
    ),
)
