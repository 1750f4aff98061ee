"""Filing: a draft becomes a dossier with a code, once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault
from tinhso.base.rows import fetch, insert, key_value, new, update
from tinhso.base.text import fold
from tinhso.kernel.casework.public import Service, start_case
from tinhso.kernel.forms.public import FormDefinition, Prefill, load_form, prune, relock, validate_all
from tinhso.kernel.identity.public import Business, Person
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Agency
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import fingerprints, reusing
from tinhso.modules.onestop.actions.applications import AlreadyFiled, locked_draft
from tinhso.modules.onestop.actions.binding import Paper, bind, names_of
from tinhso.modules.onestop.actions.noting import note_claims
from tinhso.modules.onestop.actions.numbers import give_dossier_code
from tinhso.modules.onestop.models import (
    Application,
    ApplicationFile,
    ApplicationState,
    Dossier,
    FileOrigin,
    MoneyState,
    Way,
)
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.fees import fee_for, fee_in_both
from tinhso.modules.onestop.queries.services import (
    NoSuchCase,
    check_agency,
    check_case,
    get_fileable_service,
    lanes,
    parts_in,
    way_of,
)
from tinhso.web.words import own


class NotReady(BadInput):
    """Something that must be given is still missing or wrong."""

    code = "onestop.not_ready"
    text = _("The application is not complete yet. Mend what is listed, then file it.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose dossier it is, as it stood on the day of filing."""

    key: str
    name: str
    number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    @classmethod
    def of(cls, found: Person | Business, delivery: Mapping[str, Any] | None = None) -> Applicant:
        """Return the applicant that a person or business is; what they typed for this dossier goes before what is on file."""
        typed = delivery or {}
        is_person = isinstance(found, Person)
        return cls(
            key=f"{'person' if is_person else 'business'}:{found.pk}",
            name=found.full_name if isinstance(found, Person) else found.name,
            number=found.citizen_number if isinstance(found, Person) else found.tax_code,
            phone=str(typed.get("phone") or found.phone),
            email=str(typed.get("email") or found.email),
            address=str(typed.get("address") or found.address),
        )


@act
def file_application(
    application_id: UUID, applicant: Applicant | Person | Business, *, actor: Actor, at: datetime
) -> Dossier:
    """
    Turn a draft into a dossier: checked whole, numbered, its files bound to it, its flow begun.

    What is locked in the form is what is known of the applicant, whatever was typed. For a person or business, what the draft says of how to reach them goes before what is on file. Raises NotReady with every fault at once, AlreadyFiled with the code when it was filed before.
    """
    require(access.can_file, actor)
    application = locked_draft(application_id, actor)
    on = civil_date(at)
    service = get_fileable_service(application.service_code, on)
    given = given_files(application)
    form = load_form(application.form_code, application.form_version) if application.form_code else None
    if form:
        # the draft keeps whatever was typed; the dossier what is asked, what is computed from it and who somebody is
        application.answers = answers_to_file(form, application, applicant, on=on)
    faults = faults_of(application, service, given, form, is_pruned=True, on=on)
    faults += reusing.check_held(service, given, actor, at)
    if faults:
        raise NotReady(faults=faults)
    agency = check_agency(service, application.agency_code, on)
    dossier = open_dossier(
        service,
        agency,
        applicant if isinstance(applicant, Applicant) else Applicant.of(applicant, application.delivery),
        way=Way.ONLINE,
        answers=application.answers,
        case_code=application.case_code,
        form=(application.form_code, application.form_version),
        is_declared_whole=True,
        delivery=application.delivery,
        filed_from=application.id,
        actor=actor,
        at=at,
    )
    papers = [Paper.of_draft(file) for file in given]
    bind(dossier, papers, names_of(service), origin=FileOrigin.APPLICANT, at=at)
    reusing.note_reused(dossier, papers, actor=actor, at=at)
    application.state, application.dossier_code = ApplicationState.FILED, dossier.code
    update(application, "state", "dossier_code")
    return dossier


def answers_to_file(
    form: FormDefinition, application: Application, applicant: Applicant | Person | Business, *, on: date
) -> dict[str, Any]:
    """Return the answers to the questions that are asked, with those about who the applicant is as they are known."""
    known = {} if isinstance(applicant, Applicant) else people.known_about(applicant, on)
    return prune(form, relock(form, application.answers, Prefill(known), on=on), on=on)


def filed_dossier_code(refusal: AlreadyFiled) -> str:
    """Return the code under which the draft was filed before: filing again shows the same confirmation."""
    return str(refusal.facts["dossier"])


