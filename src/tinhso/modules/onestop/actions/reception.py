"""The desk: take in, accept, refuse, hand over (NĐ 61/2018/NĐ-CP Đ.17, Đ.18, Đ.20)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.rows import update
from tinhso.kernel.casework.public import Service
from tinhso.kernel.documents.public import Document
from tinhso.kernel.forms.public import latest_version, load_form, validate_all
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import find_agency
from tinhso.law.answer import NoAnswer
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.binding import Paper, bind, names_of
from tinhso.modules.onestop.actions.books import enter_in_book
from tinhso.modules.onestop.actions.filing import Applicant, open_dossier
from tinhso.modules.onestop.actions.numbers import give_form_number
from tinhso.modules.onestop.actions.owing import owe_back
from tinhso.modules.onestop.actions.reusing import held_papers, note_reused
from tinhso.modules.onestop.actions.steps import WITH_RESULT, become, finish, locked_dossier, save, task_at_hand
from tinhso.modules.onestop.models import DeliveryState, Dossier, FileOrigin, Way
from tinhso.modules.onestop.queries.deadlines import due_for
from tinhso.modules.onestop.queries.fees import quantities_of
from tinhso.modules.onestop.queries.services import check_agency, check_case, get_fileable_service
from tinhso.web.words import own


class NoTimeLimit(Refusal):
    """The procedure names no time limit that can be computed; a person must set one."""

    code = "onestop.no_time_limit"
    text = _("The time limit of “{service}” has no unit. Set it in the procedure before accepting dossiers.")


class TakenBefore(Refusal):
    """The same page was sent twice."""

    code = "onestop.taken_before"
    text = _("This was taken in already as {dossier}. Nothing was taken in twice.")


class MoneyFirst(Refusal):
    """A result is not handed over before its fee is paid."""

    code = "onestop.money_first"
    text = _("The fee of {dossier} has not been paid. Take the payment, then hand over the result.")


class ResultNotReady(Refusal):
    """There is no result to hand over."""

    code = "onestop.result_not_ready"
    text = _("The result of {dossier} is not ready.")


@act
def take_at_counter(
    service_code: str,
    agency_code: str,
    applicant: Applicant,
    *,
    components: Sequence[Mapping[str, Any]],
    scans: Sequence[tuple[str, Document]] = (),
    answers: Mapping[str, Any] | None = None,
    case_code: str = "",
    result_way: str = Way.DIRECT,
    result_address: str = "",
    once: UUID | None = None,
    held: Sequence[tuple[str, UUID]] = (),
    agent: str = "",
    actor: Actor,
    at: datetime,
) -> Dossier:
    """
    Take in a dossier at the counter and accept it at once: the papers are there and complete (Đ.17 k.1).

    With `agent`, a postal agent takes it for the desk: it goes there on a hand-over list, and the desk accepts it; the
    time limit begins then (`law.post`).

    `components` are the papers ticked, with numbers of originals and copies; `once` is an id that the page was given, so
    that the page sent twice takes in one dossier; `held` is what the data store holds and stands for papers.
    Raises TakenBefore, NotCompetent, NoSuchCase, BadInput, NoTimeLimit, NotHeld.
    """
    on = civil_date(at)
    taken = Dossier.objects.filter(filed_from=once).first() if once else None
    if taken is not None:
        raise TakenBefore(dossier=taken.code)
    service = get_fileable_service(service_code, on)
    agency = check_agency(service, agency_code, on)
    check_case(service, case_code)
    if result_way == Way.POST and not result_address.strip():
        raise BadInput(faults=[Fault("/address", _("Enter the address to which the result is sent."))])
    _check_quantities(service, answers or {}, on)
    papers = held_papers(service, held, applicant.number, at)
    _check_components(service, case_code, {str(row["code"]) for row in components} | {one.component for one in papers})
    dossier = open_dossier(
        service,
        agency,
        applicant,
        way=Way.POST if agent else Way.DIRECT,
        agent_code=agent,
        answers=answers or {},
        case_code=case_code,
        delivery={"result_way": result_way, "address": result_address.strip()},
        components=components,
        filed_from=once,
        form=(service.form_code, latest_version(service.form_code)) if service.form_code else ("", 0),
        actor=actor,
        at=at,
    )
    if agent:
        require(access.takes_by_post, actor, agent)
        _check_agent(agent, dossier.desk_code, on)
    else:
        require(access.can_receive, actor, dossier.desk_code)
    papers += [Paper.of(*scan) for scan in scans]
    bind(dossier, papers, names_of(service), origin=FileOrigin.DESK, at=at)
    note_reused(dossier, papers, actor=actor, at=at)
    if not agent:
        accept(dossier, actor=actor, at=at)
    return dossier


def _check_agent(agent: str, desk_code: str, on: date) -> None:
    """Go on only if the post office works for this desk. Raises NotFound."""
    found = find_agency(agent, on=on)
    if found is None or found.desk_code != desk_code:
        raise NotFound


@act
def accept_dossier(code: str, *, actor: Actor, at: datetime) -> Dossier:
    """Accept a dossier filed online: the clock starts, form 01 gets its number. Raises NotYourStep, NoTimeLimit."""
    dossier = locked_dossier(code, actor)
    accept(dossier, actor=actor, at=at)
    return dossier


def accept(dossier: Dossier, *, actor: Actor, at: datetime) -> None:
    """Start the legal clock, enter it in the book of the year, which numbers form 01, move the flow on."""
    task = task_at_hand(dossier, actor, "receive")
    become(dossier, NationalState.ACCEPTED)
    if dossier.limit_amount is None:
        raise NoTimeLimit(service=own(dossier, "service_name"))
    try:
        answer = due_for(dossier.limit_amount, dossier.limit_unit, agency_code=dossier.agency_code, clock_from=at)
    except NoAnswer as no:
        raise NoTimeLimit(service=own(dossier, "service_name")) from no
    dossier.received_at = dossier.clock_from = at
    dossier.due_at = answer.value
    dossier.book_year, dossier.form_number = enter_in_book(dossier.desk_code, actor=actor, at=at)
    save(dossier, "state", "received_at", "clock_from", "due_at", "form_number", "book_year")
    finish(task, "accept", due_at=answer.value, actor=actor, at=at, due=answer.value.isoformat())
    record("onestop.dossier_accepted", dossier, actor=actor, at=at, due_at=answer.value.isoformat())


@act
def refuse_dossier(code: str, *, reason: str, actor: Actor, at: datetime) -> Dossier:
    """Refuse a dossier at reception with its reason in writing: form 03 (Đ.17 k.1 đ.c). Raises NotYourStep, BadInput."""
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."))])
    dossier = locked_dossier(code, actor)
    task = task_at_hand(dossier, actor, "receive")
    become(dossier, NationalState.NOT_ACCEPTED)
    dossier.closing_reason, dossier.finished_at = reason.strip(), at
    dossier.form_number = give_form_number("03", dossier.desk_code, at)
    owe_back(dossier, actor=actor, at=at)
    save(dossier, "state", "closing_reason", "finished_at", "form_number", "money")
    finish(task, "refuse", actor=actor, at=at)
    record("onestop.dossier_refused", dossier, actor=actor, at=at, reason=reason.strip())
    return dossier


@act
def return_result(code: str, *, taken_by: str = "", actor: Actor, at: datetime) -> Dossier:
    """Hand the result over and close the dossier (Đ.20). Raises ResultNotReady, MoneyFirst, NotYourStep."""
    dossier = locked_dossier(code, actor, along=WITH_RESULT)
    require(access.can_return_result, actor, dossier)
    if dossier.delivery != DeliveryState.READY:
        raise ResultNotReady(dossier=code)
    if dossier.holds_result:
        raise MoneyFirst(dossier=code)
    task = task_at_hand(dossier, actor, "return")
    become(dossier, NationalState.RETURNED)
    dossier.delivery, dossier.returned_at = DeliveryState.HANDED, at
    save(dossier, "state", "delivery", "returned_at")
    dossier.result.taken_by = taken_by or dossier.applicant_name
    update(dossier.result, "taken_by")
    if dossier.shared_with:
        dossier.part_results.update(taken_by=dossier.result.taken_by)
    finish(task, "returned", actor=actor, at=at)
    record("onestop.result_returned", dossier, actor=actor, at=at)
    return dossier


def _check_components(service: Service, case_code: str, given: Collection[str]) -> None:
    missing = [c for c in service.components_for(case_code) if c.required and c.code not in given]
    if missing:
        said = _("Missing: {paper}.")
        raise BadInput(faults=[Fault(f"/components/{c.code}", said.format(paper=own(c, "name"))) for c in missing])


def _check_quantities(service: Service, answers: Mapping[str, Any], on: date) -> None:
    """Judge the numbers that the fee is counted by as the form would. Raises BadInput, each fault at its question."""
    paths = {"/" + quantity.path.replace(".", "/") for quantity in quantities_of(service)}
    if not paths or not service.form_code:
        return
    faults = [fault for fault in validate_all(load_form(service.form_code), answers, on=on) if fault.pointer in paths]
    if faults:
        raise BadInput(faults=faults)
