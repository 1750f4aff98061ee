"""Acts of a citizen on a draft: begin, save a step, attach, discard. Nothing typed is ever lost."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.base.rows import fetch_one, update
from tinhso.kernel.documents.public import Document, InUse, discard
from tinhso.kernel.forms.public import latest_version
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import draft_days
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Application, ApplicationFile, ApplicationState
from tinhso.modules.onestop.queries.services import check_agency, check_case, get_fileable_service


class AlreadyFiled(Refusal):
    """The draft has become a dossier."""

    code = "onestop.already_filed"
    text = _("This application was already filed as {dossier}. Nothing was filed twice.")
    leads_to = ("onestop:filed", "dossier")


class FilesAsCitizen(Refusal):
    """An account of an office files nothing: who applies is a person."""

    code = "onestop.files_as_citizen"
    text = _(
        "You are signed in with your office's account. Sign out and sign in with VNeID to apply for yourself; what "
        "somebody brings is taken in at the counter."
    )
    status = HTTPStatus.FORBIDDEN


class TooManyFiles(Refusal):
    """More files than a component may have."""

    code = "onestop.too_many_files"
    text = _("A paper may have at most {most} files. Put the pages into one PDF.")


FILES_PER_COMPONENT = 20


@act
def start_application(
    service_code: str,
    *,
    agency_code: str = "",
    case_code: str = "",
    answers: Mapping[str, Any] | None = None,
    prefilled: Iterable[str] = (),
    actor: Actor,
    at: datetime,
) -> Application:
    """Begin a draft, filled in with what is known already. Raises NotFound, NotOnline, NotCompetent."""
    require(access.can_file, actor)
    on = civil_date(at)
    service = get_fileable_service(service_code, on)
    if agency_code:
        check_agency(service, agency_code, on)
    application = Application.objects.create(
        owner_key=actor.key,
        service_code=service.code,
        service_name=service.name,
        service_name_en=service.name_en,
        case_code=check_case(service, case_code, chosen=False),
        agency_code=agency_code or service.agency_rule.agency,
        form_code=service.form_code,
        form_version=latest_version(service.form_code) if service.form_code else 0,
        answers=dict(answers or {}),
        prefilled=list(prefilled),
        created_at=at,
        updated_at=at,
        expires_at=_expiry(at),
    )
    record("onestop.application_started", application, actor=actor, at=at, service=service.code)
    return application


@act
def save_step(
    application_id: UUID, step: str, answers: Mapping[str, Any], *, complete: bool, actor: Actor, at: datetime
) -> Application:
    """Keep what was typed in one step, right or not; `complete` marks the step as done. Raises AlreadyFiled."""
    application = locked_draft(application_id, actor)
    application.answers = {**application.answers, step: dict(answers)}
    _mark(application, step, complete)
    _touch(application, at, "answers", "done_steps")
    record("onestop.application_saved", application, actor=actor, at=at, step=step, complete=complete)
    return application


@act
def choose_agency(
    application_id: UUID, agency_code: str, *, case_code: str = "", actor: Actor, at: datetime
) -> Application:
    """Choose who settles it, and which case applies. Raises NotCompetent, AlreadyFiled."""
    application = locked_draft(application_id, actor)
    service = get_fileable_service(application.service_code, civil_date(at))
    agency = check_agency(service, agency_code, civil_date(at))
    application.agency_code = agency.code
    application.case_code = check_case(service, case_code)
    _mark(application, "_agency", complete=True)
    _touch(application, at, "agency_code", "case_code", "done_steps")
    record("onestop.application_saved", application, actor=actor, at=at, step="_agency", agency=agency.code)
    return application


@act
def choose_delivery(application_id: UUID, delivery: Mapping[str, Any], *, actor: Actor, at: datetime) -> Application:
    """Choose how the result is taken and where notices go. Raises AlreadyFiled."""
    application = locked_draft(application_id, actor)
    application.delivery = dict(delivery)
    _mark(application, "_delivery", complete=True)
    _touch(application, at, "delivery", "done_steps")
    record("onestop.application_saved", application, actor=actor, at=at, step="_delivery")
    return application


@act
def attach_file(
    application_id: UUID, component_code: str, document: Document, *, actor: Actor, at: datetime
) -> ApplicationFile:
    """Attach a stored document to one component. The same file twice is once. Raises TooManyFiles, AlreadyFiled."""
    application = locked_draft(application_id, actor)
    given = list(application.files.filter(component_code=component_code))
    for old in given:
        if old.sha256 == document.sha256:
            record("onestop.file_added", application, actor=actor, at=at, sha256=document.sha256, again=True)
            return old
    if len(given) >= FILES_PER_COMPONENT:
        raise TooManyFiles(most=FILES_PER_COMPONENT)
    file = ApplicationFile.objects.create(
        application=application,
        component_code=component_code,
        document_id=document.id,
        name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        added_at=at,
    )
    _touch(application, at)
    record("onestop.file_added", application, actor=actor, at=at, component=component_code, sha256=document.sha256)
    return file


@act
def remove_file(application_id: UUID, file_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Take a file out of a draft. Raises NotFound, AlreadyFiled."""
    application = locked_draft(application_id, actor)
    file = application.files.filter(id=file_id).first()
    if file is None:
        raise NotFound
    _drop(file, actor, at)
    _touch(application, at)
    record("onestop.application_saved", application, actor=actor, at=at, removed=file.sha256)


