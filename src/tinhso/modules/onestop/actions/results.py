"""The leader signs, the clerk numbers, the result is ready (NĐ 61/2018/NĐ-CP Đ.20; PAdES signatures)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Refusal, Stale
from tinhso.kernel.documents.public import link_many, render_pdf, save_made, sign_pdf, signing_key_of
from tinhso.kernel.journal.public import record
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import steps
from tinhso.modules.onestop.actions.numbers import give_result_number
from tinhso.modules.onestop.actions.steps import WITH_RESULT, proposed_result
from tinhso.modules.onestop.models import DeliveryState, Dossier, DossierFile, FileOrigin, Result, ResultKind
from tinhso.modules.onestop.queries.papers import result_paper
from tinhso.modules.onestop.queries.services import get_service


class NothingToSign(Refusal):
    """No result was proposed."""

    code = "onestop.nothing_to_sign"
    text = _("{dossier} has no proposed result to sign.")


class NothingTicked(BadInput):
    """A batch without a dossier."""

    code = "onestop.nothing_ticked"
    text = _("Tick the dossiers you want to sign.")


def sign_result(code: str, *, pin: str, actor: Actor, at: datetime) -> Result:
    """
    Approve and sign the proposed result: numbered, typeset, signed (PAdES), stored, its hash kept.

    Three steps, for a key may live in a device across the network: the number is given in an act of its own and stays
    with the dossier whatever happens next; then the paper is signed outside of any transaction; then it is kept.
    Raises NothingToSign, NotYourStep, Stale when the proposal changed meanwhile, documents' NoKey, WrongPin, KeyBlocked.
    """
    result = number_result(code, actor=actor, at=at)
    dossier = result.dossier
    key = signing_key_of(actor, pin=pin, at=at)
    service = get_service(dossier.service_code, civil_date(dossier.submitted_at))
    template, data = result_paper(dossier, result, service, at, signer=actor.name)
    pdf = render_pdf(template, data, at=at)
    signed = sign_pdf(pdf, key=key, reason=result.title, location=dossier.agency_name, at=at)
    english = next((kind.name_en for kind in service.results if kind.name == result.title), "")
    return keep_signed_result(code, signed, title_en=english, revision=dossier.revision, actor=actor, at=at)


@act
def number_result(code: str, *, actor: Actor, at: datetime) -> Result:
    """Give the proposed result its number in the agency's book, once. Raises NothingToSign, NotYourStep."""
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    steps.task_at_hand(dossier, actor, "sign", may=access.can_sign)
    result = proposed_result(dossier)
    if result is None:
        raise NothingToSign(dossier=code)
    service = get_service(dossier.service_code, civil_date(dossier.submitted_at))
    again: dict[str, Any] = {"again": True} if result.number else {}
    if not result.number:
        result.number = give_result_number(dossier.agency_code, service.result_mark or "UBND", at)
        result.save(update_fields=["number"])
    record("onestop.result_numbered", dossier, actor=actor, at=at, number=result.number, **again)
    return result


@act
def keep_signed_result(
    code: str, signed: bytes, *, title_en: str = "", revision: int, actor: Actor, at: datetime
) -> Result:
    """
    Keep the signed paper and move the flow on. Raises NotYourStep, Stale when the dossier changed meanwhile.

    Until it is issued and paid for, only those who work on the dossier may read it.
    """
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    task = steps.task_at_hand(dossier, actor, "sign", may=access.can_sign)
    result = dossier.result
    if dossier.revision != revision:
        raise Stale
    name = f"{code.replace('/', '-')}.pdf"
    document = save_made(signed, name=name, purpose="result", actor=actor, at=at)
    link_many([document.id], steps.OFFICE_PAPERS, dossier.code)
    result.signed_document_id, result.signed_sha256 = document.id, document.sha256
    result.signed_by, result.signed_at = actor.name, at
    result.save(update_fields=["signed_document_id", "signed_sha256", "signed_by", "signed_at"])
    DossierFile.objects.create(
        dossier=dossier,
        component_name=result.title,
        component_name_en=title_en,
        document_id=document.id,
        name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        origin=FileOrigin.RESULT,
        added_at=at,
    )
    steps.finish(task, "sign", actor=actor, at=at)
    record("onestop.result_signed", dossier, actor=actor, at=at, sha256=document.sha256, number=result.number)
    return result


def sign_many(codes: Sequence[str], *, pin: str, actor: Actor, at: datetime) -> list[tuple[str, Refusal | None]]:
    """
    Sign several results, each an act of its own: one that is refused does not hold the others.

    The PIN is tried once for all of them: one slip of the finger must not use up the tries of the key. Raises
    NothingTicked, and documents' NoKey, WrongPin, KeyBlocked, KeyNotValid before anything is numbered.
    """
    if not codes:
        raise NothingTicked
    signing_key_of(actor, pin=pin, at=at)
    answers: list[tuple[str, Refusal | None]] = []
    for code in codes:
        try:
            sign_result(code, pin=pin, actor=actor, at=at)
        except Refusal as no:
            answers.append((code, no))
        else:
            answers.append((code, None))
    return answers


@act
def issue_result(code: str, *, actor: Actor, at: datetime) -> Dossier:
    """Enter the signed result in the book and send it to the desk: processing is finished. Raises NotYourStep."""
    dossier = steps.locked_dossier(code, actor, along=WITH_RESULT)
    task = steps.task_at_hand(dossier, actor, "issue")
    result = dossier.result
    steps.become(dossier, NationalState.FINISHED)
    dossier.delivery, dossier.finished_at = DeliveryState.READY, at
    if result.kind == ResultKind.REFUSAL:
        dossier.closing_reason = result.reason
    steps.save(dossier, "state", "delivery", "finished_at", "closing_reason")
    result.issued_at = at
    result.save(update_fields=["issued_at"])
    steps.let_out(dossier, result)
    steps.finish(task, "issue", actor=actor, at=at)
    record("onestop.result_issued", dossier, actor=actor, at=at, number=result.number)
    return dossier
