"""A dossier after filing: list, read, answer, withdraw, pay, rate, prove."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.documents.public import get_document, list_own, open_document, render_pdf
from tinhso.kernel.documents.public import note_reading as note_document
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import get_receipt, receipt_code
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import money, paying, rating, supplement
from tinhso.modules.onestop.actions.readings import open_dossier, open_whole
from tinhso.modules.onestop.api.paging import PageCursor, PageSize, cursor_from_here, next_page
from tinhso.modules.onestop.api.public import DossierCode, Receipt
from tinhso.modules.onestop.api.rendering import done_of, dossier_of, held_of, row_of
from tinhso.modules.onestop.api.shapes import Done, DossierRow, HeldPapers, Moment, Pages, UseHeld
from tinhso.modules.onestop.api.writing import once, respond, write
from tinhso.modules.onestop.queries import dossiers as reads
from tinhso.modules.onestop.queries import papers
from tinhso.modules.onestop.queries.held import offers_again
from tinhso.web.shapes import Shape

READ, WRITE = {"x-scope": "dossier:read"}, {"x-scope": "dossier:write"}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "ETag of the dossier as it was read; 412 when it has changed since.",
}
ACT = {**WRITE, "parameters": [IF_MATCH]}
PDF = {
    **READ,
    "responses": {
        200: {
            "description": "The file",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}
FILE = {
    **READ,
    "responses": {
        200: {
            "description": "The file",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}

router = Router()


class Dossiers(Shape):
    """A page of dossiers, newest first."""

    items: list[DossierRow]
    next: Pages = None


class BroughtFile(Shape):
    """A file for a paper that was asked for."""

    component: str = Field(min_length=1, max_length=40)
    document_id: UUID = Field(description="from POST /api/files")


class Answered(Shape):
    """What was asked for, and only that."""

    answers: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="by step, what was to mend; what was not asked may be left out"
    )
    files: list[BroughtFile] = Field(default_factory=list, max_length=50)
    held: list[UseHeld] = Field(
        default_factory=list, max_length=50, description="what is held and stands for papers: GET …/held"
    )
    note: str = Field("", max_length=2000, description="to the officer; needed where nothing was changed")


class Withdrawal(Shape):
    """Why it is withdrawn; may be empty."""

    reason: str = Field("", max_length=2000)


class Order(Shape):
    """Where to pay."""

    order_code: str
    amount_vnd: int = Field(description="đồng")
    pay_url: str = Field(default="", description="send the payer here")
    created_at: Moment


class Score(Shape):
    """How satisfied the applicant was."""

    score: int = Field(ge=1, le=5, description="1 very bad … 5 very good")
    aspects: dict[Literal["attitude", "time", "guidance"], Annotated[int, Field(ge=1, le=5)]] = Field(
        default_factory=dict
    )
    comment: str = Field("", max_length=2000)


class Rated(Shape):
    """The rating as it was kept."""

    score: int
    at: Moment


@router.get("", response=Dossiers, summary="List my dossiers", openapi_extra=READ)
def list_dossiers(request: HttpRequest, limit: PageSize = 20, after: PageCursor = "") -> Dossiers:
    """List the dossiers of the sender."""
    actor = cast("ActorRequest", request).actor
    require(access.can_list_own, actor)
    with cursor_from_here():
        page = reads.list_own(actor, limit=limit, after=after)
    return Dossiers(items=[row_of(row) for row in page.rows], next=next_page(request, page.after))


@router.get("/search", response=Dossiers, summary="Search dossiers (officers)", openapi_extra=READ)
def search_dossiers(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=2, max_length=100, description="code, name, citizen number, tax code, phone")],
) -> Dossiers:
    """Find dossiers among those that the officer may see; the fifty newest."""
    actor = cast("ActorRequest", request).actor
    require(access.can_see_worklist, actor)
    return Dossiers(items=[row_of(row) for row in reads.search_dossiers(q, seen_by=actor)])


@router.get("/{path:code}/receipt", response=Receipt, summary="The receipt and its proof", openapi_extra=READ)
def get_dossier_receipt(request: HttpRequest, code: DossierCode) -> Receipt:
    """Return the proof that the filing is in the journal."""
    door = cast("ActorRequest", request)
    found = open_dossier(code, actor=door.actor, at=door.at)
    if found.receipt_entry is None:
        raise NotFound
    return Receipt(**cast("dict[str, Any]", get_receipt(receipt_code(found.receipt_entry)).facts()))


@router.get("/{path:code}/papers/{form}", summary="Print a form", openapi_extra=PDF)
def print_paper(
    request: HttpRequest,
    code: DossierCode,
    form: Annotated[str, Path(max_length=20, examples=["01"], description="01 to 06, or receipt")],
) -> HttpResponse:
    """Return a form of the dossier as PDF/A, if the dossier has come to it."""
    door = cast("ActorRequest", request)
    found = open_dossier(code, actor=door.actor, at=door.at)
    template, data = papers.paper_of(form, found, door.at)
    return HttpResponse(render_pdf(template, data, at=door.at), content_type="application/pdf")


@router.get("/{path:code}/files/{uuid:document_id}", summary="Read a file", openapi_extra=FILE)
def get_dossier_file(request: HttpRequest, code: DossierCode, document_id: UUID) -> HttpResponseBase:
    """Return a file of the dossier, verified against its fingerprint."""
    door = cast("ActorRequest", request)
    open_dossier(code, actor=door.actor, at=door.at)
    document = get_document(document_id, seen_by=door.actor)
    # by its own address too: it may be a paper of another dossier
    note_document(document, actor=door.actor, at=door.at)
    return FileResponse(
        open_document(document), as_attachment=True, filename=document.name, content_type="application/octet-stream"
    )


def get_dossier(request: HttpRequest, response: HttpResponse, code: DossierCode) -> Any:
    """Return a dossier whole, with its `ETag` for `If-Match`; `If-None-Match` answers 304 while nothing changed."""
    door = cast("ActorRequest", request)
    view = open_whole(code, actor=door.actor, at=door.at)
    tag = reads.etag(view.dossier, len(view.history))
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return dossier_of(view, door.actor, door.at)


@router.get("/{path:code}/held", response=HeldPapers, summary="What is held of what is asked", openapi_extra=READ)
def list_held_again(request: HttpRequest, code: DossierCode) -> HeldPapers:
    """List what the province holds of the applicant and stands for papers asked for now; empty when nothing is asked."""
    door = cast("ActorRequest", request)
    view = reads.view_dossier(code, seen_by=door.actor)
    require(access.can_see_own, door.actor, view.dossier)
    asked = view.supplement
    return held_of(offers_again(view.dossier, asked, door.actor, on=civil_date(door.at)) if asked else {})


@router.post("/{path:code}/answer", response=Done, summary="Send what was asked for", openapi_extra=ACT)
def answer_supplement(request: HttpRequest, code: DossierCode, given: Answered) -> HttpResponse:
    """Send what was asked for; the legal clock is counted anew. 422 lists what is still missing."""
    door = cast("ActorRequest", request)

    def do() -> Done:
        documents = {one.id: one for one in list_own([file.document_id for file in given.files], seen_by=door.actor)}
        lost = [
            Fault(f"/files/{place}/document_id", _("Upload this file first: POST /api/files."), "unknown")
            for place, file in enumerate(given.files)
            if file.document_id not in documents
        ]
        if lost:
            raise BadInput(faults=lost)
        brought = [(file.component, documents[file.document_id]) for file in given.files]
        return done_of(
            supplement.answer_supplement(
                code,
                answers=given.answers,
                files=brought,
                held=[(one.component, one.held_id) for one in given.held],
                note=given.note,
                actor=door.actor,
                at=door.at,
            )
        )

    return write(door, do, code=code)


@router.post("/{path:code}/withdraw", response=Done, summary="Withdraw", openapi_extra=ACT)
def withdraw_dossier(request: HttpRequest, code: DossierCode, given: Withdrawal) -> HttpResponse:
    """Withdraw a dossier that has no result yet."""
    door = cast("ActorRequest", request)
    return write(
        door,
        lambda: done_of(supplement.withdraw_dossier(code, reason=given.reason, actor=door.actor, at=door.at)),
        code=code,
    )


@router.post("/{path:code}/pay", response={201: Order}, summary="Pay the fee", openapi_extra=ACT)
def pay_fee(request: HttpRequest, code: DossierCode) -> HttpResponse:
    """Open an order for the fee and return the address where it is paid. The same key again: the same order."""
    door = cast("ActorRequest", request)

    def do() -> Order:
        payment = money.start_payment(code, actor=door.actor, at=door.at)
        return Order(order_code=payment.order_code, amount_vnd=payment.amount_vnd, created_at=payment.created_at)

    answer = once(door, do, status=201, code=code)
    # the gateway is asked after the act, outside of its transaction; asked again, it returns the same order
    answer.body["pay_url"] = paying.send_to_gateway(
        answer.body["order_code"],
        return_url=request.build_absolute_uri(reverse("onestop:paid", args=[code])),
        notify_url=request.build_absolute_uri(reverse("onestop:payment_notice")),
        actor=door.actor,
        at=door.at,
    )
    return respond(answer)


@router.post("/{path:code}/rate", response={201: Rated}, summary="Rate", openapi_extra=ACT)
def rate_dossier(request: HttpRequest, code: DossierCode, given: Score) -> HttpResponse:
    """Say how it was, once, after the end."""
    door = cast("ActorRequest", request)

    def do() -> Rated:
        kept = rating.rate_dossier(
            code,
            score=given.score,
            aspects={str(name): value for name, value in given.aspects.items()},
            comment=given.comment,
            actor=door.actor,
            at=door.at,
        )
        return Rated(score=kept.score, at=kept.at)

    return write(door, do, status=201, code=code)
