"""Dossiers without names, for statistics."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext
from ninja import Router
from pydantic import Field

from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.disclosure import SMALLEST_CELL
from tinhso.modules.onestop.actions.releasing import release_dossiers as release
from tinhso.modules.onestop.queries.released import dictionary
from tinhso.web.shapes import Shape

CSV = {
    "x-scope": "statistics:read",
    "responses": {
        200: {"description": "The records", "content": {"text/csv": {"schema": {"type": "string"}}}},
    },
}

router = Router()


class Months(Shape):
    """Whole months of filing, both included."""

    first: str = Field(max_length=7, examples=["2026-01"])
    last: str = Field(max_length=7, examples=["2026-03"], description="a month that is over")


class Described(Shape):
    """One column."""

    name: str
    kind: str
    about: str


class Dictionary(Shape):
    """What the columns mean, and below how many records a cell is left out."""

    smallest_cell: int
    cell: list[str]
    columns: list[Described]


@router.get("", auth=None, response=Dictionary, summary="Data dictionary of the records")
def describe_release(request: HttpRequest) -> Dictionary:
    """Say what each column of the records means."""
    del request
    columns = [Described(**row) for row in dictionary(gettext)]
    return Dictionary(smallest_cell=SMALLEST_CELL, cell=["agency_code", "service_code", "month"], columns=columns)


@router.post("", summary="Dossiers without names", openapi_extra=CSV)
def release_dossiers(request: HttpRequest, months: Months) -> StreamingHttpResponse:
    """
    Return the dossiers of some months as CSV: no names, numbers, telephones, addresses; dates to the day.

    Records of which fewer than five share agency, service and month are left out. The key changes with each release.
    """
    door = cast("ActorRequest", request)
    made = release(months.first, months.last, actor=door.actor, at=door.at)
    response = StreamingHttpResponse(made.lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dossiers-{months.first}-{months.last}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
