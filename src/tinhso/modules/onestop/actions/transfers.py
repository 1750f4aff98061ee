"""Paying by bank transfer: an order with a reference of its own, settled by the bank's statement (S-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.money import NothingToPay, prepared, settle
from tinhso.modules.onestop.actions.steps import locked_dossier
from tinhso.modules.onestop.models import Dossier, Payment, PaymentMethod
from tinhso.modules.onestop.queries.accounts import account_of, get_account, transfer_shown
from tinhso.modules.onestop.queries.fees import is_due, owed
from tinhso.modules.onestop.queries.statements.references import new_reference


def can_prepare(actor: Actor, dossier: Dossier) -> bool:
    """Prepare a transfer: the applicant, or the counter for them."""
    return access.can_pay(actor, dossier) or access.can_take_payment(actor, dossier)


@act
def start_transfer(code: str, *, actor: Actor, at: datetime) -> Payment:
    """
    Prepare a transfer of the fee; asked again, it is the same while the fee is the same. Raises NothingToPay, NoAccount.

    Nothing is paid by it: the bank's statement says when the money came.
    """
    dossier = locked_dossier(code, actor)
    require(can_prepare, actor, dossier)
    if not is_due(dossier):
        raise NothingToPay(dossier=code)
    account = get_account(dossier.agency_code, civil_date(at))
    payment = prepared(dossier)
    again = payment is not None
    if payment is None:
        payment = Payment.objects.create(
            dossier=dossier,
            order_code=new_reference(),
            amount_vnd=owed(dossier),
            demand=dossier.demand,
            method=PaymentMethod.TRANSFER,
            payer_name=dossier.applicant_name,
            created_at=at,
        )
    record(
        "onestop.transfer_started",
        dossier,
        actor=actor,
        at=at,
        order=payment.order_code,
        amount_vnd=payment.amount_vnd,
        account=account.number,
        again=again,
    )
    return payment


def shown_to(dossier: Dossier, at: datetime) -> dict[str, Any] | None:
    """Return what a payer needs for the transfer that was prepared, None when none was."""
    payment = prepared(dossier) if is_due(dossier) else None
    account = account_of(dossier.agency_code, civil_date(at)) if payment else None
    return transfer_shown(account, payment.amount_vnd, payment.order_code) if payment and account else None


def settle_transfer(payment: Payment, *, reference: str, actor: Actor, at: datetime) -> None:
    """Note that a prepared transfer came in, with a receipt. For acts that hold payment and dossier."""
    payment.gateway_reference = reference[:100]
    settle(payment, payment.dossier, actor, at)
    payment.save()
    record(
        "onestop.payment_settled",
        payment.dossier,
        actor=actor,
        at=at,
        order=payment.order_code,
        amount_vnd=payment.amount_vnd,
        receipt=payment.receipt_number,
    )


def pay_by_transfer(dossier: Dossier, amount_vnd: int, *, reference: str, actor: Actor, at: datetime) -> Payment | None:
    """
    Pay what a dossier owes with a transfer that bore no reference of ours; None where it owes another sum, or nothing.

    For acts that hold the dossier. A transfer that was prepared for it takes the money.
    """
    if not is_due(dossier) or owed(dossier) != amount_vnd:
        return None
    payment = prepared(dossier) or Payment.objects.create(
        dossier=dossier,
        order_code=new_reference(),
        amount_vnd=amount_vnd,
        demand=dossier.demand,
        method=PaymentMethod.TRANSFER,
        payer_name=dossier.applicant_name,
        created_at=at,
    )
    payment.dossier = dossier
    settle_transfer(payment, reference=reference, actor=actor, at=at)
    return payment
