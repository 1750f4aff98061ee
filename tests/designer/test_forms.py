"""From a draft of a form to declarations on it: what is checked, who may, who is told, what a load does then."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.snapshot import with_province
from tests.world import AT, official

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Forbidden
from tinhso.kernel.forms.models import FormVersion
from tinhso.kernel.forms.pack import FormLoader
from tinhso.kernel.forms.public import CannotEdit, latest_version, load_form
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.pack import Pack
from tinhso.modules.designer import tasks
from tinhso.modules.designer.actions import decisions, drafts
from tinhso.modules.designer.actions import form_drafts as forms
from tinhso.modules.designer.actions.refusals import (
    ChangedMeanwhile,
    CodeTaken,
    FormFaulty,
    NothingChanged,
    OvertakenDraft,
    OwnDraft,
)
from tinhso.modules.designer.models import Draft
from tinhso.modules.designer.queries import forms as read
from tinhso.modules.onestop.actions import applications, filing
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401

from .conftest import come

pytestmark = [*with_province, pytest.mark.usefixtures("at_now")]
BIRTH = "1.001193"
NEW = {"kind": "phone", "title": "Số máy bàn", "title_en": "Landline", "required": True}


def url(name, *args):
    return reverse(f"designer:{name}", args=args)


def changed(khoi, code=BIRTH):
    draft = forms.begin_form(code, actor=khoi, at=AT)
    return forms.put_in_question(draft.pk, "applicant", NEW, seen=draft.version, actor=khoi, at=AT)[0]


def sent(khoi):
    draft = changed(khoi)
    return drafts.send_draft(draft.pk, "Cần số máy bàn", seen=draft.version, actor=khoi, at=AT)


def published(khoi, thinh):
    draft = sent(khoi)
    return decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)


def test_a_form_goes_from_one_hand_to_another_into_force(khoi, thinh):
    before = latest_version(BIRTH)
    draft = sent(khoi)
    assert [each.code for each in read.differences(draft)] == ["question_required"]
    with pytest.raises(Forbidden):
        decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=khoi, at=AT)
    Draft.objects.filter(pk=draft.pk).update(authors=[khoi.key, thinh.key])
    with pytest.raises(OwnDraft):
        decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)
    Draft.objects.filter(pk=draft.pk).update(authors=[khoi.key])
    done = decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)
    assert (done.state, done.published_version) == ("published", before + 1)
    row = FormVersion.objects.get(code=BIRTH, withdrawn_at=None)
    assert (row.version, row.origin) == (before + 1, "page")
    assert load_form(BIRTH).field_at("/applicant/landline").required
    assert load_form(BIRTH, before).field_at("/applicant/landline") is None
    assert [each.code for each in read.differences(done)] == ["question_required"]
    told = Entry.objects.filter(subject_key=str(draft.pk)).order_by("id")
    assert list(told.values_list("event", flat=True)) == [
        f"designer.draft_{each}" for each in ("begun", "changed", "sent", "approved", "published")
    ]
    assert {entry.subject_type for entry in told} == {"form_draft"}


def test_a_later_day_waits_and_what_was_overtaken_comes_back(khoi, thinh):
    draft, other = sent(khoi), sent(khoi)
    later = civil_date(AT) + timedelta(days=3)
    decisions.approve_draft(draft.pk, later, seen=draft.version, actor=thinh, at=AT)
    decisions.approve_draft(other.pk, later, seen=other.version, actor=thinh, at=AT)
    before = latest_version(BIRTH)
    tasks.publish_approved(at=AT + timedelta(days=2))
    assert latest_version(BIRTH) == before
    tasks.publish_approved(at=AT + timedelta(days=3))
    assert latest_version(BIRTH) == before + 1
    assert sorted(Draft.objects.values_list("state", flat=True)) == ["editing", "published"]
    third = forms.begin_form(BIRTH, actor=khoi, at=AT)
    third = forms.save_form(third.pk, {"title": "Tờ khai"}, seen=third.version, actor=khoi, at=AT)
    fourth = forms.begin_form(BIRTH, actor=khoi, at=AT)
    fourth = forms.save_form(fourth.pk, {"title": "Tờ khai sinh"}, seen=fourth.version, actor=khoi, at=AT)
    fourth = drafts.send_draft(fourth.pk, "x", seen=fourth.version, actor=khoi, at=AT)
    decisions.approve_draft(fourth.pk, civil_date(AT), seen=fourth.version, actor=thinh, at=AT)
    third = drafts.send_draft(third.pk, "x", seen=third.version, actor=khoi, at=AT)
    with pytest.raises(OvertakenDraft):
        decisions.approve_draft(third.pk, later, seen=third.version, actor=thinh, at=AT)


def test_faults_and_sameness_are_not_sent_and_nobody_writes_over_another(khoi):
    draft = forms.begin_form(BIRTH, actor=khoi, at=AT)
    with pytest.raises(NothingChanged):
        drafts.send_draft(draft.pk, "x", seen=draft.version, actor=khoi, at=AT)
    gone = forms.take_out_question(draft.pk, "wishes.wants_copies", seen=draft.version, actor=khoi, at=AT)
    with pytest.raises(FormFaulty):
        drafts.send_draft(gone.pk, "x", seen=gone.version, actor=khoi, at=AT)
    with pytest.raises(ChangedMeanwhile):
        forms.save_form(draft.pk, {"title": "Khác"}, seen=draft.version - 1, actor=khoi, at=AT)
    with pytest.raises(CodeTaken):
        forms.begin_empty_form(BIRTH, "a", "b", actor=khoi, at=AT)
    for who in (official("lan"), official("thinh")):
        with pytest.raises(Forbidden):
            forms.save_form(draft.pk, {"title": "Khác"}, seen=gone.version, actor=who, at=AT)


def test_what_a_fee_or_a_body_needs_is_not_taken_away(khoi):
    found = {
        (code, use.path)
        for code in [row.code for row in read.forms_in_force()]
        for use in read.uses_of(code, civil_date(AT))
    }
    assert found, "the pack has forms on which a fee or a paper leans"
    code, path = min(found)
    draft = forms.begin_form(code, actor=khoi, at=AT)
    draft = forms.take_out_question(draft.pk, path, seen=draft.version, actor=khoi, at=AT)
    said = [str(fault) for fault in read.faults_of(draft, civil_date(AT)) if fault.is_error]
    assert any(path in each for each in said)


def test_page_and_pack_speak_the_same_language(khoi, thinh, tmp_path):
    draft = published(khoi, thinh)
    (tmp_path / "forms").mkdir()
    file = tmp_path / "forms" / f"{BIRTH}.json"
    file.write_text(read.file_of(draft))
    pack = Pack(tmp_path, AT)
    assert list(FormLoader().check(pack)) == []
    assert BIRTH not in [change.key for change in FormLoader().plan(pack)], "the file given out is what is in force"


def test_a_load_overwrites_nothing_that_was_written_here(khoi, thinh, tmp_path):
    here = published(khoi, thinh).published_version
    whole = settings.ROOT / "provinces" / "quang-nam"
    pack = Pack(whole, AT)
    assert list(FormLoader().check(pack)) == []
    assert "applicant.landline" in pack.shared["forms"][BIRTH]
    assert BIRTH not in [change.key for change in FormLoader().plan(pack)], (
        "the pack is as it was: the page's version stays"
    )
    (tmp_path / "forms").mkdir()
    other = json.loads(json.dumps(load_form(BIRTH, here - 1).schema)) | {"title": "Tờ khai khác"}
    (tmp_path / "forms" / f"{BIRTH}.json").write_text(json.dumps(other))
    faults = list(FormLoader().check(Pack(tmp_path, AT)))
    assert [(fault.file, f" {here} " in str(fault.message)) for fault in faults] == [(f"forms/{BIRTH}.json", True)]
    draft = forms.begin_form_from_file(json.dumps(other).encode(), actor=khoi, at=AT)
    assert (draft.code, draft.base_version) == (BIRTH, here)


@pytest.mark.parametrize(
    "given",
    [b"title: YAML", b"[]", b"{}", b'{"x-procedure": "1.1", "properties": {"a": null}}', b'{"$ref": "_common.json#/$defs/x"}',
     b'{"x-procedure": "../../etc", "title": "a", "properties": {}}', b"\x00", b'{"properties": 5, "x-procedure": "1.1"}'],
)  # fmt: skip
def test_files_that_are_no_form_are_refused_in_words(khoi, given):
    with pytest.raises(CannotEdit) as no:
        forms.begin_form_from_file(given, actor=khoi, at=AT)
    assert str(no.value)
    up = come("khoi").post(url("upload_form"), {"file": SimpleUploadedFile("a.json", given)})
    assert up.status_code == 422


def test_the_pages_from_a_draft_to_a_decision(khoi):
    browser = come("khoi")
    page = browser.post(url("begin_form", BIRTH), follow=True)
    draft = Draft.objects.get()
    assert "Người đi đăng ký" in page.content.decode()
    asked = {"seen": 1, "title": "Số <b>bàn</b>", "title_en": "Landline", "kind": "radios", "required": "on",
             "choices": "a | Một | One\nb | Hai", "when_0": "applicant.relation", "is_0": "mother, nobody"}  # fmt: skip
    there = url("add_question", draft.pk) + "?vao=applicant"
    assert browser.get(there).status_code == 200
    wrong = browser.post(there, asked)
    assert wrong.status_code == 422
    assert "grandparent" in wrong.content.decode()
    short = browser.post(there, asked | {"is_0": "mother"})
    assert (short.status_code, "Dòng 2" in short.content.decode()) == (422, True)
    assert browser.post(there, asked | {"is_0": "mother", "choices": "a | Một | One"}).status_code == 302
    node = read.schema_of(Draft.objects.get())["properties"]["applicant"]["properties"]["landline"]
    assert node["x-when"] == "this.relation == 'mother'"
    text = browser.get(url("form_draft", draft.pk)).content.decode()
    assert "Số &lt;b&gt;bàn&lt;/b&gt;" in text
    assert "<b>bàn" not in text
    shown = browser.get(url("preview", draft.pk)).content.decode()
    assert 'name="applicant.landline"' in shown
    assert "<b>bàn" not in shown
    missing = browser.post(url("preview", draft.pk), {"applicant.relation": "mother"}).content.decode()
    assert 'href="#applicant-landline"' in missing
    late = browser.post(
        url("question", draft.pk, "applicant.landline"), asked | {"is_0": "mother", "choices": "", "title": "Của tôi"}
    )
    assert late.status_code == 422
    assert "Của tôi" in late.content.decode(), "what the second typed is still there"
    assert 'name="seen" value="2"' in re.sub(r' id="[^"]*"', "", late.content.decode())
    for name, args in (
        ("form_texts", ()),
        ("add_rule", ()),
        ("rule", (0,)),
        ("question", ("applicant",)),
        ("add_question", ()),
    ):
        assert browser.get(url(name, draft.pk, *args)).status_code == 200
    browser.post(url("move_question", draft.pk), {"seen": 2, "path": "applicant.landline", "by": "-1"})
    browser.post(url("send", draft.pk), {"seen": 3, "note": "Cần số bàn"})
    lawyer = come("thinh")
    told = lawyer.get(url("form_difference", draft.pk)).content.decode()
    assert "được thêm vào bước 1" in told
    assert url("approve", draft.pk) in told
    lawyer.post(url("approve", draft.pk), {"seen": 4, "effective_on": AT.strftime("%d/%m/%Y")})
    assert load_form(BIRTH).field_at("/applicant/landline")
    assert lawyer.get(url("forms")).status_code == 200


def test_a_new_form_grows_from_nothing_by_pages(khoi):
    browser = come("khoi")
    assert browser.post(url("new_form"), {"code": "sai mã", "name": "x", "name_en": "y"}).status_code == 422
    browser.post(url("new_form"), {"code": "9.999999", "name": "Đơn mới", "name_en": "New form"})
    draft = Draft.objects.get(code="9.999999")
    assert "chưa có câu hỏi" in browser.get(url("form_draft", draft.pk)).content.decode()
    step = {"seen": 1, "title": "Về bạn", "title_en": "About you", "required": "on"}
    assert browser.post(url("add_question", draft.pk), step).status_code == 302
    question = {
        "seen": 2,
        "title": "Họ tên",
        "title_en": "Full name",
        "kind": "text",
        "required": "on",
        "key": "full_name",
    }
    assert browser.post(url("add_question", draft.pk) + "?vao=about_you", question).status_code == 302
    rule = {
        "seen": 3,
        "check": "about_you.full_name != 'x'",
        "at": "about_you.full_name",
        "message": "a",
        "message_en": "b",
    }
    assert browser.post(url("add_rule", draft.pk), rule).status_code == 302
    whole = {"seen": 4, "title": "Đơn mới", "title_en": "New form", "intro": "Ngắn", "intro_en": "Short"}
    assert browser.post(url("form_texts", draft.pk), whole).status_code == 302
    draft.refresh_from_db()
    assert [str(each) for each in read.faults_of(draft, civil_date(AT))] == []
    taken = browser.post(url("remove_rule", draft.pk, 0), {"seen": 5}, follow=True)
    assert taken.status_code == 200
    assert json.loads(browser.get(url("form_file", draft.pk)).content)["x-procedure"] == "9.999999"


@pytest.mark.parametrize(("who", "status"), [("lan", 403), ("kiemtra", 200), ("thinh", 200)])
def test_who_may_look(khoi, who, status):
    draft = sent(khoi)
    browser = come(who)
    for name, args in (("forms", ()), ("form_draft", (draft.pk,)), ("form_difference", (draft.pk,)), ("preview", (draft.pk,)), ("form_file", (draft.pk,)), ("question", (draft.pk, "applicant"))):  # fmt: skip
        assert browser.get(url(name, *args)).status_code == status, name
    assert browser.get(url("draft", draft.pk)).status_code == (403 if who == "lan" else 404), "a form is no flow"


def test_who_has_begun_loses_nothing_and_who_begins_after_is_asked_the_new_question(khoi, thinh, own_folders):  # noqa: F811
    """A citizen's half-filled declaration keeps its version to the end; both are filed, each on its own."""
    tu = playing.citizen()
    begun = playing.start(tu, at=AT)
    draft = forms.begin_form(playing.COPY, actor=khoi, at=AT)
    draft = forms.put_in_question(draft.pk, "applicant", NEW, seen=draft.version, actor=khoi, at=AT)[0]
    draft = drafts.send_draft(draft.pk, "Cần số máy bàn", seen=draft.version, actor=khoi, at=AT)
    decisions.approve_draft(draft.pk, civil_date(AT), seen=draft.version, actor=thinh, at=AT)

    applicant = filing.Applicant.of(people.applicant(tu))
    old = filing.file_application(begun.id, applicant, actor=tu, at=AT)
    assert (old.form_version, "landline" in old.answers["applicant"]) == (begun.form_version, False)

    fresh = applications.start_application(playing.COPY, actor=tu, at=AT)
    assert fresh.form_version == begun.form_version + 1
    given = playing.answers_of(tu)
    for step, answers in given.items():
        applications.save_step(fresh.id, step, answers, complete=True, actor=tu, at=AT)
    applications.choose_agency(fresh.id, playing.MINH_AN, actor=tu, at=AT)
    applications.choose_delivery(fresh.id, {"result_way": "online", "phone": "0905123456"}, actor=tu, at=AT)
    with pytest.raises(filing.NotReady) as no:
        filing.file_application(fresh.id, applicant, actor=tu, at=AT)
    assert [fault.pointer for fault in no.value.faults] == ["/applicant/landline"]
    whole = {**given["applicant"], "landline": "02353861234"}
    applications.save_step(fresh.id, "applicant", whole, complete=True, actor=tu, at=AT)
    new = filing.file_application(fresh.id, applicant, actor=tu, at=AT)
    assert new.answers["applicant"]["landline"] == "02353861234"
