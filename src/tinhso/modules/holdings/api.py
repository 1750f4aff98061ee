"""The data store for programs: one's own, a person's whose dossier is at hand, and papers saved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.holdings import access
from tinhso.modules.holdings.actions.reading import ADVICE, read_holdings
from tinhso.modules.holdings.queries import held
from tinhso.web.shapes import Shape

READ = {"x-scope": "holdings:read"}
Cursor = Annotated[str, Query(max_length=60, description="`after` of the page before")]
Year = Annotated[int | None, Query(ge=2000, le=2100)]
router = Router()


class HeldResult(Shape):
    """One result, with the document to fetch at `/tep/{document_id}/`."""

    id: UUID
    type_code: str = Field(examples=["KQ.G15.000031"])
    title: str
    number: str
    issued_on: date
    issuer_code: str
    issuer: str
    valid_from: date | None
    valid_to: date | None
    state: str = Field(examples=["in_force", "revoked"])
    is_in_force: bool = Field(description="neither revoked nor over today")
    version: int
    source: str = Field(examples=["dossier", "copy", "backload"])
    dossier_code: str
    document_id: UUID
    sha256: str


class HeldResults(Shape):
    """A page of results, newest first."""

    items: list[HeldResult]
    after: str = Field("", description="give it back as `after`; empty: there is none")


class ReadingRow(Shape):
    """One official, once."""

    at: datetime
    reader: str
    agency: str
    why: str
    reference: str
    count: int


class Readings(Shape):
    """Who was shown what is held of the sender, latest first."""

    items: list[ReadingRow]
    after: str = ""


class Look(Shape):
    """Whose data is read, and for what: one of the two."""

    number: str = Field(min_length=9, max_length=20)
    dossier_code: str = Field("", max_length=60, description="a dossier of this person that the reader works on")
    advice: bool = Field(False, description="the person consented to being advised")
    after: str = Field("", max_length=60)


class SavedRow(Shape):
    """Papers of a procedure that were not asked for again in a year."""

    service_code: str
    service_name: str
    year: int
    papers: int
    dossiers: int


@router.get("", response=HeldResults, summary="What the province holds of me", openapi_extra=READ)
def own_holdings(request: HttpRequest, after: Cursor = "") -> HeldResults:
    """List the results and papers held of the sender."""
    door = cast("ActorRequest", request)
    require(access.can_see_own_holdings, door.actor)
    return _page(held.page_of(held.own_number(door.actor), after=after, on=civil_date(door.at)))


@router.get("/readings", response=Readings, summary="Who read what is held of me", openapi_extra=READ)
def own_readings(request: HttpRequest, after: Cursor = "") -> Readings:
    """List who was shown it, when and for what."""
    door = cast("ActorRequest", request)
    require(access.can_see_own_holdings, door.actor)
    lines, further = held.readings_of(held.numbers_of(held.own_number(door.actor)), after=after)
    return Readings(items=[ReadingRow.model_validate(line) for line in lines], after=further)


@router.post("/look", response=HeldResults, summary="Read what is held of a person, for a purpose", openapi_extra=READ)
def look(request: HttpRequest, asked: Look) -> HeldResults:
    """Return it to an official, and journal who read it and for what: the person sees that."""
    door = cast("ActorRequest", request)
    page = read_holdings(
        asked.number,
        dossier=asked.dossier_code,
        purpose=ADVICE if asked.advice else "",
        after=asked.after,
        actor=door.actor,
        at=door.at,
    )
    return _page(page)


@router.get("/saved-papers", response=list[SavedRow], summary="Papers that were not asked for again", auth=None)
def saved_papers(request: HttpRequest, year: Year = None) -> list[SavedRow]:  # noqa: ARG001
    """Count them by procedure and year; open to everybody."""
    return [SavedRow.model_validate(row) for row in held.saved_papers(year)]


def _page(page: held.Page) -> HeldResults:
    return HeldResults(items=[_result(line) for line in page.lines], after=page.after)


def _result(line: held.Line) -> HeldResult:
    row: Any = line.held
    names = [name for name in HeldResult.model_fields if name != "is_in_force"]
    return HeldResult(is_in_force=line.is_in_force, **{name: getattr(row, name) for name in names})
