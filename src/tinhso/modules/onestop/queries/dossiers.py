"""Reads of dossiers. `seen_by` filters the rows; what is not there for the reader is not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.rows import count_together, fetch_many
from tinhso.base.text import fold
from tinhso.kernel.casework.public import Task, history
from tinhso.kernel.journal.public import Entry, entries
from tinhso.kernel.organisation.public import predecessors
from tinhso.law.states import NationalState
from tinhso.law.working_time import Pause as LawPause
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import (
    Application,
    ApplicationState,
    DeliveryState,
    Dossier,
    DossierFile,
    FeeDemand,
    MoneyState,
    Payment,
    PaymentMethod,
    PaymentState,
    Rating,
    Result,
    SupplementRequest,
)
from tinhso.modules.onestop.queries import search
from tinhso.modules.onestop.queries.paging import BY_FILING, PAGE, Keys, Page, moment, page_of

BY_TOUCH: Keys = {"updated_at": moment, "id": UUID}
WITH_PAYMENT = (MoneyState.PAID, MoneyState.BACK, MoneyState.REFUNDED)
WITHOUT_RESULT = (NationalState.NOT_ACCEPTED, NationalState.WITHDRAWN, NationalState.STOPPED)
# written out, so that SQLite knows that the partial indexes of what is owed hold all it needs
IS_OWED = RawSQL("onestop_dossier.money IN ('due', 'back')", [], output_field=BooleanField())
RECEIVED = (PaymentState.PAID, PaymentState.EXCESS, PaymentState.REFUNDED)


@dataclass
class DossierView:
    """Everything about one dossier that its page shows, in a bounded number of statements."""

    dossier: Dossier
    files: list[DossierFile]
    history: list[Entry]
    steps: list[Task]
    """Every step that was opened, in order; `tasks` are those still to be done."""
    supplement: SupplementRequest | None
    result: Result | None
    payment: Payment | None
    rating: Rating | None
    may: dict[str, bool] = field(default_factory=dict)

    @property
    def tasks(self) -> list[Task]:
        """Return what is to be done now, oldest first."""
        return [task for task in self.steps if task.is_live]

    @cached_property
    def demands(self) -> list[FeeDemand]:
        """Return what was demanded later, in order; read only where something was."""
        was_any = self.dossier.later_vnd or any(entry.event == "onestop.demand_withdrawn" for entry in self.history)
        return list(self.dossier.demands.order_by("number")) if was_any else []

    @cached_property
    def receipts(self) -> list[Payment]:
        """Return the receipts that hold, in the order of what was demanded. One statement where there may be several."""
        one = self.payment
        if one is None and not self.dossier.demand:
            return []
        if one is not None and not self.dossier.demand and one.state == PaymentState.PAID:
            return [one]
        rows = self.dossier.payments.filter(state=PaymentState.PAID).exclude(receipt_number="")
        return list(rows.order_by("demand", "settled_at"))

    @cached_property
    def pauses(self) -> list[LawPause]:
        """Return the times in which the clock stood still; read when a page asks for them."""
        return pauses_of(self.dossier)


NOT_IN_LISTS = ("answers", "components", "fee_steps")
"""What no list shows of a dossier: the largest columns of it."""


def visible(actor: Actor) -> Q:
    """Return the filter of what an actor may see: permission is a filter on the query, not a second reading."""
    if actor.is_applicant:
        return Q(owner_key=actor.key) | Q(submitter_key=actor.key)
    if actor.kind is not ActorKind.OFFICIAL:
        return Q(pk__in=[])
    seen = agencies_seen(actor)
    if not seen:
        return Q(pk__in=[])
    return Q(agency_code__in=seen) | Q(desk_code__in=seen) | Q(office_code__in=seen)


def agencies_seen(actor: Actor) -> set[str]:
    """
    Return the agencies, divisions and desks whose dossiers an official may list and search.

    With them those that ended and whose work they go on with. Whoever is only asked for an opinion reaches the dossier from the worklist (`access.sees_as_office`).
    """
    own = actor.agencies_with(access.OFFICE)
    return {*own, *predecessors(own)}


def get_dossier(code: str, *, seen_by: Actor) -> Dossier:
    """Return a dossier. Raises NotFound alike for absent and for hidden."""
    dossier = Dossier.objects.filter(code=code).first()
    if dossier is None or not access.can_see(seen_by, dossier):
        raise access.hidden(seen_by)
    return dossier


def view_dossier(code: str, *, seen_by: Actor) -> DossierView:
    """
    Return everything that the page of a dossier shows. At most 6 statements, mostly 4. Raises NotFound.

    A request for papers and a payment are looked for only where the dossier says that there is one.
    """
    dossier = Dossier.objects.select_related("result", "rating").filter(code=code).first()
    if dossier is None or not access.can_see(seen_by, dossier):
        raise access.hidden(seen_by)
    return DossierView(
        dossier=dossier,
        files=list(dossier.files.filter(replaced_at__isnull=True).order_by("added_at")),
        history=list(entries(dossier.journal_subject)),
        steps=history(dossier.case_id) if dossier.case_id else [],
        # a participant may wait for papers while others go on, so that the state does not say it
        supplement=_unanswered(dossier) if asked_or_shared(dossier) else None,
        result=getattr(dossier, "result", None),
        payment=_paid(dossier) if dossier.money in WITH_PAYMENT else None,
        rating=getattr(dossier, "rating", None),
    )


def asked_or_shared(dossier: Dossier) -> bool:
    """Tell whether a request for papers may be open."""
    over = dossier.finished_at is not None
    return dossier.state == NationalState.SUPPLEMENT_ASKED or bool(dossier.shared_with and not over)


def _unanswered(dossier: Dossier) -> SupplementRequest | None:
    return dossier.supplements.filter(answered_at__isnull=True).first()


def _paid(dossier: Dossier) -> Payment | None:
    """Return the payment that was received, or the one that goes or went back."""
    if dossier.money == MoneyState.BACK:
        goes = dossier.payments.filter(state=PaymentState.EXCESS).exclude(receipt_number="", of=None)
        at_counter = goes.exclude(method=PaymentMethod.GATEWAY).select_related("of").first()
        if (found := at_counter or goes.order_by("settled_at").last()) is not None:
            return found
    return dossier.payments.filter(state__in=RECEIVED).exclude(receipt_number="").order_by("settled_at").last()


def etag(dossier: Dossier, lines: int) -> str:
    """Return the entity tag of a dossier: its revision and how many lines its history has (every act adds one)."""
    return f'"{dossier.revision}-{lines}"'


def etag_now(dossier: Dossier) -> str:
    """Return the entity tag as it is now. One statement; steady while the dossier is locked."""
    return etag(dossier, entries(dossier.journal_subject).count())


def pauses_of(dossier: Dossier) -> list[LawPause]:
    """Return the times in which the clock stood still."""
    return [LawPause(p.started_at, p.ended_at, p.reason, p.base) for p in dossier.pauses.order_by("started_at")]


def list_own(actor: Actor, *, limit: int = PAGE, after: str = "") -> Page[Dossier]:
    """Return the applicant's dossiers, newest first. Raises NotFound for a false cursor."""
    if not actor.is_applicant:
        return Page([])
    return _page(Dossier.objects.filter(owner_key=actor.key), BY_FILING, after=after, limit=limit, newest=True)


