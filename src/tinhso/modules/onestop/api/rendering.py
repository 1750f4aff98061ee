"""How rows become what the API says (`api.shapes`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from tinhso.base.actors import Actor
from tinhso.base.refusals import Fault
from tinhso.kernel.casework.public import Task
from tinhso.kernel.documents.public import Document
from tinhso.kernel.journal.public import receipt_code
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.api.shapes import (
    Applicant,
    Application,
    Asked,
    AskedItem,
    Done,
    Dossier,
    DossierRow,
    Filed,
    Happened,
    Held,
    HeldPapers,
    Paid,
    PartEnd,
    Place,
    Result,
    Sent,
    State,
    Step,
    Taking,
    Upload,
)
from tinhso.modules.onestop.queries import participation, shown
from tinhso.modules.onestop.queries.dossiers import DossierView
from tinhso.modules.onestop.queries.fees import owed
from tinhso.modules.onestop.queries.held import Offers


def state_of(number: int) -> State:
    """Return the state with its names."""
    state = NationalState(number)
    return State(code=int(state), name=state.name_vi, name_en=state.name_en)


def places(faults: Iterable[Fault]) -> list[Place]:
    """Return the places to mend, in the reader's language."""
    return [Place(pointer=fault.pointer, text=str(fault.text), code=fault.code) for fault in faults]


def upload_of(document: Document) -> Upload:
    """Return a stored document."""
    return Upload(
        id=document.id,
        name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        media_type=document.media_type,
        pages=document.pages,
    )


def held_of(offers: Offers) -> HeldPapers:
    """Return what is held and stands for papers."""
    return HeldPapers(
        items=[
            Held(
                component=component,
                held_id=one.id,
                title=one.title,
                number=one.number,
                issuer=one.issuer,
                issued_on=one.issued_on,
                valid_to=one.valid_to,
                name=one.name,
                size_bytes=one.size_bytes,
                sha256=one.sha256,
            )
            for component, found in sorted(offers.items())
            for one in found
        ]
    )


def sent_of(file: Any) -> Sent:
    """Return a file of a draft or of a dossier."""
    return Sent(
        id=file.id,
        document_id=file.document_id,
        component=file.component_code,
        name=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        origin=getattr(file, "origin", "held" if file.held_id else "applicant"),
    )


def application_of(draft: Any, *, steps: Sequence[str], faults: Iterable[Fault]) -> Application:
    """Return a draft with what is still to mend."""
    names = ("id", "service_code", "service_name", "service_name_en", "agency_code", "case_code", "form_code")
    more = ("form_version", "answers", "done_steps", "delivery", "state", "dossier_code", "revision")
    return Application(
        **{name: getattr(draft, name) for name in (*names, *more, "updated_at", "expires_at")},
        steps=list(steps),
        files=[sent_of(file) for file in draft.files.all()],
        to_mend=places(faults),
    )


def row_of(dossier: Any) -> DossierRow:
    """Return one line of a list."""
    return DossierRow(**_row(dossier))


def done_of(dossier: Any) -> Done:
    """Return the dossier as an act left it. No statement."""
    return Done(**_row(dossier), revision=dossier.revision)


def filed_of(dossier: Any) -> Filed:
    """Return the proof of filing. No statement."""
    receipt = receipt_code(dossier.receipt_entry)
    return Filed(
        code=dossier.code,
        state=state_of(dossier.state),
        submitted_at=dossier.submitted_at,
        agency_code=dossier.agency_code,
        agency_name=dossier.agency_name,
        fee_vnd=dossier.fee_vnd,
        receipt_code=receipt,
        receipt_url=reverse("journal:receipt", args=[receipt]),
        track_url=reverse("onestop:track", args=[dossier.code]),
    )


def dossier_of(view: DossierView, actor: Actor, at: datetime) -> Dossier:
    """Return a dossier whole: the applicant reads what was announced, officers the steps and the proposal as well."""
    dossier, office = view.dossier, access.sees_as_office(actor, view.dossier)
    issued = view.result is not None and view.result.issued_at is not None
    names = ("way", "result_way", "result_address", "desk_code", "case_code", "form_code", "form_version", "answers")
    more = ("components", "fee_vnd", "closing_reason", "postponed_at", "returned_at")
    return Dossier(
        **_row(dossier),
        **{name: getattr(dossier, name) for name in (*names, *more)}
        | {"answers": _answers(view, actor, office=office)},
        owed_vnd=owed(dossier),
        fee_steps=shown.fee_words(dossier),
        revision=dossier.revision,
        applicant=_applicant(dossier),
        files=[sent_of(file) for file in (view.files if office else shown.own_files(view))],
        supplement=_asked(view.supplement),
        result=Result.model_validate(view.result) if view.result and (office or issued) else None,
        participants=takings_of(view, office=office, at=at),
        payment=Paid.model_validate(view.payment) if view.payment else None,
        rating=view.rating.score if view.rating else None,
        history=[Happened(**event) for event in shown.happened(view.history, own=not office)],
        tasks=[step_of(task, actor) for task in view.tasks] if office else [],
        receipt_code=receipt_code(dossier.receipt_entry) if dossier.receipt_entry else "",
        track_url=reverse("onestop:track", args=[dossier.code]),
    )


def _answers(view: DossierView, actor: Actor, *, office: bool) -> dict[str, Any]:
    """Return the answers; to a participant's officer those that its part needs."""
    steps = participation.steps_read_by(actor, view.dossier) if office else ()
    return {key: value for key, value in view.dossier.answers.items() if not steps or key in steps}


def takings_of(view: DossierView, *, office: bool, at: datetime) -> list[Taking]:
    """Return who takes part; the applicant reads a result once it is signed."""
    names = ("key", "role", "agency_code", "limit_amount", "limit_unit", "law", "started_at", "due_at", "paused_at")
    return [
        Taking(
            **{name: getattr(part.row, name) for name in (*names, "ended_at", "outcome")},
            agency_name=part.agency,
            task=part.task,
            state=part.state,
            held_seconds=part.share.held if part.share else 0,
            late_seconds=part.share.late if part.share else 0,
            result=PartEnd.model_validate(part.result) if part.result and (office or part.result.issued_at) else None,
        )
        for part in participation.part_rows(view.dossier, at, own_reader=not office)
    ]


def step_of(task: Task, actor: Actor) -> Step:
    """Return one thing to be done."""
    names = ("id", "form", "name", "name_en", "agency_code", "role", "state", "assignee_name", "version")
    return Step(
        **{name: getattr(task, name) for name in (*names, "created_at", "due_at")},
        mine=access.can_do_task(actor, task),
    )


def _row(dossier: Any) -> dict[str, Any]:
    names = ("code", "service_code", "service_name", "service_name_en", "agency_code", "agency_name", "applicant_name")
    more = ("money", "delivery", "submitted_at", "received_at", "due_at", "paused_at", "finished_at")
    return {**{name: getattr(dossier, name) for name in (*names, *more)}, "state": state_of(dossier.state)}


def _applicant(dossier: Any) -> Applicant:
    names = ("name", "number", "phone", "email", "address")
    return Applicant(**{name: getattr(dossier, f"applicant_{name}") for name in names})


def _asked(request: Any) -> Asked | None:
    if request is None:
        return None
    return Asked(
        number=request.number,
        items=[AskedItem(**item) for item in request.items],
        asked_by=request.asked_by,
        asked_at=request.asked_at,
        answer_by=request.answer_by,
    )
