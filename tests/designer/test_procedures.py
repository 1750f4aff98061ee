"""From a draft of a procedure to dossiers filed by it: what is checked, who may, from which day, what a load does then."""

import shutil
from datetime import timedelta

import pytest
import yaml
from django.conf import settings
from django.urls import reverse
from tests.snapshot import PROVINCES, with_province
from tests.world import AT

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Forbidden, NotFound
from tinhso.kernel.casework.public import get_service
from tinhso.kernel.forms.public import withdraw_forms
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.pack import Pack, load_pack
from tinhso.modules.catalogue.actions import pack as catalogue_pack
from tinhso.modules.catalogue.actions import written
from tinhso.modules.catalogue.models import Origin, Procedure
from tinhso.modules.catalogue.queries.written.standing import CodeTaken
from tinhso.modules.designer.actions import decisions, drafts
from tinhso.modules.designer.actions import document_drafts as acts
from tinhso.modules.designer.actions.refusals import (
    ChangedMeanwhile,
    DocumentFaulty,
    NothingChanged,
    OvertakenDraft,
    OwnDraft,
    TooFar,
    TooSoon,
)
from tinhso.modules.designer.models import Draft
from tinhso.modules.designer.queries import documents as read
from tinhso.modules.designer.queries import proving
from tinhso.modules.designer.tasks import prove_announced
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders, who  # noqa: F401

from .conftest import come

pytestmark = [*with_province, pytest.mark.usefixtures("at_now")]
COPY = "2.000635"
TODAY = civil_date(AT)
TOMORROW = TODAY + timedelta(days=1)


def url(name, *args):
    return reverse(f"designer:{name}", args=args)


def save(draft, khoi, page, **answers):
    names = {f"a_{key.replace('/', '_')}": value for key, value in answers.items()}
    return acts.save_page(draft.pk, page, names, seen=draft.version, actor=khoi, at=AT)


def changed(khoi, amount=9_000):
    draft = acts.begin_document("procedure", COPY, actor=khoi, at=AT)
    return save(draft, khoi, "fee/items/0/amounts/0", amount=amount)


def sent(khoi, **more):
    draft = changed(khoi, **more)
    return drafts.send_draft(draft.pk, "Nghị quyết mới", seen=draft.version, actor=khoi, at=AT)


def published(khoi, thinh, day=TOMORROW, **more):
    draft = sent(khoi, **more)
    return decisions.approve_draft(draft.pk, day, seen=draft.version, actor=thinh, at=AT)


def test_a_procedure_goes_from_one_hand_to_another_into_force(khoi, thinh):
    before = Procedure.objects.get(code=COPY)
    draft = sent(khoi)
    (told,) = read.differences(draft)
    assert "“8.000”, nay là “9.000”" in str(told)
    with pytest.raises(Forbidden):
        decisions.approve_draft(draft.pk, TOMORROW, seen=draft.version, actor=khoi, at=AT)
    Draft.objects.filter(pk=draft.pk).update(authors=[khoi.key, thinh.key])
    with pytest.raises(OwnDraft):
        decisions.approve_draft(draft.pk, TOMORROW, seen=draft.version, actor=thinh, at=AT)
    Draft.objects.filter(pk=draft.pk).update(authors=[khoi.key])
    with pytest.raises(TooSoon):
        decisions.approve_draft(draft.pk, TODAY, seen=draft.version, actor=thinh, at=AT)
    done = decisions.approve_draft(draft.pk, TOMORROW, seen=draft.version, actor=thinh, at=AT)
    new = Procedure.objects.get(code=COPY, valid_to=None)
    assert (done.state, done.published_version) == ("published", new.pk)
    assert (new.origin, new.valid_from, new.complete) == (Origin.PAGE, TOMORROW, True)
    before.refresh_from_db()
    assert before.valid_to == TODAY
    events = [line.event for line in Entry.objects.order_by("id") if line.event.startswith(("designer.", "catalogue."))]
    assert events[-3:] == ["designer.draft_approved", "catalogue.procedure_published", "designer.draft_published"]
    assert read.differences(done), "a published draft still says what it changed"