def list_drafts(actor: Actor, *, of: str = "", limit: int = PAGE, after: str = "") -> Page[Application]:
    """Return the applicant's drafts, `of` one service or of all, last touched first. Raises NotFound for a false cursor."""
    if not actor.is_applicant:
        return Page([])
    rows = Application.objects.filter(owner_key=actor.key, state=ApplicationState.DRAFT)
    rows = rows.filter(service_code=of) if of else rows
    return page_of(rows, BY_TOUCH, after=after, limit=limit, newest=True)


def get_application(application_id: UUID, *, seen_by: Actor) -> Application:
    """Return a draft or what it became, with its files. Raises NotFound for another's."""
    found = Application.objects.prefetch_related("files").filter(id=application_id, owner_key=seen_by.key).first()
    if found is None or not seen_by.is_applicant:
        raise access.hidden(seen_by)
    return found


def search_dossiers(text: str, *, seen_by: Actor, limit: int = PAGE) -> list[Dossier]:
    """
    Return dossiers by code, name without marks, citizen number, tax code or phone, among those the actor may see.

    Newest first, at most seven statements, three or four for a name, each answered by an index.
    """
    asked = text.strip()
    if not asked:
        return []
    rows = Dossier.objects.filter(visible(seen_by)).order_by("-submitted_at")
    if seen_by.is_applicant:
        ways = Q(code__startswith=asked.upper()) | Q(applicant_folded__contains=fold(asked))
        return list(rows.filter(ways)[:limit])
    seen = agencies_seen(seen_by)
    codes = search.codes_by_name(asked, seen, limit=limit)
    if ids := search.ids_by_number(asked):
        codes += rows.filter(pk__in=ids).values_list("code", flat=True)[:limit]
    if search.any_code_begins(asked):
        begun = Dossier.objects.filter(search.code_begins(asked)).order_by("code").values("pk")[: search.CANDIDATES]
        codes += rows.filter(pk__in=begun).values_list("code", flat=True)[:limit]
    # by code alone: beside the filter of what may be seen SQLite walks through all dossiers of the agency
    found = fetch_many(Dossier, "code", list(dict.fromkeys(codes)), without=NOT_IN_LISTS)
    # the index of names takes A.1 and A-1 for the same agency
    mine = [row for row in found if not seen.isdisjoint((row.agency_code, row.desk_code, row.office_code))]
    return sorted(mine, key=lambda row: row.submitted_at, reverse=True)[:limit]


