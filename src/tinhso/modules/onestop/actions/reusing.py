"""What the province holds already is not asked for again: taken with one click, or the asking refused with the law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.casework.public import HeldResult, Service
from tinhso.kernel.journal.public import record
from tinhso.law.reuse import may_ask_again
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.applications import locked_draft
from tinhso.modules.onestop.actions.binding import Paper
from tinhso.modules.onestop.models import ApplicationFile, Dossier, SupplementRequest
from tinhso.modules.onestop.queries.held import number_of, offers_again, offers_for
from tinhso.modules.onestop.queries.services import get_fileable_service, service_filed
from tinhso.web.words import day, own


class NotHeld(Refusal):
    """What should stand for the paper is not held, or not in force any more."""

    code = "onestop.not_held"
    text = _("“{paper}” is not in the data store, or no longer in force. Hand in the paper.")


class AlreadyHeld(BadInput):
    """A paper is asked for that the province holds."""

    code = "onestop.already_held"
    text = _("Some of what you ask for is held already. It may be asked for only if it is over, unreadable or differs.")
    law = "NĐ 224/2026/NĐ-CP Đ.18 k.4"


@act
def use_held(
    application_id: UUID, component_code: str, held_id: UUID, *, actor: Actor, at: datetime
) -> ApplicationFile:
    """Let something that is held stand for a paper of a draft. Twice is once. Raises NotHeld, AlreadyFiled."""
    application = locked_draft(application_id, actor)
    require(access.can_use_held, actor)
    on = civil_date(at)
    service = get_fileable_service(application.service_code, on)
    held = _among(service, component_code, held_id, number_of(actor), at)
    known = application.files.filter(component_code=component_code, held_id=held.id).first()
    record("onestop.file_added", application, actor=actor, at=at, component=component_code, held=str(held.id))
    return known or ApplicationFile.objects.create(
        application=application,
        component_code=component_code,
        document_id=held.document_id,
        name=held.name,
        size_bytes=held.size_bytes,
        sha256=held.sha256,
        held_id=held.id,
        added_at=at,
    )


def held_papers(service: Service, chosen: Sequence[tuple[str, UUID]], number: str, at: datetime) -> list[Paper]:
    """Return what stands for papers, by component and id, for the holder of a number. Raises NotHeld for what does not."""
    return [Paper.held(component, _among(service, component, held, number, at)) for component, held in chosen]


def held_again(
    dossier: Dossier, request: SupplementRequest, chosen: Sequence[tuple[str, UUID]], actor: Actor, at: datetime
) -> list[Paper]:
    """
    Return what is held and stands for papers asked for in a supplement, each once: of the applicant and nobody else.

    Raises Forbidden for who has not proven who they are, NotHeld for what does not stand for it.
    """
    if not chosen:
        return []
    require(access.can_answer_with_held, actor, dossier)
    offers = offers_again(dossier, request, actor, on=civil_date(at))
    names = {each.code: own(each, "name") for each in service_filed(dossier).components}
    found = []
    for component, held_id in dict.fromkeys(chosen):
        held = next((one for one in offers.get(component, ()) if one.id == held_id), None)
        if held is None:
            raise NotHeld(paper=names.get(component, component))
        found.append(Paper.held(component, held))
    return found


def check_held(service: Service, files: Sequence[ApplicationFile], actor: Actor, at: datetime) -> list[Fault]:
    """Return a fault for what a draft took from the data store and is not in force any more when it is filed."""
    taken = [file for file in files if file.held_id]
    if not taken:
        return []
    offers = offers_for(number_of(actor), service.components, on=civil_date(at))
    return [
        Fault(
            f"/_files/{file.component_code}", _("What was taken from the data store is no longer in force."), "not_held"
        )
        for file in taken
        if file.held_id not in {one.id for one in offers.get(file.component_code, ())}
    ]


def note_reused(dossier: Dossier, papers: Sequence[Paper], *, again: bool = False, actor: Actor, at: datetime) -> None:
    """
    Journal which papers were not asked for, within the act that runs; nothing when there are none.

    `again`: the dossier was counted before, a supplement brings more of them.
    """
    held = sorted({paper.component for paper in papers if paper.held_id})
    if held:
        ids = sorted(str(paper.held_id) for paper in papers if paper.held_id)
        more: dict[str, Any] = {"again": True} if again else {}
        record(
            "onestop.papers_reused", dossier, actor=actor, at=at, service=dossier.service_code, papers=held, held=ids,
            **more,
        )  # fmt: skip


def refuse_what_is_held(items: Sequence[Mapping[str, str]], dossier: Dossier, at: datetime) -> None:
    """
    Refuse to ask for a paper that is held and in force, unless for a reason that the law allows. Raises AlreadyHeld.

    No statement where no paper asked for may be replaced by something held.
    """
    on, asked = civil_date(at), {item["component"] for item in items if item["component"]}
    if not asked:
        return
    service = service_filed(dossier)
    offers = offers_for(
        dossier.applicant_number,
        [each for each in service.components_for(dossier.case_code) if each.code in asked],
        on=on,
    )
    faults = [
        _fault(index, service, item["component"], offers[item["component"]][0], answer.steps[0].source)
        for index, item in enumerate(items)
        if item["component"] in offers and not (answer := may_ask_again(item["reason"], on=on)).value
    ]
    if faults:
        raise AlreadyHeld(faults=faults)


def _fault(index: int, service: Service, component: str, held: HeldResult, law: str) -> Fault:
    paper = next(own(each, "name") for each in service.components if each.code == component)
    text = _(
        "“{paper}” is held already: {title} no. {number} of {day}, {issuer}. It is not asked for again ({law}). Choose “No longer valid”, “Cannot be read” or “Does not match” if that is so."
    ).format(paper=paper, title=held.title, number=held.number, day=day(held.issued_on), issuer=held.issuer, law=law)
    return Fault(f"/items/{index}/component", text, "already_held")


def _among(service: Service, component: str, held_id: UUID, number: str, at: datetime) -> HeldResult:
    asked = next((each for each in service.components if each.code == component), None)
    found = offers_for(number, [asked], on=civil_date(at)).get(component, []) if asked else []
    held = next((one for one in found if one.id == held_id), None)
    if held is None:
        raise NotHeld(paper=own(asked, "name") if asked else component)
    return held