def test_who_filed_before_keeps_fee_limit_and_papers_and_who_files_after_has_the_new(khoi, thinh, who, own_folders):  # noqa: F811
    first = playing.file(who.tu).code
    published(khoi, thinh)
    same_day = playing.file(who.tu, at=AT + timedelta(hours=2)).code
    after = playing.file(who.tu, at=AT + timedelta(days=1)).code
    owed = {code: Dossier.objects.get(code=code).fee_vnd for code in (first, same_day, after)}
    assert owed == {first: 16_000, same_day: 16_000, after: 18_000}
    assert get_service(COPY, on=TODAY).version != get_service(COPY, on=TOMORROW).version


def test_a_load_undoes_nothing_that_was_written_here(khoi, thinh, monkeypatch):
    published(khoi, thinh)
    folder = settings.ROOT / "provinces" / "quang-nam"
    pack = Pack(folder, AT)
    part = catalogue_pack.ProcedurePart()
    assert [fault for fault in part.check(pack) if COPY in str(fault)] == []
    assert COPY not in [change.key for change in part.plan(pack)], "the pack is as it was: the page's version stays"
    real = Pack.yaml

    def other(self, name):
        found = real(self, name)
        if name == f"procedures/{COPY}.yaml":
            found.data["popular"] = 77
        return found

    monkeypatch.setattr(Pack, "yaml", other)
    faults = [fault for fault in part.check(Pack(folder, AT)) if COPY in str(fault)]
    assert [fault.file for fault in faults] == [f"procedures/{COPY}.yaml"]
    assert "không có gì bị ghi đè" in str(faults[0]).lower()


def test_what_the_designer_gives_out_as_a_file_is_what_is_in_force(khoi, thinh):
    draft = published(khoi, thinh)
    given = come("khoi").get(url("document_file", draft.pk))
    assert "2.000635.yaml" in given["Content-Disposition"]
    row = Procedure.objects.get(code=COPY, valid_to=None)
    again = catalogue_pack.row_of(COPY, row.facts, yaml.safe_load(given.content))
    assert again.content == row.content, "in the place of the pack's file it changes nothing"


@pytest.mark.parametrize(
    ("page", "answers", "says"),
    [
        ("work", {"flow": "khong-co"}, "khong-co"),
        ("work", {"form": "khong-co"}, "khong-co"),
        ("work", {"agency/level": "", "agency/code": "H47.99.99"}, "H47.99.99"),
        ("fee/items/0", {"quantity": "khong.co"}, "khong.co"),
        ("fee/items/0/amounts/0", {"source": ""}, "văn bản"),
        ("ways/0", {"amount": 0.5, "unit": "day"}, "0,5"),
        ("components/0", {"code": "có dấu"}, "có dấu"),
        ("ways/1", {"way": "online"}, "online"),
    ],
)
def test_what_would_fail_people_keeps_it_from_being_sent(khoi, page, answers, says):
    draft = acts.begin_document("procedure", COPY, actor=khoi, at=AT)
    assert [fault for fault in read.faults_of(draft, TODAY) if fault.is_error] == []
    draft = save(draft, khoi, page, **answers)
    errors = [fault for fault in read.faults_of(draft, TODAY) if fault.is_error]
    assert any(says in str(fault) for fault in errors), [str(fault) for fault in errors]
    assert any(fault.page.startswith(page.split("/")[0]) for fault in errors), errors
    with pytest.raises(DocumentFaulty):
        drafts.send_draft(draft.pk, "", seen=draft.version, actor=khoi, at=AT)
    # what was typed is kept, and its page says what is wrong
    body = come("khoi").get(url("document_draft", draft.pk)).content.decode()
    assert errors[0].text in body.replace("&quot;", '"')


def test_a_limit_that_its_flow_cannot_keep_keeps_it_from_being_sent(khoi):
    draft = save(
        acts.begin_document("procedure", COPY, actor=khoi, at=AT), khoi, "ways/0", amount=1, unit="working_hour"
    )
    (error,) = [fault for fault in read.faults_of(draft, TODAY) if fault.is_error]
    assert str(error.where) == "Quy trình"
    assert "1 giờ làm việc" in error.text
    with pytest.raises(DocumentFaulty):
        drafts.send_draft(draft.pk, "Nhanh hơn", seen=draft.version, actor=khoi, at=AT)


