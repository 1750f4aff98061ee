"""Figures of quality for programs: the same as on the pages."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.quality.indicators import rounded
from tinhso.modules.quality import access
from tinhso.modules.quality.queries import figures
from tinhso.modules.quality.queries.periods import read_period
from tinhso.modules.quality.queries.places import root_code
from tinhso.web.shapes import Shape

SCOPE = {"x-scope": access.SCOPE}
router = Router()


class Figure(Shape):
    """One indicator; rate and points are null where it is missing."""

    key: str
    title: str
    numerator: int | None
    denominator: int | None
    rate: float | None = Field(description="percent")
    points: float | None
    maximum: float


class Quality(Shape):
    """The index of an agency for a period."""

    agency_code: str
    agency_name: str
    first: str
    last: str
    received: int
    points: float | None
    measured: float | None = Field(description="points that can be had with what is measured")
    closed_at: str | None = Field(description="when these figures were closed; null: they are of now")
    figures: list[Figure]


@router.get("/index", response=Quality, summary="Index of an agency", openapi_extra=SCOPE)
def get_quality(request: HttpRequest, agency: str = "", period: str = "") -> Quality:
    """Return the index of an agency (the province unless told): `2026-03`, `2026-Q1`, `2026` or `2026-03-10..2026-04-02`."""
    door = cast("ActorRequest", request)
    require(access.can_see_figures, door.actor)
    return _quality(figures.index_for(agency or root_code(), read_period(period, door.at), at=door.at))


@router.get("/agencies", response=list[Quality], summary="Index of every agency", openapi_extra=SCOPE)
def list_quality(request: HttpRequest, period: str = "", below: str = "", field: str = "") -> list[Quality]:
    """Return the index of an agency (the province unless told) and of all below it that had dossiers."""
    door = cast("ActorRequest", request)
    require(access.can_see_figures, door.actor)
    found = figures.table_for(below or root_code(), read_period(period, door.at), at=door.at, of=field)
    return [_quality(one) for one in found]


def _quality(found: figures.AgencyIndex) -> Quality:
    index = found.index
    return Quality(
        agency_code=found.agency.code,
        agency_name=found.agency.name,
        first=found.period.first.isoformat(),
        last=found.period.last.isoformat(),
        received=found.facts.counts.received,
        points=float(index.points) if index else None,
        measured=float(index.measured) if index else None,
        closed_at=found.closing.closed_at.isoformat() if found.closing else None,
        figures=[
            Figure(
                key=one.kind.key,
                title=one.kind.title,
                numerator=one.ratio.numerator if one.ratio else None,
                denominator=one.ratio.denominator if one.ratio else None,
                rate=float(one.rate) if one.rate is not None else None,
                points=float(one.points) if one.points is not None else None,
                maximum=float(rounded(one.maximum)),
            )
            for one in (index.indicators if index else ())
        ],
    )
