"""The leader signs, the clerk numbers, the result is ready (NĐ 61/2018/NĐ-CP Đ.20; PAdES signatures)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Refusal, Stale
from tinhso.base.rows import insert, new, update
from tinhso.kernel.casework.public import Task, require_another
from tinhso.kernel.documents.public import (
    link_many,
    prepare_made,
    render_pdf,
    save_made,
    sign_pdf,
    signing_key_of,
)
from tinhso.kernel.journal.public import record
from tinhso.law.later_fees import When
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import parts, steps
from tinhso.modules.onestop.actions.demands import demand_by_rule
from tinhso.modules.onestop.actions.numbers import give_result_number
from tinhso.modules.onestop.actions.signed import SignedPaper
from tinhso.modules.onestop.actions.steps import WITH_RESULT, proposed_result
from tinhso.modules.onestop.actions.unchanged import require_unchanged
from tinhso.modules.onestop.models import DeliveryState, Dossier, DossierFile, FileOrigin, Result, ResultKind
from tinhso.modules.onestop.queries.papers import result_paper
from tinhso.modules.onestop.queries.services import service_filed


class NothingToSign(Refusal):
    """No result was proposed."""

    code = "onestop.nothing_to_sign"
    text = _("{dossier} has no proposed result to sign.")


class NothingTicked(BadInput):
    """A batch without a dossier."""

    code = "onestop.nothing_ticked"
    text = _("Tick the dossiers you want to sign.")


def sign_result(code: str, *, pin: str, revision: int | None = None, actor: Actor, at: datetime) -> Result:
    """
    Approve and sign the proposed result: numbered, typeset, signed (PAdES), stored, its hash kept.

    Three steps, for a key may live in a device across the network: the number is given in an act of its own and stays
    with the dossier whatever happens next; then the paper is signed outside of any transaction; then it is kept.
    `revision` is that of the dossier as the leader read it. Raises NothingToSign, NotYourStep, Stale when the proposal
    changed since or meanwhile, documents' NoKey, WrongPin, KeyBlocked.
    """
    paper = sign_paper(code, pin=pin, revision=revision, actor=actor, at=at)
    return keep_signed_result(code, paper, actor=actor, at=at)


def sign_paper(
    code: str, *, pin: str, revision: int | None = None, expected: str = "", actor: Actor, at: datetime
) -> SignedPaper:
    """Do the first two steps of `sign_result`; `expected` is the entity tag of the dossier as it was read. Raises the same."""
    result = number_result(code, revision=revision, expected=expected, actor=actor, at=at)
    dossier = result.dossier
    key = signing_key_of(actor, pin=pin, at=at)
    service = service_filed(dossier)
    template, data = result_paper(dossier, result, service, at, signer=actor.name)
    pdf = render_pdf(template, data, at=at)
    signed = sign_pdf(pdf, key=key, reason=result.title, location=dossier.agency_name, at=at)
    english = next((kind.name_en for kind in service.results if kind.name == result.title), "")
    name = f"{code.replace('/', '-')}.pdf"
    return SignedPaper(prepare_made(signed, name=name), english, dossier.revision, result.number)


@act
def number_result(code: str, *, revision: int | None = None, expected: str = "", actor: Actor, at: datetime) -> Result:
    """
    Give the proposed result its number in the agency's book of the year, once.

    A number of an earlier year whose paper was never signed is void, and stays in that year's book as such: a paper
    bears the year in which it is signed (NĐ 30/2020/NĐ-CP, art. 15). Raises NothingToSign, NotYourStep, Stale or ChangedSince when the dossier is no longer as it was read.
    """
    if expected:
        require_unchanged(code, expected, actor=actor)
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    task = steps.task_at_hand(dossier, actor, "sign", may=access.can_sign)
    # asked before there is a signature, not only when the step is done
    require_another(task, actor.key.removeprefix("official:"), actor.name)
    steps.require_work_goes_on(dossier)
    result = proposed_result(dossier)
    if result is None:
        raise NothingToSign(dossier=code)
    if revision is not None and dossier.revision != revision:
        raise Stale
    service = service_filed(dossier)
    if result.number and result.numbered_at and civil_date(result.numbered_at).year < civil_date(at).year:
        since = result.numbered_at
        record("onestop.result_number_voided", dossier, actor=actor, at=at, number=result.number, numbered_at=since)
        result.number = ""
    again: dict[str, Any] = {"again": True} if result.number else {}
    if not result.number:
        result.number = give_result_number(dossier.agency_code, service.result_mark or "UBND", at)
        result.numbered_at = at
        update(result, "number", "numbered_at")
    record("onestop.result_numbered", dossier, actor=actor, at=at, number=result.number, **again)
    return result


@act
def keep_signed_result(code: str, paper: SignedPaper, *, actor: Actor, at: datetime) -> Result:
    """
    Keep the signed paper and move the flow on. Raises NotYourStep, Stale when the dossier changed meanwhile.

    Until it is issued and paid for, only those who work on the dossier may read it.
    """
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    task = steps.task_at_hand(dossier, actor, "sign", may=access.can_sign)
    result = dossier.result
    if dossier.revision != paper.revision or result.number != paper.number:
        raise Stale
    # the agency's, neither the leader's, who may leave, nor yet the applicant's, who may have to pay first
    owner = f"agency:{dossier.agency_code}"
    document = save_made(paper.file, purpose="result", owner=owner, actor=actor, at=at)
    link_many([document.id], steps.OFFICE_PAPERS, dossier.code)
    result.signed_document_id, result.signed_sha256 = document.id, document.sha256
    result.signed_by, result.signed_at = actor.name, at
    update(result, "signed_document_id", "signed_sha256", "signed_by", "signed_at")
    kept = new(
        DossierFile,
        dossier=dossier,
        component_name=result.title,
        component_name_en=paper.title_en,
        document_id=document.id,
        name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        origin=FileOrigin.RESULT,
        added_at=at,
    )
    insert(kept)
    steps.finish(task, "sign", actor=actor, at=at)
    record("onestop.result_signed", dossier, actor=actor, at=at, sha256=document.sha256, number=result.number)
    return result


def sign_many(read: Mapping[str, int], *, pin: str, actor: Actor, at: datetime) -> list[tuple[str, Refusal | None]]:
    """
    Sign several results, each an act of its own: one that is refused does not hold the others.

    `read` names each dossier with its revision as the leader saw it.

    The PIN is tried once for all of them: one slip of the finger must not use up the tries of the key. Raises
    NothingTicked, and documents' NoKey, WrongPin, KeyBlocked, KeyNotValid before anything is numbered.
    """
    if not read:
        raise NothingTicked
    signing_key_of(actor, pin=pin, at=at)
    answers: list[tuple[str, Refusal | None]] = []
    for code, revision in read.items():
        try:
            sign_result(code, pin=pin, revision=revision, actor=actor, at=at)
        except Refusal as no:
            answers.append((code, no))
        else:
            answers.append((code, None))
    return answers


@act
def issue_result(code: str, *, actor: Actor, at: datetime) -> Dossier:
    """
    Enter the signed result in the book and send it to the desk: processing is finished. Raises NotYourStep.

    Of a linked dossier it is the lead's result: processing goes on while a participant has anything left to do.
    """
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    task = steps.task_at_hand(dossier, actor, "issue")
    steps.require_work_goes_on(dossier)
    result = dossier.result
    if result.kind == ResultKind.GRANT:
        # before it is let out: what is demanded with the result may keep it in
        demand_by_rule(dossier, When.ISSUED, at=at)
    if parts.is_linked(dossier):
        return _issue_lead(dossier, task, actor=actor, at=at)
    steps.become(dossier, NationalState.FINISHED)
    dossier.delivery, dossier.finished_at = DeliveryState.READY, at
    if result.kind == ResultKind.REFUSAL:
        dossier.closing_reason = result.reason
    steps.save(dossier, "state", "delivery", "finished_at", "closing_reason")
    result.issued_at = at
    update(result, "issued_at")
    steps.let_out(dossier, result)
    # it is settled: whoever fetches it may take their time
    steps.finish(task, "issue", due_at=None, actor=actor, at=at)
    record("onestop.result_issued", dossier, actor=actor, at=at, number=result.number)
    return dossier


def _issue_lead(dossier: Dossier, task: Task, *, actor: Actor, at: datetime) -> Dossier:
    """Issue the lead's result; the whole is ready when the flow comes to the hand-over."""
    result = dossier.result
    if result.kind == ResultKind.REFUSAL:
        dossier.closing_reason = result.reason
    result.issued_at = at
    update(result, "issued_at")
    steps.save(dossier, "closing_reason")
    steps.finish(task, "issue", actor=actor, at=at)
    parts.let_out_parts(dossier)
    record("onestop.lead_issued", dossier, actor=actor, at=at, number=result.number)
    parts.finish_if_whole(dossier, actor=actor, at=at)
    return dossier
