"""What the books know of the movements of a batch, read in a few statements (S-07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tinhso.base.clock import civil_date
from tinhso.modules.onestop.models import (
    CashLine,
    LineKind,
    MissingAtBank,
    Payment,
    PaymentMethod,
    PaymentState,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.queries.accounts import account_of
from tinhso.modules.onestop.queries.fees import owed
from tinhso.modules.onestop.queries.statements.lines import BankLine
from tinhso.modules.onestop.queries.statements.matching import NEAR, Known, Matcher
from tinhso.modules.onestop.queries.statements.references import references_in


def matcher_for(statement: Statement, lines: Sequence[BankLine]) -> Matcher:
    """Return what holds these lines against the books. Five statements, however many lines."""
    wanted = {one for line in lines for one in references_in(f"{line.text} {line.reference}")}
    rows = Payment.objects.filter(order_code__in=wanted).select_related("dossier") if wanted else ()
    known = {row.order_code: _known(row) for row in rows if _is_of(row, statement)}
    at_counter = counter_transfers(
        statement, min(line.day for line in lines) - NEAR, max(line.day for line in lines) + NEAR
    )
    ids = {one.id for one in (*known.values(), *at_counter)}
    seen = list(StatementLine.objects.filter(payment_id__in=ids).values_list("payment_id", "amount_vnd")) if ids else []
    seen_in: set[UUID] = {payment for payment, amount in seen if payment and amount > 0}
    seen_out: set[UUID] = {payment for payment, amount in seen if payment and amount < 0}
    return Matcher(known, seen_in, seen_out, [one for one in at_counter if one.order_code not in known])


def counter_transfers(statement: Statement, first: date, last: date) -> list[Known]:
    """Return the transfers that desks noted in these days for the account of a statement, and that still count."""
    rows = CashLine.objects.filter(
        book__day__range=(first, last),
        kind=LineKind.TAKEN,
        method=PaymentMethod.TRANSFER,
        payment__state=PaymentState.PAID,
    )
    found = rows.select_related("payment").order_by("id")[:10_000]
    mine = {code for code in {line.agency_code for line in found} if _account(code, statement) == statement.account}
    return [
        Known(
            line.payment_id,
            line.payment.order_code,
            line.amount_vnd,
            PaymentState.PAID,
            is_due=False,
            day=civil_date(line.at),
        )
        for line in found
        if line.agency_code in mine
    ]


def not_at_bank(statement: Statement) -> list[UUID]:
    """Return the transfers of the days of a statement that no line of any statement brought."""
    noted = counter_transfers(statement, statement.first_day - NEAR, statement.last_day)
    ids = [one.id for one in noted if one.day and statement.first_day <= one.day <= statement.last_day]
    brought = set(StatementLine.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True))
    told = set(MissingAtBank.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True))
    return [one for one in ids if one not in brought and one not in told]


def _known(row: Payment) -> Known:
    due = row.state == PaymentState.STARTED and owed(row.dossier) == row.amount_vnd and row.dossier.demand == row.demand
    return Known(row.pk, row.order_code, row.amount_vnd, row.state, is_due=due)


def _is_of(row: Payment, statement: Statement) -> bool:
    return _account(row.dossier.agency_code, statement) == statement.account


def _account(agency_code: str, statement: Statement) -> str:
    account = account_of(agency_code, statement.last_day)
    return account.number if account else ""
