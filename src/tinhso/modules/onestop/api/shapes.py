"""What the API says: the schemas of drafts and dossiers, and how rows become them."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from tinhso.web.shapes import Shape

Moment = Annotated[
    AwareDatetime,
    AfterValidator(lambda at: at.astimezone(UTC)),
    Field(description="moment in UTC, RFC 3339", examples=["2026-03-16T01:05:00Z"]),
]
DOSSIER_CODE = "H47.32.20-260316-0001"
Pages = Annotated[str | None, Field(description="address of the next page, or null")]


class Place(Shape):
    """A place to mend."""

    pointer: str = Field(description="JSON Pointer into the answers, or /_agency, /_delivery, /_files/{component}")
    text: str
    code: str


class State(Shape):
    """State of a dossier as the national portal counts it."""

    code: int = Field(ge=1, le=10, examples=[4])
    name: str = Field(examples=["Đang xử lý"])
    name_en: str = Field(examples=["Being processed"])


class Sent(Shape):
    """A file that was kept."""

    id: UUID = Field(description="id of the file here; DELETE and GET take it")
    document_id: UUID
    component: str = Field("", description="code of the paper it is")
    name: str
    size_bytes: int
    sha256: str = Field(description="hexadecimal fingerprint of the content", min_length=64, max_length=64)
    origin: str = Field("applicant", examples=["applicant", "desk", "office", "result", "held"])


class Held(Shape):
    """What the province holds already and stands for a paper, which need not be handed in."""

    component: str = Field(description="code of the paper it stands for")
    held_id: UUID = Field(description="name it to use it")
    title: str
    number: str
    issuer: str
    issued_on: date | None = None
    valid_to: date | None = Field(None, description="last day on which it holds; none: until replaced or revoked")
    name: str = Field(description="name of the file")
    size_bytes: int
    sha256: str = Field(description="hexadecimal fingerprint of the content", min_length=64, max_length=64)


class HeldPapers(Shape):
    """All that is held and stands for papers; newest first for each."""

    items: list[Held]


class UseHeld(Shape):
    """A paper, and what is held that stands for it."""

    component: str = Field(min_length=1, max_length=40, description="code of the paper")
    held_id: UUID = Field(description="from GET …/held")


class AskRegister(Shape):
    """A paper for which the registers of others are asked."""

    component: str = Field(min_length=1, max_length=40, description="code of the paper")


class Upload(Shape):
    """A file in the store, to be attached by its id."""

    id: UUID
    name: str
    size_bytes: int
    sha256: str
    media_type: str
    pages: int | None = None


class Delivery(Shape):
    """How the result is taken and where notices go."""

    result_way: Literal["online", "direct", "post"] = Field(description="electronic only, at the desk, by post")
    address: str = Field("", max_length=400, description="needed for post")
    phone: str = Field(max_length=20, examples=["0905123456"])
    email: str = Field("", max_length=200)


class Application(Shape):
    """A draft, or what became of it."""

    id: UUID
    service_code: str
    service_name: str
    service_name_en: str
    agency_code: str
    case_code: str
    form_code: str
    form_version: int
    answers: dict[str, Any] = Field(description="one object for each step of the form")
    steps: list[str] = Field(description="keys of the steps that are asked, in order")
    done_steps: list[str]
    delivery: dict[str, Any]
    files: list[Sent]
    state: Literal["draft", "filed", "discarded"]
    dossier_code: str = Field("", description="filled once it is filed")
    to_mend: list[Place] = Field(description="everything that keeps it from being filed")
    revision: int
    updated_at: Moment
    expires_at: Moment


class ApplicationRow(Shape):
    """A draft in a list."""

    id: UUID
    service_code: str
    service_name: str
    service_name_en: str
    updated_at: Moment
    expires_at: Moment


class Filed(Shape):
    """The proof of filing."""

    code: str = Field(description="code of the dossier: keep it", examples=[DOSSIER_CODE])
    state: State
    submitted_at: Moment
    agency_code: str
    agency_name: str
    fee_vnd: int = Field(description="đồng")
    receipt_code: str = Field(description="anyone can check it at /so-cai/", examples=["0G7M-2QXR-9HVD-40KT"])
    receipt_url: str
    track_url: str


class DossierRow(Shape):
    """A dossier in a list."""

    code: str = Field(examples=[DOSSIER_CODE])
    service_code: str
    service_name: str
    service_name_en: str
    agency_code: str
    agency_name: str
    applicant_name: str
    state: State
    money: Literal["none", "due", "paid", "back", "refunded"]
    delivery: Literal["none", "ready", "handed"]
    submitted_at: Moment
    received_at: Moment | None = None
    due_at: Moment | None = None
    paused_at: Moment | None = None
    finished_at: Moment | None = None


class Done(DossierRow):
    """The dossier after an act."""

    revision: int


class Happened(Shape):
    """One thing that happened."""

    event: str = Field(examples=["onestop.dossier_accepted"])
    title: str
    at: Moment
    who: str = Field(default="", description="the official who did it")
    text: str = Field(default="", description="reason or note, where there is one")


class Step(Shape):
    """One thing to be done by somebody."""

    id: UUID
    form: str = Field(examples=["receive", "assign", "process", "consult", "review", "sign", "issue", "return"])
    name: str
    name_en: str
    agency_code: str
    role: str
    state: Literal["open", "taken", "done", "cancelled"]
    assignee_name: str = ""
    version: int = Field(description="give it back when taking the task")
    created_at: Moment
    due_at: Moment | None = None
    mine: bool = Field(description="whether the reader may do it")


class AskedItem(Shape):
    """One thing to add or mend."""

    pointer: str = Field(
        "", max_length=300, description="JSON Pointer of the answer to mend", examples=["/record/event"]
    )
    component: str = Field("", max_length=40, description="code of the paper to add")
    reason: Literal["missing", "unreadable", "wrong", "expired", "unsigned"]
    text: str = Field(min_length=1, max_length=1000, description="what the applicant must do, in words")


class Asked(Shape):
    """The open request for more papers."""

    number: int = Field(description="number of form 02 in the desk's year")
    items: list[AskedItem]
    asked_by: str
    asked_at: Moment
    answer_by: date | None = None


class Result(Shape):
    """What the dossier ended in, or is proposed to end in."""

    kind: Literal["grant", "refusal"]
    title: str
    reason: str = ""
    number: str = ""
    proposed_by: str
    signed_by: str = ""
    signed_at: Moment | None = None
    signed_sha256: str = ""
    issued_at: Moment | None = None


class PartEnd(Result):
    """What a participant's part ended in, or is proposed to end in."""

    agency_name: str


