"""Asking for more and getting it, withdrawing: once, whole; the legal clock starts anew, the statistical one does not."""

from __future__ import annotations

from datetime import date

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, NotFound
from tinhso.kernel.casework.public import get_case, open_tasks
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.days import DayMark
from tinhso.law.states import NationalState
from tinhso.law.statistics import Supplement, statistical_elapsed
from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.actions.steps import NotYourStep, WrongState
from tinhso.modules.onestop.models import Dossier, DossierFile, DueChange, Pause, SupplementRequest
from tinhso.modules.onestop.queries.deadlines import days_of, notice_by, why_due
from tinhso.modules.onestop.queries.dossiers import pauses_of
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, UNREADABLE, later

pytestmark = with_province


def answer(who, code, *, at, width=300, **changes):
    paper = playing.document(who.tu, width=width)
    given = {"files": [("UQ", paper)], "actor": who.tu, "at": at}
    return supplement.answer_supplement(code, **{**given, **changes})


def test_ask_for_supplement_is_one_list_with_a_number_and_stops_the_clock(who):
    code = playing.taken(who)
    due = Dossier.objects.get().due_at
    asked = supplement.ask_for_supplement(
        code,
        [*UNREADABLE, {"pointer": "/copies/count", "reason": "wrong", "text": " Ghi số bản "}],
        phone="0235123456",
        actor=who.ha,
        at=later(30),
    )
    kept = SupplementRequest.objects.get()
    assert (kept.pk, kept.number, kept.asked_by, kept.asked_phone) == (asked.pk, 1, who.ha.name, "0235123456")
    assert kept.items == [
        {"pointer": "", "component": "UQ", "reason": "unreadable", "text": "Chụp lại văn bản ủy quyền"},
        {"pointer": "/copies/count", "component": "", "reason": "wrong", "text": "Ghi số bản"},
    ]
    assert (kept.components_asked(), kept.pointers_asked()) == ({"UQ"}, {"/copies/count"})
    assert (kept.at_reception, kept.due_before, kept.answered_at) == (False, due, None)
    pause = Pause.objects.get()
    assert (pause.started_at, pause.ended_at, pause.base) == (later(30), None, "NĐ 61/2018/NĐ-CP Đ.19 k.4")
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.paused_at) == (NationalState.SUPPLEMENT_ASKED, later(30))
    assert playing.last_line(code).facts == {"items": 2, "form02": 1, "late": False}
    assert open_tasks(dossier.case_id) == []


@pytest.mark.parametrize(
    ("items", "pointers"),
    [
        ([], ["/items"]),
        ([{"component": "UQ", "reason": "missing", "text": "  "}], ["/items/0/text"]),
        ([*UNREADABLE, {"component": "UQ", "reason": "whim", "text": "Thêm"}], ["/items/1/text"]),
    ],
)
def test_a_list_without_words_is_no_list(who, items, pointers):
    code = playing.taken(who)
    before = playing.everything()
    with pytest.raises(BadInput) as no:
        supplement.ask_for_supplement(code, items, actor=who.ha, at=later(30))
    assert [fault.pointer for fault in no.value.faults] == pointers
    assert playing.everything() == before


def test_while_an_answer_is_awaited_nothing_more_is_asked(who):
    code = playing.waiting(who)
    with pytest.raises(NotYourStep):
        supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=later(31))
    assert SupplementRequest.objects.count() == 1


def test_asked_again_after_the_answer(who):
    """The law counts it as late elsewhere; here each request has its number and its dates."""
    code = playing.waiting(who)
    answer(who, code, at=later(days=2))
    supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=later(days=2, minutes=60))
    assert list(SupplementRequest.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Pause.objects.filter(ended_at=None).count() == 1


def test_a_request_that_is_open_is_not_asked_over(who):
    """Even where a flow would bring the step back meanwhile."""
    code = playing.taken(who)
    SupplementRequest.objects.create(
        dossier=Dossier.objects.get(), number=7, items=[], asked_by="Hà", asked_at=AT.replace(hour=0, minute=30)
    )
    Dossier.objects.update(state=NationalState.SUPPLEMENT_ASKED)
    before = playing.everything()
    with pytest.raises(supplement.AskedBefore) as no:
        supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=later(31))
    assert no.value.facts == {"dossier": code, "day": "28/11/2022"}
    assert playing.everything() == before


