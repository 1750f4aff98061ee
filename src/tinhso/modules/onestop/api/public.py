"""What anybody may ask without signing in: forms, agencies, how far a dossier is and why, receipts and roots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, cast

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.forms.public import load_form
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import consistency, get_receipt, roots
from tinhso.modules.onestop.api.rendering import state_of
from tinhso.modules.onestop.api.shapes import DOSSIER_CODE, Happened, Moment, Pages, State
from tinhso.modules.onestop.queries import shown, tracking
from tinhso.modules.onestop.queries.deadlines import days_of, why_due
from tinhso.modules.onestop.queries.services import competent_agencies, get_fileable_service
from tinhso.web.shapes import Shape

ROOTS = 100
DossierCode = Annotated[str, Path(max_length=60, description="code of the dossier", examples=[DOSSIER_CODE])]

forms, agencies, track, journal = Router(auth=None), Router(auth=None), Router(auth=None), Router(auth=None)


class Told(Shape):
    """What everybody may know of a lateness."""

    at: Moment
    cause: str = Field(
        "", description="class of the cause: workload, opinion, survey, applicant, law, system, disaster, other"
    )
    expected_on: date | None = None


class Tracked(Shape):
    """How far a dossier is; not whose it is (TT 01/2018/TT-VPCP Đ.16)."""

    code: str
    service_name: str
    service_name_en: str
    agency_name: str
    state: State
    submitted_at: Moment
    received_at: Moment | None = None
    due_at: Moment | None = None
    paused_at: Moment | None = None
    finished_at: Moment | None = None
    returned_at: Moment | None = None
    postponed: bool
    lateness: Told | None = Field(None, description="the apology that went out by itself; no cause: none was given")
    history: list[Happened]


class Reason(Shape):
    """One step of the reasoning."""

    text: str
    source: str = Field("", description="legal text or decision")
    on: date | None = Field(None, description="the civil day it speaks of")


class Day(Shape):
    """One civil day between reception and the due date."""

    date: date
    kind: str = Field(examples=["received", "working", "weekend", "holiday", "paused"])
    text: str
    reason: str = ""
    source: str = ""
    counted: Decimal = Field(description="0, 0.5 or 1")
    total: Decimal = Field(description="sum so far")
    is_due: bool


class Why(Shape):
    """Why the due date is this one."""

    code: str
    due_at: Moment | None = Field(None, description="null while no clock runs")
    steps: list[Reason]
    days: list[Day]


class CompetentAgency(Shape):
    """An agency that settles a service."""

    code: str
    name: str
    name_en: str = ""
    level: str
    unit_code: str = ""


class CompetentAgencies(Shape):
    """The agencies among which the applicant chooses."""

    items: list[CompetentAgency]


class Root(Shape):
    """A published root of the journal's Merkle log (RFC 6962)."""

    size: int
    hash: str
    at: Moment
    previous: str
    chain: str


class Roots(Shape):
    """Published roots, newest first."""

    items: list[Root]
    next: Pages = None


class Receipt(Shape):
    """All that is needed to check a receipt by oneself; see tools/check_receipt.py."""

    code: str
    state: str = Field(examples=["waiting", "sealed", "broken"])
    title: str = ""
    open: dict[str, Any] | None = None
    closed: str = ""
    content_hash: str = ""
    index: int | None = None
    path: list[str] = Field(default_factory=list)
    root: dict[str, Any] | None = None


class Consistency(Shape):
    """Proof that the log of size `old` is the beginning of the log of size `new`."""

    old: int
    new: int
    proof: list[str]


@forms.get("/{code}", summary="Read a form", openapi_extra={"responses": {200: {"description": "JSON Shape 2020-12"}}})
def get_form(
    request: HttpRequest,
    code: Annotated[str, Path(max_length=60, examples=["2.000635"])],
    version: Annotated[int | None, Query(ge=1, le=100_000, description="default: the one in force")] = None,
) -> JsonResponse:
    """
    Return the form as JSON Shape 2020-12: one object for each step, which is what PUT …/steps/{step} takes.

    Annotations `x-…` say widgets, conditions (`x-when`, CEL) and sentences in both languages.
    """
    del request
    form = load_form(code, version)
    response = JsonResponse(dict(form.schema), content_type="application/schema+json")
    response["ETag"] = f'"{form.sha256}"'
    response["X-Form-Version"] = str(form.version)
    return response


