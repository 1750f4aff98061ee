"""Linked procedures: each participant by its own clock, its own result, its own lateness (NĐ 61/2018/NĐ-CP Đ.19 k.6)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.utils import translation
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.casework.public import Filters, participants_of, worklist
from tinhso.kernel.documents.public import linked as linked_papers
from tinhso.kernel.forms.public import load_form
from tinhso.kernel.organisation.public import Agency, calendar_for, touch
from tinhso.law.states import NationalState
from tinhso.law.working_time import working_seconds_between
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import parts, processing, reception, results, supplement
from tinhso.modules.onestop.actions.steps import NotYourStep
from tinhso.modules.onestop.models import DeliveryState, Dossier
from tinhso.modules.onestop.queries import participation, working
from tinhso.modules.onestop.tests import linked
from tinhso.modules.onestop.tests.linked import INSURANCE, POLICE, part
from tinhso.modules.onestop.tests.playing import MINH_AN, document, later, sign_plainly, told

pytestmark = with_province


@pytest.fixture
def them(who):
    """The participants beside the ward."""
    return linked.others()


def test_one_dossier_knows_from_the_beginning_who_takes_part(who):
    dossier = linked.file(who.tu)
    rows = participants_of(dossier.case_id)
    assert [(row.key, row.agency_code, row.role, row.started_at) for row in rows] == [
        ("lead", MINH_AN, "lead", None),
        ("residence", POLICE, "participant", None),
        ("insurance", INSURANCE, "participant", None),
    ]
    assert dossier.shared_with.split() == [POLICE, INSURANCE]


def test_each_part_begins_and_ends_by_the_flow_with_its_own_clock(who, them):
    code = linked.born(who)
    lead, residence, insurance = (part(code, key) for key in ("lead", "residence", "insurance"))
    assert (lead.started_at, lead.ended_at, lead.outcome) == (later(5), later(60), "issue")
    assert residence.started_at == insurance.started_at == later(60)
    assert residence.due_at < insurance.due_at < Dossier.objects.get(code=code).due_at
    steps = linked.tasks(code)
    assert {node: task.due_at for node, task in steps.items()} == {
        "residence_process": residence.due_at,
        "insurance_process": insurance.due_at,
    }
    linked.settle(code, "residence", them.nam, them.cuong, at=later(days=3))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.finished_at) == (NationalState.PROCESSING, None)
    assert part(code, "residence").outcome == "sign"
    assert part(code, "insurance").is_running


def test_the_last_one_makes_the_whole_ready_and_all_is_handed_over(who, them):
    code = linked.born(who)
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    linked.settle(code, "residence", them.nam, them.cuong, at=later(days=4))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.delivery) == (NationalState.FINISHED, DeliveryState.READY)
    assert dossier.finished_at == later(days=4)
    numbers = {each.part: each.number for each in dossier.part_results.all()}
    assert numbers == {"residence": "1/TBCT", "insurance": "1/BHYT"}
    reception.return_result(code, actor=who.lan, at=later(days=5))
    assert [event for event, _who in told("dossier", code)][-2:] == ["onestop.result_issued", "onestop.result_returned"]


def test_pages_show_each_participant(who, them, client):
    code = linked.born(who)
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    rows = participation.part_rows(Dossier.objects.get(code=code), later(days=40))
    assert [(row.row.key, row.state, bool(row.late)) for row in rows] == [
        ("lead", "over", False),
        ("residence", "running", True),
        ("insurance", "over", False),
    ]


def test_a_refusal_ends_one_part_and_no_other(who, them):
    code = linked.born(who)
    with pytest.raises(BadInput):
        parts.propose_part(code, kind="refusal", actor=them.nam, at=later(100))
    reason = "Chủ hộ chưa đồng ý"
    refused = linked.settle(code, "residence", them.nam, them.cuong, kind="refusal", reason=reason, at=later(days=1))
    assert (refused.kind, refused.signed_by) == ("refusal", them.cuong.name)
    assert part(code, "insurance").is_running
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == NationalState.FINISHED
    with translation.override("en"):
        said = [row.said for row in participation.part_rows(dossier, later(days=2))]
    assert said == ["Done its part", "Refused its part", "Done its part"]


def test_whoever_refuses_the_birth_leaves_nothing_to_the_others(who, them):
    code = linked.accepted(who)
    processing.propose_result(code, kind="refusal", reason="Đã khai sinh nơi khác", actor=who.ha, at=later(60))
    sign_plainly(code, actor=who.minh, at=later(61))
    results.issue_result(code, actor=who.ngoc, at=later(62))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.closing_reason) == (NationalState.FINISHED, "Đã khai sinh nơi khác")
    reception.return_result(code, actor=who.lan, at=later(70))
    assert [(row.outcome, row.started_at) for row in participants_of(dossier.case_id)[1:]] == [
        ("not_reached", None)
    ] * 2


def test_a_supplement_stops_the_clock_of_who_asks_and_of_nobody_else(who, them):
    code = linked.born(who)
    before, other = part(code, "residence"), part(code, "insurance").due_at
    whole = Dossier.objects.get(code=code).due_at
    items = [{"component": "CT", "reason": "missing", "text": "Nộp giấy tờ về chỗ ở"}]
    supplement.ask_for_supplement(code, items, actor=them.nam, at=later(days=1))
    asked = part(code, "residence")
    assert (asked.paused_at, asked.due_at) == (later(days=1), before.due_at)
    assert (part(code, "insurance").paused_at, part(code, "insurance").due_at) == (None, other)
    assert Dossier.objects.get(code=code).paused_at is None
    with pytest.raises(Forbidden):  # its own waits for the applicant, and the other is not its
        parts.propose_part(code, actor=them.nam, at=later(days=2))
    with pytest.raises(supplement.AskedBefore):  # one whole list at a time (Đ.15 k.3)
        supplement.ask_for_supplement(code, items, actor=them.quan, at=later(days=2))
    brought = [("CT", document(who.tu, width=333))]
    supplement.answer_supplement(code, files=brought, actor=who.tu, at=later(days=14))
    after, dossier = part(code, "residence"), Dossier.objects.get(code=code)
    assert (after.id, after.paused_at, after.clock_from) == (before.id, None, later(days=14))
    assert [each["reason"] for each in after.pauses] == ["supplement"]
    # counted anew from zero, so that the whole can be no earlier
    assert dossier.due_at == after.due_at > whole
    assert dossier.due_changes.get().was == whole
    assert part(code, "insurance").due_at == other
    (row,) = [row for row in participation.part_rows(dossier, later(days=15)) if row.row.key == "residence"]
    assert (row.state, row.late) == ("running", "")


def test_a_withdrawal_ends_all_that_runs(who, them):
    code = linked.born(who)
    supplement.withdraw_dossier(code, reason="Chuyển nhà", actor=who.tu, at=later(days=1))
    dossier = Dossier.objects.get(code=code)
    rows = participants_of(dossier.case_id)
    assert [(row.key, row.outcome, row.ended_at) for row in rows] == [
        ("lead", "issue", later(60)),
        ("residence", "cancelled", later(days=1)),
        ("insurance", "cancelled", later(days=1)),
    ]
    assert linked.tasks(code) == {}
    with pytest.raises(NotYourStep):
        parts.propose_part(code, actor=them.quan, at=later(days=1))
    assert [row.late for row in participation.part_rows(dossier, later(days=90))] == ["", "", ""]


def test_the_successor_of_an_agency_takes_over_clock_and_all(who, them):
    code = linked.born(who)
    due, after = part(code, "residence").due_at, "H47.90.32.21"
    Agency.objects.filter(code=POLICE).update(valid_to=later(days=2).date())
    apps.get_model("organisation", "Succession").objects.create(
        predecessor=POLICE, successor=after, kind="merger", valid_from=later(days=3).date(), decision="minh họa"
    )
    touch()
    assert tasks.hand_to_successors(at=later(days=3)) == 1
    assert tasks.hand_to_successors(at=later(days=3)) == 0
    row = part(code, "residence")
    assert (row.agency_code, row.due_at, row.is_running) == (after, due, True)
    assert row.before == [{"agency": POLICE, "until": later(days=3).isoformat()}]
    assert linked.tasks(code)["residence_process"].agency_code == after
    assert Dossier.objects.get(code=code).shared_with.split() == [after, INSURANCE]
    with pytest.raises(NotFound):  # whoever had it before sees it no more
        parts.propose_part(code, actor=them.nam, at=later(days=3))


def test_a_participants_officer_reads_what_its_part_needs(who, them):
    dossier = Dossier.objects.get(code=linked.born(who))
    assert participation.steps_read_by(them.quan, dossier) == ("child", "insurance")
    assert participation.steps_read_by(who.ha, dossier) == ()
    form = load_form(dossier.form_code, dossier.form_version)
    read = [section.title for section in working.answers_read(dossier, form, them.quan)]
    assert read == ["Trẻ được khai sinh", "Thẻ bảo hiểm y tế"]


def test_lateness_is_each_ones_own(who, them):
    code = linked.born(who)
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=3))
    linked.settle(code, "residence", them.nam, them.cuong, at=later(days=30))
    lead, residence, insurance = participation.part_rows(Dossier.objects.get(code=code), later(days=31))
    assert (lead.late, insurance.late) == ("", "")
    # seven working days from the birth; then until the thirtieth day
    calendar = calendar_for(POLICE, later(0))
    assert residence.share.late == working_seconds_between(residence.row.due_at, later(days=30), calendar)
    assert residence.late
    assert lead.share.held == working_seconds_between(later(5), later(60), calendar)


def test_the_worklist_of_a_participant_shows_its_own_date(who, them):
    code = linked.born(who)
    (row,) = working.rows(worklist(them.nam, Filters(kind="dossier"), at=later(days=1)).tasks, later(days=1))
    assert (row["code"], row["due"].at) == (code, part(code, "residence").due_at)


def test_one_result_is_let_out_as_soon_as_it_is_ready(who, them):
    code = linked.born(who)
    signed = linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    dossier = Dossier.objects.get(code=code)
    row = participation.part_rows(dossier, later(days=2), own_reader=True)[2]
    assert row.document_id == signed.signed_document_id
    assert signed.signed_document_id in {link.document_id for link in linked_papers(dossier.journal_subject)}
