"""Paying the fee: at the gateway or at the counter, once, with a receipt (S-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import entries, new_id, record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.closing import current_book, enter, open_book_of, till_of
from tinhso.modules.onestop.actions.numbers import give_receipt_number
from tinhso.modules.onestop.actions.owing import demands_paid, demands_reopened, paid_net
from tinhso.modules.onestop.actions.parts import let_out_all
from tinhso.modules.onestop.actions.steps import locked_dossier, save
from tinhso.modules.onestop.models import (
    Dossier,
    Found,
    LineKind,
    LineState,
    MissingAtBank,
    MoneyState,
    PartResult,
    Payment,
    PaymentMethod,
    PaymentState,
    Result,
    StatementLine,
)
from tinhso.modules.onestop.queries.fees import is_due, owed

SAME_ORDER_WITHIN = timedelta(minutes=15)
"""A payer who comes back this soon goes on with the order that is open, so that nothing is paid twice."""
ASK_AFTER = timedelta(minutes=10)
"""A payer who has not come back and a gateway that has not told us: after this we ask."""


class NothingToPay(Refusal):
    """There is no fee, or it is paid."""

    code = "onestop.nothing_to_pay"
    text = _("Nothing is to be paid for {dossier}.")


class NothingToGiveBack(Refusal):
    """The counter holds no money that goes back."""

    code = "onestop.nothing_to_give_back"
    text = _("The counter holds nothing that goes back for {dossier}.")


class NotVoidable(Refusal):
    """Only a receipt of the counter that counts can be voided."""

    code = "onestop.not_voidable"
    text = _("Receipt {receipt} was not given at the counter, or does not count any more.")


class ReceiptUsed(Refusal):
    """The result was issued: whoever paid may have read it."""

    code = "onestop.receipt_used"
    text = _("The result was issued on receipt {receipt}, which stays. Note a wrong sum when the book is closed.")


@act
def start_payment(code: str, *, actor: Actor, at: datetime) -> Payment:
    """Open an order for the fee; the door then takes it to the gateway. Raises NothingToPay."""
    dossier = locked_dossier(code, actor)
    require(access.can_pay, actor, dossier)
    if not is_due(dossier):
        raise NothingToPay(dossier=code)
    # also one that the gateway has not answered: it may live there, and asked again it is the same order
    going_on = dossier.payments.filter(
        state=PaymentState.STARTED,
        method=PaymentMethod.GATEWAY,
        amount_vnd=owed(dossier),
        demand=dossier.demand,
        created_at__gt=at - SAME_ORDER_WITHIN,
    )
    opened = going_on.order_by("-created_at").first()
    if opened is not None:
        record("onestop.payment_started", dossier, actor=actor, at=at, order=opened.order_code, again=True)
        return opened
    payment = Payment.objects.create(
        dossier=dossier,
        order_code=f"TS{new_id().hex[:24].upper()}",
        amount_vnd=owed(dossier),
        demand=dossier.demand,
        method=PaymentMethod.GATEWAY,
        payer_name=actor.name,
        created_at=at,
        next_at=at + ASK_AFTER,
    )
    record(
        "onestop.payment_started", dossier, actor=actor, at=at, order=payment.order_code, amount_vnd=payment.amount_vnd
    )
    return payment


@act
def note_gateway(order_code: str, *, reference: str, pay_url: str, actor: Actor, at: datetime) -> Payment:
    """Keep what the gateway answered to the order, so that the payer can come back to the same page."""
    payment = _locked_payment(order_code)
    require(access.can_pay, actor, payment.dossier)
    if payment.state == PaymentState.FAILED and not payment.pay_url:
        # refused before, taken now that it was asked again: it can be paid, so it is asked about again
        payment.state, payment.settled_at = PaymentState.STARTED, None
        payment.tries, payment.next_at = 0, at + ASK_AFTER
    payment.gateway_reference, payment.pay_url = reference[:100], pay_url
    payment.save(update_fields=["gateway_reference", "pay_url", "state", "settled_at", "tries", "next_at"])
    record(
        "onestop.payment_started", payment.dossier, actor=actor, at=at, order=order_code, gateway=reference, again=True
    )
    return payment


@act
def settle_payment(order_code: str, *, amount_vnd: int, reference: str, actor: Actor, at: datetime) -> Payment:
    """
    Note that the gateway received the money. Called by its signed notice, by query, or both: it counts once.

    Money that is not due (paid another way meanwhile, withdrawn, refused) and any other sum than is asked is kept as
    EXCESS, for the worker to give back whole; the fee stays as it was. Raises NotFound for what is no order of the gateway.
    """
    payment = _locked_order(order_code)
    dossier = payment.dossier
    require(access.is_gateway, actor)
    if payment.state in (PaymentState.PAID, PaymentState.EXCESS, PaymentState.REFUNDED):
        record("onestop.payment_settled", dossier, actor=actor, at=at, order=order_code, again=True)
        return payment
    fits = {amount_vnd, payment.amount_vnd} == {owed(dossier)} and payment.demand == dossier.demand
    if not is_due(dossier) or not fits:
        payment.state, payment.settled_at, payment.amount_vnd = PaymentState.EXCESS, at, amount_vnd
        payment.gateway_reference = reference[:100] or payment.gateway_reference
        payment.tries, payment.next_at = 0, at
        payment.save()
        record("onestop.payment_excess", dossier, actor=actor, at=at, order=order_code, amount_vnd=amount_vnd)
        return payment
    settle(payment, dossier, actor, at)
    payment.gateway_reference = reference[:100] or payment.gateway_reference
    payment.save()
    record(
        "onestop.payment_settled",
        dossier,
        actor=actor,
        at=at,
        order=order_code,
        amount_vnd=amount_vnd,
        receipt=payment.receipt_number,
    )
    return payment


@act
def note_refund(order_code: str, *, actor: Actor, at: datetime) -> Payment:
    """Note that the gateway gave excess money back. Twice is once."""
    payment = _locked_payment(order_code)
    require(access.is_gateway, actor)
    if payment.state == PaymentState.EXCESS:
        _given_back(payment, payment.dossier)
    record(
        "onestop.payment_refunded", payment.dossier, actor=actor, at=at, order=order_code, amount_vnd=payment.amount_vnd
    )
    return payment


@act
def note_told_refund(order_code: str, *, refunded_vnd: int, actor: Actor, at: datetime) -> Payment:
    """
    Note that the gateway says it gave money back. What we asked it to is done then; what we did not ask for is journalled.

    Such money still counts here: an accountant finds out why it left. Told again, it is noted once.
    """
    payment = _locked_order(order_code)
    require(access.is_gateway, actor)
    dossier = payment.dossier
    if payment.state == PaymentState.EXCESS and refunded_vnd >= payment.amount_vnd:
        _given_back(payment, dossier)
        record("onestop.payment_refunded", dossier, actor=actor, at=at, order=order_code, amount_vnd=payment.amount_vnd)
        return payment
    asked = sum(part.amount_vnd for part in payment.backs.all())
    if payment.state != PaymentState.PAID or refunded_vnd <= asked:
        record("onestop.payment_refunded", dossier, actor=actor, at=at, order=order_code, again=True)
        return payment
    told = [line.facts for line in entries(dossier.journal_subject) if line.event == "onestop.refund_unasked"]
    is_told = any(facts["order"] == order_code and facts["amount_vnd"] == refunded_vnd for facts in told)
    record(
        "onestop.refund_unasked", dossier, actor=actor, at=at, order=order_code, amount_vnd=refunded_vnd, asked_vnd=asked,
        again=is_told,
    )  # fmt: skip
    return payment


@act
def return_cash(code: str, *, actor: Actor, at: datetime) -> Payment:
    """Note that the counter gave back what it had taken for a dossier that was never received. Raises NothingToGiveBack."""
    dossier = locked_dossier(code, actor)
    require(access.can_take_payment, actor, dossier)
    payment = dossier.payments.filter(state=PaymentState.EXCESS).exclude(method=PaymentMethod.GATEWAY).first()
    if payment is None:
        raise NothingToGiveBack(dossier=code)
    _given_back(payment, dossier)
    enter(
        payment, LineKind.BACK, current_book(till_of(actor, dossier), actor=actor, at=at), dossier, actor=actor, at=at
    )
    record(
        "onestop.payment_refunded", dossier, actor=actor, at=at, order=payment.order_code, amount_vnd=payment.amount_vnd
    )
    return payment


@act
def fail_payment(order_code: str, *, reason: str, actor: Actor, at: datetime) -> Payment:
    """Note that an order was not paid; the fee stays due and another order may be opened."""
    payment = _locked_order(order_code)
    require(access.is_gateway, actor)
    if payment.state == PaymentState.STARTED:
        payment.state, payment.settled_at = PaymentState.FAILED, at
        payment.save(update_fields=["state", "settled_at"])
    record("onestop.payment_failed", payment.dossier, actor=actor, at=at, order=order_code, reason=reason)
    return payment


@act
def take_payment(code: str, *, method: str = PaymentMethod.CASH, actor: Actor, at: datetime) -> Payment:
    """Take the fee at the counter and give a receipt. Raises NothingToPay."""
    dossier = locked_dossier(code, actor)
    require(access.can_take_payment, actor, dossier)
    if not is_due(dossier):
        raise NothingToPay(dossier=code)
    payment = prepared(dossier) if method == PaymentMethod.TRANSFER else None
    is_new = payment is None
    # a transfer that was prepared keeps its reference, by which the bank's statement is held against it
    payment = payment or Payment(
        dossier=dossier,
        order_code=f"TQ{new_id().hex[:24].upper()}",
        amount_vnd=owed(dossier),
        demand=dossier.demand,
        method=method,
        payer_name=dossier.applicant_name,
        created_at=at,
    )
    payment.taken_by = actor.name
    book = current_book(till_of(actor, dossier), actor=actor, at=at)
    settle(payment, dossier, actor, at)
    payment.save(force_insert=is_new)
    enter(payment, LineKind.TAKEN, book, dossier, actor=actor, at=at)
    record(
        "onestop.payment_settled",
        dossier,
        actor=actor,
        at=at,
        order=payment.order_code,
        amount_vnd=payment.amount_vnd,
        receipt=payment.receipt_number,
    )
    return payment


@act
def void_receipt(receipt_number: str, *, reason: str, actor: Actor, at: datetime) -> Payment:
    """
    Void a receipt of the counter before its book is closed; its number stays, the fee is due again.

    Raises CashBookClosed once it is closed, ReceiptUsed when the result was let out by it, NoReason.
    """
    payment = Payment.objects.filter(receipt_number=receipt_number).exclude(receipt_number="").first()
    if payment is None:
        raise access.hidden(actor)
    dossier = locked_dossier(payment.dossier.code, actor)
    require(access.can_take_payment, actor, dossier)
    payment = _locked_payment(payment.order_code)
    if payment.state != PaymentState.PAID or not payment.at_counter or payment.backs.exists():
        raise NotVoidable(receipt=receipt_number)
    book = open_book_of(payment)
    # one desk does not write in the book of another, though both may take money of this dossier
    require(access.can_keep_cash, actor, book.desk_code)
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why the receipt is voided."), "reason")])
    issued = {"dossier": dossier, "issued_at__isnull": False}
    if Result.objects.filter(**issued).exists() or PartResult.objects.filter(**issued).exists():
        raise ReceiptUsed(receipt=receipt_number)
    payment.state = PaymentState.VOIDED
    payment.save(update_fields=["state"])
    enter(payment, LineKind.VOIDED, book, dossier, reason=reason.strip()[:1000], actor=actor, at=at)
    _open_at_bank(payment, reason, actor, at)
    # what was paid on other demands stays paid; this one is asked for anew
    dossier.settled_vnd = paid_net(dossier)
    if dossier.payments.filter(state=PaymentState.PAID, demand=dossier.demand).exists():
        dossier.demand += 1
    dossier.money = MoneyState.DUE
    save(dossier, "money", "settled_vnd", "demand", *demands_reopened(dossier, payment, actor=actor, at=at))
    record(
        "onestop.receipt_voided",
        dossier,
        actor=actor,
        at=at,
        receipt=receipt_number,
        amount_vnd=payment.amount_vnd,
        reason=reason.strip()[:1000],
    )
    return payment


def _open_at_bank(payment: Payment, reason: str, actor: Actor, at: datetime) -> None:
    """
    Let the accountant look again at money that the bank has and a voided receipt no longer counts.

    What the bank does not have either is explained by the voiding.
    """
    if payment.method != PaymentMethod.TRANSFER:
        return
    StatementLine.objects.filter(payment=payment, amount_vnd__gt=0, state=LineState.SETTLED).update(
        state=LineState.OPEN, found=Found.NOT_DUE
    )
    MissingAtBank.objects.filter(payment=payment, is_open=True).update(
        is_open=False, reason=reason.strip()[:1000], resolved_by=actor.name, resolved_at=at
    )


def prepared(dossier: Dossier) -> Payment | None:
    """Return the transfer that was prepared for the fee as it is now."""
    rows = dossier.payments.filter(
        state=PaymentState.STARTED, method=PaymentMethod.TRANSFER, amount_vnd=owed(dossier), demand=dossier.demand
    )
    return rows.order_by("created_at").first()


def _locked_payment(order_code: str) -> Payment:
    """Return an order with its dossier, both locked. Raises NotFound."""
    found = Payment.objects.select_for_update().select_related("dossier").filter(order_code=order_code).first()
    if found is None:
        raise NotFound
    return found


def _locked_order(order_code: str) -> Payment:
    """Return an order of the gateway, locked: what the counter took or a bank's statement brings is none of its business."""
    payment = _locked_payment(order_code)
    if payment.method != PaymentMethod.GATEWAY:
        raise NotFound
    return payment


