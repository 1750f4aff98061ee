"""An act, a finding, an answer: what is found, by whom it is seen, who closes it, and what is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.journal.dispatching import view
from tinhso.kernel.journal.public import Entry, entries
from tinhso.kernel.organisation.public import find_official
from tinhso.modules.inspection.actions import answering, switching
from tinhso.modules.inspection.models import Finding, FindingState, Standing
from tinhso.modules.inspection.queries import findings, shown
from tinhso.modules.inspection.subscribers import check_act
from tinhso.modules.onestop.actions import processing, reception, supplement
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
VAGUE = [{"reason": "missing", "text": "Nộp lại"}]


def asked(who, at=None):
    """Return the code of a dossier for which something vague and outside the list was asked."""
    code = playing.taken(who)
    supplement.ask_for_supplement(code, VAGUE, actor=who.ha, at=at or later(8))
    return code


@pytest.fixture
def found(who, worked):
    """Return the finding about a vague request."""
    asked(who)
    worked(later(9))
    return Finding.objects.get(code="asked-vaguely")


def test_an_act_is_found_and_explained(who, worked, found):
    page = shown.page_of(found, seen_by=who.ha, at=later(10))
    assert "chỉ có 7 chữ cái" in page.explanation
    assert page.finding.scenario.law == "NĐ 61/2018/NĐ-CP Đ.17 k.1 đ.b"
    assert found.concerned_key == who.ha.key == found.assigned_key
    assert found.agency_code == playing.MINH_AN
    assert found.facts["supplement.shortest_letters"] == 7
    assert found.answer_by > later(9) + timedelta(days=1)
    assert {each.code for each in Finding.objects.all()} == {"asked-vaguely", "asked-nowhere"}
    assert Standing.objects.get(pk="asked-vaguely").found == 1
    assert [line.event for line in entries(found)] == ["inspection.found"]


def test_a_clean_act_is_not_found(who, worked):
    playing.waiting(who)
    worked(later(301))
    assert not Finding.objects.exists()


def test_the_same_entry_told_twice_is_found_once(who, worked, found):
    line = Entry.objects.get(event="onestop.supplement_asked")
    check_act(view(line, later(20)))
    assert Finding.objects.filter(code="asked-vaguely").count() == 1
    assert Standing.objects.get(pk="asked-vaguely").found == 1


def test_who_sees_it(who, inspector, found):
    for actor in (who.ha, who.minh, inspector):
        assert findings.get_finding(found.pk, seen_by=actor)
    for actor in (who.lan, who.hung, who.tu, who.admin, who.nobody):
        with pytest.raises(NotFound):
            findings.get_finding(found.pk, seen_by=actor)
        assert found not in findings.list_findings(findings.Filters(), seen_by=actor)


def test_answered_contested_and_closed_as_false(who, inspector, found):
    answering.answer_finding(found.pk, "Tôi đã gọi điện giải thích.", actor=who.ha, at=later(20))
    answering.contest_finding(found.pk, "Nội dung đủ rõ.", actor=who.ha, at=later(21))
    with pytest.raises(Forbidden):
        answering.close_finding(found.pk, "xong", is_false=True, actor=who.ha, at=later(22))
    with pytest.raises(BadInput):
        answering.close_finding(found.pk, "  ", is_false=True, actor=inspector, at=later(22))
    answering.close_finding(found.pk, "Đúng là đủ rõ.", is_false=True, actor=inspector, at=later(23))
    standing = Standing.objects.get(pk="asked-vaguely")
    assert (standing.false, standing.upheld, standing.contested, standing.precision) == (1, 0, 1, 0)
    with pytest.raises(answering.FindingClosed):
        answering.answer_finding(found.pk, "nữa", actor=who.ha, at=later(24))
    answering.reopen_finding(found.pk, "Xem lại.", actor=inspector, at=later(25))
    answering.close_finding(found.pk, "Có sai.", is_false=False, actor=who.minh, at=later(26))
    standing.refresh_from_db()
    assert (standing.false, standing.upheld, standing.precision) == (0, 1, 100)
    said = [word.verb for word in findings.words_of(found)]
    assert said == ["answered", "contested", "false", "reopened", "upheld"]


def test_nobody_closes_their_own(who, worked):
    code = asked(who)
    worked(later(9))
    finding = Finding.objects.get(subject_key=code, code="asked-vaguely")
    answering.answer_finding(finding.pk, "Tôi trả lời thay.", actor=who.minh, at=later(12))
    with pytest.raises(answering.OwnFinding):
        answering.close_finding(finding.pk, "xong", is_false=False, actor=who.minh, at=later(13))


def test_assigned_to_a_colleague_of_the_agency_only(who, found):
    here, elsewhere = find_official("QN-005"), find_official("QN-061")
    with pytest.raises(answering.NotThere):
        answering.assign_finding(found.pk, elsewhere.id, actor=who.minh, at=later(20))
    with pytest.raises(Forbidden):
        answering.assign_finding(found.pk, here.id, actor=who.ha, at=later(20))
    answering.assign_finding(found.pk, here.id, actor=who.minh, at=later(20))
    found.refresh_from_db()
    assert found.assigned_name == here.full_name
    assert findings.count_undone(who.ngoc) == 1


def test_on_trial_nobody_is_bothered(who, worked, inspector):
    switching.switch_scenario("asked-vaguely", "shadow", reason="thử", actor=inspector, at=later(1))
    asked(who)
    worked(later(9))
    finding = Finding.objects.get(code="asked-vaguely")
    assert finding.is_silent
    standing = Standing.objects.get(pk="asked-vaguely")
    assert (standing.found, standing.silent) == (0, 1)
    assert finding not in findings.list_findings(findings.Filters(mine=True), seen_by=who.ha)
    with pytest.raises(NotFound):
        findings.get_finding(finding.pk, seen_by=who.minh)


def test_switched_off_finds_nothing_and_says_why(who, worked, inspector):
    with pytest.raises(Forbidden):
        switching.switch_scenario("asked-vaguely", "off", reason="ồn", actor=who.minh, at=later(1))
    with pytest.raises(BadInput):
        switching.switch_scenario("asked-vaguely", "off", reason=" ", actor=inspector, at=later(1))
    switching.switch_scenario("asked-vaguely", "off", reason="ồn", actor=inspector, at=later(1))
    asked(who)
    worked(later(9))
    assert not Finding.objects.filter(code="asked-vaguely").exists()
    line = Entry.objects.get(event="inspection.scenario_switched")
    assert line.facts["reason"] == "ồn"


def test_a_late_request_is_found_days_later(who, worked):
    code = playing.taken(who)
    supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.ha, at=later(30, days=7))
    worked(later(31, days=7))
    finding = Finding.objects.get(code="asked-late")
    assert finding.facts["supplement.days_after_reception"] == 5
    assert finding.state == FindingState.OPEN


def test_passed_on_after_the_hour_of_the_law(who, worked):
    code = playing.accepted(who)
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(60, days=1))
    worked(later(61, days=1))
    finding = Finding.objects.get(code="passed-on-late")
    assert finding.facts["dossier.hand_over_late_minutes"] > 60
    assert finding.assigned_key == ""


def test_refused_without_a_reason_worth_the_name(who, worked):
    code = playing.file(who.tu).code
    reception.refuse_dossier(code, reason="Sai.", actor=who.lan, at=later(5))
    worked(later(6))
    assert Finding.objects.get().code == "refused-without-reason"


def test_accepts_and_signs_ignores_two_people(who, worked):
    code = playing.proposed(who)
    playing.sign_plainly(code, actor=who.minh, at=later(30))
    worked(later(31))
    assert not Finding.objects.exists()
