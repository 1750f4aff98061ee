"""Acts of the desk: take in at the counter, accept, refuse, hand over; books without gaps."""

from __future__ import annotations

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, SignInNeeded
from tinhso.kernel.casework.public import TaskState, history, open_tasks
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import filing, money, reception
from tinhso.modules.onestop.actions.visitors import know_visitor
from tinhso.modules.onestop.models import DeliveryState, Dossier, DossierFile, FileOrigin, MoneyState, Way
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.services import NotCompetent, agencies_at_desks, get_service, services_at_desks
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, COPY, HOI_AN, MINH_AN, PERMIT, later

pytestmark = with_province
PAPERS = [
    {"code": "QSDD", "name": "Sổ đỏ", "originals": 0, "copies": 1},
    {"code": "BVTK", "name": "Bản vẽ", "originals": 2, "copies": 0},
]


def applicant(actor):
    return filing.Applicant.of(people.applicant(actor))


def test_accept_dossier_starts_the_clock_and_numbers_form_01(who):
    code = playing.file(who.tu).code
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.received_at, dossier.clock_from) == (NationalState.ACCEPTED, later(5), later(5))
    assert dossier.form_number == 1
    # one working day after a Monday morning
    assert dossier.due_at.astimezone(AT.tzinfo).isoformat() == "2022-11-29T17:00:00+07:00"
    line = playing.last_line(code)
    assert (line.event, line.actor_key) == ("onestop.dossier_accepted", who.lan.key)
    assert line.facts == {"due_at": "2022-11-29T17:00:00+07:00"}
    (task,) = open_tasks(dossier.case_id)
    assert (task.form, task.role, task.agency_code) == ("process", "processor", MINH_AN)


def test_a_procedure_without_a_time_limit_is_not_accepted(who):
    code = playing.file(who.tu).code
    for amount, unit in ((None, ""), (3, "unspecified")):
        Dossier.objects.filter(code=code).update(limit_amount=amount, limit_unit=unit)
        before = playing.everything()
        with pytest.raises(reception.NoTimeLimit):
            reception.accept_dossier(code, actor=who.lan, at=later(5))
        assert playing.everything() == before


def test_refuse_dossier_says_why_and_ends_it(who):
    code = playing.file(who.tu).code
    with pytest.raises(BadInput) as no:
        reception.refuse_dossier(code, reason="  ", actor=who.lan, at=later(2))
    assert [fault.pointer for fault in no.value.faults] == ["/reason"]
    reception.refuse_dossier(code, reason=" Không thuộc thẩm quyền ", actor=who.lan, at=later(3))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.finished_at) == (NationalState.NOT_ACCEPTED, later(3))
    assert (dossier.closing_reason, dossier.form_number) == ("Không thuộc thẩm quyền", 1)
    assert (dossier.received_at, dossier.due_at) == (None, None)
    assert open_tasks(dossier.case_id) == []
    line = playing.last_line(code)
    assert (line.event, line.facts) == ("onestop.dossier_refused", {"reason": "Không thuộc thẩm quyền"})


def test_the_books_of_forms_have_no_gaps(who):
    def numbers():
        return list(Dossier.objects.order_by("code").values_list("form_number", flat=True))

    for _each in range(2):
        playing.accepted(who)
    playing.refused(who)
    playing.accepted(who)
    assert numbers() == [1, 2, 1, 3]  # form 01: 1, 2, 3; form 03 has a book of its own


def counter(who, **changes):
    given = {
        "components": PAPERS,
        "answers": {"work": {"floors": 2}},
        "scans": (),
        "actor": playing.official("mai"),
        "at": AT,
    }
    return reception.take_at_counter(PERMIT, HOI_AN, applicant(who.tu), **{**given, **changes})