def settle(payment: Payment, dossier: Dossier, actor: Actor, at: datetime) -> None:
    """
    Count a payment as what is owed and give it a receipt number; work that waited for it goes on.

    For acts that hold both; the caller saves the payment.
    """
    payment.state, payment.settled_at = PaymentState.PAID, at
    payment.receipt_number = give_receipt_number(dossier.agency_code, at)
    dossier.money = MoneyState.PAID
    save(dossier, "money", *demands_paid(dossier, payment, actor=actor, at=at))
    result = Result.objects.filter(dossier=dossier, issued_at__isnull=False).first() if dossier.finished_at else None
    if result is not None:
        let_out_all(dossier, result)


def _given_back(payment: Payment, dossier: Dossier) -> None:
    payment.state = PaymentState.REFUNDED
    payment.save(update_fields=["state"])
    if dossier.money == MoneyState.BACK and paid_net(dossier):
        # a part went back and the fee as it is now is paid: what else is on its way is still waited for
        if not dossier.payments.filter(state=PaymentState.EXCESS, of__isnull=False).exists():
            dossier.money = MoneyState.PAID
            save(dossier, "money")
        return
    # money that came twice leaves the fee paid; only the fee itself goes back
    is_last = not dossier.payments.filter(state=PaymentState.EXCESS).exclude(receipt_number="", of=None).exists()
    if dossier.money == MoneyState.BACK and (payment.receipt_number or payment.of_id) and is_last:
        # a fee that fell to nothing is no fee: what is demanded later is asked for as ever
        dossier.money = MoneyState.REFUNDED if dossier.fee_vnd else MoneyState.NONE
        save(dossier, "money")


def is_excess(payment: Payment) -> bool:
    """Tell whether money came that was not due."""
    return payment.state == PaymentState.EXCESS
