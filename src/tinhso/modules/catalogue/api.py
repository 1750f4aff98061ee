"""The catalogue for programs: procedures, life events, fields. Everybody may read them."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.casework.public import Service
from tinhso.modules.catalogue.queries import procedures as reads
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.web.shapes import Shape

PAGE = 20
MOST_SKIPPED = 10_000
Code = Annotated[str, Path(max_length=40, description="code of the procedure", examples=["2.000635"])]


class Limit(Shape):
    """A time limit; `unspecified` means that the source names no unit."""

    amount: Decimal | None = Field(None, examples=[5])
    unit: str = Field(examples=["working_day", "day", "working_hour", "month", "year", "unspecified"])


class Way(Shape):
    """One way to apply."""

    way: Literal["direct", "online", "post"]
    limit: Limit
    fee_text: str = Field("", description="the fee as the source words it")
    note: str = ""
    case: str = Field("", description="code of the case it is for; empty for all")


class Named(Shape):
    """Something with a code and a name in both languages."""

    code: str
    name: str
    name_en: str = ""


class Component(Named):
    """A paper of the application."""

    note: str = ""
    note_en: str = ""
    originals: int = Field(0, description="how many originals")
    copies: int = Field(0, description="how many copies")
    required: bool = True
    case: str = Field("", description="code of the case it is asked in; empty for all")


class Legal(Shape):
    """A legal document that the procedure rests on."""

    number: str
    name: str


class Competent(Shape):
    """Who settles it: one agency, or the agency of a level where the matter lies."""

    level: str = Field("", examples=["commune"])
    kind: str = ""
    agency: str = Field("", description="code of the one competent agency, when there is only one")


class ProcedureRow(Named):
    """A procedure in a list."""

    field: str = Field("", description="field of work", examples=["Hộ tịch"])
    levels: list[str] = Field(default_factory=list, examples=[["commune"]])
    online: Literal["full", "partial", "none"] = Field("none", description="how much of it can be done online")
    complete: bool = Field(description="whether it can be filed and settled on this portal")


class Procedure(ProcedureRow):
    """A procedure as it stands today."""

    field_en: str = Field("", description="the field of work in English", examples=["Civil status"])
    about: str = ""
    competent: Competent
    ways: list[Way]
    cases: list[Named]
    components: list[Component]
    results: list[Named]
    legal: list[Legal]
    form: str = Field("", description="code of the form: GET /api/forms/{code}")
    fee_rule: dict[str, Any] = Field(default_factory=dict, description="items in đồng with dates and sources")
    version: str = Field("", description="changes with the content")
    valid_from: date | None = None
    valid_to: date | None = None


class ProcedurePage(Shape):
    """A page of procedures."""

    items: list[ProcedureRow]
    next: str | None = Field(None, description="address of the next page, or null")


class LifeEvent(Shape):
    """Something that happens in a life or a business."""

    code: str
    title: str
    title_en: str
    hint: str = ""
    hint_en: str = ""
    audience: str = Field(examples=["people", "business"])


class LifeEvents(Shape):
    """All life events, in the order of the province."""

    items: list[LifeEvent]


class LifeEventWhole(LifeEvent):
    """A life event with its procedures, those it names first."""

    procedures: list[ProcedureRow]


class WorkField(Shape):
    """A field of work and how many procedures it has."""

    slug: str
    name: str
    name_en: str = Field("", description="empty where nobody has given one")
    count: int


class Fields(Shape):
    """All fields in use."""

    items: list[WorkField]


class Asked(Shape):
    """What procedures are narrowed to."""

    q: str = Field(
        "", max_length=200, description="everyday words, marks may be missing; or a code", examples=["khai sinh"]
    )
    level: Literal["", "province", "district", "commune"] = ""
    audience: Literal["", "people", "business"] = ""
    field: str = Field("", max_length=120, description="slug of a field")
    limit: int = Field(PAGE, ge=1, le=100)
    after: str = Field("", max_length=40, description="from `next` of the page before")


procedures, life_events, fields = Router(auth=None), Router(auth=None), Router(auth=None)


@procedures.get("", response=ProcedurePage, summary="Find procedures")
def find_procedures(request: HttpRequest, asked: Query[Asked]) -> ProcedurePage:
    """Find procedures in one's own words, best first; without words, all of them by name."""
    place = _place(asked.after)
    found = search_procedures(
        asked.q,
        on=_today(request),
        level=asked.level,
        subject=asked.audience,
        field=asked.field,
        limit=asked.limit + 1,
        offset=place,
    )
    rows = [_row(row) for row in found[: asked.limit]]
    return ProcedurePage(items=rows, next=_next(request, place + asked.limit) if len(found) > asked.limit else None)


