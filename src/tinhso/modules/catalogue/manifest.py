"""What the catalogue lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.registry import Api, Entry, HomePanel, Module, PackPart, permissions
from tinhso.kernel.casework.public import Drafted, ServiceCatalogue
from tinhso.modules.catalogue import access, events, forms
from tinhso.modules.catalogue.actions import written
from tinhso.modules.catalogue.actions.pack import ProcedurePart
from tinhso.modules.catalogue.queries import home
from tinhso.modules.catalogue.queries.procedures import find_services, get_service, list_services
from tinhso.modules.catalogue.queries.written import changing, comparing, standing
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
        Drafted(
            key="procedure",
            title=_("Design of procedures"),
            lead=_(
                "Papers, time limits, fees and who works on it: written, approved by somebody else, in force from a day on"
            ),
            about=_("Dossiers that were filed before keep the terms of the day on which they were filed."),
            standing=standing.standing,
            begin=standing.begin,
            begin_new=standing.begin_new,
            current=standing.current,
            base=standing.base,
            parts=standing.parts,
            below=standing.parts_below,
            form=forms.form_of,
            read=forms.read_answers,
            change=changing.changed,
            put_in=changing.put_in,
            fill=written.fill,
            take_out=changing.taken_out,
            shift=changing.shifted,
            kept=standing.kept,
            faults=written.faults_of,
            compare=comparing.compare,
            publish=written.put_in_force,
            take_back=written.take_back,
            preview=written.preview_of,
            earliest=standing.earliest,
            file=standing.file_of,
            service=written.service_as_written,
        ),
        permissions(access),
        events.ANNOUNCED,
    ),
)
