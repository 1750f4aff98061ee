"""
A participant's part of a linked dossier: settled by its officer, signed by its leader, with its own number and its own time.

The lead's part goes by the acts of every dossier (`processing`, `results`). Whose part it is, the flow says: where several
are open for one official, the act names it. NĐ 61/2018/NĐ-CP Đ.19 k.6, k.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Stale
from tinhso.base.rows import insert, new
from tinhso.kernel.casework.public import (
    Part,
    Task,
    open_tasks,
    part_of_task,
    require_another,
    reschedule_case,
    tasks_at_hand,
)
from tinhso.kernel.documents.public import link_many, prepare_made, render_pdf, save_made, sign_pdf, signing_key_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import get_agency
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import fingerprints, steps
from tinhso.modules.onestop.actions.numbers import give_result_number
from tinhso.modules.onestop.actions.signed import SignedPaper
from tinhso.modules.onestop.actions.steps import NotYourStep
from tinhso.modules.onestop.models import (
    DeliveryState,
    Dossier,
    DossierFile,
    FileOrigin,
    PartResult,
    Result,
    ResultKind,
)
from tinhso.modules.onestop.queries.papers import part_paper
from tinhso.modules.onestop.queries.services import service_filed

PROCESSING, SIGNING = "part", "part_sign"
"""Kinds of a participant's two steps in a flow."""
EACH = "each"


def part_task(dossier: Dossier, actor: Actor, form: str, part: str = "", *, may: Any = access.can_do_task) -> Task:
    """
    Return the open step of this kind that the actor may do, of the part that is named where there are several.

    Raises NotYourStep when there is none, Forbidden when it is somebody else's.
    """
    tasks = [task for task in tasks_at_hand(dossier.case_id) if task.form == form] if dossier.case_id else []
    tasks = [task for task in tasks if not part or part_of_task(task) == part]
    if not tasks:
        raise NotYourStep(dossier=dossier.code)
    mine = [task for task in tasks if may(actor, task)]
    require(may, actor, mine[0] if mine else tasks[0])
    return mine[0]


def terms_of(dossier: Dossier, key: str) -> Part:
    """Return what the procedure says of a participant, on the terms of the day of filing."""
    found = service_filed(dossier).part(key)
    if found is None or found.result is None:
        raise NotYourStep(dossier=dossier.code)
    return found


@act
def propose_part(
    code: str,
    *,
    kind: str = ResultKind.GRANT,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
    part: str = "",
    actor: Actor,
    at: datetime,
) -> PartResult:
    """
    Propose what a participant's part ends in: a grant, or a refusal with its reason; its leader signs either.

    A refusal ends this part and no other. Raises NotYourStep, BadInput for a refusal without a reason.
    """
    if kind == ResultKind.REFUSAL and not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."))])
    dossier = steps.locked_dossier(code, actor)
    task = part_task(dossier, actor, PROCESSING, part)
    key = part_of_task(task)
    terms = terms_of(dossier, key)
    assert terms.result is not None
    agency = get_agency(task.agency_code, civil_date(at))
    result, _made = PartResult.objects.update_or_create(
        dossier=dossier,
        part=key,
        defaults={
            "agency_code": agency.code,
            "agency_name": agency.name,
            "agency_name_en": agency.name_en,
            "kind": kind,
            "type_code": terms.result.code,
            "title": terms.result.name,
            "data": dict(data or {}),
            "reason": reason.strip(),
            "proposed_by": actor.name,
            "proposed_at": at,
        },
    )
    steps.save(dossier)
    given: dict[str, Any] = {f"{key}_kind": str(kind)}
    steps.finish(task, "settle", actor=actor, at=at, **given)
    proposed = fingerprints.of_proposed(code, result)
    record("onestop.part_proposed", dossier, actor=actor, at=at, part=key, kind=str(kind), proposed=proposed)
    return result


@act
def correct_part(code: str, *, reason: str, part: str = "", actor: Actor, at: datetime) -> Dossier:
    """Send a participant's proposal back to its officer with what to correct. Raises BadInput, NotYourStep."""
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say what to correct."))])
    dossier = steps.locked_dossier(code, actor)
    task = part_task(dossier, actor, SIGNING, part)
    steps.finish(task, "correct", actor=actor, at=at)
    key = part_of_task(task)
    record("onestop.returned_for_correction", dossier, actor=actor, at=at, reason=reason.strip(), part=key)
    return dossier


def sign_part(
    code: str, *, pin: str, part: str = "", revision: int | None = None, actor: Actor, at: datetime
) -> PartResult:
    """
    Approve and sign a participant's result as `results.sign_result` does: numbered, typeset and signed, kept.

    Raises NotYourStep, Stale, documents' NoKey, WrongPin, KeyBlocked.
    """
    result = number_part(code, part=part, revision=revision, actor=actor, at=at)
    dossier = result.dossier
    key = signing_key_of(actor, pin=pin, at=at)
    service = service_filed(dossier)
    template, data = part_paper(dossier, result, service, at, signer=actor.name)
    pdf = sign_pdf(
        render_pdf(template, data, at=at), key=key, reason=result.title, location=result.agency_name, at=at
    )  # fmt: skip
    terms = terms_of(dossier, result.part)
    assert terms.result is not None
    name = f"{code.replace('/', '-')}-{result.part}.pdf"
    paper = SignedPaper(prepare_made(pdf, name=name), terms.result.name_en, dossier.revision, result.number)
    return keep_signed_part(code, result.part, paper, actor=actor, at=at)


