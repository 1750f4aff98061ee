"""What the catalogue lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.registry import Api, Entry, HomePanel, Module, PackPart, permissions
from tinhso.kernel.casework.public import ServiceCatalogue
from tinhso.modules.catalogue import access, events
from tinhso.modules.catalogue.actions.pack import ProcedurePart
from tinhso.modules.catalogue.queries import home
from tinhso.modules.catalogue.queries.procedures import find_services, get_service, list_services
from tinhso.web.menus import Tab

module = Module(
    slug="thu-tuc",
    title=_("Procedures"),
    prefix="catalogue",
    serves=("S-01", "S-34"),
    lends=(
        PackPart("procedures", ProcedurePart(), order=60),
        ServiceCatalogue("catalogue", get_service, find_services, list_services),
        Entry("catalogue:search", _("Procedures"), anyone, menu="public", icon="file-text", order=20),
        Tab("catalogue:search", _("Procedures"), "file-text", order=20),
        HomePanel("catalogue.search", "catalogue/home_search.html", home.search_panel, order=10, place="hero"),
        HomePanel("catalogue.events", "catalogue/home_events.html", home.events_panel, order=20, place="band"),
        HomePanel("catalogue.popular", "catalogue/home_popular.html", home.popular_panel, order=30),
        Api("procedures", "tinhso.modules.catalogue.api.procedures"),
        Api("life-events", "tinhso.modules.catalogue.api.life_events"),
        Api("fields", "tinhso.modules.catalogue.api.fields"),
        permissions(access),
        events.ANNOUNCED,
    ),
)