def test_take_at_counter_takes_in_and_accepts_at_once(who):
    mai = playing.official("mai")
    scan = playing.document(mai)
    dossier = counter(who, scans=[("QSDD", scan)], actor=mai)
    kept = Dossier.objects.get()
    assert (kept.way, kept.state, kept.submitted_at, kept.received_at) == (Way.DIRECT, NationalState.ACCEPTED, AT, AT)
    assert (kept.owner_key, kept.submitter_key, kept.desk_code) == (who.tu.key, who.tu.key, "H47.32.15")
    assert kept.components == PAPERS
    assert (kept.limit_amount, kept.limit_unit) == (15, "day")  # the terms of the counter, not those of the net
    assert (kept.fee_vnd, kept.money) == (75_000, MoneyState.DUE)
    file = DossierFile.objects.get()
    assert (file.component_code, file.origin, file.sha256) == ("QSDD", FileOrigin.DESK, scan.sha256)
    assert playing.told("dossier", dossier.code) == [
        ("onestop.dossier_filed", mai.key),
        ("onestop.dossier_accepted", mai.key),
    ]
    (task,) = open_tasks(kept.case_id)
    assert (task.form, task.agency_code) == ("assign", "H47.32.04")


@pytest.mark.parametrize(
    ("part", "no"), [("nobody", SignInNeeded), ("tu", Forbidden), ("lan", Forbidden), ("hung", Forbidden)]
)
def test_only_the_desk_of_the_agency_takes_in_for_it(who, part, no):
    before = playing.everything()
    with pytest.raises(no):
        counter(who, actor=getattr(who, part))
    with pytest.raises(no):
        counter(who, actor=playing.narrowed(getattr(who, part), "dossier:read"))
    assert playing.everything() == before


def test_papers_that_must_be_there_are_asked_for_before_anything_is_written(who):
    before = playing.everything()
    with pytest.raises(BadInput) as no:
        counter(who, components=PAPERS[:1])
    assert [fault.pointer for fault in no.value.faults] == ["/components/BVTK"]
    with pytest.raises(NotCompetent):
        reception.take_at_counter(COPY, HOI_AN, applicant(who.tu), components=[], actor=playing.official("mai"), at=AT)
    assert playing.everything() == before


def test_return_result_hands_over_what_is_ready_and_paid(who):
    code = playing.issued(who)
    with pytest.raises(reception.MoneyFirst):
        reception.return_result(code, actor=who.lan, at=later(12))
    money.take_payment(code, actor=who.hoa, at=later(12))
    reception.return_result(code, taken_by="Trần Văn Con", actor=who.lan, at=later(13))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.delivery) == (NationalState.RETURNED, DeliveryState.HANDED)
    assert (dossier.returned_at, dossier.finished_at) == (later(13), later(11))
    assert dossier.result.taken_by == "Trần Văn Con"
    assert playing.last_line(code).event == "onestop.result_returned"
    assert open_tasks(dossier.case_id) == []
    assert {task.state for task in history(dossier.case_id)} == {TaskState.DONE}


def test_whoever_takes_the_result_is_the_applicant_unless_said(who):
    code = playing.returned(who)
    assert Dossier.objects.get(code=code).result.taken_by == "Nguyễn Thị Tư"


def test_a_desk_takes_what_those_below_it_settle(who):
    centre, city = playing.official("bich"), playing.official("mai")
    for actor, code, settled_by in ((centre, "1.008128", ["H47.10"]), (city, "1.012783", ["H47.12.04.32"])):
        service = get_service(code, AT.date())
        assert [agency.code for agency in agencies_at_desks(actor, service, AT.date())] == settled_by
        assert service in services_at_desks(actor, code, on=AT.date())
    assert agencies_at_desks(who.lan, get_service("1.008128", AT.date()), AT.date()) == []


def test_the_counter_says_what_is_wrong_at_its_field(who):
    for number, name, pointer in (
        ("04916500010", "Trần Thị Tư", "/citizen_number"),
        ("049185000123", "Trần Thị Bốn", "/citizen_number"),
    ):
        with pytest.raises(BadInput) as no:
            know_visitor(number, name, actor=who.lan, at=AT)
        assert [fault.pointer for fault in no.value.faults] == [pointer]
    with pytest.raises(BadInput) as no:
        know_visitor("04916500010", "Trần Thị Tư", actor=who.lan, at=AT)
    assert "12" in str(no.value.faults[0].text)