@procedures.get("/{code}", response=Procedure, summary="Read a procedure")
def get_procedure(request: HttpRequest, code: Code) -> Procedure:
    """Tell everything about one procedure as it stands today."""
    found = reads.get_procedure(code, on=_today(request))
    service = reads.service_of(found)
    return Procedure(**_row(found).model_dump(), **_whole(service))


@life_events.get("", response=LifeEvents, summary="List life events")
def list_life_events(request: HttpRequest) -> LifeEvents:
    """List the events of a life and of a business."""
    del request
    return LifeEvents(items=[LifeEvent.model_validate(event) for event in reads.list_life_events()])


@life_events.get("/{code}", response=LifeEventWhole, summary="Read a life event")
def get_life_event(
    request: HttpRequest, code: Annotated[str, Path(max_length=60, examples=["sinh-con"])]
) -> LifeEventWhole:
    """List the procedures of one life event."""
    event = reads.get_life_event(code)
    rows = [_row(row) for row in reads.procedures_of_event(event, _today(request))]
    return LifeEventWhole(**LifeEvent.model_validate(event).model_dump(), procedures=rows)


@fields.get("", response=Fields, summary="List fields")
def list_fields(request: HttpRequest) -> Fields:
    """List the fields of work with how many procedures each has."""
    rows = reads.list_fields(_today(request))
    return Fields(items=[WorkField(slug=row.slug, name=row.name, name_en=row.name_en, count=row.count) for row in rows])


def _today(request: Any) -> date:
    return civil_date(request.at)


def _row(procedure: Any) -> ProcedureRow:
    return ProcedureRow(
        code=procedure.code,
        name=procedure.name,
        name_en=procedure.name_en,
        field=procedure.field,
        levels=procedure.levels.split(),
        online=procedure.online,
        complete=procedure.complete,
    )


def _whole(service: Service) -> dict[str, Any]:
    rule = service.agency_rule
    return {
        "field_en": service.field_en,
        "about": service.description,
        "competent": Competent(level=rule.level, kind=rule.kind, agency=rule.agency),
        "ways": [
            Way(
                way=way.way.value,
                limit=Limit(amount=way.limit_amount, unit=way.limit_unit),
                fee_text=way.fee_text,
                note=way.note,
                case=way.case,
            )
            for way in service.ways
        ],
        "cases": [Named(code=case.code, name=case.name, name_en=case.name_en) for case in service.cases],
        "components": [Component.model_validate(component) for component in service.components],
        "results": [Named(code=row.code, name=row.name, name_en=row.name_en) for row in service.results],
        "legal": [Legal(number=basis.number, name=basis.name) for basis in service.legal],
        "form": service.form_code,
        "fee_rule": service.fee_rule,
        "version": service.version,
        "valid_from": service.valid_from,
        "valid_to": service.valid_to,
    }


def _place(after: str) -> int:
    """Return how many were shown before. Raises BadInput for a cursor that we did not make."""
    if not after:
        return 0
    try:
        place = int(base64.urlsafe_b64decode(after.encode("ascii")))
    except (ValueError, binascii.Error):
        place = -1
    if not 0 <= place <= MOST_SKIPPED:
        raise BadInput(faults=[Fault("/after", _("Take `next` of the page before, as it is."), "cursor")])
    return place


def _next(request: HttpRequest, place: int) -> str | None:
    if place > MOST_SKIPPED:
        return None
    query = request.GET.copy()
    query["after"] = base64.urlsafe_b64encode(str(place).encode()).decode()
    return f"{request.path}?{query.urlencode()}"
