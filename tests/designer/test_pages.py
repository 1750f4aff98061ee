"""Pages: who sees what, what is typed, what a second author is told."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.snapshot import with_province
from tests.world import AT

from tinhso.kernel.casework.public import Case, Flow, Task
from tinhso.modules.designer import tasks
from tinhso.modules.designer.actions import drafts
from tinhso.modules.designer.models import Draft, Rehearsal

from .conftest import come
from .test_drafts import BOMB, changed, sent

pytestmark = [*with_province, pytest.mark.usefixtures("at_now")]
DESK, OFFICE = "H47.32.20.01", "H47.32.20"


def url(name, *args):
    return reverse(f"designer:{name}", args=args)


def test_a_draft_is_made_by_the_table_and_decided_in_sentences(khoi):
    browser = come("khoi")
    page = browser.post(url("begin", "phong-ban"), follow=True)
    draft = Draft.objects.get()
    assert page.status_code == 200
    assert 'id="b-process"' in page.content.decode()
    form = {"seen": draft.version, "name": "Thẩm định", "role": "processor", "agency": "office", "within": "6d"}
    kept = {"outcomes": "propose:Trình kết quả,supplement:Yêu cầu bổ sung", "form": "process", "not_same_as": ""}
    assert browser.post(url("element", draft.pk, "process"), {**form, **kept}).status_code == 302
    late = browser.post(url("element", draft.pk, "process"), {**form, **kept, "within": "1h"})
    assert late.status_code == 422
    assert "Châu Thị Mai Khôi" in late.content.decode()
    assert browser.post(url("element", draft.pk, "process"), {**form, "seen": 2, "within": "mai"}).status_code == 422
    draft.refresh_from_db()
    browser.post(url("send", draft.pk), {"seen": draft.version, "note": "Nhanh hơn một giờ"})
    draft.refresh_from_db()
    assert draft.state == "sent"
    lawyer = come("thinh")
    told = lawyer.get(url("difference", draft.pk)).content.decode()
    assert "Nhanh hơn một giờ" in told
    assert "“Thẩm định”" in told
    assert url("approve", draft.pk) in told
    assert url("approve", draft.pk) not in browser.get(url("difference", draft.pk)).content.decode()
    lawyer.post(url("approve", draft.pk), {"seen": draft.version, "effective_on": AT.strftime("%d/%m/%Y")})
    assert Flow.objects.get(code="phong-ban", state="published").version == 2


def test_the_proofs_say_of_posts_what_they_proved(khoi):
    draft, browser = changed(khoi, within="6d"), come("khoi")
    assert "vai trò nào cũng có chức vụ mang" in browser.get(url("draft", draft.pk)).content.decode()


def test_faults_stand_beside_the_drawing_with_a_course(khoi):
    draft = changed(khoi, within="90d")
    text = come("khoi").get(url("draft", draft.pk)).content.decode()
    assert 'data-show="process"' in text
    assert "Tiếp nhận → Phân công → Thẩm định" in text


def test_files_go_up_and_come_down(khoi):
    browser = come("khoi")
    draft = drafts.begin_draft("phong-ban", actor=khoi, at=AT)
    file = browser.get(url("file", draft.pk))
    assert b"BPMNEdge" in file.content
    up = browser.post(url("upload"), {"file": SimpleUploadedFile("a.bpmn", file.content)})
    assert up.status_code == 302
    bomb = browser.post(url("upload"), {"file": SimpleUploadedFile("b.bpmn", BOMB)})
    assert bomb.status_code == 422
    assert browser.post(url("save", draft.pk), {"seen": draft.version, "xml": file.content.decode()}).status_code == 302


def test_a_new_flow_begins_empty_and_grows_by_the_table(khoi):
    browser = come("khoi")
    assert browser.post(url("new"), {"code": "Sai Mã", "name": "x"}).status_code == 422
    browser.post(url("new"), {"code": "moi-tinh", "name": "Mới <tinh>"})
    draft = Draft.objects.get(code="moi-tinh")
    assert browser.get(url("add_step", draft.pk)).status_code == 200
    step = {
        "seen": draft.version,
        "after": "begin",
        "name": "Xem",
        "role": "processor",
        "agency": "office",
        "within": "1d",
    }
    assert browser.post(url("add_step", draft.pk), step).status_code == 302
    assert "Xem" in browser.get(url("draft", draft.pk)).content.decode()


@pytest.mark.parametrize(("who", "status"), [("lan", 403), ("kiemtra", 200), ("thinh", 200), ("quantri", 200)])
def test_who_may_look(khoi, who, status):
    draft = sent(khoi)
    for name, args in (("home", ()), ("draft", (draft.pk,)), ("difference", (draft.pk,)), ("rehearsals", (draft.pk,))):
        assert come(who).get(url(name, *args)).status_code == status


def past(number):
    """Write down cases of a year ago: one a working hour, with what was done in each."""
    flow = Flow.objects.get(code="phong-ban", state="published")
    places = {"desk": DESK, "office": OFFICE, "agency": OFFICE}
    start = AT - timedelta(days=200)
    cases = [
        Case(
            flow=flow, kind="dossier", subject_key=f"p{n}", title="x", agencies=places, state="ended",
            opened_at=start + timedelta(hours=n * 3), due_at=start + timedelta(hours=n * 3, days=2),
            closed_at=start + timedelta(hours=n * 3, days=1),
        )
        for n in range(number)
    ]  # fmt: skip
    Case.objects.bulk_create(cases)
    steps = (("receive", "reception", DESK, "accept"), ("process", "processor", OFFICE, "propose"), ("assign", "head", OFFICE, "assign"), ("review", "head", OFFICE, "agree"), ("sign", "leader", OFFICE, "sign"),
             ("issue", "clerk", OFFICE, "issue"), ("return", "reception", DESK, "returned"))  # fmt: skip
    Task.objects.bulk_create(
        Task(
            case=case, node_id=node, name=node, agency_code=agency, role=role, state="done", outcome=outcome,
            created_at=case.opened_at, taken_at=case.opened_at, done_at=case.opened_at + timedelta(hours=2),
            kind="dossier", subject_key=case.subject_key, title="x",
        )
        for case in cases for node, role, agency, outcome in steps
    )  # fmt: skip


def test_a_rehearsal_is_asked_for_done_by_the_worker_and_shown(khoi):
    past(150)
    draft = changed(khoi)
    draft, _step = drafts.put_in_step(
        draft.pk, "process", {"name": "Soát lại", "role": "head", "agency": "office", "within": "2h"},
        seen=draft.version, actor=khoi, at=AT,
    )  # fmt: skip
    browser = come("khoi")
    page = browser.get(url("rehearsals", draft.pk))
    posts = page.context["form"].posts
    assert {role for _agency, role, _name, _people in posts} == {"reception", "processor", "leader", "clerk", "head"}
    answers = {f"post_{number}": 1 for number in range(len(posts))}
    given = {"since": "01/01/2022", "until": "28/11/2022", "absent_days": "3", **answers}
    browser.post(url("rehearsals", draft.pk), given)
    asked = Rehearsal.objects.get()
    assert browser.get(url("rehearsal", draft.pk, asked.pk)).status_code == 200
    assert tasks.rehearse_next(at=AT) == 1
    assert tasks.rehearse_next(at=AT) == 0
    done = Rehearsal.objects.get()
    assert (done.state, done.problem) == ("done", "")
    assert done.result["before"]["finished"] == done.result["after"]["finished"] == 150
    assert done.result["after"]["p50"] > done.result["before"]["p50"]
    assert done.result["after"]["assumed"] == ["Soát lại"]
    assert done.inputs["seed"]
    text = browser.get(url("rehearsal", draft.pk, asked.pk)).content.decode()
    assert "<polyline" in text


def test_a_rehearsal_without_cases_says_so(khoi):
    draft = changed(khoi)
    browser = come("khoi")
    browser.post(url("rehearsals", draft.pk), {"since": "01/01/2021", "until": "02/01/2021", "absent_days": "3"})
    tasks.rehearse_next(at=AT)
    assert Rehearsal.objects.get().state == "failed"
    assert browser.get(url("rehearsal", draft.pk, Rehearsal.objects.get().pk)).status_code == 200
