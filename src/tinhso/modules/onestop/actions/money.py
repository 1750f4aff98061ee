"""Paying the fee: at the gateway or at the counter, once, with a receipt (S-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import new_id, record
from tinhso.law.fees import fee_given_back
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.closing import current_book, enter, open_book_of, till_of
from tinhso.modules.onestop.actions.numbers import give_receipt_number
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
from tinhso.modules.onestop.queries.fees import (
    WITHOUT_RESULT,
    FeeUnknown,
    fee_for,
    fee_in_both,
    is_due,
    owed,
    quantities_of,
)
from tinhso.modules.onestop.queries.services import get_service
from tinhso.web.words import money

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
    payment.gateway_reference, payment.pay_url = reference, pay_url
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
    EXCESS, for the worker to give back whole; the fee stays as it was.
    """
    payment = _locked_payment(order_code)
    dossier = payment.dossier
    require(access.is_gateway, actor)
    if payment.state in (PaymentState.PAID, PaymentState.EXCESS, PaymentState.REFUNDED):
        record("onestop.payment_settled", dossier, actor=actor, at=at, order=order_code, again=True)
        return payment
    fits = {amount_vnd, payment.amount_vnd} == {owed(dossier)} and payment.demand == dossier.demand
    if not is_due(dossier) or not fits:
        payment.state, payment.settled_at, payment.amount_vnd = PaymentState.EXCESS, at, amount_vnd
        payment.gateway_reference = reference or payment.gateway_reference
        payment.tries, payment.next_at = 0, at
        payment.save()
        record("onestop.payment_excess", dossier, actor=actor, at=at, order=order_code, amount_vnd=amount_vnd)
        return payment
    settle(payment, dossier, at)
    payment.gateway_reference = reference or payment.gateway_reference
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


def owe_back(dossier: Dossier, *, actor: Actor, at: datetime) -> None:
    """
    Put aside what was paid for a dossier that ends before it was received, where the law gives it back.

    For the acts that refuse and withdraw, before they save; the caller saves `money`. The worker has the gateway give back
    what came online; what the counter took, the counter gives back (`return_cash`).
    """
    if dossier.money not in (MoneyState.PAID, MoneyState.BACK) and not dossier.settled_vnd:
        return
    rule = get_service(dossier.service_code, civil_date(dossier.submitted_at)).fee_rule
    back = fee_given_back(rule, received=dossier.received_at is not None, on=civil_date(at))
    if not back.value:
        return
    dossier.money, dossier.settled_vnd = MoneyState.BACK, 0
    for paid in dossier.payments.filter(state=PaymentState.PAID).order_by("demand"):
        payment = _all_back(paid, at)
        record(
            "onestop.payment_due_back",
            dossier,
            actor=actor,
            at=at,
            order=payment.order_code,
            amount_vnd=payment.amount_vnd,
            law=back.sources[0],
        )


def paid_net(dossier: Dossier) -> int:
    """Return what was paid for a dossier and does not go back, in đồng. Two statements."""
    paid = list(dossier.payments.filter(state=PaymentState.PAID))
    return _sum(paid) - _sum(Payment.objects.filter(of__in=paid))


def _sum(payments: Iterable[Payment]) -> int:
    return sum(payment.amount_vnd for payment in payments)


def _all_back(payment: Payment, at: datetime) -> Payment:
    """Put aside what is left of a payment: itself, or the rest where a part went back already."""
    if payment.backs.exists():
        return _back_row(payment, payment.amount_vnd - _sum(payment.backs.all()), at)
    payment.state = PaymentState.EXCESS
    payment.tries, payment.next_at = 0, at
    payment.save(update_fields=["state", "tries", "next_at"])
    return payment


def _back_row(payment: Payment, amount: int, at: datetime) -> Payment:
    """Put aside a part of a payment to be given back, the way it came."""
    return Payment.objects.create(
        dossier_id=payment.dossier_id,
        of=payment,
        order_code=f"{payment.order_code}B{payment.backs.count() + 1}",
        amount_vnd=amount,
        method=payment.method,
        state=PaymentState.EXCESS,
        gateway_reference=payment.gateway_reference,
        payer_name=payment.payer_name,
        demand=payment.demand,
        created_at=at,
        settled_at=at,
        next_at=at,
    )