def test_an_agency_without_who_does_a_step_keeps_it_from_being_sent(khoi, monkeypatch):
    draft = acts.begin_document("procedure", COPY, actor=khoi, at=AT)
    assert [fault for fault in read.faults_of(draft, TODAY) if fault.is_error] == []
    monkeypatch.setattr(proving, "roles_by_agency", lambda _on, **_more: {})
    errors = [fault for fault in read.faults_of(draft, TODAY) if fault.is_error]
    assert errors
    assert any(fault.text for fault in errors)


def test_every_procedure_worked_here_can_be_opened_and_has_no_fault(khoi):
    for row in Procedure.objects.filter(complete=True, valid_to=None):
        draft = acts.begin_document("procedure", row.code, actor=khoi, at=AT)
        assert [str(fault) for fault in read.faults_of(draft, TODAY) if fault.is_error] == [], row.code
        with pytest.raises(NothingChanged):
            drafts.send_draft(draft.pk, "", seen=draft.version, actor=khoi, at=AT)


def test_one_that_is_only_shown_is_taken_up_with_the_papers_of_the_national_record(khoi, thinh):
    row = Procedure.objects.filter(complete=False, valid_to=None, facts__cases__isnull=False).order_by("code").first()
    draft = acts.begin_document("procedure", row.code, actor=khoi, at=AT)
    before = len(get_service(row.code, on=TODAY).components)
    draft = acts.fill_list(draft.pk, "components", seen=draft.version, actor=khoi, at=AT)
    assert len(read.document_of(draft)["components"]) == before
    draft = save(draft, khoi, "names", name_en="A procedure", name=row.name)
    assert read.differences(draft)


def test_a_procedure_of_the_province_s_own_comes_into_force(khoi, thinh):
    with pytest.raises(CodeTaken):
        acts.begin_new_document("procedure", COPY, "x", "", actor=khoi, at=AT)
    draft = acts.begin_new_document("procedure", "9.000777.H47", "Thả diều", "Kites", actor=khoi, at=AT)
    assert [fault for fault in read.faults_of(draft, TODAY) if fault.is_error], "it has no field yet"
    draft = save(draft, khoi, "names", name="Thả diều", name_en="Kites", field="Văn hóa")
    draft = save(draft, khoi, "work", **{"agency/level": "commune", "flow": "mot-cap", "form": COPY, "online": "full"})
    for into, answers in (
        ("ways", {"way": "online", "amount": 3, "unit": "working_day"}),
        ("results", {"name": "Giấy phép", "name_en": "Licence"}),
        ("legal", {"number": "NQ 1/2022"}),
        ("fee/items", {"code": "fee", "name": "Phí", "name_en": "Fee", "kind": "fee", "set_by": "national"}),
        ("fee/items/0/amounts", {"amount": 0, "source": "NQ 1/2022"}),
    ):
        names = {f"a_{key}": value for key, value in answers.items()}
        draft, _place = acts.put_in_row(draft.pk, into, names, seen=draft.version, actor=khoi, at=AT)
    assert [str(fault) for fault in read.faults_of(draft, TODAY) if fault.is_error] == []
    draft = drafts.send_draft(draft.pk, "", seen=draft.version, actor=khoi, at=AT)
    decisions.approve_draft(draft.pk, TOMORROW, seen=draft.version, actor=thinh, at=AT)
    with pytest.raises(NotFound):
        get_service("9.000777.H47", on=TODAY)
    assert get_service("9.000777.H47", on=TOMORROW).complete
    plan = catalogue_pack.ProcedurePart().plan(Pack(settings.ROOT / "provinces" / "quang-nam", AT + timedelta(days=2)))
    assert "9.000777.H47" not in [change.key for change in plan], "no load ends what the pack never had"


