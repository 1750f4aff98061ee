"""A rehearsal is fed what truly happened: dossiers of the one-stop shop, settled long ago, with the legal time they had."""

from datetime import timedelta

import pytest
from tests.snapshot import with_province
from tests.world import AT, official

from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import Forbidden
from tinhso.kernel.casework.past import PastTask
from tinhso.kernel.casework.public import Case, past_cases
from tinhso.kernel.organisation.public import count_holders, who_holds
from tinhso.modules.designer import tasks
from tinhso.modules.designer.actions import drafts
from tinhso.modules.designer.actions.rehearsals import AskedAlready, ask_rehearsal
from tinhso.modules.designer.models import Rehearsal
from tinhso.modules.designer.queries import rehearsing
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing

from .conftest import come
from .test_drafts import changed
from .test_pages import past, url

pytestmark = [*with_province, pytest.mark.usefixtures("at_now")]


def ask(draft, actor, **more):
    span = {"since": (AT - timedelta(days=300)).date(), "until": AT.date(), **more}
    return ask_rehearsal(draft.pk, **span, staff=[], actor=actor, at=AT)


def test_a_dossier_that_was_settled_keeps_the_legal_time_it_had(khoi, tmp_path, settings):
    settings.DATA_DIR, settings.FILES_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "files", tmp_path / "keys"
    who = playing.cast()
    code = playing.returned(who)
    dossier = Dossier.objects.get(code=code)
    case = Case.objects.get(pk=dossier.case_id)
    assert case.due_at is None
    (past_case,) = past_cases(case.flow.code, AT - timedelta(days=1), AT + timedelta(days=1), limit=9)
    assert past_case.clock.first_due_at == past_case.clock.due_at == dossier.due_at
    assert past_case.clock.settled_at == dossier.finished_at
    assert "Lan" not in str(past_case)
    draft = drafts.begin_draft(case.flow.code, actor=khoi, at=AT)
    made = ask(draft, khoi, until=(AT + timedelta(days=1)).date())
    tasks.rehearse_next(at=AT + timedelta(days=2))
    result = Rehearsal.objects.get(pk=made.pk).result
    assert result["happened"] == {"finished": 1, "late": 0}
    assert result["before"]["with_due"] == result["before"]["finished"] == 1


def done(node, opened, taken, at, by="o1"):
    def moment(clock):
        return AT.replace(hour=int(clock), minute=round(clock % 1 * 60))

    return PastTask(node, "A", "processor", moment(opened), moment(taken), moment(at), "", by)


def test_who_took_several_on_at_once_did_them_one_after_the_other():
    def axis(moment):
        return moment.astimezone(CIVIL_ZONE).hour * 3600.0 + moment.minute * 60

    told = [done("a", 8, 8, 9), done("a", 8, 8, 10.5), done("b", 8, 8, 9.5, "o2"), done("c", 8, 11, 11)]
    assert rehearsing._worked(told, axis) == {"a": [3600, 5400], "b": [5400]}


def test_posts_that_nobody_was_asked_about_work_with_who_holds_them(khoi):
    holders = count_holders(AT.date())
    for agency, role in (("H47.32.20", "processor"), ("H47.32.20.01", "reception"), ("H47.32.20", "leader")):
        assert holders[agency, role] == len(who_holds(agency, role, AT.date()))
    past(30)
    draft = changed(khoi)
    ask(draft, khoi)
    tasks.rehearse_next(at=AT)
    rows = Rehearsal.objects.get().result["posts"]
    assert {row["role"]: row["people"] for row in rows} == {
        row["role"]: holders.get((row["agency"], row["role"]), 1) for row in rows
    }


def test_one_rehearsal_of_a_draft_waits_at_a_time_and_it_says_which_file_it_is_of(khoi):
    past(30)
    draft = changed(khoi)
    made = ask(draft, khoi)
    with pytest.raises(AskedAlready):
        ask(draft, khoi)
    draft = drafts.change_properties(draft.pk, "process", {"within": "5d"}, seen=draft.version, actor=khoi, at=AT)
    tasks.rehearse_next(at=AT)
    assert Rehearsal.objects.get().draft_version == draft.version
    page, changed_after = come("khoi"), "Bản thảo đã được sửa sau lần diễn tập này"
    draft = drafts.send_draft(draft.pk, "Nhanh hơn", seen=draft.version, actor=khoi, at=AT)
    assert changed_after not in page.get(url("rehearsal", draft.pk, made.pk)).content.decode()
    draft = changed(khoi)
    again = ask(draft, khoi)
    tasks.rehearse_next(at=AT)
    drafts.change_properties(draft.pk, "process", {"within": "4d"}, seen=draft.version, actor=khoi, at=AT)
    assert changed_after in page.get(url("rehearsal", draft.pk, again.pk)).content.decode()


def test_an_auditor_reads_rehearsals_and_asks_for_none(khoi):
    past(3)
    draft = changed(khoi)
    with pytest.raises(Forbidden):
        ask(draft, official("kiemtra"))
    text = come("kiemtra").get(url("rehearsals", draft.pk)).content.decode()
    assert 'name="since"' not in text
    assert 'name="since"' in come("khoi").get(url("rehearsals", draft.pk)).content.decode()


def test_one_that_cannot_be_done_does_not_keep_the_next_from_being_done(khoi, monkeypatch):
    past(3)
    first, second = ask(changed(khoi), khoi), ask(changed(khoi), khoi)
    whole = tasks.rehearse

    def broken(draft, *more):
        if draft.pk == first.draft_id:
            raise KeyError("x")
        return whole(draft, *more)

    monkeypatch.setattr(tasks, "rehearse", broken)
    assert [tasks.rehearse_next(at=AT) for _ in range(3)] == [1, 1, 0]
    assert [Rehearsal.objects.get(pk=each.pk).state for each in (first, second)] == ["failed", "done"]


def test_a_flow_that_is_no_longer_in_effect_is_rehearsed_without_a_before(khoi):
    past(5)
    draft = changed(khoi)
    made = ask(draft, khoi)
    Case.objects.get(subject_key="p1").flow.__class__.objects.filter(code="phong-ban").update(state="retired")
    tasks.rehearse_next(at=AT)
    made.refresh_from_db()
    assert made.state == "done"
    assert come("khoi").get(url("rehearsal", draft.pk, made.pk)).status_code == 200


def test_the_page_that_asks_costs_the_same_however_many_cases_there_were(khoi, django_assert_max_num_queries):
    past(40)
    draft, browser = changed(khoi), come("khoi")
    browser.get(url("rehearsals", draft.pk))
    with django_assert_max_num_queries(25):
        browser.get(url("rehearsals", draft.pk))
