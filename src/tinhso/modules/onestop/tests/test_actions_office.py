"""Acts of officers and leaders: take, give back, assign, propose, agree, correct, consult, postpone, stop, sign, issue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.snapshot import with_province

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import BadInput, Forbidden, Stale
from tinhso.kernel.casework.public import TakenAlready, open_tasks
from tinhso.kernel.documents.public import WrongPin, linked, read_document, verify_pdf
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import appoint, find_official
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import filing, opinions, processing, reception, results
from tinhso.modules.onestop.actions.steps import NotYourStep, WrongState
from tinhso.modules.onestop.actions.unchanged import ChangedSince
from tinhso.modules.onestop.models import (
    DeliveryState,
    Dossier,
    DossierFile,
    DueChange,
    FileOrigin,
    Pause,
    Result,
    ResultKind,
)
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, HOI_AN, PERMIT, PIN, later, official
from tinhso.modules.onestop.tests.test_actions_desk import PAPERS
from tinhso.modules.onestop.tests.test_papers import PERMIT as DECLARED_PERMIT

pytestmark = with_province


def test_take_dossier_makes_it_mine(who):
    code = playing.accepted(who)
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(6))
    assert Dossier.objects.get().state == NationalState.PROCESSING
    assert playing.task_of(code).assignee_name == who.ha.name
    line = playing.last_line(code)
    assert (line.event, line.actor_key) == ("onestop.task_taken", who.ha.key)


def test_who_comes_second_is_told_who_was_first(who):
    code = playing.taken(who)
    tin = official("tin")  # the other officer of the same ward
    before = playing.everything()
    with pytest.raises(TakenAlready) as no:
        processing.take_dossier(code, playing.task_of(code).id, actor=tin, at=later(7))
    assert no.value.facts["who"] == who.ha.name
    with pytest.raises(Forbidden):
        processing.give_back(code, playing.task_of(code).id, actor=tin, at=later(7))
    with pytest.raises(Forbidden):
        processing.propose_result(code, actor=tin, at=later(7))
    assert playing.everything() == before


def test_give_back_lets_a_colleague_take_it(who):
    code = playing.taken(who)
    processing.give_back(code, playing.task_of(code).id, actor=who.ha, at=later(7))
    assert playing.task_of(code).assignee_name == ""
    assert playing.last_line(code).facts["given_back"] is True
    processing.take_dossier(code, playing.task_of(code).id, actor=official("tin"), at=later(8))
    assert playing.task_of(code).assignee_name == official("tin").name


def test_propose_result_writes_what_the_law_of_the_day_of_filing_calls_it(who):
    code = playing.taken(who)
    result = processing.propose_result(code, data={"book": "12/2022"}, actor=who.ha, at=later(9))
    kept = Result.objects.get()
    assert kept.pk == result.pk
    assert (kept.kind, kept.type_code, kept.data) == (ResultKind.GRANT, "KQ.G15.000342", {"book": "12/2022"})
    assert (kept.proposed_by, kept.proposed_at, kept.number) == (who.ha.name, later(9), "")
    assert playing.task_of(code).form == "sign"
    facts = playing.last_line(code).facts
    assert (facts["kind"], len(facts["proposed"])) == ("grant", 64)


def test_a_refusal_needs_its_reason(who):
    code = playing.taken(who)
    before = playing.everything()
    with pytest.raises(BadInput) as no:
        processing.propose_result(code, kind=ResultKind.REFUSAL, reason=" ", actor=who.ha, at=later(9))
    assert [fault.pointer for fault in no.value.faults] == ["/reason"]
    assert playing.everything() == before
    processing.propose_result(code, kind=ResultKind.REFUSAL, reason=" Không có sổ gốc ", actor=who.ha, at=later(9))
    playing.sign_plainly(code, actor=who.minh, at=later(10))
    results.issue_result(code, actor=who.ngoc, at=later(11))
    dossier = Dossier.objects.get()
    assert (dossier.closing_reason, dossier.state) == ("Không có sổ gốc", NationalState.FINISHED)


def test_return_for_correction_and_propose_anew(who):
    code = playing.proposed(who)
    with pytest.raises(BadInput):
        processing.return_for_correction(code, reason="", actor=who.minh, at=later(10))
    processing.return_for_correction(code, reason="Sai ngày sinh", actor=who.minh, at=later(10))
    assert playing.last_line(code).event == "onestop.returned_for_correction"
    assert playing.last_line(code).facts["reason"] == "Sai ngày sinh"
    assert playing.task_of(code).form == "process"
    processing.propose_result(code, data={"born": "02/03/1985"}, actor=who.ha, at=later(12))
    assert Result.objects.get().data == {"born": "02/03/1985"}
    assert playing.task_of(code).form == "sign"


def test_sign_result_signs_a_paper_that_proves_itself(who):
    code = playing.proposed(who)
    playing.give_key(who.minh)
    with pytest.raises(WrongPin):
        results.sign_result(code, pin="111111", actor=who.minh, at=later(10))
    kept = Result.objects.get()
    assert (kept.number, kept.signed_at) == ("1/TLHT-BS", None)  # the number stays with the dossier, nothing is signed
    results.sign_result(code, pin=PIN, actor=who.minh, at=later(11))
    kept = Result.objects.get()
    assert (kept.number, kept.signed_by, kept.signed_at) == ("1/TLHT-BS", who.minh.name, later(11))
    file = DossierFile.objects.get(origin=FileOrigin.RESULT)
    assert file.sha256 == kept.signed_sha256
    assert not linked(("dossier", code))  # not the applicant's to read before it is issued and paid for
    (paper,) = linked(("dossier-office", code))
    (report,) = verify_pdf(read_document(paper.document))
    assert report.intact
    assert [event for event, _who in playing.told("dossier", code)][-3:] == [
        "onestop.result_numbered",
        "onestop.result_numbered",
        "onestop.result_signed",
    ]


def test_what_changed_while_it_was_signed_is_not_kept(who):
    code = playing.proposed(who)
    numbered = results.number_result(code, actor=who.minh, at=later(10))
    seen, number = numbered.dossier.revision, numbered.number
    processing.return_for_correction(code, reason="Sai tên", actor=who.minh, at=later(11))
    processing.propose_result(code, actor=who.ha, at=later(12))
    before = playing.everything()
    with pytest.raises(Stale):
        results.keep_signed_result(code, playing.signed_paper(seen, number), actor=who.minh, at=later(13))
    assert playing.everything() == before


def test_a_number_of_last_year_that_was_never_signed_is_void(who):
    """A paper bears the year in which it is signed; the old number stays in its book, journalled as void."""
    code = playing.proposed(who)
    old = results.number_result(code, actor=who.minh, at=later(10))
    assert old.number == "1/TLHT-BS"
    new_year = datetime(2026, 12, 31, 17, 5, tzinfo=UTC)  # five past midnight in Việt Nam
    seen = playing.signed_paper(old.dossier.revision, old.number)
    other = playing.proposed(who)
    assert results.number_result(other, actor=who.minh, at=new_year).number == "1/TLHT-BS"
    again = results.number_result(code, actor=who.minh, at=new_year)
    assert (again.number, again.numbered_at) == ("2/TLHT-BS", new_year)
    (void,) = Entry.objects.filter(event="onestop.result_number_voided")
    assert (void.subject_key, void.facts["number"]) == (code, "1/TLHT-BS")
    with pytest.raises(Stale):  # what was signed under the old number meanwhile
        results.keep_signed_result(code, seen, actor=who.minh, at=new_year)
    assert results.number_result(code, actor=who.minh, at=new_year + timedelta(hours=1)).number == "2/TLHT-BS"


def read(codes):
    """Return the dossiers as a leader reads them now: code and revision."""
    return {code: Dossier.objects.get(code=code).revision for code in codes}


def propose_otherwise(who, code):
    """Send a proposal back and have a refusal proposed instead."""
    processing.return_for_correction(code, reason="Chưa đủ căn cứ", actor=who.minh, at=later(20))
    processing.propose_result(code, kind=ResultKind.REFUSAL, reason="Không đủ căn cứ", actor=who.ha, at=later(21))


def test_a_leader_signs_what_was_read(who):
    playing.give_key(who.minh)
    code, other = playing.proposed(who), playing.proposed(who)
    seen = read([code, other])
    propose_otherwise(who, code)
    with pytest.raises(Stale):
        results.sign_result(code, pin=PIN, revision=seen[code], actor=who.minh, at=later(30))
    with pytest.raises(ChangedSince):
        results.sign_paper(code, pin=PIN, expected='"0-0"', actor=who.minh, at=later(30))
    answers = dict(results.sign_many(seen, pin=PIN, actor=who.minh, at=later(31)))
    assert (answers[code].code, answers[other]) == (Stale.code, None)
    assert Result.objects.get(dossier__code=code).signed_at is None
    results.sign_result(code, pin=PIN, revision=read([code])[code], actor=who.minh, at=later(32))
    assert Result.objects.get(dossier__code=code).kind == ResultKind.REFUSAL


def test_one_refused_signature_does_not_hold_the_others(who):
    playing.give_key(who.minh)
    codes = [playing.proposed(who), playing.taken(who), playing.proposed(who)]
    answers = results.sign_many(read(codes), pin=PIN, actor=who.minh, at=later(10))
    assert [(code, no and no.code) for code, no in answers] == [
        (codes[0], None),
        (codes[1], "onestop.not_your_step"),
        (codes[2], None),
    ]
    assert list(Result.objects.order_by("number").values_list("number", flat=True)) == ["1/TLHT-BS", "2/TLHT-BS"]


def test_one_wrong_pin_for_many_is_one_try_of_the_key(who):
    playing.give_key(who.minh)
    codes, before = [playing.proposed(who) for _n in range(6)], playing.everything()
    with pytest.raises(results.NothingTicked):
        results.sign_many({}, pin=PIN, actor=who.minh, at=later(10))
    with pytest.raises(WrongPin) as no:
        results.sign_many(read(codes), pin="135790", actor=who.minh, at=later(10))
    assert no.value.facts == {"left": 4}
    assert playing.everything() == before
    assert all(no is None for _code, no in results.sign_many(read(codes), pin=PIN, actor=who.minh, at=later(11)))


def test_nothing_to_sign(who):
    code = playing.proposed(who)
    Result.objects.all().delete()
    with pytest.raises(results.NothingToSign):
        results.number_result(code, actor=who.minh, at=later(10))


def test_issue_result_finishes_processing(who):
    code = playing.issued(who)
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.delivery, dossier.finished_at) == (
        NationalState.FINISHED,
        DeliveryState.READY,
        later(11),
    )
    assert dossier.result.issued_at == later(11)
    assert playing.last_line(code).facts == {"number": "1/TLHT-BS"}
    assert playing.task_of(code).form == "return"


class District:
    """A construction permit at Hội An: assign, consult, review."""

    def __init__(self, who):
        self.mai, self.thanh, self.bao = official("mai"), official("thanh"), official("bao")
        self.khanh, self.yen = official("khanh"), official("yen")
        taken = reception.take_at_counter(
            PERMIT,
            HOI_AN,
            filing.Applicant.of(people.applicant(who.tu)),
            components=PAPERS,
            actor=self.mai,
            at=AT,
        )
        self.code = taken.code

    def assign(self, *, actor=None, official_of="QN-014"):
        return processing.assign_dossier(
            self.code, find_official(official_of), note="Gấp", actor=actor or self.thanh, at=later(10)
        )


def test_assign_dossier_names_who_does_it(who):
    district = District(who)
    with pytest.raises(Forbidden):
        district.assign(actor=district.bao)
    district.assign()
    (task,) = open_tasks(Dossier.objects.get().case_id)
    assert (task.form, task.assignee_name) == ("process", district.bao.name)
    assert Dossier.objects.get().state == NationalState.PROCESSING
    line = playing.last_line(district.code)
    assert (line.event, line.facts["note"]) == ("onestop.dossier_assigned", "Gấp")
    with pytest.raises(NotYourStep):
        district.assign()


def test_an_officer_of_another_division_is_not_given_the_dossier(who):
    district = District(who)
    before = playing.everything()
    with pytest.raises(Exception) as no:
        district.assign(official_of="QN-061")
    assert getattr(no.value, "code", "").startswith("casework.")
    assert playing.everything() == before


def test_consult_review_sign(who):
    district = District(who)
    land_head = {"valid_from": AT.date(), "decision": "minh họa", "actor": playing.DEMO, "at": AT}
    appoint("H47.32.05/head", find_official("QN-024").pk, **land_head)
    sen = official("sen")
    district.assign()
    with pytest.raises(BadInput):
        opinions.ask_opinion(district.code, question=" ", actor=district.bao, at=later(20))
    opinions.ask_opinion(district.code, question="Đất có quy hoạch?", actor=district.bao, at=later(20))
    # 3 working days from Monday: no deadline was named
    until = {"until": "2022-12-01T10:00:00+00:00"}
    assert playing.last_line(district.code).facts == {"question": "Đất có quy hoạch?", **until}
    (task,) = open_tasks(Dossier.objects.get().case_id)
    assert (task.form, task.agency_code) == ("consult", "H47.32.05")
    with pytest.raises(BadInput):
        opinions.give_opinion(district.code, opinion="", actor=sen, at=later(30))
    with pytest.raises(Forbidden):
        opinions.give_opinion(district.code, opinion="Không", actor=district.bao, at=later(30))
    opinions.give_opinion(district.code, opinion="Phù hợp", actor=sen, at=later(30))
    assert playing.last_line(district.code).facts == {"opinion": "Phù hợp"}
    with pytest.raises(processing.DeclarationIncomplete):
        processing.propose_result(district.code, actor=district.bao, at=later(40))
    for step, given in DECLARED_PERMIT.items():
        processing.enter_answers(district.code, step, given, actor=district.bao, at=later(40))
    processing.propose_result(district.code, actor=district.bao, at=later(40))
    with pytest.raises(WrongState):  # what the head reads stays as it is
        processing.enter_answers(district.code, "land", {}, actor=district.bao, at=later(45))
    processing.return_for_correction(district.code, reason="Thiếu số thửa", actor=district.thanh, at=later(50))
    processing.propose_result(district.code, actor=district.bao, at=later(60))
    processing.pass_on(district.code, note="Đủ", actor=district.thanh, at=later(70))
    line = playing.last_line(district.code)
    assert (line.event, line.facts) == ("onestop.step_finished", {"step": "review", "note": "Đủ"})
    playing.sign_plainly(district.code, actor=district.khanh, at=later(80))
    results.issue_result(district.code, actor=district.yen, at=later(90))
    assert Dossier.objects.get().result.number == "1/GPXD"


DAY, LATER_DAY = date(2022, 12, 2), date(2022, 12, 8)
CLOSING = datetime(2022, 12, 2, 17, 0, tzinfo=CIVIL_ZONE)
"""The end of office hours on that Friday."""


@pytest.mark.parametrize("day", [date(2022, 12, 4), date(2023, 1, 2)], ids=["Sunday", "holiday"])
def test_a_new_date_is_a_day_on_which_somebody_is_there(who, day):
    code = playing.taken(who)
    with pytest.raises(processing.DayOff) as no:
        processing.postpone_result(code, to=day, reason="Mưa lũ", actor=who.minh, at=later(10))
    assert [fault.pointer for fault in no.value.faults] == ["/to"]


def test_no_new_date_while_the_clock_stands(who):
    code = playing.waiting(who)
    with pytest.raises(processing.ClockStands):
        processing.postpone_result(code, to=LATER_DAY, reason="Mưa lũ", actor=who.minh, at=later(310))


def test_postpone_result_once_in_time_with_an_apology(who):
    code = playing.taken(who)
    was = Dossier.objects.get().due_at
    with pytest.raises(BadInput):
        processing.postpone_result(code, to=DAY, reason="", actor=who.minh, at=later(10))
    with pytest.raises(processing.NotLater):
        processing.postpone_result(code, to=civil_date(was), reason="Mưa lũ", actor=who.minh, at=later(10))
    processing.postpone_result(code, to=DAY, reason=" Mưa lũ ", actor=who.minh, at=later(10))
    dossier = Dossier.objects.get()
    assert (dossier.due_at, dossier.postponed_at) == (CLOSING, later(10))
    change = DueChange.objects.get()
    assert (change.was, change.became, change.by, change.reason) == (was, CLOSING, who.minh.name, "Mưa lũ")
    assert (change.law, change.number) == ("NĐ 61/2018/NĐ-CP Đ.19 k.9", 1)
    assert playing.last_line(code).facts["reason"] == "Mưa lũ"
    with pytest.raises(processing.PostponedBefore) as no:
        processing.postpone_result(code, to=LATER_DAY, reason="Nữa", actor=who.minh, at=later(20))
    assert no.value.facts == {"dossier": code, "day": "28/11/2022"}
    assert DueChange.objects.count() == 1


def test_the_day_of_the_apology_is_told_in_civil_time(who):
    """At 00:30 in Việt Nam it is still yesterday in UTC."""
    code = playing.taken(who)
    midnight = AT.replace(hour=0, minute=30)
    processing.postpone_result(code, to=DAY, reason="Mưa lũ", actor=who.minh, at=later(10))
    Dossier.objects.update(postponed_at=midnight)
    with pytest.raises(processing.PostponedBefore) as no:
        processing.postpone_result(code, to=LATER_DAY, reason="Nữa", actor=who.minh, at=later(20))
    assert no.value.facts["day"] == "28/11/2022"


@pytest.mark.parametrize(("days", "minutes", "late"), [(0, 899, False), (1, -500, True), (1, 0, True), (3, 0, True)])
def test_an_apology_comes_a_day_before_the_date(who, days, minutes, late):
    """Due on Tuesday: until the end of Monday, by the civil calendar, not by 24 hours."""
    code = playing.taken(who)
    at = later(minutes, days=days)
    told = []
    try:
        processing.postpone_result(code, to=LATER_DAY, reason="Mưa lũ", actor=who.minh, at=at)
    except processing.TooLateToPostpone as no:
        told.append(no.facts)
    assert told == ([{"dossier": code, "days": 1}] if late else [])


def test_stop_dossier_ends_the_case_and_the_pause(who):
    code = playing.waiting(who)
    with pytest.raises(BadInput):
        processing.stop_dossier(code, reason="", actor=who.minh, at=later(days=40))
    processing.stop_dossier(code, reason="Quá hạn bổ sung", actor=who.minh, at=later(days=40))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.finished_at, dossier.paused_at) == (NationalState.STOPPED, later(days=40), None)
    assert dossier.stop_number == 1
    assert Pause.objects.get().ended_at == later(days=40)
    assert open_tasks(dossier.case_id) == []
    assert playing.last_line(code).event == "onestop.dossier_stopped"
    with pytest.raises(WrongState) as no:
        processing.stop_dossier(code, reason="Lần nữa", actor=who.minh, at=later(days=41))
    assert no.value.facts["dossier"] == code
