"""Filing by program: upload, begin, answer step by step, attach, choose, file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Path, Router
from ninja.files import UploadedFile
from pydantic import Field

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.documents.public import Prepared, list_own, prepare, save
from tinhso.kernel.forms.public import (
    FormDefinition,
    Prefill,
    changed_locked,
    fill,
    load_form,
    prune,
    relock,
    steps_asked,
    validate_step,
)
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import applications as acts
from tinhso.modules.onestop.actions import registers, reusing
from tinhso.modules.onestop.actions.filing import faults_of, file_application
from tinhso.modules.onestop.api.paging import PageCursor, PageSize, cursor_from_here, next_page
from tinhso.modules.onestop.api.rendering import application_of, filed_of, held_of, sent_of, upload_of
from tinhso.modules.onestop.api.shapes import (
    Application,
    ApplicationRow,
    AskRegister,
    Delivery,
    Filed,
    HeldPapers,
    Pages,
    Sent,
    Upload,
    UseHeld,
)
from tinhso.modules.onestop.api.writing import write
from tinhso.modules.onestop.forms import DeliveryForm
from tinhso.modules.onestop.queries import dossiers, people
from tinhso.modules.onestop.queries.held import offers_to
from tinhso.modules.onestop.queries.services import get_fileable_service
from tinhso.web.shapes import Shape

READ, WRITE = {"x-scope": "dossier:read"}, {"x-scope": "dossier:write"}
StepKey = Annotated[str, Path(max_length=60, description="key of a step of the form", examples=["applicant"])]

applications, files = Router(), Router()


class Begin(Shape):
    """What a draft begins with."""

    service_code: str = Field(min_length=1, max_length=40, examples=["2.000635"])
    agency_code: str = Field("", max_length=35, description="who settles it: GET /api/agencies", examples=["H47.32.20"])
    case_code: str = Field("", max_length=40)


class Agency(Shape):
    """Who settles it, and which case it is."""

    agency_code: str = Field(min_length=1, max_length=35, examples=["H47.32.20"])
    case_code: str = Field("", max_length=40)


class StepAnswers(Shape):
    """The answers of one step, as the form's schema says: GET /api/forms/{code}."""

    answers: dict[str, Any]


class Attach(Shape):
    """An uploaded file for one paper."""

    component: str = Field(min_length=1, max_length=40, description="code of the paper")
    document_id: UUID = Field(description="from POST /api/files")


class Applications(Shape):
    """A page of the sender's drafts, last touched first."""

    items: list[ApplicationRow]
    next: Pages = None


@files.post("", response={201: Upload}, summary="Upload a file", openapi_extra=WRITE)
def upload_file(
    request: HttpRequest, file: Annotated[UploadedFile, File(description="PDF, PNG, JPEG, …")]
) -> HttpResponse:
    """Put a file into the store: checked, scanned, fingerprinted. Attach it afterwards by its id."""
    door = cast("ActorRequest", request)
    require(access.can_file, door.actor)
    prepared = prepare(cast("Any", file), name=file.name or "tep")

    def do() -> Upload:
        return upload_of(save(prepared, actor=door.actor, at=door.at, purpose="application"))

    return write(door, do, status=201, material=f"{prepared.sha256} {prepared.name}")


@applications.get("", response=Applications, summary="List my drafts", openapi_extra=READ)
def list_applications(request: HttpRequest, limit: PageSize = 50, after: PageCursor = "") -> Applications:
    """List the drafts of the sender."""
    actor = cast("ActorRequest", request).actor
    require(access.can_list_own, actor)
    with cursor_from_here():
        page = dossiers.list_drafts(actor, limit=limit, after=after)
    return Applications(
        items=[ApplicationRow.model_validate(row) for row in page.rows], next=next_page(request, page.after)
    )


@applications.post("", response={201: Application}, summary="Begin a draft", openapi_extra=WRITE)
def start_application(request: HttpRequest, begin: Begin) -> HttpResponse:
    """Begin a draft; what is known of the applicant is filled in."""
    door = cast("ActorRequest", request)

    def do() -> Application:
        require(access.can_file, door.actor)
        service = get_fileable_service(begin.service_code, civil_date(door.at))
        form = load_form(service.form_code) if service.form_code else None
        answers = fill(form, {}, Prefill(people.prefill_of(door.actor, civil_date(door.at)))) if form else {}
        draft = acts.start_application(
            service.code,
            agency_code=begin.agency_code,
            case_code=begin.case_code,
            answers=answers,
            actor=door.actor,
            at=door.at,
        )
        return _shown(draft, service, form, civil_date(door.at))

    return write(door, do, status=201)


