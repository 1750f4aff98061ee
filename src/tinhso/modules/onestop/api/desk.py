"""The officer's side: one worklist, and each act on a dossier, named as the officer calls it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Filters
from tinhso.kernel.casework.public import worklist as read_worklist
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import get_official, who_holds
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import money, opinions, parts, processing, reception, registers, results
from tinhso.modules.onestop.actions import supplement as supplements
from tinhso.modules.onestop.actions.readings import open_whole
from tinhso.modules.onestop.api.dossiers import ACT, READ, router
from tinhso.modules.onestop.api.paging import next_page
from tinhso.modules.onestop.api.public import DossierCode
from tinhso.modules.onestop.api.rendering import done_of, row_of, step_of
from tinhso.modules.onestop.api.shapes import AskedItem, Done, DossierRow, Pages, Step
from tinhso.modules.onestop.api.writing import answered_before, write
from tinhso.modules.onestop.forms import REASON, SHORT_REASON
from tinhso.modules.onestop.queries import dossiers as reads
from tinhso.web.shapes import Shape

worklist = Router()


class Work(Shape):
    """A step that waits, with its dossier."""

    step: Step
    dossier: DossierRow
    is_overdue: bool = Field(description="whether the dossier's own due moment has passed and its clock runs")


class Worklist(Shape):
    """A page of work, by due time."""

    items: list[Work]
    next: Pages = None


class Narrowed(Shape):
    """What the worklist is narrowed to."""

    bucket: Literal["", "overdue", "today", "soon", "later", "none"] = Field("", description="by due time of the step")
    whose: Literal["", "mine", "free", "others"] = ""
    form: str = Field("", max_length=100, examples=["sign"], description="kind of step")
    q: str = Field("", max_length=100, description="in step, code or title; marks may be missing")
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200, description="from `next` of the page before")


class Take(Shape):
    """Which step."""

    task_id: UUID
    version: int | None = Field(None, ge=0, le=2**31 - 1, description="of the step as it was read")


class Reason(Shape):
    """A reason that somebody will read."""

    reason: str = Field(min_length=1, max_length=REASON, description="the applicant reads exactly this")


class Note(Shape):
    """A note for those who come after; may be empty."""

    note: str = Field("", max_length=2000)


class AskMore(Shape):
    """The whole list of what is missing: it is asked once (NĐ 61/2018/NĐ-CP Đ.15 k.3)."""

    items: list[AskedItem] = Field(min_length=1, max_length=50)
    phone: str = Field("", max_length=20, description="whom the applicant may call")
    answer_by: date | None = Field(None, ge=date(2000, 1, 1), le=date(2100, 1, 1))


class Assign(Shape):
    """Who does it."""

    official_id: UUID = Field(description="from GET …/assignees")
    note: str = Field("", max_length=2000)


class Proposal(Shape):
    """What the dossier shall end in."""

    kind: Literal["grant", "refusal"] = "grant"
    reason: str = Field("", max_length=REASON, description="needed for a refusal")
    data: dict[str, str] = Field(default_factory=dict, max_length=50, description="what the result prints")


class PartProposal(Proposal):
    """What a participant's part shall end in."""

    part: str = Field("", max_length=60, description="key of the participant; needed where the actor does several")


class PartReason(Reason):
    """What to correct in a participant's proposal."""

    part: str = Field("", max_length=60, description="key of the participant; needed where the actor does several")


class Question(Shape):
    """What another body is asked."""

    question: str = Field(min_length=1, max_length=5000)
    until: date | None = Field(None, description="last day for the answer; empty: the national figure counts")


class Opinion(Shape):
    """What another body answers."""

    opinion: str = Field(min_length=1, max_length=5000)


class HandOver(Shape):
    """Who took the result; empty: the applicant."""

    taken_by: str = Field("", max_length=200)


class Takings(Shape):
    """How the fee was paid at the counter."""

    method: Literal["cash", "transfer"] = "cash"


class NewDate(Shape):
    """A new date with an apology."""

    to: date = Field(ge=date(2000, 1, 1), le=date(2100, 1, 1), description="civil day; the end of its office hours")
    reason: str = Field(min_length=1, max_length=SHORT_REASON, description="the applicant reads exactly this")
    cause: Literal["", "workload", "opinion", "survey", "applicant", "law", "system", "disaster", "other"] = Field(
        "", description="class of the cause, as the letter names it before the words"
    )


class Pin(Shape):
    """The PIN of the signing key."""

    pin: str = Field(min_length=1, max_length=20)


class Assignee(Shape):
    """An officer who may be given the dossier."""

    id: UUID
    full_name: str


class Assignees(Shape):
    """The officers among whom a head chooses."""

    items: list[Assignee]