def to_receive(actor: Actor, *, after: str = "") -> Page[Dossier]:
    """Return what was filed online and waits at the actor's desks, longest waiting first."""
    return _page(_at_desk(actor).filter(state=NationalState.FILED), BY_FILING, after=after)


def to_return(actor: Actor, *, after: str = "") -> Page[Dossier]:
    """Return the results that wait to be handed over at the actor's desks, oldest first."""
    rows = _at_desk(actor).filter(delivery=DeliveryState.READY)
    return _page(rows, {"finished_at": moment, "id": UUID}, after=after)


def waiting_for_applicant(actor: Actor, *, after: str = "") -> Page[Dossier]:
    """Return the dossiers of the actor's agencies that wait for the applicant, by how long."""
    rows = Dossier.objects.filter(visible(actor), state=NationalState.SUPPLEMENT_ASKED)
    # asked before reception no clock was running, so that none stands
    rows = rows.annotate(waits_since=Coalesce("paused_at", "submitted_at"))
    return _page(rows, {"waits_since": moment, "id": UUID}, after=after)


def dossiers_by_code(codes: Sequence[str]) -> dict[str, Dossier]:
    """Return several dossiers at once, for a list; the caller has already filtered the codes by what the reader may see."""
    found = fetch_many(Dossier, "code", codes, without=NOT_IN_LISTS)
    return {dossier.code: dossier for dossier in found}


def money_waiting(actor: Actor, *, after: str = "") -> Page[Dossier]:
    """
    Return what waits at the actor's cash desk: first what is given back, then fees of received dossiers, oldest first.

    What was paid at the gateway goes back by the gateway and does not wait here.
    """
    return _page(_owed(actor), {"money": str, **BY_FILING}, after=after)


def _owed(actor: Actor) -> QuerySet[Dossier]:
    codes = actor.agencies_with(access.CASH_DESK)
    at_counter = Payment.objects.filter(dossier=OuterRef("pk"), state=PaymentState.EXCESS).exclude(
        method=PaymentMethod.GATEWAY
    )
    due = Q(money=MoneyState.DUE, received_at__isnull=False) & ~Q(state__in=WITHOUT_RESULT)
    rows = Dossier.objects.filter(Q(desk_code__in=codes) | Q(agency_code__in=codes), IS_OWED)
    return rows.filter(due | Q(Q(money=MoneyState.BACK), Exists(at_counter)))


def menu_counts(actor: Actor) -> dict[str, int]:
    """Return how much waits behind each entry of the desk's menu, up to 1,000 each. One statement for all of them."""
    waiting = {
        "onestop:inbox": _at_desk(actor).filter(state=NationalState.FILED),
        "onestop:outbox": _at_desk(actor).filter(delivery=DeliveryState.READY),
        "onestop:waiting": Dossier.objects.filter(visible(actor), state=NationalState.SUPPLEMENT_ASKED),
        "onestop:cash": _owed(actor),
    }
    return count_together(waiting, most=1000)


def _page(rows: QuerySet[Dossier], keys: Keys, *, after: str, limit: int = PAGE, newest: bool = False) -> Page[Dossier]:
    """Return a page of a list of dossiers, without what no list shows of them."""
    return page_of(rows.defer(*NOT_IN_LISTS), keys, after=after, limit=limit, newest=newest)


def _at_desk(actor: Actor) -> QuerySet[Dossier]:
    return Dossier.objects.filter(desk_code__in=actor.agencies_with(access.DESK))


def is_rated(dossier: Dossier) -> bool:
    """Tell whether the applicant has rated a dossier."""
    return Rating.objects.filter(dossier=dossier).exists()


def any_dossier() -> bool:
    """Tell whether there is any dossier at all: the demonstration is made only on an empty table."""
    return Dossier.objects.exists()