@applications.get("/{uuid:application_id}", response=Application, summary="Read a draft", openapi_extra=READ)
def get_application(request: HttpRequest, application_id: UUID) -> Application:
    """Return a draft with its answers, its files and what is still to mend."""
    door = cast("ActorRequest", request)
    require(access.can_list_own, door.actor)
    on = civil_date(door.at)
    draft = dossiers.get_application(application_id, seen_by=door.actor)
    return _shown(draft, get_fileable_service(draft.service_code, on), _form_of(draft), on)


@applications.delete("/{uuid:application_id}", response={204: None}, summary="Throw a draft away", openapi_extra=WRITE)
def discard_application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    door = cast("ActorRequest", request)
    return write(door, lambda: acts.discard_application(application_id, actor=door.actor, at=door.at), status=204)


@applications.put(
    "/{uuid:application_id}/steps/{step}", response=Application, summary="Answer a step", openapi_extra=WRITE
)
def save_step(request: HttpRequest, application_id: UUID, step: StepKey, given: StepAnswers) -> HttpResponse:
    """Check the answers of one step and keep them; with a fault in them (422) nothing is kept."""
    door = cast("ActorRequest", request)
    on = civil_date(door.at)

    def do() -> Application:
        require(access.can_file, door.actor)
        draft = dossiers.get_application(application_id, seen_by=door.actor)
        form = _form_of(draft)
        if form is None or form.step(step) is None:
            raise NotFound
        data = prune(form, {**draft.answers, step: given.answers}, on=on)
        known = Prefill(people.prefill_of(door.actor, on))
        locked = [fault for fault in changed_locked(form, data, known, on=on) if fault.pointer.split("/")[1] == step]
        data = relock(form, data, known, on=on)
        if faults := [*locked, *validate_step(form, step, data, on=on)]:
            raise BadInput(faults=faults)
        saved = acts.save_step(application_id, step, data.get(step, {}), complete=True, actor=door.actor, at=door.at)
        return _shown(saved, get_fileable_service(draft.service_code, on), form, on)

    return write(door, do)


@applications.put(
    "/{uuid:application_id}/agency", response=Application, summary="Choose who settles it", openapi_extra=WRITE
)
def choose_agency(request: HttpRequest, application_id: UUID, chosen: Agency) -> HttpResponse:
    """Choose who settles it, and which case it is."""
    door = cast("ActorRequest", request)

    def do() -> Application:
        draft = acts.choose_agency(
            application_id, chosen.agency_code, case_code=chosen.case_code, actor=door.actor, at=door.at
        )
        on = civil_date(door.at)
        return _shown(draft, get_fileable_service(draft.service_code, on), _form_of(draft), on)

    return write(door, do)


@applications.put(
    "/{uuid:application_id}/delivery", response=Application, summary="Choose the delivery", openapi_extra=WRITE
)
def choose_delivery(request: HttpRequest, application_id: UUID, chosen: Delivery) -> HttpResponse:
    """Choose how the result is taken and where notices go."""
    door = cast("ActorRequest", request)
    form = DeliveryForm(chosen.model_dump())
    if not form.is_valid():
        raise BadInput(
            faults=[Fault(f"/{name}", str(text), "invalid") for name, texts in form.errors.items() for text in texts]
        )

    def do() -> Application:
        draft = acts.choose_delivery(application_id, form.cleaned_data, actor=door.actor, at=door.at)
        on = civil_date(door.at)
        return _shown(draft, get_fileable_service(draft.service_code, on), _form_of(draft), on)

    return write(door, do)


@applications.post("/{uuid:application_id}/files", response={201: Sent}, summary="Upload a paper", openapi_extra=WRITE)
def attach_file(
    request: HttpRequest,
    application_id: UUID,
    component: Annotated[str, Form(min_length=1, max_length=40, description="code of the paper")],
    file: Annotated[UploadedFile, File(description="PDF, PNG, JPEG, …")],
) -> HttpResponse:
    """Upload a file and attach it to one paper, at once."""
    door = cast("ActorRequest", request)
    draft = _own_draft(door, application_id)
    _check_component(draft, component, civil_date(door.at))
    prepared: Prepared = prepare(cast("Any", file), name=file.name or "tep")

    def do() -> Sent:
        document = save(prepared, actor=door.actor, at=door.at, purpose="application")
        return sent_of(acts.attach_file(application_id, component, document, actor=door.actor, at=door.at))

    return write(door, do, status=201, material=f"{component} {prepared.sha256} {prepared.name}")


