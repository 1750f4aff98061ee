"""From a draft to a flow in effect: what is proved, who may, who is told."""

from datetime import timedelta
from time import perf_counter

import pytest
from tests.snapshot import with_province
from tests.world import AT, official

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Forbidden
from tinhso.kernel.casework.public import BadFile, Case, Flow, deploy_flow, get_flow, properties_of
from tinhso.kernel.journal.public import Entry
from tinhso.modules.designer import tasks
from tinhso.modules.designer.actions import decisions, drafts
from tinhso.modules.designer.actions.refusals import (
    ChangedMeanwhile,
    DayPast,
    NotEditing,
    NothingChanged,
    NotProved,
    NotSent,
    OtherCode,
    OvertakenDraft,
    OwnDraft,
)
from tinhso.modules.designer.models import Draft
from tinhso.modules.designer.queries import drafts as read

pytestmark = with_province
BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="x"><process id="p" name="&d;"/></definitions>"""


def changed(khoi, code="phong-ban", **values):
    """Return a draft of a flow in which the appraisal takes another time."""
    draft = drafts.begin_draft(code, actor=khoi, at=AT)
    return drafts.change_properties(
        draft.pk, "process", values or {"within": "6d"}, seen=draft.version, actor=khoi, at=AT
    )


def sent(khoi):
    draft = changed(khoi)
    return drafts.send_draft(draft.pk, "Nhanh hơn", seen=draft.version, actor=khoi, at=AT)


def test_a_draft_goes_from_one_hand_to_another_into_effect(khoi, thinh):
    draft = sent(khoi)
    assert [str(change.code) for change in read.differences(draft)] == ["within"]
    before = Flow.objects.get(code="phong-ban", state="published")
    done = decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)
    after = Flow.objects.get(code="phong-ban", state="published")
    assert (done.state, done.published_version, after.version) == ("published", after.version, before.version + 1)
    assert done.decided_by == thinh.name
    events = list(Entry.objects.filter(event__startswith="designer.").order_by("id").values_list("event", flat=True))
    assert events == [f"designer.draft_{each}" for each in ("begun", "changed", "sent", "approved", "published")]
    assert Entry.objects.filter(event="casework.flow_published", subject_key="phong-ban").exists()
    with pytest.raises(NotEditing):
        drafts.drop_draft(draft.pk, actor=khoi, at=AT)


def test_nobody_approves_what_they_wrote_and_no_clerk_decides(khoi, thinh):
    draft = sent(khoi)
    Draft.objects.filter(pk=draft.pk).update(authors=[khoi.key, thinh.key])
    for do in (
        lambda: decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT),
        lambda: decisions.return_draft(draft.pk, "x", seen=draft.version, actor=thinh, at=AT),
    ):
        with pytest.raises(OwnDraft):
            do()
    for nobody in (khoi, official("lan")):
        with pytest.raises(Forbidden):
            decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=nobody, at=AT)
    with pytest.raises(Forbidden):
        drafts.begin_draft("phong-ban", actor=thinh, at=AT)


def test_what_is_sent_back_is_mended_and_sent_again(khoi, thinh):
    draft = sent(khoi)
    back = decisions.return_draft(draft.pk, "Thiếu căn cứ", seen=draft.version, actor=thinh, at=AT)
    assert (back.state, back.words) == ("editing", "Thiếu căn cứ")
    with pytest.raises(NotSent):
        decisions.approve_draft(draft.pk, civil_date(AT), seen=back.version, actor=thinh, at=AT)
    again = drafts.send_draft(draft.pk, "Đã sửa", seen=back.version, actor=khoi, at=AT)
    assert (again.state, again.words) == ("sent", "")


def test_the_second_who_writes_is_told_and_nothing_of_the_first_is_lost(khoi):
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    other = official("quantri")
    drafts.change_properties(draft.pk, "sign", {"within": "1h"}, seen=draft.version, actor=khoi, at=AT)
    with pytest.raises(ChangedMeanwhile) as no:
        drafts.change_properties(draft.pk, "sign", {"within": "9h"}, seen=draft.version, actor=other, at=AT)
    assert khoi.name in str(no.value)
    kept = Draft.objects.get(pk=draft.pk)
    assert properties_of(bytes(kept.xml))["sign"].within == "1h"
    assert other.key not in kept.authors


def test_what_cannot_be_proved_is_not_sent(khoi):
    for values, words in (
        ({"within": "90d"}, "93"),
        ({"role": "auditor"}, ""),
    ):
        draft = changed(khoi, **values)
        with pytest.raises(NotProved):
            drafts.send_draft(draft.pk, "x", seen=draft.version, actor=khoi, at=AT)
        assert words in str(read.view_draft(draft, AT).proof.errors[0])
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    draft = drafts.change_properties(draft.pk, "refused", {"legal": ""}, seen=draft.version, actor=khoi, at=AT)
    with pytest.raises(NotProved):
        drafts.send_draft(draft.pk, "x", seen=draft.version, actor=khoi, at=AT)


def test_a_draft_that_changes_nothing_is_not_sent(khoi):
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    with pytest.raises(NothingChanged):
        drafts.send_draft(draft.pk, "x", seen=draft.version, actor=khoi, at=AT)


def test_a_later_day_waits_for_the_worker(khoi, thinh):
    draft = sent(khoi)
    with pytest.raises(DayPast):
        decisions.approve_draft(draft.pk, civil_date(AT) - timedelta(days=1), seen=draft.version, actor=thinh, at=AT)
    day = civil_date(AT) + timedelta(days=3)
    draft = decisions.approve_draft(draft.pk, day, seen=draft.version, actor=thinh, at=AT)
    before = Flow.objects.get(code="phong-ban", state="published").version
    assert (draft.state, tasks.publish_approved(at=AT)) == ("approved", 0)
    assert tasks.publish_approved(at=AT + timedelta(days=3)) == 1
    assert tasks.publish_approved(at=AT + timedelta(days=3)) == 0
    assert Flow.objects.get(code="phong-ban", state="published").version == before + 1


def test_a_draft_that_was_overtaken_is_not_approved_and_comes_back_on_its_day(khoi, thinh):
    first, second = sent(khoi), sent(khoi)
    day = civil_date(AT) + timedelta(days=1)
    first = decisions.approve_draft(first.pk, day, seen=first.version, actor=thinh, at=AT)
    other = changed(khoi, within="5d")
    deploy_flow(bytes(other.xml), actor=system("loader"), at=AT)
    with pytest.raises(OvertakenDraft):
        decisions.approve_draft(second.pk, civil_date(AT), seen=second.version, actor=thinh, at=AT)
    tasks.publish_approved(at=AT + timedelta(days=1))
    back = Draft.objects.get(pk=first.pk)
    assert back.state == "editing"
    assert back.words


def test_a_step_is_put_in_and_taken_out_by_the_table(khoi):
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    new = {"name": "Kiểm tra lần cuối", "role": "processor", "agency": "office", "within": "4h"}
    draft, step = drafts.put_in_step(draft.pk, "assign", new, seen=draft.version, actor=khoi, at=AT)
    assert {change.code for change in read.differences(draft)} == {"step_added", "way_added", "way_removed"}
    draft = drafts.take_out_step(draft.pk, step, seen=draft.version, actor=khoi, at=AT)
    assert read.differences(draft) == []


def test_files_that_are_bombs_or_another_flow_are_refused(khoi):
    with pytest.raises(BadFile):
        drafts.begin_from_file(BOMB, actor=khoi, at=AT)
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    other = bytes(get_flow("mot-cap", 1).xml)
    with pytest.raises(OtherCode):
        drafts.save_drawing(draft.pk, other, seen=draft.version, actor=khoi, at=AT)
    with pytest.raises(BadFile):
        drafts.save_drawing(draft.pk, BOMB, seen=draft.version, actor=khoi, at=AT)
    assert Draft.objects.get(pk=draft.pk).version == draft.version


def test_ten_thousand_running_cases_keep_their_version(khoi, thinh):
    old = Flow.objects.get(code="phong-ban", state="published")
    Case.objects.bulk_create(
        [
            Case(flow=old, kind="dossier", subject_key=f"k{n}", title="x", opened_at=AT, agencies={"desk": "H47"})
            for n in range(10_000)
        ],
        batch_size=1000,
    )
    draft = sent(khoi)
    began = perf_counter()
    decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)
    assert perf_counter() - began < 5
    new = Flow.objects.get(code="phong-ban", state="published")
    assert new.pk != old.pk
    assert Case.objects.filter(flow=old, state="open").count() == 10_000
    assert read.running_on("phong-ban") == 10_000