@worklist.get("", response=Worklist, summary="My work", openapi_extra=READ)
def get_worklist(request: HttpRequest, narrowed: Query[Narrowed]) -> Worklist:
    """List the open steps of the officer's roles, by due time."""
    door = cast("ActorRequest", request)
    require(access.can_see_worklist, door.actor)
    page = read_worklist(
        door.actor,
        Filters(kind="dossier", bucket=narrowed.bucket, whose=narrowed.whose, form=narrowed.form, text=narrowed.q),
        at=door.at,
        after=narrowed.after,
        limit=narrowed.limit,
    )
    found = reads.dossiers_by_code([task.subject_key for task in page.tasks])
    items = [
        Work(step=step_of(task, door.actor), dossier=row_of(dossier), is_overdue=_overdue(dossier, door.at))
        for task in page.tasks
        if (dossier := found.get(task.subject_key))
    ]
    return Worklist(items=items, next=next_page(request, page.after))


@router.get("/{path:code}/assignees", response=Assignees, summary="Who may be given it", openapi_extra=READ)
def list_assignees(request: HttpRequest, code: DossierCode) -> Assignees:
    """List the officers whom the head may give the dossier to; none when it does not wait to be assigned."""
    door = cast("ActorRequest", request)
    view = open_whole(code, access.sees_as_office, actor=door.actor, at=door.at)
    waiting = [task for task in view.tasks if task.form == "assign"]
    found = who_holds(waiting[0].agency_code, "processor", civil_date(door.at)) if waiting else []
    return Assignees(items=[Assignee(id=official.id, full_name=official.full_name) for official in found])


@router.post("/{path:code}/take", response=Done, summary="Take a step", openapi_extra=ACT)
def take_step(request: HttpRequest, code: DossierCode, given: Take) -> HttpResponse:
    """Take a waiting step for oneself; 409 names who was first."""
    return _act(request, code, processing.take_dossier, given.task_id, version=given.version)


@router.post("/{path:code}/give-back", response=Done, summary="Put a step back", openapi_extra=ACT)
def give_step_back(request: HttpRequest, code: DossierCode, given: Take) -> HttpResponse:
    """Put a step back for colleagues."""
    return _act(request, code, processing.give_back, given.task_id)


@router.post("/{path:code}/accept", response=Done, summary="Accept", openapi_extra=ACT)
def accept_dossier(request: HttpRequest, code: DossierCode) -> HttpResponse:
    """Accept a dossier filed online: the legal clock starts, form 01 gets its number."""
    return _act(request, code, reception.accept_dossier)


@router.post("/{path:code}/refuse", response=Done, summary="Refuse at reception", openapi_extra=ACT)
def refuse_dossier(request: HttpRequest, code: DossierCode, given: Reason) -> HttpResponse:
    """Refuse a dossier at reception, with the reason in writing (form 03)."""
    return _act(request, code, reception.refuse_dossier, reason=given.reason)


@router.post("/{path:code}/ask-more", response=Done, summary="Ask for more papers", openapi_extra=ACT)
def ask_for_more(request: HttpRequest, code: DossierCode, given: AskMore) -> HttpResponse:
    """Ask for what is missing, the whole list at once (form 02); the clock stands still."""
    door = cast("ActorRequest", request)
    items = [item.model_dump() for item in given.items]
    registers.ask_before_asking(code, items, actor=door.actor, at=door.at)

    def do() -> Done:
        asked = supplements.ask_for_supplement(
            code,
            items,
            phone=given.phone,
            answer_by=given.answer_by,
            actor=door.actor,
            at=door.at,
        )
        return done_of(asked.dossier)

    return write(door, do, code=code)


@router.post("/{path:code}/assign", response=Done, summary="Assign", openapi_extra=ACT)
def assign_dossier(request: HttpRequest, code: DossierCode, given: Assign) -> HttpResponse:
    """Give the dossier to an officer of the division."""
    return _act(
        request,
        code,
        lambda code, **who: processing.assign_dossier(code, get_official(given.official_id), note=given.note, **who),
    )


@router.post("/{path:code}/propose", response=Done, summary="Propose the result", openapi_extra=ACT)
def propose_result(request: HttpRequest, code: DossierCode, given: Proposal) -> HttpResponse:
    """Propose what the dossier ends in: a grant, or a refusal with its reason."""
    return _act(request, code, processing.propose_result, kind=given.kind, reason=given.reason, data=given.data)


@router.post("/{path:code}/pass-on", response=Done, summary="Agree and pass on", openapi_extra=ACT)
def pass_on(request: HttpRequest, code: DossierCode, given: Note) -> HttpResponse:
    """Agree with a proposal and pass it on to the leader."""
    return _act(request, code, processing.pass_on, note=given.note)


@router.post("/{path:code}/correct", response=Done, summary="Send back for correction", openapi_extra=ACT)
def send_back(request: HttpRequest, code: DossierCode, given: Reason) -> HttpResponse:
    """Send a proposal back to the officer with what to correct."""
    return _act(request, code, processing.return_for_correction, reason=given.reason)


