"""What the one-stop shop lends."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.acts import anyone
from tinhso.base.live import LiveTopic
from tinhso.base.personal import Erasure, PersonalData, Purpose
from tinhso.base.registry import (
    Api,
    Demo,
    Entry,
    HomePanel,
    Module,
    Periodic,
    Scope,
    ServiceAction,
    Subscriber,
    permissions,
)
from tinhso.kernel.casework.public import (
    NATIONAL_SUBJECT,
    CaseFacts,
    CaseMeasures,
    CounterIntake,
    DossierAtHand,
    FlowPlaces,
    IssuedResults,
    NationalCases,
    PastClocks,
    ResultTemplate,
)
from tinhso.kernel.documents.public import DocumentReader
from tinhso.kernel.forms.public import sealed_answers
from tinhso.kernel.organisation.public import Carrier, Figures
from tinhso.modules.onestop import access, demo, events, subscribers, tasks
from tinhso.modules.onestop.actions import erasing, readings
from tinhso.modules.onestop.actions.left import (
    hand_on_cash_books,
    hand_on_lists,
    hand_on_statements,
    hand_on_year_books,
)
from tinhso.modules.onestop.actions.succession import hand_on_dossiers, hand_on_drafts
from tinhso.modules.onestop.models import Application, Dossier, SupplementRequest
from tinhso.modules.onestop.queries import (
    books,
    deadlines,
    described,
    dossiers,
    erasable,
    facts,
    gauges,
    held,
    home,
    lateness,
    left,
    live,
    measures,
    national,
    personal,
    results,
    services,
    succession,
    telling,
    waiting,
    working,
)
from tinhso.web.menus import SearchBox, Tab

API = ("forms", "agencies", "track", "journal", "files", "applications", "dossiers", "worklist", "statements")
"""Parts of the API, each named like its router in `api`."""

RESULT_TEMPLATES = ("result", "birth-certificate", "construction-permit", "household-business")
"""Papers of `pdf/` that a procedure of a pack may name as its result."""

module = Module(
    slug="mot-cua",
    mount="",
    title=_("One-stop shop"),
    prefix="onestop",
    serves=("S-02", "S-01", "S-07", "S-08", "S-09"),
    lends=(
        *gauges.GAUGES,
        FlowPlaces("onestop", services.flow_places),
        Entry("onestop:look_up", _("Track a dossier"), anyone, menu="public", icon="search", order=30),
        Entry("onestop:mine", _("My dossiers"), access.can_file, menu="mine", icon="folder-open", order=10),
        Tab("onestop:look_up", _("Track"), "search", order=30),
        Tab("onestop:mine", _("Mine"), icon="user", order=50, needs=access.may_be_applicant),
        Entry("onestop:worklist", _("My work"), access.does_steps, icon="inbox", order=10, live="work"),
        Entry(
            "onestop:inbox",
            _("Reception"),
            access.can_receive,
            icon="file-plus-2",
            order=20,
            counts=dossiers.menu_counts,
        ),
        Entry(
            "onestop:waiting",
            _("Waiting for papers"),
            access.works_here,
            icon="circle-pause",
            order=40,
            counts=dossiers.menu_counts,
        ),
        Entry("onestop:signing", _("To sign"), access.leads, icon="pen-line", order=30, count=working.count_to_sign),
        Entry(
            "onestop:cash",
            _("Fees at the counter"),
            access.can_see_cash_desk,
            icon="wallet",
            order=35,
            counts=dossiers.menu_counts,
        ),
        Entry("onestop:cash_books", _("Cash books"), access.works_with_cash, icon="wallet", order=36),
        Entry("onestop:statements", _("Bank statements"), access.keeps_accounts, icon="wallet", order=37),
        Entry(
            "onestop:lateness",
            _("Late, cause to state"),
            access.explains_lateness,
            icon="clock-alert",
            order=32,
            count=lateness.count_to_explain,
        ),
        Entry(
            "onestop:divided",
            _("Dossiers of divided agencies"),
            access.sees_what_waits,
            menu="admin",
            icon="layers",
            order=26,
        ),
        Entry("onestop:handovers", _("Post: hand-over lists"), access.hands_over, icon="package", order=55),
        Entry("onestop:books", _("Follow-up books"), access.keeps_books, icon="book-open", order=60),
        Entry(
            "onestop:books_audit", _("Follow-up books"), access.audits_books, menu="admin", icon="book-open", order=85
        ),
        Entry(
            "onestop:outbox",
            _("Results to hand over"),
            access.can_receive,
            icon="package-check",
            order=50,
            counts=dossiers.menu_counts,
        ),
        SearchBox("onestop:search", _("Search dossiers"), _("Code, name, identity number"), access.works_here),
        CounterIntake("onestop:intake_service"),
        ServiceAction("onestop:begin", _("Apply online"), home.can_apply_online),
        HomePanel("onestop.home", "onestop/home_panel.html", home.panel, order=10, place="top"),
        HomePanel("onestop.results", "onestop/home_results.html", results.panel, order=10, place="side"),
        [ResultTemplate(key) for key in RESULT_TEMPLATES],
        NationalCases("dossier", national.read, national.filed_on, national.link),
        PastClocks("dossier", deadlines.past_clocks),
        CaseMeasures(
            "dossier",
            measures.read,
            measures.walk,
            measures.contacts,
            measures.links,
            also=frozenset({NATIONAL_SUBJECT}),
        ),
        PersonalData("applications", _("Applications you filled in"), personal.applications_of, order=20),
        PersonalData(
            "dossiers",
            _("Your dossiers: answers, papers, results, payments, ratings, and who read them"),
            personal.dossiers_of,
            order=30,
        ),
        Purpose(telling.INVITATION, _("Being asked how it was")),
        Erasure(
            "onestop.application",
            _("What remains of drafts that were filed or thrown away"),
            erasable.applications,
            erasing.delete_applications,
        ),
        Erasure("onestop.reading", _("Who read which dossier"), erasable.readings, erasing.delete_readings),
        Erasure(
            "onestop.dossier",
            _("What is personal in a dossier that is over: answers, names, papers; not the result"),
            erasable.dossiers,
            erasing.erase_dossiers,
            batch=20,
        ),
        Erasure(
            "onestop.book",
            _("Printed volumes of closed follow-up books, with names and addresses; their fingerprints stay"),
            erasable.books,
            erasing.erase_books,
            batch=5,
        ),
        sealed_answers("onestop.applications", Application, "answers"),
        sealed_answers("onestop.dossiers", Dossier, "answers"),
        sealed_answers("onestop.supplements", SupplementRequest, "changed", form="dossier__form_code"),
        CaseFacts("dossier", _("Dossiers"), described.FACTS, facts.read_facts, waiting.WAITING, link="onestop:work"),
        LiveTopic("dossier", live.dossier_changed, live.dossier_heard),
        LiveTopic("own", live.own_changed, live.own_heard),
        DocumentReader("dossier", home.may_read_papers, noted=readings.note_paper),
        DocumentReader("book", books.may_read_book_papers),
        DocumentReader("dossier-office", home.may_read_office_papers, noted=readings.note_paper),
        Subscriber(
            "onestop.read_papers", ("onestop.dossier_filed", "onestop.supplement_answered"), subscribers.read_papers
        ),
        Subscriber("onestop.tell_owner", ("onestop.*",), subscribers.tell_owner),
        Subscriber("onestop.tell_heads", ("casework.part_silent", "onestop.opinion_given"), subscribers.tell_heads),
        Subscriber("onestop.tell_unexplained", ("onestop.lateness_unexplained",), subscribers.tell_unexplained),
        Scope("dossier:read", _("Read dossiers")),
        Scope("dossier:write", _("Read dossiers and act on them")),
        Scope("statistics:read", _("Take dossiers without names, for statistics")),
        IssuedResults("onestop", held.result_of, held.copy_of),
        DossierAtHand("onestop", held.is_at_hand),
        Api("statistics", "tinhso.modules.onestop.api.statistics.router"),
        Api("cash-books", "tinhso.modules.onestop.api.cash_books"),
        [Api(key, f"tinhso.modules.onestop.api.{key}") for key in API],
        Periodic("onestop.drafts", 3600, tasks.purge_drafts),
        Periodic("onestop.readings", 60, tasks.journal_readings),
        Periodic("onestop.lateness", 60, tasks.apologise),
        Periodic("onestop.unexplained", 300, tasks.escalate),
        Periodic("onestop.demands", 300, tasks.remind_of_demands),
        Periodic("onestop.books", 300, tasks.keep_books),
        Periodic("onestop.successors", 600, tasks.hand_to_successors),
        Periodic("onestop.results", 600, tasks.count_results),
        Periodic("onestop.payments", 300, tasks.reconcile_payments),
        Periodic("onestop.refunds", 300, tasks.give_back_excess),
        Carrier("onestop.dossiers", _("Dossiers"), succession.count_dossiers, hand_on_dossiers, order=10),
        Carrier("onestop.drafts", _("Drafts"), succession.count_drafts, hand_on_drafts, order=20, batch=200),
        Carrier("onestop.cash_books", _("Cash books"), left.count_cash_books, hand_on_cash_books, order=30),
        Carrier("onestop.year_books", _("Follow-up books"), left.count_year_books, hand_on_year_books, order=32),
        Carrier("onestop.lists", _("Post: hand-over lists"), left.count_lists, hand_on_lists, order=34),
        Carrier("onestop.statements", _("Bank statements"), left.count_statements, hand_on_statements, order=36),
        Carrier("onestop.books", _("Series of numbers"), succession.count_books, order=40),
        Figures("onestop.received", _("Dossiers received"), succession.received_by_agency),
        Demo("onestop", demo.load, order=100),
        permissions(access),
        events.ANNOUNCED,
    ),
)
