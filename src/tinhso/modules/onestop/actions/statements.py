"""
Importing a bank statement: a batch of lines is an act, so that what was killed half-way goes on where it stopped (S-07).

The same file again is the same statement; the same movement in another file is the same movement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.transfers import pay_by_transfer, settle_transfer
from tinhso.modules.onestop.models import (
    Dossier,
    Found,
    LineState,
    MissingAtBank,
    Payment,
    PaymentState,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.queries.accounts import get_account, profile_of
from tinhso.modules.onestop.queries.fees import owed
from tinhso.modules.onestop.queries.statements.books import matcher_for, not_at_bank
from tinhso.modules.onestop.queries.statements.lines import BankLine, Reading, with_identities
from tinhso.modules.onestop.queries.statements.matching import Decision
from tinhso.modules.onestop.queries.statements.reading import read_statement
from tinhso.web.words import moment

BATCH = 200
"""Lines in one act: others write between two of them."""
MOST_FAULTS = 1000


class StatementKnown(Refusal):
    """The same file was imported before."""

    code = "onestop.statement_known"
    text = _("{by} imported this very file at {at}. Nothing was changed.")


def import_statement(data: bytes, name: str, agency_code: str, *, actor: Actor, at: datetime) -> Statement:
    """
    Import a file of the account of an agency; one that stopped half-way goes on. Raises BadStatement, StatementKnown.

    Two people may import the same file at once: each line counts once.
    """
    require(access.can_reconcile, actor, agency_code)
    account = get_account(agency_code, civil_date(at))
    require(access.can_reconcile, actor, account.agency)
    reading = read_statement(data, account, profile_of(account, civil_date(at)))
    digest = hashlib.sha256(data).hexdigest()
    statement = begin_statement(account.agency, account.number, name, digest, reading, actor=actor, at=at)
    for batch in batched(with_identities(account.number, reading.lines), BATCH, strict=False):
        keep_lines(statement.id, batch, actor=actor, at=at)
    return finish_statement(statement.id, actor=actor, at=at)


@act
def begin_statement(
    agency_code: str, account: str, name: str, digest: str, reading: Reading, *, actor: Actor, at: datetime
) -> Statement:
    """Note that a file is being imported, or go on with it. Raises StatementKnown when it is in."""
    require(access.can_reconcile, actor, agency_code)
    days = [line.day for line in reading.lines]
    new = Statement(
        agency_code=agency_code,
        account=account,
        name=name[:200],
        digest=digest,
        lines_in_file=len(reading.lines) + len(reading.faults),
        first_day=min(days),
        last_day=max(days),
        faults=[[number, why] for number, why in reading.faults[:MOST_FAULTS]],
        imported_key=actor.key,
        imported_by=actor.name,
        imported_at=at,
    )
    Statement.objects.bulk_create([new], ignore_conflicts=True)
    statement = Statement.objects.get(account=account, digest=digest)
    if statement.finished_at is not None:
        raise StatementKnown(by=statement.imported_by, at=moment(statement.imported_at))
    record(
        "onestop.statement_imported",
        _subject(statement),
        actor=actor,
        at=at,
        account=account,
        lines=statement.lines_in_file,
        faults=len(reading.faults),
        again=statement.pk != new.pk,
    )
    return statement


@act
def keep_lines(statement_id: UUID, lines: Sequence[tuple[str, BankLine]], *, actor: Actor, at: datetime) -> None:
    """Keep some lines, each with what was found about it, and settle the transfers that they bring."""
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    require(access.can_reconcile, actor, statement.agency_code)
    # two files of one account may hold the same movement: the first of the account is the turn of all
    Statement.objects.select_for_update().filter(account=statement.account).order_by("imported_at", "pk").first()
    before = dict(
        StatementLine.objects.filter(
            account=statement.account, identity__in=[identity for identity, _line in lines]
        ).values_list("identity", "statement_id")
    )
    fresh = [(identity, line) for identity, line in lines if identity not in before]
    statement.known_before += sum(1 for owner in before.values() if owner != statement.pk)
    statement.save(update_fields=["known_before"])
    kept = _keep(statement, fresh, actor, at) if fresh else []
    record(
        "onestop.statement_lines_kept",
        _subject(statement),
        actor=actor,
        at=at,
        lines=len(kept),
        differences=sum(1 for line in kept if line.state == LineState.OPEN),
    )


@act
def finish_statement(statement_id: UUID, *, actor: Actor, at: datetime) -> Statement:
    """Close an import: list the transfers of its days that the bank does not know."""
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    require(access.can_reconcile, actor, statement.agency_code)
    missing = not_at_bank(statement)
    rows = [MissingAtBank(payment_id=one, statement=statement, account=statement.account) for one in missing]
    MissingAtBank.objects.bulk_create(rows, ignore_conflicts=True)
    if statement.finished_at is None:
        statement.finished_at = at
        statement.save(update_fields=["finished_at"])
    record("onestop.statement_imported", _subject(statement), actor=actor, at=at, missing=len(missing), finished=True)
    return statement


def _keep(
    statement: Statement, fresh: Sequence[tuple[str, BankLine]], actor: Actor, at: datetime
) -> list[StatementLine]:
    matcher = matcher_for(statement, [line for _identity, line in fresh])
    decided = [(identity, line, matcher.decide(line)) for identity, line in fresh]
    rows = [_row(statement, *each) for each in decided]
    payments = _locked_payments([decision for *_rest, decision in decided if decision.pays and decision.payment])
    for row, (_identity, line, decision) in zip(rows, decided, strict=True):
        if decision.pays and decision.payment and not _settled(payments[row.payment_id], line, actor, at):  # type: ignore[index]
            row.found, row.state = Found.NOT_DUE, LineState.OPEN
    _pay_by_code(rows, [decision for *_rest, decision in decided], actor, at)
    StatementLine.objects.bulk_create(rows, batch_size=BATCH)
    brought = [row.payment_id for row in rows if row.payment_id and row.found == Found.MATCHED]
    MissingAtBank.objects.filter(payment_id__in=brought, is_open=True).update(
        is_open=False, resolved_at=at, resolved_by=actor.name
    )
    return rows


def _pay_by_code(rows: Sequence[StatementLine], decisions: Sequence[Decision], actor: Actor, at: datetime) -> None:
    """Pay the dossiers that lines name by code and name; one that owes it no more is put before a person."""
    named = sorted((decision.dossier, place) for place, decision in enumerate(decisions) if decision.dossier)
    for code, place in named:
        row, dossier = rows[place], Dossier.objects.locked(code)
        payment = pay_by_transfer(dossier, row.amount_vnd, reference=row.reference, actor=actor, at=at)
        if payment is None:
            row.found, row.state = Found.NAMED, LineState.OPEN
        else:
            row.payment, row.expected_vnd = payment, payment.amount_vnd


def _locked_payments(decisions: Sequence[Decision]) -> dict[UUID, Payment]:
    """Return the payments that lines pay, locked with their dossiers in one order for everybody."""
    ids = [decision.payment.id for decision in decisions if decision.payment]
    rows = Payment.objects.select_for_update().select_related("dossier").filter(pk__in=ids).order_by("dossier_id", "pk")
    return {row.pk: row for row in rows}


def _settled(payment: Payment, line: BankLine, actor: Actor, at: datetime) -> bool:
    """Settle a prepared transfer, unless the fee was paid another way since it was looked at."""
    dossier = payment.dossier
    # two transfers of one dossier in a batch: the second holds the dossier as it was before the first
    dossier.refresh_from_db(fields=["money", "state", "fee_vnd", "settled_vnd", "demand", "revision"])
    if payment.state != PaymentState.STARTED or owed(dossier) != payment.amount_vnd or dossier.demand != payment.demand:
        return False
    settle_transfer(payment, reference=line.reference, actor=actor, at=at)
    return True


def _row(statement: Statement, identity: str, line: BankLine, decision: Decision) -> StatementLine:
    return StatementLine(
        statement=statement,
        account=statement.account,
        identity=identity,
        number=line.number,
        day=line.day,
        amount_vnd=line.amount_vnd,
        text=line.text,
        reference=line.reference,
        found=decision.found,
        state=LineState.SETTLED if decision.is_settled else LineState.OPEN,
        payment_id=decision.payment.id if decision.payment else None,
        expected_vnd=decision.payment.amount_vnd if decision.payment else None,
        proposed=list(decision.proposed) or None,
    )


def _subject(statement: Statement) -> tuple[str, str]:
    return ("bank_statement", str(statement.pk))
