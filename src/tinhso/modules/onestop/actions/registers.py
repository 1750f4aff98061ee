"""
Asking a register of others for what would be asked as a paper: in a draft, at the counter, and before an officer asks for it.

None of these is an act: a register may take seconds. What is found is held from then on and offered like any other result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.casework.public import (
    Component,
    HeldResult,
    RegisterAnswer,
    ask_registers,
    note_offered,
    register_sources,
)
from tinhso.law.reuse import may_ask_again
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.reusing import use_held
from tinhso.modules.onestop.models import ApplicationFile, Dossier
from tinhso.modules.onestop.queries.dossiers import get_application
from tinhso.modules.onestop.queries.held import number_of, offers_for
from tinhso.modules.onestop.queries.services import get_fileable_service, service_filed
from tinhso.web.words import own


class NotInRegister(Refusal):
    """The register has nothing of this person that stands for the paper."""

    code = "onestop.not_in_register"
    text = _("{register} has nothing under this number that stands for “{paper}”. Hand in the paper.")


class RegisterSilent(Refusal):
    """The register does not answer."""

    code = "onestop.register_silent"
    text = _("{register} does not answer now. Try again in a few minutes, or hand in “{paper}”.")
    status = 503


def take_from_register(application_id: UUID, component_code: str, *, actor: Actor, at: datetime) -> ApplicationFile:
    """
    Ask the registers for a paper of a draft, and let what they say of the applicant stand for it.

    Raises NotInRegister, RegisterSilent, Forbidden, NotFound.
    """
    held = find_in_registers(application_id, component_code, actor=actor, at=at)
    return use_held(application_id, component_code, held.id, actor=actor, at=at)


def find_in_registers(application_id: UUID, component_code: str, *, actor: Actor, at: datetime) -> HeldResult:
    """
    Return what the registers have of the applicant that stands for a paper of a draft.

    Raises NotInRegister, RegisterSilent, Forbidden, NotFound.
    """
    require(access.can_use_held, actor)
    draft = get_application(application_id, seen_by=actor)
    service = get_fileable_service(draft.service_code, civil_date(at))
    asked = _component(service.components_for(draft.case_code), component_code)
    answer = ask_registers(number_of(actor), asked.satisfied_by, issue=f"{service.code} {draft.id}", actor=actor, at=at)
    if not answer.found:
        raise _no(answer, asked)
    return answer.found[0]


def ask_at_counter(
    service_code: str, case: str, component_code: str, number: str, *, actor: Actor, at: datetime
) -> RegisterAnswer:
    """Ask for a paper of whom an official takes in a dossier from. Raises NotInRegister, RegisterSilent, Forbidden, NotFound."""
    require(access.can_receive, actor)
    service = get_fileable_service(service_code, civil_date(at))
    asked = _component(service.components_for(case), component_code)
    answer = ask_registers(number, asked.satisfied_by, issue=service.code, actor=actor, at=at)
    if not answer.found:
        raise _no(answer, asked)
    return answer


def ask_before_asking(code: str, items: Sequence[Mapping[str, str]], *, actor: Actor, at: datetime) -> None:
    """
    Ask the registers for papers that an officer is about to ask an applicant for, so that what they have is refused.

    Not for a reason that lets it be asked for all the same, nor for what is held already. A register that is silent or
    knows nothing hinders nobody: the officer asks for the paper. Whether the officer may ask is for the act to say.
    """
    on = civil_date(at)
    wanted = {
        str(item.get("component"))
        for item in items
        if item.get("component") and not may_ask_again(str(item.get("reason", "")), on=on).value
    }
    dossier = Dossier.objects.filter(code=code).first() if wanted else None
    if dossier is None or not dossier.applicant_number or not access.sees_as_office(actor, dossier):
        return
    asked = [
        each
        for each in service_filed(dossier).components_for(dossier.case_code)
        if each.code in wanted and each.satisfied_by
    ]
    number = dossier.applicant_number
    known = offers_for(number, asked, on=on)
    codes = {each_code for each in asked if each.code not in known for each_code in each.satisfied_by}
    if register_sources(codes):
        ask_registers(number, codes, issue=dossier.code, actor=actor, at=at)
        known = offers_for(number, asked, on=on)
    # the refusal tells the officer what is held: that is a reading, and stays when the request is refused
    shown = sorted({one.id for found in known.values() for one in found})
    note_offered(number, shown, dossier.code, actor=actor, at=at)


def _component(components: Sequence[Component], code: str) -> Component:
    found = next((each for each in components if each.code == code and each.satisfied_by), None)
    if found is None:
        raise NotFound
    return found


def _no(answer: RegisterAnswer, asked: Component) -> Refusal:
    paper = own(asked, "name")
    if answer.silent:
        return RegisterSilent(register=own(answer.silent[0], "name"), paper=paper)
    if answer.nothing:
        return NotInRegister(register=own(answer.nothing[0], "name"), paper=paper)
    return NotFound()