def test_who_writes_over_what_they_have_not_seen_is_told(khoi, thinh):
    draft = changed(khoi)
    with pytest.raises(ChangedMeanwhile):
        acts.take_out_row(draft.pk, "components/0", seen=draft.version - 1, actor=khoi, at=AT)
    other = sent(khoi, amount=10_000)
    decisions.approve_draft(other.pk, TOMORROW, seen=other.version, actor=thinh, at=AT)
    draft = drafts.send_draft(draft.pk, "", seen=draft.version, actor=khoi, at=AT)
    with pytest.raises(OvertakenDraft):
        decisions.approve_draft(draft.pk, TOMORROW, seen=draft.version, actor=thinh, at=AT)


def test_only_who_drafts_writes_and_only_officials_concerned_read(khoi, thinh):
    draft = changed(khoi)
    with pytest.raises(Forbidden):
        acts.begin_document("procedure", COPY, actor=thinh, at=AT)
    with pytest.raises(Forbidden):
        save(draft, thinh, "names", name="x")
    with pytest.raises(NotFound):
        acts.begin_document("flow", COPY, actor=khoi, at=AT)
    lan = come("lan")
    for path in (url("procedures"), url("document_draft", draft.pk), url("document_page", draft.pk, "names")):
        assert lan.get(path).status_code == 403
        assert come("thinh").get(path).status_code == 200


def test_the_pages_from_the_list_to_the_decision(khoi, thinh):
    writer, lawyer = come("khoi"), come("thinh")
    listing = writer.get(url("procedures"), {"q": COPY}).content.decode()
    assert COPY in listing
    page = writer.post(url("begin_procedure", COPY))["Location"]
    draft = Draft.objects.get(kind="procedure")
    row = url("document_page", draft.pk, "fee/items/0/amounts/0")
    typed = {"seen": draft.version, "a_amount": "9000", "a_from": "2022-12-01", "a_source": "NQ 5/2022"}
    wrong = writer.post(row, typed | {"a_amount": "chín nghìn"})
    assert wrong.status_code == 422
    assert "chín nghìn" in wrong.content.decode(), "what was typed stays"
    assert writer.post(row, typed).status_code == 302
    stale = writer.post(row, typed | {"a_amount": "9500"})
    assert stale.status_code == 422
    assert "9500" in stale.content.decode()
    draft.refresh_from_db()
    new = {"seen": draft.version, "a_code": "A1", "a_name": "Ảnh chân dung", "a_name_en": "Photo", "a_copies": "2"}
    assert writer.post(url("add_row", draft.pk, "components"), new).status_code == 302
    body = writer.get(page).content.decode()
    assert "Ảnh chân dung" in body
    assert "Ảnh chân dung" in writer.get(url("document_preview", draft.pk)).content.decode()
    draft.refresh_from_db()
    assert writer.post(url("send", draft.pk), {"seen": draft.version, "note": "NQ mới"}).status_code == 302
    told = lawyer.get(url("document_difference", draft.pk)).content.decode()
    assert "Thêm Giấy tờ “Ảnh chân dung”" in told
    draft.refresh_from_db()
    lawyer.post(url("approve", draft.pk), {"seen": draft.version, "effective_on": TOMORROW.isoformat()})
    assert Procedure.objects.get(code=COPY, valid_to=None).valid_from == TOMORROW
    assert writer.get(row).status_code == 200


def test_a_load_at_noon_leaves_the_dossiers_of_the_morning_their_terms(who, own_folders, tmp_path):  # noqa: F811
    """A day may have two versions: each dossier reads the one that it was filed under."""
    folder = shutil.copytree(PROVINCES / "quang-nam", tmp_path / "quang-nam")
    file = folder / "procedures" / f"{COPY}.yaml"
    text = file.read_text().replace("amount: 8000", "amount: 7000")
    file.write_text(text)
    load_pack(folder, actor=system("loader"), at=AT)
    morning = playing.file(who.tu)
    file.write_text(text.replace("amount: 7000", "amount: 6000").replace("code: UQ", "code: GUQ"))
    load_pack(folder, actor=system("loader"), at=AT + timedelta(hours=3))
    noon = playing.file(who.tu, at=AT + timedelta(hours=4))
    assert (morning.fee_vnd, noon.fee_vnd) == (14_000, 12_000)
    for dossier, amount, papers in ((morning, 7000, ["UQ"]), (noon, 6000, ["GUQ"])):
        kept = service_filed(dossier)
        assert kept.fee_rule["items"][0]["amounts"][0]["amount"] == amount
        assert [part.code for part in kept.components] == papers


