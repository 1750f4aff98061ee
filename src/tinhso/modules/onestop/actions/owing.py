"""What is owed for a dossier changes: counted anew, demanded later, given back. No receipt is ever edited (S-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.journal.public import record
from tinhso.law.fees import fee_given_back
from tinhso.law.later_fees import Holds
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions.holding import go_on, hold_work
from tinhso.modules.onestop.actions.noting import note_claims
from tinhso.modules.onestop.models import DemandState, Dossier, MoneyState, Payment, PaymentState
from tinhso.modules.onestop.queries.claims import refused_groups
from tinhso.modules.onestop.queries.fees import (
    WITHOUT_RESULT,
    FeeUnknown,
    fee_for,
    fee_in_both,
    owed,
    quantities_of,
)
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.web.words import money

MORNING = time(8)
"""When the worker reminds: nobody's telephone rings at night."""


def owe_back(dossier: Dossier, *, actor: Actor, at: datetime) -> None:
    """
    Put aside what was paid for a dossier that ends before it was received, where the law gives it back.

    For the acts that refuse and withdraw, before they save; the caller saves `money`. The worker has the gateway give back
    what came online; what the counter took, the counter gives back (`return_cash`).
    """
    if dossier.later_vnd:
        dossier.demands.filter(state=DemandState.OPEN).update(remind_at=None)
    if dossier.money not in (MoneyState.PAID, MoneyState.BACK) and not dossier.settled_vnd:
        return
    rule = service_filed(dossier).fee_rule
    back = fee_given_back(rule, received=dossier.received_at is not None, on=civil_date(at))
    if not back.value:
        return
    dossier.money, dossier.settled_vnd = MoneyState.BACK, 0
    for paid in dossier.payments.filter(state=PaymentState.PAID).order_by("demand"):
        payment = _all_back(paid, at)
        if payment is None:
            continue
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