@agencies.get("", response=CompetentAgencies, summary="Who settles a service")
def list_agencies(
    request: HttpRequest, service: Annotated[str, Query(min_length=1, max_length=40, examples=["2.000635"])]
) -> CompetentAgencies:
    """List the agencies among which the applicant of a service chooses."""
    on = civil_date(cast("ActorRequest", request).at)
    found = competent_agencies(get_fileable_service(service, on), on)
    return CompetentAgencies(items=[CompetentAgency.model_validate(agency) for agency in found])


@track.get("/{path:code}/why", response=Why, summary="Why this due date")
def explain_due_date(request: HttpRequest, code: DossierCode) -> Why:
    """Tell step by step, and day by day, why the result is due when it is."""
    del request
    view = tracking.track(code)
    answer = why_due(view.dossier, view.pauses)
    return Why(
        code=view.code,
        due_at=view.due_at,
        steps=[Reason(**shown.step_words(step)) for step in (answer.steps if answer else ())],
        days=[
            Day(
                date=line.date,
                kind=line.kind.value,
                counted=line.counted,
                total=line.total,
                is_due=line.is_due,
                **{name: shown.day_row(line)[name] for name in ("text", "reason", "source")},
            )
            for line in days_of(view.dossier, view.pauses)
        ],
    )


@track.get("/{path:code}", response=Tracked, summary="Track by code")
def track_dossier(request: HttpRequest, code: DossierCode) -> Tracked:
    """Tell how far a dossier is, by its code alone."""
    del request
    view = tracking.track(code)
    late = view.lateness
    names = ("code", "service_name", "service_name_en", "agency_name", "submitted_at", "received_at", "due_at")
    more = ("paused_at", "finished_at", "returned_at", "postponed")
    return Tracked(
        **{name: getattr(view, name) for name in (*names, *more)},
        state=state_of(view.state),
        lateness=Told(at=late.at, cause=late.cause, expected_on=late.expected_on) if late else None,
        history=[Happened(event=step.event, title=step.title, at=step.at) for step in view.steps],
    )


@journal.get("/roots", response=Roots, summary="Published roots")
def list_roots(
    request: HttpRequest,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="size of the last root seen")] = None,
) -> Roots:
    """List the published roots of the journal, newest first."""
    found = roots(before=before, limit=ROOTS + 1)
    items = [
        Root(
            size=root.size,
            hash=bytes(root.hash).hex(),
            at=root.at,
            previous=bytes(root.previous).hex(),
            chain=bytes(root.chain).hex(),
        )
        for root in found[:ROOTS]
    ]
    return Roots(items=items, next=f"{request.path}?before={items[-1].size}" if len(found) > ROOTS else None)


@journal.get("/receipts/{code}", response=Receipt, summary="Check a receipt")
def check_receipt(
    request: HttpRequest, code: Annotated[str, Path(max_length=40, examples=["0G7M-2QXR-9HVD-40KT"])]
) -> Receipt:
    """Return everything that proves that an act is in the journal, unchanged."""
    del request
    found = get_receipt(code)
    if found.entry is None:
        raise NotFound
    return Receipt(**cast("dict[str, Any]", found.facts()))


@journal.get("/consistency", response=Consistency, summary="Prove that the log only grew")
def prove_consistency(
    request: HttpRequest,
    old: Annotated[int, Query(ge=1, le=2**53, description="size of the older root")],
    new: Annotated[int, Query(ge=1, le=2**53, description="size of the newer root")],
) -> Consistency:
    """Prove that the log of size `old` is the beginning of the log of size `new` (RFC 6962 §2.1.2)."""
    del request
    try:
        found = consistency(old, new)
    except ValueError as error:
        text = _("Give two sizes of the log, the older one first.")
        raise BadInput(faults=[Fault("/new", text, "sizes")]) from error
    return Consistency(old=old, new=new, proof=[part.hex() for part in found])
