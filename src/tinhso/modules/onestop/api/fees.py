"""The money of a dossier for programs: what is owed and why, demands, payments, receipts; demanding, withdrawing, judging."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from ninja import Path
from pydantic import Field

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import claims, demands
from tinhso.modules.onestop.actions.readings import open_dossier
from tinhso.modules.onestop.api.dossiers import ACT, READ, router
from tinhso.modules.onestop.api.public import DossierCode
from tinhso.modules.onestop.api.shapes import Moment
from tinhso.modules.onestop.api.writing import write
from tinhso.modules.onestop.forms import REASON
from tinhso.modules.onestop.queries import fees, money, shown
from tinhso.web.shapes import Shape

LARGEST = 10**12


class Demand(Shape):
    """A fee that became due after the dossier was looked at."""

    number: int = Field(description="of the dossier, from 1", examples=[1])
    item: str = Field(description="code in the fee rule of the procedure")
    name: str
    name_en: str = ""
    amount_vnd: int = Field(description="đồng")
    value_vnd: int | None = Field(None, description="value of which it is a part, đồng")
    basis: str = Field("", description="paper that the sum rests on")
    law: str
    holds: Literal["work", "result", "nothing"] = Field(description="what waits until it is paid")
    state: Literal["open", "paid", "withdrawn"]
    pay_by: date
    asked_at: Moment
    reminders: int = Field(0, description="how often the payer was reminded")
    withdrawn_at: Moment | None = None
    reason: str = Field("", description="why it was withdrawn")


class Claim(Shape):
    """A group that the applicant claims to belong to and that pays less."""

    group: str
    name: str
    name_en: str = ""
    state: Literal["claimed", "confirmed", "refused"]
    evidence: list[str] = Field(default_factory=list, description="codes of the papers by which it is shown")
    law: str
    claimed_at: Moment
    decided_at: Moment | None = None
    reason: str = ""


class PaymentRow(Shape):
    """One payment, or one part of a payment that goes back."""

    order_code: str
    amount_vnd: int = Field(description="đồng")
    method: Literal["gateway", "cash", "transfer"]
    state: Literal["started", "paid", "failed", "excess", "refunded", "voided"] = Field(
        description="only paid counts; excess: to be given back"
    )
    demand: int = Field(description="which asking it pays, from 0; each is paid once")
    receipt_number: str = ""
    receipt: str | None = Field(None, description="address of the receipt as PDF, for what counts")
    part_of: str = Field("", description="order of which this part goes back")
    created_at: Moment
    settled_at: Moment | None = None


class LaterItem(Shape):
    """A fee that the procedure lists and that may be demanded now; only officers see them."""

    code: str
    name: str
    name_en: str = ""
    amount_vnd: int | None = Field(None, description="fixed sum, đồng")
    percent: float | None = Field(None, description="of the value that is entered")
    holds: Literal["work", "result", "nothing"]


class Money(Shape):
    """Everything about the money of a dossier."""

    code: str
    money: Literal["none", "due", "paid", "back", "refunded"]
    fee_vnd: int = Field(description="the whole fee, demands included, đồng")
    later_vnd: int = Field(description="of it, what was demanded later, đồng")
    owed_vnd: int = Field(description="what is still to be paid, đồng")
    holds_result: bool = Field(description="whether the result waits for what is owed")
    fee_steps: list[str] = Field(description="how the fee was found")
    demands: list[Demand]
    claims: list[Claim]
    payments: list[PaymentRow]
    may_demand: list[LaterItem] = Field(default_factory=list)


class NewDemand(Shape):
    """What is demanded, and on what it rests."""

    item: str = Field(min_length=1, max_length=60, description="code of the fee, from `may_demand`")
    basis: str = Field(min_length=1, max_length=500, description="paper with number and day; the applicant reads it")
    amount_vnd: int | None = Field(None, ge=1, le=LARGEST, description="where the sum is entered, đồng")
    value_vnd: int | None = Field(None, ge=1, le=10**15, description="where the fee is a part of a value, đồng")


class Withdrawn(Shape):
    """Why a demand is withdrawn."""

    reason: str = Field(min_length=1, max_length=1000, description="the applicant reads exactly this")


class Judged(Shape):
    """What was found about a group."""

    confirmed: bool
    reason: str = Field(
        "", max_length=REASON, description="needed for a refusal, and where no paper of the dossier shows the group"
    )


@router.get("/{path:code}/money", response=Money, summary="Fee, demands, payments and receipts", openapi_extra=READ)
def get_dossier_money(request: HttpRequest, code: DossierCode) -> Money:
    """Return what a dossier costs, what is owed, what was demanded and paid, with every receipt."""
    door = cast("ActorRequest", request)
    found = open_dossier(code, actor=door.actor, at=door.at)
    office = access.sees_as_office(door.actor, found)
    return Money(
        code=found.code,
        money=cast("Any", found.money),
        fee_vnd=found.fee_vnd,
        later_vnd=found.later_vnd,
        owed_vnd=fees.owed(found),
        holds_result=found.holds_result,
        fee_steps=shown.fee_words(found),
        demands=[Demand.model_validate(one) for one in money.demands_of(found)],
        claims=[Claim.model_validate(one) for one in money.claims_of(found)],
        payments=[PaymentRow(**one) for one in money.payments_of(found)],
        may_demand=[LaterItem(**one) for one in money.may_be_demanded(found)] if office else [],
    )


@router.post("/{path:code}/demand-fee", response={201: Demand}, summary="Demand a fee (officers)", openapi_extra=ACT)
def demand_fee(request: HttpRequest, code: DossierCode, given: NewDemand) -> HttpResponse:
    """Demand a fee that the procedure lists; where its rule says so the work and its clock wait until it is paid."""
    door = cast("ActorRequest", request)

    def do() -> Demand:
        made = demands.demand_fee(
            code, given.item, basis=given.basis, amount_vnd=given.amount_vnd, value_vnd=given.value_vnd,
            actor=door.actor, at=door.at,
        )  # fmt: skip
        return Demand.model_validate(made)

    return write(door, do, status=201, code=code)


@router.post(
    "/{path:code}/withdraw-demand/{int:demand}", response=Demand, summary="Withdraw a demand (officers)",
    openapi_extra=ACT,
)  # fmt: skip
def withdraw_demand(
    request: HttpRequest, code: DossierCode, demand: Annotated[int, Path(ge=1, le=30_000)], given: Withdrawn
) -> HttpResponse:
    """Withdraw a demand; what was paid on it goes back the way it came."""
    door = cast("ActorRequest", request)

    def do() -> Demand:
        made = demands.withdraw_demand(code, demand, reason=given.reason, actor=door.actor, at=door.at)
        return Demand.model_validate(made)

    return write(door, do, code=code)


@router.post(
    "/{path:code}/judge-claim/{group}", response=Claim, summary="Judge a claimed group (officers)", openapi_extra=ACT
)
def judge_claim(
    request: HttpRequest, code: DossierCode, group: Annotated[str, Path(max_length=60)], given: Judged
) -> HttpResponse:
    """Confirm a group that pays less, or not: then the whole fee is due."""
    door = cast("ActorRequest", request)

    def do() -> Claim:
        if given.confirmed:
            made = claims.confirm_claim(code, group, note=given.reason, actor=door.actor, at=door.at)
        else:
            made = claims.refuse_claim(code, group, reason=given.reason, actor=door.actor, at=door.at)
        return Claim.model_validate(made)

    return write(door, do, code=code)