class FeeSettled(BadInput):
    """The fee is on its way back, and the answers would change it."""

    code = "onestop.fee_settled"
    text = _(
        "This would change the fee of {dossier} from {paid} to {fee} while money of it is on its way back. "
        "Wait until it is given back, or leave what the fee is counted by as it was."
    )


def count_fee_anew(dossier: Dossier, answers: Mapping[str, Any], *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """
    Count the fee by changed answers, on the terms of the day of filing; return the names of what to save with them.

    For the acts that change answers. While answers are not whole enough to count by, the fee stays. What a paid fee rises by
    is demanded: paid like the first, with a receipt of its own. What it falls by goes back the way it came. No receipt is
    changed. Raises FeeSettled while money is on its way back.
    """
    on = civil_date(dossier.submitted_at)
    service = get_service(dossier.service_code, on)
    try:
        fee = fee_for(service, dossier.way, dossier.case_code, answers, on=on)
    except FeeUnknown:
        return ()
    if fee.value == dossier.fee_vnd or dossier.state in WITHOUT_RESULT:
        return ()
    if dossier.money in (MoneyState.BACK, MoneyState.REFUNDED):
        places = [
            Fault(f"/{each.path.replace('.', '/')}", _("The fee was paid by this number."), "fee")
            for each in quantities_of(service)
        ]
        raise FeeSettled(dossier=dossier.code, paid=money(dossier.fee_vnd), fee=money(fee.value), faults=places)
    paid = paid_net(dossier)
    if paid:
        # a receipt goes on saying what it was given for
        dossier.payments.filter(state=PaymentState.PAID, fee_steps__isnull=True).update(fee_steps=dossier.fee_steps)
    was, dossier.fee_vnd, dossier.fee_steps = dossier.fee_vnd, fee.value, fee_in_both(fee)
    if not paid:
        dossier.money = MoneyState.DUE if fee.value else MoneyState.NONE
        return ("fee_vnd", "fee_steps", "money")
    if fee.value > paid:
        dossier.demand += dossier.money == MoneyState.PAID
        dossier.settled_vnd, dossier.money = paid, MoneyState.DUE
    else:
        # what was demanded beyond it and never paid is demanded no more
        dossier.settled_vnd = 0
        dossier.money = MoneyState.BACK if _give_back_part(dossier, paid - fee.value, at) else MoneyState.PAID
    record(
        "onestop.fee_changed", dossier, actor=actor, at=at, was=was, fee_vnd=fee.value, paid_vnd=paid,
        owed_vnd=owed(dossier), back_vnd=max(paid - fee.value, 0),
    )  # fmt: skip
    return ("fee_vnd", "fee_steps", "money", "demand", "settled_vnd")


def _give_back_part(dossier: Dossier, amount: int, at: datetime) -> bool:
    """Put aside so much of what was paid, of the last payment first; tell whether there was anything to put aside."""
    left = amount
    for payment in dossier.payments.filter(state=PaymentState.PAID).order_by("-demand"):
        part = min(left, payment.amount_vnd - _sum(payment.backs.all()))
        if part > 0:
            _back_row(payment, part, at)
            left -= part
    return amount > 0


@act
def fail_payment(order_code: str, *, reason: str, actor: Actor, at: datetime) -> Payment:
    """Note that an order was not paid; the fee stays due and another order may be opened."""
    payment = _locked_payment(order_code)
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
    settle(payment, dossier, at)
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
    save(dossier, "money", "settled_vnd", "demand")
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


def settle(payment: Payment, dossier: Dossier, at: datetime) -> None:
    """Count a payment as the fee and give it a receipt number. For acts that hold both; the caller saves the payment."""
    payment.state, payment.settled_at = PaymentState.PAID, at
    payment.receipt_number = give_receipt_number(dossier.agency_code, at)
    dossier.money = MoneyState.PAID
    save(dossier, "money")
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
        dossier.money = MoneyState.REFUNDED
        save(dossier, "money")


def is_excess(payment: Payment) -> bool:
    """Tell whether money came that was not due."""
    return payment.state == PaymentState.EXCESS