def faults_of(
    application: Application,
    service: Service,
    files: Iterable[ApplicationFile] | None = None,
    form: FormDefinition | None = None,
    *,
    is_pruned: bool = False,
    on: date,
) -> list[Fault]:
    """
    Return everything that keeps a draft from being filed: agency, answers, papers, ways of delivery.

    `files` and `form` are the draft's when the caller has read them already; `is_pruned` says that its answers are those to keep.
    """
    faults: list[Fault] = []
    if not application.agency_code:
        faults.append(Fault("/_agency", _("Choose who settles your application.")))
    try:
        check_case(service, application.case_code)
    except NoSuchCase as no:
        faults += [Fault("/_agency", fault.text, fault.code) for fault in no.faults]
    if application.form_code:
        read = form or load_form(application.form_code, application.form_version)
        faults += validate_all(read, application.answers, on=on, is_pruned=is_pruned)
    if "_delivery" not in application.done_steps:
        faults.append(Fault("/_delivery", _("Say how you want to receive the result.")))
    given = {file.component_code for file in (application.files.all() if files is None else files)}
    faults += [
        Fault(f"/_files/{component.code}", _("Add: {paper}.").format(paper=own(component, "name")), "missing_paper")
        for component in service.components_for(application.case_code)
        if component.required and component.code not in given
    ]
    return faults


def open_dossier(
    service: Service,
    agency: Agency,
    applicant: Applicant,
    *,
    way: Way,
    answers: Mapping[str, Any],
    case_code: str = "",
    form: tuple[str, int] = ("", 0),
    is_declared_whole: bool = False,
    delivery: Mapping[str, Any] | None = None,
    components: Sequence[Mapping[str, Any]] = (),
    filed_from: UUID | None = None,
    agent_code: str = "",
    actor: Actor,
    at: datetime,
) -> Dossier:
    """
    Open a numbered dossier on the terms in force today, begin its flow, and journal the filing.

    `is_declared_whole`: the caller has judged the answers by the form and found no fault.
    """
    terms, fee, chosen = (
        way_of(service, way, case_code),
        fee_for(service, way, case_code, answers, on=civil_date(at)),
        delivery or {},
    )
    where = lanes(service, agency, civil_date(at))
    dossier = new(
        Dossier,
        code=give_dossier_code(agency.code, at),
        service_code=service.code,
        service_name=service.name,
        service_name_en=service.name_en,
        service_version=service.version,
        case_code=case_code,
        field=service.field,
        agency_code=agency.code,
        agency_name=agency.name,
        agency_name_en=agency.name_en,
        desk_code=where["desk"],
        office_code=where["office"],
        shared_with=" ".join(sorted({*where.values()} - {agency.code, where["desk"], where["office"]})),
        way=way,
        result_way=chosen.get("result_way") or Way.DIRECT,
        result_address=chosen.get("address", ""),
        state=NationalState.FILED,
        money=MoneyState.DUE if fee.value else MoneyState.NONE,
        owner_key=applicant.key,
        submitter_key=actor.key if way == Way.ONLINE else applicant.key,
        applicant_name=applicant.name,
        applicant_folded=fold(applicant.name),
        applicant_number=applicant.number,
        applicant_phone=applicant.phone,
        applicant_email=applicant.email,
        applicant_address=applicant.address,
        form_code=form[0],
        form_version=form[1],
        answers=dict(answers),
        is_declared_whole=is_declared_whole,
        components=list(components),
        submitted_at=at,
        limit_amount=terms.limit_amount if terms else None,
        limit_unit=terms.limit_unit if terms else "",
        fee_vnd=fee.value,
        fee_steps=fee_in_both(fee),
        filed_from=filed_from,
        agent_code=agent_code,
    )
    case = start_case(
        service.flow_code,
        subject=dossier.journal_subject,
        title=service.name,
        agencies=where,
        variables={
            "service": service.code,
            "case": case_code,
            "way": str(way),
            "fee": fee.value,
        },
        parts=parts_in(service, where),
        actor=actor,
        at=at,
    )
    dossier.case_id = case.id
    entry = record(
        "onestop.dossier_filed",
        dossier,
        actor=actor,
        at=at,
        service=service.code,
        agency=agency.code,
        way=str(way),
        declared=fingerprints.of_declared(dossier),
    )
    dossier.receipt_entry = entry.id
    insert(dossier)
    note_claims(dossier, service, answers, at)
    return dossier


def given_files(application: Application) -> list[ApplicationFile]:
    """Return the files of a draft, in the order in which they came."""
    where = "onestop_applicationfile WHERE application_id = %s ORDER BY id"
    return [file for (file,) in fetch(where, [key_value(Application, application.id)], ApplicationFile)]