@act
def number_part(code: str, *, part: str = "", revision: int | None = None, actor: Actor, at: datetime) -> PartResult:
    """Give a participant's result its number in its own agency's book of the year, once. Raises NotYourStep, Stale."""
    dossier = steps.locked_dossier(code, actor)
    task = part_task(dossier, actor, SIGNING, part, may=access.can_sign)
    require_another(task, actor.key.removeprefix("official:"), actor.name)
    if revision is not None and dossier.revision != revision:
        raise Stale
    result = PartResult.objects.select_for_update().get(dossier=dossier, part=part_of_task(task))
    result.dossier = dossier
    if result.number and result.numbered_at and civil_date(result.numbered_at).year < civil_date(at).year:
        since = result.numbered_at
        record("onestop.result_number_voided", dossier, actor=actor, at=at, number=result.number, numbered_at=since)
        result.number = ""
    again: dict[str, Any] = {"again": True} if result.number else {}
    if not result.number:
        mark = terms_of(dossier, result.part).result_mark or "KQ"
        result.number, result.numbered_at = give_result_number(task.agency_code, mark, at), at
        result.save(update_fields=["number", "numbered_at"])
    record("onestop.result_numbered", dossier, actor=actor, at=at, number=result.number, part=result.part, **again)
    return result


@act
def keep_signed_part(code: str, part: str, paper: SignedPaper, *, actor: Actor, at: datetime) -> PartResult:
    """
    Keep a participant's signed paper and move the flow on; who finishes last makes the whole ready to be handed over.

    Raises NotYourStep, Stale when the dossier changed meanwhile: another participant's act does not.
    """
    dossier = steps.locked_dossier(code, actor)
    task = part_task(dossier, actor, SIGNING, part, may=access.can_sign)
    result = PartResult.objects.select_for_update().get(dossier=dossier, part=part)
    if result.number != paper.number or result.signed_at is not None:
        raise Stale
    document = save_made(paper.file, purpose="result", owner=f"agency:{task.agency_code}", actor=actor, at=at)
    link_many([document.id], steps.OFFICE_PAPERS, dossier.code)
    result.signed_document_id, result.signed_sha256 = document.id, document.sha256
    result.signed_by, result.signed_at, result.issued_at = actor.name, at, at
    result.save()
    insert(
        new(
            DossierFile, dossier=dossier, component_name=result.title, component_name_en=paper.title_en,
            document_id=document.id, name=document.name, size_bytes=document.size_bytes, sha256=document.sha256,
            origin=FileOrigin.RESULT, added_at=at,
        )
    )  # fmt: skip
    steps.finish(task, "sign", actor=actor, at=at)
    record(
        "onestop.part_signed", dossier, actor=actor, at=at, part=part, agency=task.agency_code, sha256=document.sha256,
        number=result.number, kind=str(result.kind),
    )  # fmt: skip
    let_out_parts(dossier)
    finish_if_whole(dossier, actor=actor, at=at)
    return result


def is_linked(dossier: Dossier) -> bool:
    """Tell whether several agencies settle a dossier, each with a result of its own."""
    # whoever takes part is somebody further: an ordinary dossier costs nothing here
    return bool(dossier.shared_with) and bool(service_filed(dossier).parts)


def let_out_parts(dossier: Dossier) -> None:
    """
    Let the applicant read the signed results: each as it is ready, or all when the last is, and only once the fee is paid.

    Twice is once.
    """
    if dossier.holds_result:
        return
    service = service_filed(dossier)
    if service.hand_over != EACH and dossier.delivery == DeliveryState.NONE:
        return
    found = [each.signed_document_id for each in dossier.part_results.filter(issued_at__isnull=False)]
    lead = getattr(dossier, "result", None)
    if lead is not None and lead.issued_at:
        found.append(lead.signed_document_id)
    link_many([document for document in found if document], *dossier.journal_subject)


def let_out_all(dossier: Dossier, result: Result) -> None:
    """Let the applicant read what is ready, now that nothing is left to pay; of a linked dossier as its procedure says."""
    if is_linked(dossier):
        let_out_parts(dossier)
    else:
        steps.let_out(dossier, result)


def finish_if_whole(dossier: Dossier, *, actor: Actor, at: datetime) -> bool:
    """
    Make the whole ready once the flow has come to the hand-over: no participant has anything left to do.

    Returns whether it has. For the acts that end a part, after their step was finished.
    """
    assert dossier.case_id is not None
    if not any(task.form == "return" for task in open_tasks(dossier.case_id)):
        return False
    steps.become(dossier, NationalState.FINISHED)
    dossier.delivery, dossier.finished_at = DeliveryState.READY, at
    steps.save(dossier, "state", "delivery", "finished_at", "closing_reason")
    # it is settled: whoever fetches it may take their time
    reschedule_case(dossier.case_id, due_at=None, actor=actor, at=at)
    let_out_parts(dossier)
    record("onestop.result_issued", dossier, actor=actor, at=at, parts=True)
    return True
