"""What the front door lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.registry import Entry, Module
from tinhso.web.menus import FootLink, Tab

module = Module(
    slug="",
    title=_("Front door"),
    prefix="portal",
    serves=("S-01",),
    lends=(
        Entry("portal:home", _("Home"), anyone, menu="public", icon="house", order=10),
        Tab("portal:home", _("Home"), "house", order=10),
        Entry("portal:help", _("Help"), anyone, menu="public", icon="circle-question-mark", order=90),
        FootLink("portal:help", _("How to apply, pay and follow"), column="help", order=10),
        FootLink("portal:about", _("How this site works"), column="about", order=10),
        FootLink("portal:accessibility", _("Accessibility"), column="about", order=20),
        FootLink("portal:personal_data", _("Personal data"), column="about", order=30),
    ),
)