def _without_form(at):
    withdraw_forms([COPY], actor=system("loader"), at=at)


def test_what_lost_its_form_before_its_day_does_not_come_in_force_and_both_are_told(khoi, thinh):
    before = Procedure.objects.get(code=COPY)
    draft = published(khoi, thinh)
    assert prove_announced(at=AT) == 1
    assert Procedure.objects.get(code=COPY, valid_to=None).pk != before.pk, "nothing is wrong: it stays announced"
    _without_form(AT)
    prove_announced(at=AT)
    assert Procedure.objects.get(code=COPY, valid_to=None).pk == before.pk
    draft.refresh_from_db()
    assert (draft.state, draft.published_version) == ("editing", 0)
    assert COPY in draft.words
    assert set(Notice.objects.values_list("recipient", flat=True)) == {khoi.key, thinh.key}
    assert prove_announced(at=AT) == 0
    assert Entry.objects.filter(event="catalogue.procedure_taken_back").count() == 1


def test_what_was_filed_on_its_first_morning_keeps_the_terms_that_are_taken_back(khoi, thinh, who, own_folders):  # noqa: F811
    before = Procedure.objects.get(code=COPY)
    published(khoi, thinh)
    noon = AT + timedelta(days=1)
    morning = playing.file(who.tu, at=noon)
    assert morning.fee_vnd == 18_000
    _without_form(noon)
    prove_announced(at=noon)
    now = get_service(COPY, on=TOMORROW)
    assert Procedure.objects.get(code=COPY, valid_to=None).pk == before.pk
    assert now.version == before.content[:16]
    kept = service_filed(Dossier.objects.get(code=morning.code))
    assert kept.fee_rule["items"][0]["amounts"][0]["amount"] == 9000


def test_from_today_only_with_the_text_that_demands_it(khoi, thinh, who, own_folders):  # noqa: F811
    morning = playing.file(who.tu)
    draft = sent(khoi)
    with pytest.raises(TooSoon):
        decisions.approve_draft(draft.pk, TODAY, at_once="  ", seen=draft.version, actor=thinh, at=AT)
    with pytest.raises(TooFar):
        decisions.approve_draft(draft.pk, TODAY.replace(year=2206), seen=draft.version, actor=thinh, at=AT)
    lawyer = come("thinh")
    typed = {"seen": draft.version, "effective_on": TODAY.isoformat(), "at_once": "NQ 5, có hiệu lực từ ngày thông qua"}
    assert lawyer.post(url("approve", draft.pk), typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.at_once) == ("published", typed["at_once"])
    told = Entry.objects.get(event="designer.draft_approved")
    assert told.facts["at_once"] == typed["at_once"]
    after = playing.file(who.tu, at=AT + timedelta(hours=1))
    assert (morning.fee_vnd, after.fee_vnd) == (16_000, 18_000)
    kept = service_filed(Dossier.objects.get(code=morning.code))
    assert kept.fee_rule["items"][0]["amounts"][0]["amount"] == 8000


def test_what_a_load_changed_after_the_proof_is_not_written_over(khoi, thinh):
    draft = sent(khoi)
    with pytest.raises(written.Overtaken):
        written.put_in_force(
            COPY, read.document_of(draft), TOMORROW, base=draft.base_version + 1, actor=system("designer"), at=AT
        )


def test_a_first_row_of_its_own_does_not_put_aside_those_of_the_national_record(khoi):
    row = Procedure.objects.filter(complete=False, valid_to=None, facts__cases__isnull=False).order_by("code").first()
    before = len(get_service(row.code, on=TODAY).components)
    assert before
    draft = acts.begin_document("procedure", row.code, actor=khoi, at=AT)
    new = {"a_code": "A1", "a_name": "Ảnh", "a_name_en": "Photo"}
    draft, place = acts.put_in_row(draft.pk, "components", new, seen=draft.version, actor=khoi, at=AT)
    assert len(read.document_of(draft)["components"]) == before + 1
    assert place == f"components/{before}"
