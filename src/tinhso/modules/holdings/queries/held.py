"""What is held, of whom, and who was shown it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import HeldResult
from tinhso.kernel.identity.public import get_business, get_person
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import BatchState, FormerNumber, Holding, Reading, SavedPapers, State
from tinhso.web.words import own

PAGE = 50
SUBJECT = Holding.journal_type
SHOWN_SECONDS = 3600
"""For how long after a reading with its purpose the papers that were listed may be opened."""


def counted() -> Q:
    """Return what counts: not what waits for its check, nor what was rejected."""
    return Q(batch=None) | Q(batch__state=BatchState.IN_FORCE)


def numbers_of(number: str) -> list[str]:
    """Return every number of one holder: the personal number or tax code, and older cards known to be theirs."""
    found = FormerNumber.objects.filter(counted(), number=number).values_list("former", flat=True)
    return [number, *found[:20]]


def own_number(actor: Actor) -> str:
    """Return the identity number of the person or business that acts. Raises NotFound."""
    if actor.kind is ActorKind.BUSINESS:
        return str(get_business(actor.person_id).tax_code)
    if actor.kind is ActorKind.CITIZEN:
        return str(get_person(actor.person_id).citizen_number)
    raise NotFound


def held_of(number: str) -> QuerySet[Holding]:
    """Return everything held under the numbers of one holder, newest version first where there are several."""
    return Holding.objects.filter(counted(), owner_number__in=numbers_of(number))


def held_for(number: str, codes: Collection[str], *, on: date) -> list[HeldResult]:
    """Return what is in force on a day and of these codes, the latest first: `casework.Holdings`. Two statements."""
    rows = in_force(held_of(number), on).filter(type_code__in=[code.upper() for code in codes])
    return [as_held(row) for row in rows.order_by("-issued_on", "-id")[:20]]


def as_held(row: Holding) -> HeldResult:
    """Return a holding as others see it, called in the language of the page."""
    return HeldResult(
        row.id, row.type_code, own(row, "title"), row.number, row.issuer, row.issued_on, row.valid_to,
        row.document_id, row.document_name, row.size_bytes, row.sha256,
    )  # fmt: skip


def in_force(rows: QuerySet[Holding], on: date) -> QuerySet[Holding]:
    """Return those that hold on a day: neither replaced nor revoked, begun, and not over."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    going = Q(valid_to=None) | Q(valid_to__gte=on)
    return rows.filter(begun, going, state=State.IN_FORCE)


@dataclass(frozen=True, slots=True)
class Line:
    """One result with its older versions, as its page shows it."""

    held: Holding
    is_in_force: bool
    is_over: bool
    older: list[Holding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results, and the cursor of the next; empty: there is none."""

    lines: list[Line]
    after: str = ""


def page_of(number: str, *, after: str = "", on: date) -> Page:
    """Return what is held under the numbers of a holder, newest first, each with its versions. Three statements."""
    numbers = numbers_of(number)
    rows = Holding.objects.filter(counted(), owner_number__in=numbers).exclude(state=State.REPLACED)
    if after:
        rows = rows.filter(id__lt=_cursor(after))
    found = list(rows.order_by("-id")[: PAGE + 1])
    older: dict[str, list[Holding]] = {}
    again = [row.key for row in found if row.version > 1]
    for row in (
        Holding.objects.filter(counted(), key__in=again, state=State.REPLACED).order_by("-version") if again else ()
    ):
        older.setdefault(row.key, []).append(row)
    return Page(
        [line_of(row, older.get(row.key, []), on) for row in found[:PAGE]],
        str(found[PAGE - 1].id) if len(found) > PAGE else "",
    )


def line_of(row: Holding, older: list[Holding], on: date) -> Line:
    """Return one result as a page shows it."""
    is_over = row.valid_to is not None and row.valid_to < on
    return Line(row, row.state == State.IN_FORCE and not is_over, is_over, older)


def _cursor(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One official, once; agency and purpose in the language of the page."""

    at: datetime
    reader: str
    agency: str
    why: str
    reference: str
    count: int


def readings_of(numbers: Sequence[str], *, after: str = "") -> tuple[list[ReadingLine], str]:
    """Return who was shown what is held of a holder, latest first, and the cursor of the next page."""
    rows = Reading.objects.filter(owner_number__in=list(numbers))
    if after:
        rows = rows.filter(id__lt=_cursor(after))
    found = list(rows.order_by("-id")[: PAGE + 1])
    on = civil_date(found[0].at) if found else None
    agencies = agencies_by_code({row.agency_code for row in found}, on) if on else {}
    names = {code: own(agency, "name") for code, agency in agencies.items()}
    lines = [
        ReadingLine(
            row.at, row.reader_name, names.get(row.agency_code, row.agency_code), str(row.get_why_display()),
            row.reference, len(row.holdings),
        )
        for row in found[:PAGE]
    ]  # fmt: skip
    return lines, str(found[PAGE - 1].id) if len(found) > PAGE else ""


def get_holding(holding_id: UUID) -> Holding:
    """Return one holding. Raises NotFound. Who may see it is for the caller."""
    found = Holding.objects.filter(counted(), pk=holding_id).first()
    if found is None:
        raise NotFound
    return found


def may_read_document(actor: Actor, holding_id: str) -> bool:
    """
    Tell whether an actor may open the paper of a holding: `documents.DocumentReader`.

    Its holder; an official who was shown it for a purpose within the hour; who checks the batch that it came with.
    """
    row = Holding.objects.select_related("batch").filter(pk=holding_id).first()
    if row is None:
        return False
    if actor.is_applicant:
        return (
            _is_counted(row)
            and access.can_see_own_holdings(actor)
            and row.owner_number in numbers_of(own_number(actor))
        )
    if not access.can_read_holdings(actor) and not access.can_load(actor):
        return False
    return was_shown(actor, row)


def mark_shown(actor: Actor, rows: Iterable[Holding]) -> None:
    """
    Note that an official was just shown these, once that is journalled: for an hour they may open the papers.

    In the cache: where it forgets, the paper stays closed until it is read again with its purpose.
    """
    cache.set_many({_mark(actor, row): 1 for row in rows}, SHOWN_SECONDS)


def was_shown(actor: Actor, row: Holding) -> bool:
    """Tell whether an official was shown this holding within the hour: that reading said for what."""
    return bool(cache.get(_mark(actor, row)))


def _mark(actor: Actor, row: Holding) -> str:
    return f"holdings.shown.{actor.key}.{row.id}"


def _is_counted(row: Holding) -> bool:
    return row.batch is None or row.batch.state == BatchState.IN_FORCE


def saved_papers(year: int | None = None) -> list[SavedPapers]:
    """Return how many papers were not asked for again, by year and procedure, most first; no name of anybody in it."""
    rows = SavedPapers.objects.all() if year is None else SavedPapers.objects.filter(year=year)
    return list(rows.order_by("-year", "-papers", "service_code")[:500])