def _all_back(payment: Payment, at: datetime) -> Payment | None:
    """Put aside what is left of a payment: itself, or the rest where a part went back already; None where nothing is left."""
    if payment.backs.exists():
        left = payment.amount_vnd - _sum(payment.backs.all())
        return _back_row(payment, left, at) if left else None
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

    For the acts that change answers, or what is known of a claimed group. While answers are not whole enough to count by, the
    fee stays. What was demanded later stays beside it. Raises FeeSettled while money is on its way back.
    """
    on = civil_date(dossier.submitted_at)
    service = service_filed(dossier)
    if dossier.state in WITHOUT_RESULT:
        return ()
    note_claims(dossier, service, answers, at)
    try:
        fee = fee_for(service, dossier.way, dossier.case_code, answers, on=on, refused=refused_groups(dossier, service))
    except FeeUnknown:
        return ()
    total = fee.value + dossier.later_vnd
    if total == dossier.fee_vnd:
        return ()
    if dossier.money in (MoneyState.BACK, MoneyState.REFUNDED):
        places = [
            Fault(f"/{each.path.replace('.', '/')}", _("The fee was paid by this number."), "fee")
            for each in quantities_of(service)
        ]
        raise FeeSettled(dossier=dossier.code, paid=money(dossier.fee_vnd), fee=money(total), faults=places)
    return fee_becomes(dossier, total, [*fee_in_both(fee), *_later_steps(dossier)], actor=actor, at=at)


def fee_becomes(
    dossier: Dossier, fee_vnd: int, steps: list[dict[str, str]], *, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """
    Make this the fee, found by these steps; return the names of what to save.

    What a paid fee rises by is demanded: paid like the first, with a receipt of its own. What it falls by goes back the way it
    came. No receipt is changed. The caller has seen that nothing is on its way back, and has saved the demands.
    """
    paid = paid_net(dossier)
    if paid:
        # a receipt goes on saying what it was given for
        dossier.payments.filter(state=PaymentState.PAID, fee_steps__isnull=True).update(fee_steps=dossier.fee_steps)
    was, dossier.fee_vnd, dossier.fee_steps = dossier.fee_vnd, fee_vnd, steps
    resumed: tuple[str, ...] = ()
    if fee_vnd > paid:
        if dossier.payments.filter(state=PaymentState.PAID, demand=dossier.demand).exists():
            dossier.demand += 1
        dossier.settled_vnd, dossier.money = paid, MoneyState.DUE
    else:
        # what was demanded beyond it and never paid is demanded no more
        dossier.settled_vnd = 0
        back = _give_back_part(dossier, paid - fee_vnd, at)
        dossier.money = MoneyState.BACK if back else MoneyState.PAID if fee_vnd else MoneyState.NONE
        resumed = demands_paid(dossier, None, actor=actor, at=at)
    _note_waiting(dossier)
    if paid:
        record(
            "onestop.fee_changed", dossier, actor=actor, at=at, was=was, fee_vnd=fee_vnd, paid_vnd=paid,
            owed_vnd=owed(dossier), back_vnd=max(paid - fee_vnd, 0),
        )  # fmt: skip
    return ("fee_vnd", "fee_steps", "money", "demand", "settled_vnd", "result_waits", *resumed)


def demands_paid(dossier: Dossier, payment: Payment | None, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """
    Note that what was demanded later is paid, by this payment, and let the work go on; return the names of what to save.

    No statement where nothing was demanded later.
    """
    if not dossier.later_vnd:
        return ()
    paid_by = payment.pk if payment else None
    dossier.demands.filter(state=DemandState.OPEN).update(state=DemandState.PAID, payment_id=paid_by, remind_at=None)
    dossier.result_waits = True
    return ("result_waits", *go_on(dossier, actor=actor, at=at))


def demands_reopened(dossier: Dossier, payment: Payment, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Ask again for what a payment paid that no longer counts; return the names of what to save. The work waits again if it did."""
    if not dossier.later_vnd:
        return ()
    again = list(dossier.demands.filter(payment=payment, state=DemandState.PAID))
    names: tuple[str, ...] = ("result_waits",)
    for demand in again:
        demand.state, demand.payment, demand.remind_at = DemandState.OPEN, None, remind_from(demand.pay_by, at)
        demand.save(update_fields=["state", "payment", "remind_at"])
        if dossier.state in (NationalState.PROCESSING, NationalState.PAYMENT_ASKED):
            names += hold_work(dossier, demand, actor=actor, at=at)
    _note_waiting(dossier)
    return names


def remind_from(pay_by: date, at: datetime) -> datetime:
    """Return when a payer is first reminded: the morning after the last day for paying, or the next one."""
    morning = datetime.combine(max(pay_by, civil_date(at)) + timedelta(days=1), MORNING, CIVIL_ZONE)
    return morning.astimezone(UTC)


def _note_waiting(dossier: Dossier) -> None:
    """Note whether the result waits for what is owed: it does for anything but demands for which nothing waits."""
    if dossier.later_vnd:
        free = dossier.demands.filter(state=DemandState.OPEN, holds=Holds.NOTHING).aggregate(sum=Sum("amount_vnd"))[
            "sum"
        ]
        dossier.result_waits = not 0 < dossier.owed_vnd <= (free or 0)
    else:
        dossier.result_waits = True


def _later_steps(dossier: Dossier) -> list[dict[str, str]]:
    if not dossier.later_vnd:
        return []
    rows = dossier.demands.exclude(state=DemandState.WITHDRAWN).order_by("number")
    return [step for demand in rows for step in demand.steps]


def _give_back_part(dossier: Dossier, amount: int, at: datetime) -> bool:
    """Put aside so much of what was paid, of the last payment first; tell whether there was anything to put aside."""
    left = amount
    for payment in dossier.payments.filter(state=PaymentState.PAID).order_by("-demand"):
        part = min(left, payment.amount_vnd - _sum(payment.backs.all()))
        if part > 0:
            _back_row(payment, part, at)
            left -= part
    return amount > 0