@act
def discard_application(application_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Throw a draft away. Raises AlreadyFiled."""
    application = locked_draft(application_id, actor)
    _erase(application, actor, at)
    record("onestop.application_discarded", application, actor=actor, at=at)


@act
def expire_applications(ids: Collection[UUID], *, actor: Actor, at: datetime) -> int:
    """Throw away drafts whose time is over, answers and files with them."""
    require(by_system, actor)
    gone = 0
    for application in Application.objects.select_for_update().filter(
        id__in=list(ids), state=ApplicationState.DRAFT, expires_at__lt=at
    ):
        _erase(application, actor, at)
        gone += 1
    record("onestop.applications_expired", ("application", "drafts"), actor=actor, at=at, count=gone)
    return gone


def locked_draft(application_id: UUID, actor: Actor) -> Application:
    """Return the actor's draft, locked. Raises NotFound for another's, AlreadyFiled once it is a dossier."""
    application = fetch_one(Application, application_id, lock=True)
    if application is None or application.owner_key != actor.key:
        raise access.hidden(actor)
    require(access.can_edit_application, actor, application)
    if application.state == ApplicationState.FILED:
        raise AlreadyFiled(dossier=application.dossier_code)
    if application.state == ApplicationState.DISCARDED:
        raise NotFound
    return application


def _erase(application: Application, actor: Actor, at: datetime) -> None:
    """Leave nothing personal of a draft: answers, delivery, files; that there was one stays in the journal."""
    for file in list(application.files.all()):
        _drop(file, actor, at)
    application.state, application.answers, application.delivery = ApplicationState.DISCARDED, {}, {}
    application.prefilled, application.done_steps = [], []
    _touch(application, at, "state", "answers", "delivery", "prefilled", "done_steps")


def _drop(file: ApplicationFile, actor: Actor, at: datetime) -> None:
    """Take a file out of a draft, and its document away unless something else holds it."""
    file.delete()
    if file.held_id:
        return  # the data store's, not the draft's
    with contextlib.suppress(InUse, NotFound):
        discard(file.document_id, actor=actor, at=at)


def _mark(application: Application, step: str, complete: bool) -> None:
    done = [name for name in application.done_steps if name != step]
    application.done_steps = [*done, step] if complete else done


def _touch(application: Application, at: datetime, *fields: str) -> None:
    # for as long as was promised when it began
    kept = application.expires_at - application.updated_at
    application.updated_at, application.expires_at = at, at + kept
    application.revision += 1
    update(application, *fields, "updated_at", "expires_at", "revision")


def _expiry(at: datetime) -> datetime:
    return at + timedelta(days=draft_days(civil_date(at)))
