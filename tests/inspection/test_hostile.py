"""What a second reader tried against inspection: each of these went wrong once, or could."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.acts import act
from tinhso.base.personal import Before
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.documents.public import Document, can_read, prepare, save
from tinhso.kernel.identity.models import Notice
from tinhso.kernel.journal.dispatching import LEASE, view
from tinhso.kernel.journal.public import Entry, entries, record
from tinhso.kernel.organisation.public import touch
from tinhso.modules.inspection.actions import answering, erasing, switching
from tinhso.modules.inspection.actions import finding as notes
from tinhso.modules.inspection.models import Finding, FindingState, Scenario, Standing
from tinhso.modules.inspection.queries import conditions, findings, shown
from tinhso.modules.inspection.subscribers import check_act
from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
WORKER = system("worker")
VAGUE = [{"reason": "missing", "text": "Nộp lại"}]


@pytest.fixture
def asked(who):
    code = playing.taken(who)
    supplement.ask_for_supplement(code, VAGUE, actor=who.ha, at=later(8))
    return code


@pytest.fixture
def inspector(who):
    return playing.official("kiemtra")


@pytest.fixture
def found(asked, worked):
    worked(later(9))
    return Finding.objects.get(code="asked-vaguely")


HIDDEN = {
    "a comment hides a macro": "acts. // x\n map(a, a.minutes).size() > 1",
    "a comment before brackets": "acts.all // x\n (a, acts.all // y\n (b, true))",
    "a raw string hides a macro": r"""r"\" == "" || acts.map(a, acts.map(b, 1)).size() > 1 || "" == "" """,
    "three quotes hide a macro": "'''a' ''' == 'a' || acts.map(a, acts.map(b, 1)).size() > 1 || '' == ''",
    "counted repetition": "dossier.state.matches('(.{0,40}){0,40}b')",
    "a pattern for each row": "acts.exists(a, a.event.matches('x'))",
    "a pattern that a fact gives": "dossier.service.matches(dossier.way)",
    "a pattern that a text pretends": """dossier.service.matches(dossier.way) || 'matches("x")' == ''""",
    "too many patterns": " || ".join(["dossier.service.matches('x')"] * 4),
    "a long pattern": f"dossier.service.matches('{'a' * 101}')",
}


@pytest.mark.parametrize("said", HIDDEN)
def test_what_could_take_minutes_is_not_let_in(said):
    with pytest.raises(conditions.Unfit) as unfit:
        conditions.holds(HIDDEN[said], {})
    assert "{" not in unfit.value.said


@pytest.mark.parametrize(
    "condition",
    [
        "dossier.service.matches('^[12][.]0')",
        "dossier.way in ['direct', 'post']",
        "dossier.way == '// “x”'",
        "'' == ''",
    ],
)
def test_what_looks_alike_is_let_in(condition):
    assert conditions.holds(condition, {"dossier": {"service": "2.0", "way": "direct"}}) in (True, False)


def test_one_that_is_not_let_in_any_more_stops_no_other(who, asked, worked):
    Scenario.objects.filter(code="asked-twice").update(condition="acts.map(a, a.minutes).size() > 1")
    touch()
    worked(later(9))
    assert Finding.objects.filter(code="asked-vaguely").exists()
    standing = Standing.objects.get(pk="asked-twice")
    assert standing.errors == 1
    assert "map" in standing.problem


def test_a_failure_told_twice_is_one_failure(who, asked, worked):
    Scenario.objects.filter(code="asked-twice").update(condition="1 / supplement.at_reception > 1")
    touch()
    worked(later(9))
    line = Entry.objects.get(event="onestop.supplement_asked")
    for minute in range(6):
        check_act(view(line, later(10 + minute)))
    assert Standing.objects.get(pk="asked-twice").errors == 1


