"""Acts of the citizen on a draft, and filing: once, however often the button is pressed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.refusals import Forbidden, NotFound, SignInNeeded
from tinhso.base.text import fold
from tinhso.kernel.casework.public import open_tasks
from tinhso.kernel.documents.public import linked
from tinhso.law.figures import figure
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import applications, filing, fingerprints
from tinhso.modules.onestop.models import (
    Application,
    ApplicationFile,
    ApplicationState,
    Counter,
    Dossier,
    DossierFile,
    FileOrigin,
    MoneyState,
    Way,
)
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.services import NotCompetent, NotOnline
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, COPY, MINH_AN, PERMIT, later

pytestmark = with_province


def applicant(actor):
    return filing.Applicant.of(people.applicant(actor))


def test_start_application_keeps_a_draft_for_its_owner_alone(who):
    draft = applications.start_application(
        COPY, answers={"copies": {"count": 1}}, prefilled=["/applicant/full_name"], actor=who.tu, at=AT
    )
    kept = Application.objects.get()
    assert (kept.owner_key, kept.service_code, kept.state, kept.form_code) == (
        who.tu.key,
        COPY,
        ApplicationState.DRAFT,
        COPY,
    )
    assert kept.form_version >= 1
    assert kept.answers == {"copies": {"count": 1}}
    assert kept.prefilled == ["/applicant/full_name"]
    days = int(figure("onestop.draft_kept", on=AT.date()).value)
    assert kept.expires_at == AT + timedelta(days=days)
    assert playing.told("application", draft.id) == [("onestop.application_started", who.tu.key)]


@pytest.mark.parametrize(("part", "no"), [("nobody", SignInNeeded), ("lan", Forbidden), ("admin", Forbidden)])
def test_only_applicants_begin(who, part, no):
    before = playing.everything()
    with pytest.raises(no):
        applications.start_application(COPY, actor=getattr(who, part), at=AT)
    assert playing.everything() == before


def test_what_the_province_cannot_settle_here_is_not_begun(who):
    on = AT.date()
    bare = next(service for service in filing_services(on) if not service.complete)
    with pytest.raises(NotOnline):
        applications.start_application(bare.code, actor=who.tu, at=AT)
    with pytest.raises(NotFound):
        applications.start_application("9.999999", actor=who.tu, at=AT)
    with pytest.raises(NotCompetent):
        applications.start_application(COPY, agency_code=playing.HOI_AN, actor=who.tu, at=AT)
    assert not Application.objects.exists()


def filing_services(on):
    from tinhso.base.registry import registry
    from tinhso.kernel.casework.public import ServiceCatalogue

    return registry.one(ServiceCatalogue).find("giấy phép", on=on)


def test_save_step_keeps_what_was_typed_right_or_not(who):
    draft = applications.start_application(COPY, actor=who.tu, at=AT)
    kept = applications.save_step(draft.id, "copies", {"count": "nhiều"}, complete=False, actor=who.tu, at=later(1))
    assert kept.answers["copies"] == {"count": "nhiều"}
    assert kept.done_steps == []
    kept = applications.save_step(draft.id, "copies", {"count": 3}, complete=True, actor=who.tu, at=later(days=3))
    assert Application.objects.get().answers == {"copies": {"count": 3}}
    assert (kept.done_steps, kept.revision) == (["copies"], 2)
    assert kept.expires_at - kept.updated_at == draft.expires_at - draft.created_at
    kept = applications.save_step(draft.id, "copies", {"count": ""}, complete=False, actor=who.tu, at=later(days=3))
    assert kept.done_steps == []
    assert [event for event, _who in playing.told("application", draft.id)][1:] == ["onestop.application_saved"] * 3


def test_choose_agency_and_delivery(who):
    draft = applications.start_application(COPY, actor=who.tu, at=AT)
    with pytest.raises(NotCompetent):
        applications.choose_agency(draft.id, "H47", actor=who.tu, at=AT)
    with pytest.raises(NotCompetent):
        applications.choose_agency(draft.id, "không có", actor=who.tu, at=AT)
    assert Application.objects.get().agency_code == ""
    applications.choose_agency(draft.id, MINH_AN, actor=who.tu, at=AT)
    applications.choose_delivery(draft.id, {"result_way": "online"}, actor=who.tu, at=AT)
    kept = Application.objects.get()
    assert (kept.agency_code, kept.delivery) == (MINH_AN, {"result_way": "online"})
    assert kept.done_steps == ["_agency", "_delivery"]


def test_attach_file_once_a_content_and_twenty_at_most(who, monkeypatch):
    draft = applications.start_application(COPY, actor=who.tu, at=AT)
    paper = playing.document(who.tu)
    first = applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    again = applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    assert first.id == again.id
    assert ApplicationFile.objects.count() == 1
    assert (first.sha256, first.name) == (paper.sha256, "giấy tờ.pdf")
    monkeypatch.setattr(applications, "FILES_PER_COMPONENT", 2)
    applications.attach_file(draft.id, "UQ", playing.document(who.tu, width=201), actor=who.tu, at=AT)
    third = playing.document(who.tu, width=202)
    with pytest.raises(applications.TooManyFiles) as no:
        applications.attach_file(draft.id, "UQ", third, actor=who.tu, at=AT)
    assert no.value.facts == {"most": 2}
    assert ApplicationFile.objects.count() == 2
    applications.remove_file(draft.id, first.id, actor=who.tu, at=AT)
    assert [file.sha256 for file in ApplicationFile.objects.all()] != [paper.sha256]
    with pytest.raises(NotFound):
        applications.remove_file(draft.id, first.id, actor=who.tu, at=AT)


def test_discard_application(who):
    draft = applications.start_application(COPY, actor=who.tu, at=AT)
    applications.discard_application(draft.id, actor=who.tu, at=AT)
    assert Application.objects.get().state == ApplicationState.DISCARDED
    assert playing.told("application", draft.id)[-1] == ("onestop.application_discarded", who.tu.key)
    with pytest.raises(NotFound):
        applications.save_step(draft.id, "copies", {}, complete=False, actor=who.tu, at=AT)
    with pytest.raises(NotFound):
        filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=AT)


DRAFT_ACTS = {
    "save": lambda draft, actor: applications.save_step(
        draft.id, "copies", {"count": 9}, complete=True, actor=actor, at=AT
    ),
    "agency": lambda draft, actor: applications.choose_agency(draft.id, MINH_AN, actor=actor, at=AT),
    "delivery": lambda draft, actor: applications.choose_delivery(draft.id, {}, actor=actor, at=AT),
    "remove": lambda draft, actor: applications.remove_file(draft.id, draft.files.get().id, actor=actor, at=AT),
    "discard": lambda draft, actor: applications.discard_application(draft.id, actor=actor, at=AT),
    "file": lambda draft, actor: filing.file_application(
        draft.id, filing.Applicant(actor.key, actor.name), actor=actor, at=AT
    ),
}


@pytest.mark.parametrize("act", DRAFT_ACTS)
def test_another_does_not_find_a_draft_and_nothing_moves(who, act):
    draft = playing.start(who.tu)
    applications.attach_file(draft.id, "UQ", playing.document(who.tu), actor=who.tu, at=AT)
    before = playing.everything()
    told = {}
    for part in ("nobody", "neighbour", "lan", "ha", "hung", "admin"):
        with pytest.raises((NotFound, Forbidden, SignInNeeded)) as no:
            DRAFT_ACTS[act](draft, getattr(who, part))
        told[part] = no.value.code
    with pytest.raises(Forbidden):
        DRAFT_ACTS[act](draft, playing.narrowed(who.tu, "dossier:read"))
    assert playing.everything() == before
    not_found, sign_in = "base.not_found", "base.sign_in_needed"
    if act == "file":  # whether one may file at all is asked before the draft is looked for
        officials = dict.fromkeys(("lan", "ha", "hung", "admin"), "base.forbidden")
        assert told == {"nobody": sign_in, "neighbour": not_found, **officials}
    else:
        assert told == {**dict.fromkeys(told, not_found), "nobody": sign_in}


def test_file_application_makes_a_dossier_on_the_terms_of_the_day(who):
    draft = playing.start(who.tu, copies=3)
    paper = playing.document(who.tu)
    applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    made = filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=later(1))
    dossier = Dossier.objects.get()
    assert made.code == dossier.code == "H47.32.20-221128-0001"
    assert (dossier.state, dossier.way, dossier.money, dossier.fee_vnd) == (
        NationalState.FILED,
        Way.ONLINE,
        MoneyState.DUE,
        24_000,
    )
    assert (dossier.agency_code, dossier.desk_code) == (MINH_AN, "H47.32.20.01")
    assert (dossier.owner_key, dossier.submitter_key) == (who.tu.key, who.tu.key)
    assert dossier.applicant_folded == fold(who.tu.name) == "nguyen thi tu"
    assert dossier.answers == Application.objects.get().answers
    assert (dossier.submitted_at, dossier.received_at, dossier.due_at) == (later(1), None, None)
    assert (dossier.limit_amount, dossier.limit_unit) == (1, "working_day")
    kept = DossierFile.objects.get()
    assert (kept.component_code, kept.sha256, kept.origin) == ("UQ", paper.sha256, FileOrigin.APPLICANT)
    assert [found.document_id for found in linked(("dossier", dossier.code))] == [paper.id]
    (task,) = open_tasks(dossier.case_id)
    assert (task.form, task.role, task.agency_code) == ("receive", "reception", "H47.32.20.01")
    line = playing.last_line(dossier.code)
    assert line.id == dossier.receipt_entry
    assert (line.event, line.actor_key, line.at) == ("onestop.dossier_filed", who.tu.key, later(1))
    assert (line.agency, line.facts) == (
        MINH_AN,
        {"service": COPY, "way": "online", "declared": fingerprints.of_declared(dossier)},
    )
    application = Application.objects.get()
    assert (application.state, application.dossier_code) == (ApplicationState.FILED, dossier.code)


def test_a_dossier_keeps_no_answer_to_what_is_no_longer_asked(who):
    draft = playing.start(who.tu)
    record = {**draft.answers["record"], "event": "marriage"}
    assert "form" in record  # asked for a birth alone
    applications.save_step(draft.id, "record", record, complete=True, actor=who.tu, at=AT)
    dossier = filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=later(1))
    kept = Application.objects.get().answers
    assert kept["record"] == record
    assert dossier.answers == {**kept, "record": {key: said for key, said in record.items() if key != "form"}}


def test_filing_twice_is_once(who):
    draft = playing.start(who.tu)
    code = filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=AT).code
    before = playing.everything()
    with pytest.raises(filing.AlreadyFiled) as no:
        filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=later(1))
    assert filing.filed_dossier_code(no.value) == code
    for change in ("save", "agency", "delivery", "discard"):
        with pytest.raises(filing.AlreadyFiled):
            DRAFT_ACTS[change](draft, who.tu)
    assert playing.everything() == before
    assert Dossier.objects.count() == 1


def test_everything_that_is_missing_is_told_at_once(who):
    draft = applications.start_application(PERMIT, actor=who.tu, at=AT)
    before = playing.everything()
    with pytest.raises(filing.NotReady) as no:
        filing.file_application(draft.id, applicant(who.tu), actor=who.tu, at=AT)
    pointers = {fault.pointer for fault in no.value.faults}
    assert {"/_agency", "/_delivery", "/_files/QSDD", "/_files/BVTK"} <= pointers
    assert "/_files/CKLK" not in pointers  # asked only where a house adjoins
    assert [pointer for pointer in pointers if not pointer.startswith("/_")]
    assert playing.everything() == before
    assert not Counter.objects.exists()


def test_a_number_is_given_back_when_filing_fails(who):
    first = playing.file(who.tu).code
    broken = playing.start(who.tu)
    Application.objects.filter(id=broken.id).update(agency_code="H47")
    with pytest.raises(NotCompetent):
        filing.file_application(broken.id, applicant(who.tu), actor=who.tu, at=AT)
    assert [first[-4:], playing.file(who.tu).code[-4:]] == ["0001", "0002"]


def test_codes_begin_anew_each_civil_day(who):
    evening = later(60 * 14.9)
    assert evening.hour == 23
    codes = [playing.file(who.tu, at=at).code for at in (AT, evening, evening + timedelta(hours=1))]
    assert [code.split("-")[1:] for code in codes] == [["221128", "0001"], ["221128", "0002"], ["221129", "0001"]]


def test_a_draft_is_kept_thirty_days_after_the_last_touch(who):
    """The page says until when; filing in time turns it into a dossier whatever the hour."""
    draft = playing.start(who.tu)
    last = Application.objects.get(id=draft.id).expires_at
    assert (last - AT).days == 30
    applications.save_step(draft.id, "copies", {"count": 1}, complete=True, actor=who.tu, at=last - timedelta(days=1))
    assert (Application.objects.get().expires_at - last).days == 29


def test_an_applicant_is_who_identity_says_and_reached_as_they_typed(who):
    person = people.applicant(who.tu)
    made = filing.Applicant.of(person, {"phone": "0911222333", "email": "tu@dan.example"})
    assert (made.key, made.name, made.number) == (who.tu.key, "Nguyễn Thị Tư", "049185000123")
    assert (made.phone, made.email) == ("0911222333", "tu@dan.example")
    assert filing.Applicant.of(person).phone == "0905123456"
    ghost = Actor(ActorKind.CITIZEN, f"person:{UUID(int=7)}", "Không Ai", person_id=str(UUID(int=7)))
    with pytest.raises(NotFound):
        people.applicant(ghost)
    with pytest.raises(NotFound):
        people.applicant(who.lan)
