"""What the books know of the movements of a batch, read in a few statements (S-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.public import list_agencies, predecessors
from tinhso.law.codes import typed_codes
from tinhso.modules.onestop.models import (
    CashLine,
    Dossier,
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
from tinhso.modules.onestop.queries.services import dossier_patterns
from tinhso.modules.onestop.queries.statements.lines import BankLine
from tinhso.modules.onestop.queries.statements.matching import NEAR, Known, Matcher, Named, bare
from tinhso.modules.onestop.queries.statements.references import references_in


def matcher_for(statement: Statement, lines: Sequence[BankLine]) -> Matcher:
    """Return what holds these lines against the books. Nine statements, however many lines."""
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
    others = [one for one in at_counter if one.order_code not in known]
    named = _named_by(statement, lines)
    return Matcher(known, seen_in, seen_out, others, named.__getitem__, _told_before(statement, lines))


def _told_before(statement: Statement, lines: Sequence[BankLine]) -> set[tuple[str, date]]:
    """Return which of the bank's numbers an earlier file told for the same day; the lines here are not what it told."""
    numbers = {line.reference for line in lines if line.reference}
    if not numbers:
        return set()
    rows = StatementLine.objects.filter(account=statement.account, day__in={line.day for line in lines})
    rows = rows.exclude(statement=statement).exclude(reference="")
    return {(number, day) for number, day in rows.values_list("reference", "day") if number in numbers}


def _named_by(statement: Statement, lines: Sequence[BankLine]) -> defaultdict[str, list[Named]]:
    """Return for each text the dossiers that it names by their codes and whose fees go to the account of the statement."""
    texts = {line.text for line in lines if line.amount_vnd > 0}
    agencies = {one.code for one in list_agencies(on=statement.last_day)} if texts else set[str]()
    agencies |= predecessors(agencies)
    patterns = dossier_patterns(statement.last_day)
    read = {text: typed_codes(text, patterns, agencies) for text in texts}
    codes = {code for found in read.values() for code in found}
    rows = Dossier.objects.filter(code__in=codes).defer("answers", "components", "fee_steps") if codes else ()
    mine = {
        row.code: Named(row.code, owed(row), bare(row.applicant_name))
        for row in rows
        if _account(row.agency_code, statement) == statement.account
    }
    found = defaultdict[str, list[Named]](list)
    found.update({text: [mine[code] for code in codes if code in mine] for text, codes in read.items()})
    return found


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
            dossier=line.dossier_code,
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
