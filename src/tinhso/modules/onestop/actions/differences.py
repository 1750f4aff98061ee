"""What a person does about a difference between bank and books: attach, give back, explain; once, with a reason (S-07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.transfers import pay_by_transfer
from tinhso.modules.onestop.models import (
    Dossier,
    LineState,
    MissingAtBank,
    StatementLine,
)
from tinhso.modules.onestop.queries.accounts import account_of
from tinhso.modules.onestop.queries.fees import owed
from tinhso.web.words import moment, money

WAYS = (LineState.ATTACHED, LineState.GIVE_BACK, LineState.GIVEN_BACK, LineState.NOTED)


class AlreadyResolved(Refusal):
    """Somebody else looked at this difference meanwhile."""

    code = "onestop.already_resolved"
    text = _("{by} resolved this at {at}: {how}. Look at it again.")


class WrongResolution(Refusal):
    """Money that went out is neither attached nor given back; what is given back was put aside first."""

    code = "onestop.wrong_resolution"
    text = _("This line cannot be resolved so. Explain it instead.")


class AttachDiffers(Refusal):
    """The fee of the dossier is another sum, or nothing is due."""

    code = "onestop.attach_differs"
    text = _("{dossier} owes {fee}, and {amount} came in. Give the money back, or attach it to another dossier.")


@act
def resolve_line(
    line_id: UUID, how: str, *, reason: str, dossier_code: str = "", actor: Actor, at: datetime
) -> StatementLine:
    """
    Resolve a difference. Raises AlreadyResolved when somebody was quicker, WrongResolution, AttachDiffers.

    `how`: attached (the money pays the fee of a dossier), give_back (the bank is to send it back), given_back (it did;
    the reason is its order), noted (explained).
    """
    line = StatementLine.objects.select_for_update(of=("self",)).select_related("statement").filter(pk=line_id).first()
    if line is None or not access.can_reconcile(actor, line.statement.agency_code):
        raise access.hidden(actor)
    require(access.can_reconcile, actor, line.statement.agency_code)
    if not line.waits:
        said = LineState(line.state).label
        raise AlreadyResolved(by=line.resolved_by or "—", at=moment(line.resolved_at), how=said)
    reason = _reason(reason)
    _require_fitting(line, how)
    if how == LineState.ATTACHED:
        _attach(line, dossier_code.strip(), actor, at)
    line.state, line.reason = LineState(how), reason
    line.resolved_by, line.resolved_at = actor.name, at
    line.save(update_fields=["state", "reason", "resolved_by", "resolved_at", "payment"])
    record(
        "onestop.difference_resolved",
        ("bank_line", str(line.pk)),
        actor=actor,
        at=at,
        statement=str(line.statement_id),
        line=line.number,
        how=how,
        reason=reason,
        amount_vnd=line.amount_vnd,
    )
    return line


@act
def explain_missing(payment_id: UUID, *, reason: str, actor: Actor, at: datetime) -> MissingAtBank:
    """Explain a transfer that stands in the books and not at the bank. Raises AlreadyResolved."""
    rows = MissingAtBank.objects.select_for_update(of=("self",)).select_related("statement")
    missing = rows.filter(pk=payment_id).first()
    if missing is None or not access.can_reconcile(actor, missing.statement.agency_code):
        raise access.hidden(actor)
    require(access.can_reconcile, actor, missing.statement.agency_code)
    if not missing.is_open:
        raise AlreadyResolved(by=missing.resolved_by, at=moment(missing.resolved_at), how=missing.reason or "—")
    missing.is_open, missing.reason = False, _reason(reason)
    missing.resolved_by, missing.resolved_at = actor.name, at
    missing.save()
    record(
        "onestop.difference_resolved",
        ("payment", str(payment_id)),
        actor=actor,
        at=at,
        how="noted",
        reason=missing.reason,
    )
    return missing


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why, so that who checks understands."), "reason")])
    return reason.strip()[:1000]


def _require_fitting(line: StatementLine, how: str) -> None:
    came_in, put_aside = line.amount_vnd > 0, line.state == LineState.GIVE_BACK
    fits = {
        LineState.ATTACHED: came_in and not put_aside,
        LineState.GIVE_BACK: came_in and not put_aside,
        LineState.GIVEN_BACK: came_in and put_aside,
        LineState.NOTED: True,
    }
    if not fits.get(how, False):  # type: ignore[call-overload]
        raise WrongResolution


def _attach(line: StatementLine, code: str, actor: Actor, at: datetime) -> None:
    """Pay the fee of a dossier with a line. Raises NotFound for one whose fees go to another account, AttachDiffers."""
    dossier = Dossier.objects.locked(code)
    account = account_of(dossier.agency_code, civil_date(at))
    if account is None or account.number != line.account:
        raise NotFound
    payment = pay_by_transfer(dossier, line.amount_vnd, reference=line.reference, actor=actor, at=at)
    if payment is None:
        raise AttachDiffers(dossier=code, fee=money(owed(dossier)), amount=money(line.amount_vnd))
    line.payment = payment