def test_answer_supplement_starts_the_legal_clock_anew(who):
    code = playing.waiting(who)
    was = Dossier.objects.get().due_at
    back = later(days=10, minutes=30)  # a Thursday
    answer(who, code, at=back)
    dossier = Dossier.objects.get()
    assert dossier.state == NationalState.PROCESSING
    assert (dossier.clock_from, dossier.paused_at, dossier.received_at) == (back, None, later(5))
    assert dossier.due_at.astimezone(AT.tzinfo).isoformat() == "2022-12-09T17:00:00+07:00"
    request = SupplementRequest.objects.get()
    assert (request.answered_at, request.due_before, request.due_after) == (back, was, dossier.due_at)
    assert Pause.objects.get().ended_at == back
    change = DueChange.objects.get()
    assert (change.was, change.became, change.by) == (was, dossier.due_at, who.tu.name)
    assert change.law == "NĐ 61/2018/NĐ-CP Đ.19 k.4"
    facts = playing.last_line(code).facts
    assert (facts["files"], len(facts["declared"])) == (1, 64)
    assert playing.task_of(code).form == "process"


def test_the_statistical_clock_subtracts_and_does_not_start_anew(who):
    """What the national index needs stays there: first reception, when it was asked, when it was answered."""
    code = playing.waiting(who)
    answer(who, code, at=later(days=10, minutes=30))
    dossier, request = Dossier.objects.get(), SupplementRequest.objects.get()
    ended = later(days=11)
    asked = Supplement(request.asked_at, request.answered_at)
    counted = statistical_elapsed(dossier.received_at, ended, [asked]).value
    assert counted == (ended - dossier.received_at) - (request.answered_at - request.asked_at)
    assert calendar_for(dossier.agency_code, AT) is not None


def test_answer_brings_all_that_was_asked_and_replaces_the_old(who):
    code = playing.taken(who)
    old = playing.document(who.tu, width=250)
    DossierFile.objects.create(
        dossier=Dossier.objects.get(),
        component_code="UQ",
        component_name="Văn bản ủy quyền",
        document_id=old.id,
        name=old.name,
        size_bytes=old.size_bytes,
        sha256=old.sha256,
        origin="applicant",
        added_at=AT,
    )
    supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=later(30))
    before = playing.everything()
    with pytest.raises(supplement.StillMissing) as no:
        supplement.answer_supplement(code, actor=who.tu, at=later(days=1))
    assert [fault.pointer for fault in no.value.faults] == ["/_files/UQ"]
    assert playing.everything() == before
    answer(who, code, at=later(days=1))
    first, second = DossierFile.objects.order_by("added_at")
    assert (first.sha256, first.replaced_at) == (old.sha256, later(days=1))
    assert (second.replaced_at, second.component_name) == (None, "Văn bản ủy quyền")


def test_answers_that_are_mended_are_judged_whole(who):
    code = playing.taken(who)
    mend = [{"pointer": "/copies/count", "reason": "wrong", "text": "Ghi số bản"}]
    supplement.ask_for_supplement(code, mend, actor=who.ha, at=later(30))
    with pytest.raises(supplement.StillMissing) as no:
        supplement.answer_supplement(code, answers={"copies": {"count": 0}}, actor=who.tu, at=later(days=1))
    assert [fault.pointer for fault in no.value.faults] == ["/copies/count"]
    supplement.answer_supplement(code, answers={"copies": {"count": 5}}, actor=who.tu, at=later(days=1))
    assert Dossier.objects.get().answers["copies"] == {"count": 5}


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"pointer": "record"}, "/items/0/pointer"),
        ({"pointer": "/nothing/x"}, "/items/0/pointer"),
        ({"pointer": "//record"}, "/items/0/pointer"),
        ({"pointer": "/copies/count/deeper"}, "/items/0/pointer"),
        ({"component": "KHONG-CO"}, "/items/0/component"),
    ],
)
def test_nothing_is_asked_that_cannot_be_answered(who, item, pointer):
    code = playing.taken(who)
    with pytest.raises(BadInput) as no:
        supplement.ask_for_supplement(
            code, [{"reason": "wrong", "text": "Sửa lại", **item}], actor=who.ha, at=later(30)
        )
    assert [fault.pointer for fault in no.value.faults] == [pointer]
    assert not SupplementRequest.objects.exists()


def test_who_somebody_is_stays_when_their_step_is_asked(who):
    code = playing.taken(who)
    kept = Dossier.objects.get().answers["applicant"]
    mend = [{"pointer": "/applicant", "reason": "wrong", "text": "Ghi lại cho đúng"}]
    supplement.ask_for_supplement(code, mend, actor=who.ha, at=later(30))
    other = {**kept, "full_name": "Người khác"}
    with pytest.raises(supplement.NotAsked) as no:
        supplement.answer_supplement(code, answers={"applicant": other}, actor=who.tu, at=later(days=1))
    assert [fault.pointer for fault in no.value.faults] == ["/applicant/full_name"]