@applications.put("/{uuid:application_id}/files", response=Sent, summary="Attach an uploaded file", openapi_extra=WRITE)
def attach_document(request: HttpRequest, application_id: UUID, attach: Attach) -> HttpResponse:
    """Attach a file that was uploaded before."""
    door = cast("ActorRequest", request)

    def do() -> Sent:
        draft = _own_draft(door, application_id)
        _check_component(draft, attach.component, civil_date(door.at))
        found = list_own([attach.document_id], seen_by=door.actor)
        if not found:
            raise NotFound
        return sent_of(acts.attach_file(application_id, attach.component, found[0], actor=door.actor, at=door.at))

    return write(door, do)


@applications.get(
    "/{uuid:application_id}/held", response=HeldPapers, summary="What is held already", openapi_extra=READ
)
def list_held(request: HttpRequest, application_id: UUID) -> HeldPapers:
    """List what the province holds of the sender and stands for papers of the draft; empty below VNeID level 2."""
    door = cast("ActorRequest", request)
    draft, on = _own_draft(door, application_id), civil_date(door.at)
    return held_of(offers_to(door.actor, get_fileable_service(draft.service_code, on), draft.case_code, on=on))


@applications.put(
    "/{uuid:application_id}/held", response=Sent, summary="Use what is held for a paper", openapi_extra=WRITE
)
def use_held(request: HttpRequest, application_id: UUID, given: UseHeld) -> HttpResponse:
    """Let what is held stand for a paper, so that none is handed in; take it out again by its id."""
    door = cast("ActorRequest", request)

    def do() -> Sent:
        draft = _own_draft(door, application_id)
        _check_component(draft, given.component, civil_date(door.at))
        taken = reusing.use_held(application_id, given.component, given.held_id, actor=door.actor, at=door.at)
        return sent_of(taken)

    return write(door, do)


@applications.post(
    "/{uuid:application_id}/registers", response=Sent, summary="Ask a register for a paper", openapi_extra=WRITE
)
def ask_register(request: HttpRequest, application_id: UUID, given: AskRegister) -> HttpResponse:
    """Ask the registers of others for a paper; what they have of the sender stands for it. 503: they do not answer now."""
    door = cast("ActorRequest", request)

    _check_component(_own_draft(door, application_id), given.component, civil_date(door.at))
    # outside of the write: a register may take seconds
    held = registers.find_in_registers(application_id, given.component, actor=door.actor, at=door.at)
    return write(
        door,
        lambda: sent_of(reusing.use_held(application_id, given.component, held.id, actor=door.actor, at=door.at)),
    )


@applications.delete(
    "/{uuid:application_id}/files/{uuid:file_id}", response={204: None}, summary="Take a file out", openapi_extra=WRITE
)
def remove_file(request: HttpRequest, application_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file out of a draft."""
    door = cast("ActorRequest", request)
    return write(door, lambda: acts.remove_file(application_id, file_id, actor=door.actor, at=door.at), status=204)


@applications.post("/{uuid:application_id}/file", response={201: Filed}, summary="File it", openapi_extra=WRITE)
def file_draft(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """File the draft: it becomes a dossier with a code, once. 422 lists every fault; 409 names the code it has."""
    door = cast("ActorRequest", request)

    def do() -> Filed:
        require(access.can_file, door.actor)
        return filed_of(file_application(application_id, people.applicant(door.actor), actor=door.actor, at=door.at))

    return write(door, do, status=201)


def _own_draft(door: ActorRequest, application_id: UUID) -> Any:
    require(access.can_file, door.actor)
    return dossiers.get_application(application_id, seen_by=door.actor)


def _form_of(draft: Any) -> FormDefinition | None:
    return load_form(draft.form_code, draft.form_version) if draft.form_code else None


def _check_component(draft: Any, component: str, on: date) -> None:
    service = get_fileable_service(draft.service_code, on)
    if component not in {paper.code for paper in service.components_for(draft.case_code)}:
        raise BadInput(faults=[Fault("/component", _("This procedure does not ask for such a paper."), "component")])


def _shown(draft: Any, service: Any, form: FormDefinition | None, on: date) -> Application:
    steps = [step.key for step in steps_asked(form, draft.answers, on=on)] if form else []
    open_faults = faults_of(draft, service, on=on) if draft.state == "draft" else []
    return application_of(draft, steps=steps, faults=open_faults)