@router.post("/{path:code}/propose-part", response=Done, summary="Propose a participant's result", openapi_extra=ACT)
def propose_part(request: HttpRequest, code: DossierCode, given: PartProposal) -> HttpResponse:
    """Propose what a participant's part of a linked dossier ends in; its leader signs in person."""
    return _act(
        request, code, parts.propose_part, kind=given.kind, reason=given.reason, data=given.data, part=given.part
    )


@router.post("/{path:code}/correct-part", response=Done, summary="Send a part back", openapi_extra=ACT)
def correct_part(request: HttpRequest, code: DossierCode, given: PartReason) -> HttpResponse:
    """Send a participant's proposal back to its officer with what to correct."""
    return _act(request, code, parts.correct_part, reason=given.reason, part=given.part)


@router.post("/{path:code}/ask-opinion", response=Done, summary="Ask for an opinion", openapi_extra=ACT)
def ask_opinion(request: HttpRequest, code: DossierCode, given: Question) -> HttpResponse:
    """Ask another body for its opinion, where the flow foresees it."""
    return _act(request, code, opinions.ask_opinion, question=given.question, until=given.until)


@router.post("/{path:code}/give-opinion", response=Done, summary="Give an opinion", openapi_extra=ACT)
def give_opinion(request: HttpRequest, code: DossierCode, given: Opinion) -> HttpResponse:
    """Answer a request for opinion."""
    return _act(request, code, opinions.give_opinion, opinion=given.opinion)


@router.post("/{path:code}/sign", response=Done, summary="Sign (session only)", openapi_extra=ACT)
def sign_result(request: HttpRequest, code: DossierCode, given: Pin) -> HttpResponse:
    """Approve and sign the proposed result. Only a leader's own session with a second factor may; never a token."""
    door = cast("ActorRequest", request)
    # the PIN stays out of what is kept to know the request again
    material = f"sign {code}"
    if (kept := answered_before(door, material=material)) is not None:
        return kept
    paper = results.sign_paper(
        code, pin=given.pin, expected=request.headers.get("If-Match", ""), actor=door.actor, at=door.at
    )
    return write(
        door,
        lambda: done_of(results.keep_signed_result(code, paper, actor=door.actor, at=door.at).dossier),
        material=material,
    )


@router.post("/{path:code}/issue", response=Done, summary="Issue", openapi_extra=ACT)
def issue_result(request: HttpRequest, code: DossierCode) -> HttpResponse:
    """Enter the signed result in the book and send it to the desk."""
    return _act(request, code, results.issue_result)


@router.post("/{path:code}/return", response=Done, summary="Hand over", openapi_extra=ACT)
def return_result(request: HttpRequest, code: DossierCode, given: HandOver) -> HttpResponse:
    """Hand the result over and close the dossier."""
    return _act(request, code, reception.return_result, taken_by=given.taken_by)


@router.post("/{path:code}/take-payment", response=Done, summary="Take the fee", openapi_extra=ACT)
def take_payment(request: HttpRequest, code: DossierCode, given: Takings) -> HttpResponse:
    """Take the fee at the counter and give a receipt."""
    return _act(
        request,
        code,
        lambda code, **who: money.take_payment(code, method=given.method, **who).dossier,
    )


@router.post("/{path:code}/return-fee", response=Done, summary="Give the fee back", openapi_extra=ACT)
def return_fee(request: HttpRequest, code: DossierCode) -> HttpResponse:
    """Note that the counter gave back the fee of a dossier that was not received."""
    return _act(request, code, lambda code, **who: money.return_cash(code, **who).dossier)


@router.post("/{path:code}/postpone", response=Done, summary="Give a new date", openapi_extra=ACT)
def postpone_result(request: HttpRequest, code: DossierCode, given: NewDate) -> HttpResponse:
    """Give the applicant a new date, with an apology, once (form 04)."""
    return _act(request, code, processing.postpone_result, to=given.to, reason=given.reason, cause=given.cause)


@router.post("/{path:code}/stop", response=Done, summary="Stop", openapi_extra=ACT)
def stop_dossier(request: HttpRequest, code: DossierCode, given: Reason) -> HttpResponse:
    """Stop processing with a reason (form 05)."""
    return _act(request, code, processing.stop_dossier, reason=given.reason)


def _act(request: HttpRequest, code: str, action: Callable[..., Any], *args: Any, **given: Any) -> HttpResponse:
    door = cast("ActorRequest", request)

    def do() -> Done:
        made = action(code, *args, **given, actor=door.actor, at=door.at)
        return done_of(getattr(made, "dossier", made))

    return write(door, do, code=code)


def _overdue(dossier: Any, at: datetime) -> bool:
    ended = dossier.finished_at is not None or dossier.paused_at is not None
    return dossier.due_at is not None and not ended and dossier.due_at < at