def test_only_the_question_that_was_asked_may_change(who):
    code = playing.taken(who)
    kept = Dossier.objects.get().answers
    mend = [{"pointer": "/applicant/phone", "reason": "wrong", "text": "Số này không gọi được"}]
    supplement.ask_for_supplement(code, mend, actor=who.ha, at=later(30))
    other = {"applicant": {**kept["applicant"], "full_name": "Người khác", "phone": "0905 111 222"}}
    with pytest.raises(supplement.NotAsked) as no:
        supplement.answer_supplement(code, answers=other, actor=who.tu, at=later(days=1))
    assert [fault.pointer for fault in no.value.faults] == ["/applicant/full_name"]
    supplement.answer_supplement(code, answers={"applicant": {"phone": "0905 111 222"}}, actor=who.tu, at=later(days=1))
    mended = Dossier.objects.get().answers
    assert mended == {**kept, "applicant": {**kept["applicant"], "phone": "0905 111 222"}}


def test_the_desk_takes_what_an_applicant_brings(who):
    code = playing.waiting(who)
    scan = playing.document(who.lan, width=310)
    supplement.answer_supplement(code, files=[("UQ", scan)], actor=who.lan, at=later(days=1))
    assert playing.told("dossier", code)[-1] == ("onestop.supplement_answered", who.lan.key)


def test_asked_at_reception_no_clock_was_running(who):
    code = playing.file(who.tu).code
    supplement.ask_for_supplement(code, UNREADABLE, actor=who.lan, at=later(5))
    request = SupplementRequest.objects.get()
    assert (request.at_reception, request.due_before) == (True, None)
    assert not Pause.objects.exists()
    assert Dossier.objects.get().state == NationalState.SUPPLEMENT_ASKED
    answer(who, code, at=later(days=2))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.received_at, dossier.due_at) == (NationalState.FILED, None, None)
    assert not DueChange.objects.exists()
    assert playing.task_of(code).form == "receive"


def test_nothing_asked(who):
    code = playing.taken(who)
    with pytest.raises(supplement.NothingAsked):
        answer(who, code, at=later(40))


def test_withdraw_dossier_ends_case_and_pause(who):
    code = playing.waiting(who)
    supplement.withdraw_dossier(code, reason=" Đổi ý ", actor=who.tu, at=later(days=3))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.finished_at) == (NationalState.WITHDRAWN, later(days=3))
    assert (dossier.closing_reason, dossier.paused_at) == ("Đổi ý", None)
    assert Pause.objects.get().ended_at == later(days=3)
    assert playing.last_line(code).event == "onestop.dossier_withdrawn"
    assert open_tasks(dossier.case_id) == []
    assert str(get_case(dossier.case_id).state) == "cancelled"
    with pytest.raises(WrongState):
        supplement.withdraw_dossier(code, actor=who.tu, at=later(days=4))


def test_a_dossier_that_is_not_there_and_one_that_is_hidden_are_refused_alike(who):
    code = playing.file(who.tu).code
    for asked in (code, "H47.32.20-221128-9999"):
        with pytest.raises(NotFound):
            supplement.withdraw_dossier(asked, actor=who.neighbour, at=later(1))


def test_asking_later_than_the_law_lets_is_done_and_kept_as_late(who):
    code = playing.taken(who)
    assert notice_by(Dossier.objects.get()) == date(2022, 12, 1)
    supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=later(days=4))
    assert playing.last_line(code).facts["late"] is True


def test_the_course_of_the_days_tells_what_came_before_the_supplement(who):
    code = playing.waiting(who)
    answer(who, code, at=later(days=10, minutes=30))
    dossier = Dossier.objects.get()
    days = days_of(dossier, pauses_of(dossier))
    assert (days[0].kind, days[0].date) == (DayMark.RECEIVED, date(2022, 11, 28))
    assert [day.date.isoformat() for day in days if day.kind is DayMark.PAUSED] == [
        *(f"2022-11-{n}" for n in (29, 30)), *(f"2022-12-{n:02}" for n in (1, 2, 5, 6, 7)),
    ]  # fmt: skip
    assert [day.date for day in days if day.kind is DayMark.RESTARTED] == [date(2022, 12, 8)]
    assert (days[-1].date, days[-1].is_due, days[-1].total) == (date(2022, 12, 9), True, 1)
    why = why_due(dossier, pauses_of(dossier))
    assert why is not None
    assert why.value == dossier.due_at
    assert why.steps[0].code == "due.restart"


def test_a_withdrawal_while_papers_are_waited_for_restarts_nothing(who):
    code = playing.waiting(who)
    supplement.withdraw_dossier(code, actor=who.tu, at=later(days=3))
    dossier = Dossier.objects.get()
    assert not [day for day in days_of(dossier, pauses_of(dossier)) if day.kind is DayMark.RESTARTED]