class Taking(Shape):
    """One agency that takes part in settling a dossier: its task, its own clock, its own lateness."""

    key: str = Field(examples=["residence"])
    role: Literal["lead", "participant", "consulted"]
    agency_code: str
    agency_name: str
    task: str
    limit_amount: float | None = None
    limit_unit: str = ""
    law: str = ""
    state: Literal["waiting", "running", "paused", "over", "silent", "gone"]
    started_at: Moment | None = None
    due_at: Moment | None = None
    paused_at: Moment | None = None
    ended_at: Moment | None = None
    outcome: str = ""
    held_seconds: int = Field(0, description="working time for which it had the dossier; of the lead: it alone")
    late_seconds: int = Field(0, description="working time by which it is late by its own clock")
    result: PartEnd | None = None


class Paid(Shape):
    """The payment that counts."""

    order_code: str
    amount_vnd: int
    method: Literal["gateway", "cash", "transfer"]
    receipt_number: str
    settled_at: Moment | None


class Applicant(Shape):
    """Whose dossier it is, as on the day of filing."""

    name: str
    number: str = Field(description="citizen number or tax code")
    phone: str
    email: str
    address: str


class Dossier(Done):
    """A dossier whole, for who may see it."""

    way: Literal["direct", "online", "post"]
    result_way: Literal["direct", "online", "post"]
    result_address: str
    desk_code: str
    case_code: str
    applicant: Applicant
    form_code: str
    form_version: int
    answers: dict[str, Any]
    components: list[dict[str, Any]]
    files: list[Sent]
    fee_vnd: int = Field(description="đồng")
    owed_vnd: int = Field(0, description="what is still to be paid, đồng; more of it under …/money")
    fee_steps: list[str] = Field(description="how the fee was found")
    supplement: Asked | None = None
    result: Result | None = None
    participants: list[Taking] = Field(
        default_factory=list, description="who takes part, in order; empty where one agency settles it"
    )
    payment: Paid | None = None
    rating: int | None = Field(None, ge=1, le=5)
    closing_reason: str
    postponed_at: Moment | None = None
    returned_at: Moment | None = None
    history: list[Happened]
    tasks: list[Step] = Field(description="open steps; only officers see them")
    receipt_code: str
    track_url: str