def test_a_worker_that_dies_between_act_and_finding_finds_it_later(who, asked, worked, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(notes, "note_once", die)
        with pytest.raises(Killed):
            worked(later(9))
    assert not Finding.objects.exists()
    after = later(9) + LEASE + timedelta(seconds=1)
    worked(after)
    assert Finding.objects.filter(code="asked-vaguely").count() == 1
    assert Standing.objects.get(pk="asked-vaguely").found == 1


def test_the_journal_told_again_from_the_beginning_finds_nothing_new(who, found):
    before = list(Finding.objects.values_list("pk", "revision"))
    for line in Entry.objects.filter(event__startswith="onestop."):
        check_act(view(line, later(60)))
    assert list(Finding.objects.values_list("pk", "revision")) == before
    assert Standing.objects.get(pk="asked-vaguely").found == 1


def test_a_finding_about_an_erased_dossier_can_still_be_judged(who, found, inspector):
    Dossier.objects.filter(code=found.subject_key).update(
        erased_at=later(20), applicant_name="", answers={}, components=[]
    )
    assert shown.page_of(found, seen_by=who.minh, at=later(21)).explanation
    answering.close_finding(found.pk, "Đúng.", is_false=False, actor=inspector, at=later(22))
    for line in Entry.objects.filter(event="onestop.supplement_asked"):
        check_act(view(line, later(30)))
    assert Finding.objects.filter(code="asked-vaguely").count() == 1


def test_an_inspector_asks_and_judges_but_does_not_answer(found, inspector):
    with pytest.raises(Forbidden):
        answering.answer_finding(found.pk, "Tôi trả lời thay.", actor=inspector, at=later(20))
    assert "answer" not in shown.page_of(found, seen_by=inspector, at=later(20)).may
    answering.close_finding(found.pk, "Đúng.", is_false=False, actor=inspector, at=later(21))
    with pytest.raises(answering.FindingClosed):
        answering.contest_finding(found.pk, "Không đúng.", actor=playing.official("ha"), at=later(22))


def test_who_answers_does_not_take_back_what_another_contests(who, found, inspector):
    answering.contest_finding(found.pk, "Nội dung đủ rõ.", actor=who.ha, at=later(20))
    answering.answer_finding(found.pk, "Tôi đã nhắc.", actor=who.minh, at=later(21))
    found.refresh_from_db()
    assert found.state == FindingState.CONTESTED
    answering.contest_finding(found.pk, "Vẫn đủ rõ.", actor=who.ha, at=later(22))
    answering.close_finding(found.pk, "Đủ rõ.", is_false=True, actor=inspector, at=later(23))
    answering.reopen_finding(found.pk, "Xem lại.", actor=inspector, at=later(24))
    answering.contest_finding(found.pk, "Vẫn thế.", actor=who.ha, at=later(25))
    standing = Standing.objects.get(pk=found.code)
    assert (standing.contested, standing.false, standing.upheld) == (1, 0, 0)


def test_nobody_hears_of_what_was_found_on_trial_not_even_how_it_ended(who, worked, inspector):
    switching.switch_scenario("asked-vaguely", "shadow", reason="thử", actor=inspector, at=later(1))
    code = playing.taken(who)
    supplement.ask_for_supplement(code, VAGUE, actor=who.ha, at=later(8))
    worked(later(9))
    finding = Finding.objects.get(code="asked-vaguely")
    answering.close_finding(finding.pk, "Đúng.", is_false=False, actor=inspector, at=later(10))
    worked(later(11))
    assert not Notice.objects.filter(link__contains=str(finding.pk)).exists()


def test_it_says_in_which_post_each_acted(who, found, inspector):
    assert found.concerned_post.endswith("Ủy ban nhân dân phường Minh An")
    answering.answer_finding(found.pk, "Tôi đã gọi.", actor=who.ha, at=later(20))
    answering.close_finding(found.pk, "Đúng.", is_false=False, actor=inspector, at=later(21))
    mine, theirs = findings.words_of(found)
    assert mine.by_post == found.concerned_post
    assert theirs.by_post
    assert theirs.by_post != mine.by_post
    page = shown.page_of(found, seen_by=who.minh, at=later(22))
    assert page.history[0]["who"] == f"{who.ha.name}, {mine.by_post}"


def handed_in(actor, name="ghi âm.pdf", minute=19):
    return save(prepare(playing.pdf(), name=name), actor=actor, at=later(minute), purpose="finding")


def test_files_go_with_an_answer_and_only_ones_own(who, found, inspector):
    mine, theirs = handed_in(who.ha), handed_in(who.lan)
    with pytest.raises(NotFound):
        answering.answer_finding(found.pk, "Xem tệp.", files=[theirs.pk], actor=who.ha, at=later(20))
    with pytest.raises(BadInput):
        answering.answer_finding(found.pk, "Xem tệp.", files=[mine.pk] * 6, actor=who.ha, at=later(20))
    assert not found.words.exists()
    answering.answer_finding(found.pk, "Xem tệp.", files=[mine.pk], actor=who.ha, at=later(20))
    assert list(entries(found))[-1].facts["files"] == 1
    mine = Document.objects.get(pk=mine.pk)
    for reader, may in ((who.ha, True), (who.minh, True), (inspector, True), (who.lan, False), (who.tu, False)):
        assert can_read(reader, mine) is may, reader.name
    # attached, it is the matter's: another answer cannot take it along
    with pytest.raises(NotFound):
        answering.contest_finding(found.pk, "Xem.", files=[mine.pk], actor=who.ha, at=later(21))
    (file,) = shown.page_of(found, seen_by=who.minh, at=later(22)).files
    assert (file["name"], file["who"]) == ("ghi âm.pdf", who.ha.name)


def test_names_words_files_and_facts_go_in_their_time(who, found, inspector):
    file = handed_in(who.ha)
    answering.answer_finding(found.pk, "Xem tệp.", files=[file.pk], actor=who.ha, at=later(20))
    open_one = Finding.objects.exclude(pk=found.pk).get()
    answering.close_finding(found.pk, "Đúng.", is_false=False, actor=inspector, at=later(30))
    assert list(findings.erasable(Before(None))) == []
    assert list(findings.erasable(Before(later(30)))) == []
    assert list(findings.erasable(Before(later(31), {found.code: None}))) == []
    assert [each.pk for each in findings.erasable(Before(later(31)))] == [found.pk]

    @act
    def erase():
        record("privacy.erased", ("retention", "inspection.finding"), actor=WORKER, at=later(99), count=1)
        return erasing.forget_findings([found.pk, open_one.pk], WORKER, later(99))

    assert erase() == 1
    found.refresh_from_db()
    assert (found.facts, found.concerned_name, found.concerned_key, found.assigned_name, found.closed_by) == (
        {}, "", "", "", "",
    )  # fmt: skip
    assert (found.state, found.agency_code, found.code) == (FindingState.UPHELD, playing.MINH_AN, "asked-vaguely")
    assert {(word.text, word.by_name, word.by_post) for word in findings.words_of(found)} == {("", "", "")}
    assert not Document.objects.filter(pk=file.pk).exists()
    assert list(findings.erasable(Before(later(200)))) == []
    page = shown.page_of(found, seen_by=inspector, at=later(200))
    assert page.may == frozenset()
    with pytest.raises(answering.FindingErased):
        answering.reopen_finding(found.pk, "Xem lại.", actor=inspector, at=later(201))
    assert Standing.objects.get(pk=found.code).upheld == 1
    # told again, it is not found again
    for line in Entry.objects.filter(event="onestop.supplement_asked"):
        check_act(view(line, later(202)))
    assert Finding.objects.filter(code=found.code).count() == 1
