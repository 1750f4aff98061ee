"""Asking for more and getting it: once, whole, through the desk; the clock stands still and starts anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.casework.public import cancel_case, correlate, due_if_begun, part_of_task, participants_of
from tinhso.kernel.documents.public import Document
from tinhso.kernel.forms.public import (
    NO_PREFILL,
    NOT_ASKED,
    FormDefinition,
    Prefill,
    Reopened,
    Settled,
    answer_again,
    changes,
    load_form,
    prune,
    reopen,
)
from tinhso.kernel.journal.public import record
from tinhso.law.clocks import restart_source
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import fingerprints
from tinhso.modules.onestop.actions.asked_items import checked_items
from tinhso.modules.onestop.actions.binding import Paper, bind, names_of
from tinhso.modules.onestop.actions.numbers import give_form_number
from tinhso.modules.onestop.actions.owing import count_fee_anew, owe_back
from tinhso.modules.onestop.actions.parts import PROCESSING
from tinhso.modules.onestop.actions.reusing import held_again, note_reused, refuse_what_is_held
from tinhso.modules.onestop.actions.steps import (
    become,
    case_of,
    finish,
    locked_dossier,
    require_unfinished,
    save,
    task_at_hand,
)
from tinhso.modules.onestop.models import (
    SUPPLEMENT,
    Dossier,
    DueChange,
    DueChangeKind,
    FileOrigin,
    Pause,
    SupplementRequest,
    Way,
)
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.deadlines import due_for, notice_by
from tinhso.modules.onestop.queries.services import service_filed

UNCHANGED = _("This is still as it was. Mend it, or write below why it is right.")


class AskedBefore(Refusal):
    """More papers are asked for once; asking again counts the dossier as late."""

    code = "onestop.asked_before"
    text = _("More was already asked of {dossier} on {day}. Wait for the answer first.")
    law = "NĐ 61/2018/NĐ-CP Đ.15 k.3"


class NothingAsked(Refusal):
    """Nobody asked for more."""

    code = "onestop.nothing_asked"
    text = _("Nothing is asked of {dossier} now.")


class NotAsked(BadInput):
    """The answer would change something that was not asked."""

    code = "onestop.not_asked"
    text = _("Some of what you sent was not asked for.")


class StillMissing(BadInput):
    """The answer does not bring all that was asked."""

    code = "onestop.still_missing"
    text = _("Not everything that was asked is there yet.")


@act
def ask_for_supplement(
    code: str,
    items: Sequence[Mapping[str, str]],
    *,
    phone: str = "",
    answer_by: date | None = None,
    actor: Actor,
    at: datetime,
) -> SupplementRequest:
    """
    Ask for what is missing: one complete list, each with a reason and its place (form 02). The clock stands still.

    Asking later than the law lets is done and kept as late in the journal: the applicant must still learn what is missing.

    Raises BadInput for an empty list or an item without words, AlreadyHeld, AskedBefore, NotYourStep.
    """
    dossier = locked_dossier(code, actor)
    checked = checked_items(items, dossier)
    task = task_at_hand(dossier, actor, "receive", "process", PROCESSING)
    refuse_what_is_held(checked, dossier, at)
    part = part_of_task(task) if task.form == PROCESSING else ""
    # a request is unanswered in this state only, so that the others need no look
    is_asked = dossier.state == NationalState.SUPPLEMENT_ASKED or bool(dossier.shared_with)
    opened = dossier.supplements.filter(answered_at__isnull=True).first() if is_asked else None
    if opened:
        raise AskedBefore(dossier=code, day=f"{civil_date(opened.asked_at):%d/%m/%Y}")
    at_reception = dossier.received_at is None
    last = notice_by(dossier)
    become(dossier, NationalState.SUPPLEMENT_ASKED)
    request = SupplementRequest.objects.create(
        dossier=dossier,
        number=give_form_number("02", dossier.desk_code, at),
        items=checked,
        asked_by=actor.name,
        asked_phone=phone,
        asked_at=at,
        answer_by=answer_by,
        at_reception=at_reception,
        part=part,
        due_before=dossier.due_at,
    )
    # what a participant asks stops its own clock, by the flow, and nobody else's
    if not at_reception and not part:
        Pause.objects.create(dossier=dossier, reason=SUPPLEMENT, base=restart_source(at), started_at=at)
        dossier.paused_at = at
    asking: dict[str, Any] = {"part": part} if part else {}
    save(dossier, "state", "paused_at")
    finish(task, "supplement", actor=actor, at=at)
    record(
        "onestop.supplement_asked",
        dossier,
        actor=actor,
        at=at,
        items=len(checked),
        form02=request.number,
        late=last is not None and civil_date(at) > last,
        **asking,
    )
    return request


@act
def answer_supplement(
    code: str,
    *,
    answers: Mapping[str, Any] | None = None,
    files: Sequence[tuple[str, Document]] = (),
    held: Sequence[tuple[str, UUID]] = (),
    note: str = "",
    actor: Actor,
    at: datetime,
) -> Dossier:
    """
    Bring what was asked, and only that. The legal clock is counted anew from now (Đ.19 k.4).

    `held` is what the data store holds and stands for papers, by component. Who changes nothing says in `note` why it
    is right as it was.

    Raises NothingAsked, NotAsked, NotHeld, StillMissing.
    """
    dossier = locked_dossier(code, actor)
    require(_may_answer, actor, dossier)
    request = dossier.supplements.filter(answered_at__isnull=True).first()
    if request is None:
        raise NothingAsked(dossier=code)
    brought = {component for component, _paper in (*files, *held)}
    settled = _only_asked(dossier, request, answers or {}, brought, on=civil_date(at))
    papers = [Paper.of(*file) for file in files] + held_again(dossier, request, held, actor, at)
    faults = [*_still_missing(request, brought), *_unanswered(dossier, request, answers or {}), *settled.faults]
    changed = _changes(dossier, settled.answers, civil_date(at))
    if not faults and dossier.way == Way.ONLINE and not (changed or brought or note.strip()):
        faults = [Fault(pointer, UNCHANGED, "unchanged") for pointer in sorted(request.pointers_asked())]
    if faults:
        raise StillMissing(faults=faults)
    dossier.answers, dossier.is_declared_whole = settled.answers, False
    fee = count_fee_anew(dossier, settled.answers, actor=actor, at=at)
    _replace_files(dossier, papers, actor, at)
    request.answered_at, request.changed, request.reply = at, changed, note.strip()
    if request.part:
        _move_whole(dossier, request, actor, at)
    elif not request.at_reception:
        _restart_clock(dossier, request, actor, at)
    become(dossier, NationalState.FILED if request.at_reception else NationalState.PROCESSING)
    request.due_after = dossier.due_at
    request.save(update_fields=["answered_at", "due_after", "changed", "reply"])
    save(dossier, "answers", "is_declared_whole", "state", "clock_from", "due_at", "paused_at", *fee)
    message = f"supplement-{request.part}" if request.part else "supplement"
    correlate(case_of(dossier), message, variables={}, due_at=dossier.due_at, actor=actor, at=at)
    declared = fingerprints.of_declared(dossier)
    record("onestop.supplement_answered", dossier, actor=actor, at=at, files=len(files), declared=declared)
    return dossier


@act
def withdraw_dossier(code: str, *, reason: str = "", actor: Actor, at: datetime) -> Dossier:
    """Withdraw a dossier that has no signed result yet. Raises WrongState."""
    dossier = locked_dossier(code, actor)
    require(access.can_withdraw, actor, dossier)
    require_unfinished(dossier)
    become(dossier, NationalState.WITHDRAWN)
    dossier.closing_reason, dossier.finished_at = reason.strip(), at
    _end_pause(dossier, at)
    owe_back(dossier, actor=actor, at=at)
    save(dossier, "state", "closing_reason", "finished_at", "paused_at", "money")
    cancel_case(case_of(dossier), reason="withdrawn", actor=actor, at=at)
    record("onestop.dossier_withdrawn", dossier, actor=actor, at=at, reason=reason.strip())
    return dossier


def _may_answer(actor: Actor, dossier: Dossier) -> bool:
    """Answer for oneself, or at the counter for an applicant who brings the paper."""
    return access.can_withdraw(actor, dossier) or access.can_receive(actor, dossier.desk_code)


def questions_asked(dossier: Dossier, request: SupplementRequest) -> Reopened:
    """Return which questions of the declaration are open again: those that were asked, and no other."""
    form, on = load_form(dossier.form_code, dossier.form_version), civil_date(dossier.submitted_at)
    pointers = request.pointers_asked()
    known = (
        Prefill(people.prefill_for(dossier, on))
        if any(_leads_to_locked(form, each) for each in pointers)
        else NO_PREFILL
    )
    return reopen(form, dossier.answers, pointers, on=on, prefill=known)


def _leads_to_locked(form: FormDefinition, pointer: str) -> bool:
    found = form.field_at(pointer)
    return found is not None and (
        found.locked or any(_leads_to_locked(form, f"{pointer}/{each.key}") for each in found.children)
    )


def _only_asked(
    dossier: Dossier,
    request: SupplementRequest,
    answers: Mapping[str, Any],
    brought: AbstractSet[str],
    *,
    on: date,
) -> Settled:
    """Return the answers with what was asked and given. Raises NotAsked for anything else that would change the dossier."""
    beyond = [
        Fault(f"/_files/{component}", NOT_ASKED, "not_asked") for component in brought - request.components_asked()
    ]
    if dossier.form_code:
        form = load_form(dossier.form_code, dossier.form_version)
        settled = answer_again(form, questions_asked(dossier, request), answers, on=on)
        settled = replace(settled, answers=prune(form, settled.answers, on=on))
    else:
        settled = Settled(dossier.answers, [Fault(f"/{step}", NOT_ASKED, "not_asked") for step in answers], [])
    if beyond or settled.beyond:
        raise NotAsked(faults=[*beyond, *settled.beyond])
    return settled


def _changes(dossier: Dossier, answers: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    if not dossier.form_code:
        return []
    return changes(load_form(dossier.form_code, dossier.form_version), dossier.answers, answers, on=on)


def _unanswered(dossier: Dossier, request: SupplementRequest, given: Mapping[str, Any]) -> list[Fault]:
    """Return the steps that were asked and did not come; what was declared on paper is entered by the office instead."""
    if dossier.way != Way.ONLINE or not dossier.form_code:
        return []
    steps = {pointer.split("/")[1] for pointer in request.pointers_asked()}
    return [Fault(f"/{step}", _("Answer what is asked here."), "required") for step in sorted(steps - {*given})]


def _still_missing(request: SupplementRequest, brought: AbstractSet[str]) -> list[Fault]:
    return [
        Fault(f"/_files/{item['component']}", item["text"], "missing_paper")
        for item in request.items
        if item["component"] and item["component"] not in brought
    ]


def _replace_files(dossier: Dossier, papers: Sequence[Paper], actor: Actor, at: datetime) -> None:
    if not papers:
        return
    if any(paper.held_id for paper in papers):
        again = dossier.files.filter(held_id__isnull=False).exists()
        note_reused(dossier, papers, again=again, actor=actor, at=at)
    old = dossier.files.filter(component_code__in={paper.component for paper in papers}, replaced_at__isnull=True)
    service = service_filed(dossier)
    names = names_of(service) | {
        code: (vi, en) for code, vi, en in old.values_list("component_code", "component_name", "component_name_en")
    }
    old.update(replaced_at=at)
    bind(dossier, papers, names, origin=FileOrigin.APPLICANT, at=at)


def _restart_clock(dossier: Dossier, request: SupplementRequest, actor: Actor, at: datetime) -> None:
    assert dossier.limit_amount is not None
    was = dossier.due_at
    dossier.clock_from = at
    dossier.due_at = due_for(
        dossier.limit_amount, dossier.limit_unit, agency_code=dossier.agency_code, clock_from=at
    ).value
    _end_pause(dossier, at)
    DueChange.objects.create(
        dossier=dossier,
        kind=DueChangeKind.SUPPLEMENT,
        at=at,
        was=was,
        became=dossier.due_at,
        by=actor.name,
        reason=f"form 02 no. {request.number}",
        law=restart_source(at),
    )


def _move_whole(dossier: Dossier, request: SupplementRequest, actor: Actor, at: datetime) -> None:
    """
    Put off the date of the whole where a participant, whose time is counted anew, could not keep it (Đ.19 k.4).

    The whole is due when the part is and those after it could be; never earlier than before.
    """
    rows = [row for row in participants_of(case_of(dossier)) if row.ended_at is None]
    asking = next((row for row in rows if row.key == request.part), None)
    until = due_if_begun(asking, at) if asking else None
    if asking is None or until is None or dossier.due_at is None:
        return
    for position in sorted({row.position for row in rows if row.position > asking.position}):
        after = [due_if_begun(row, until) for row in rows if row.position == position]
        until = max([until, *(moment for moment in after if moment)])
    if until <= dossier.due_at:
        return
    was, dossier.due_at = dossier.due_at, until
    DueChange.objects.create(
        dossier=dossier, kind=DueChangeKind.SUPPLEMENT, at=at, was=was, became=until, by=actor.name,
        reason=f"form 02 no. {request.number}", law=restart_source(at),
    )  # fmt: skip


def _end_pause(dossier: Dossier, at: datetime) -> None:
    if dossier.paused_at:
        dossier.pauses.filter(ended_at__isnull=True).update(ended_at=at)
        dossier.paused_at = None
