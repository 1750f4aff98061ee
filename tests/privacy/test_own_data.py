"""Everything that is held of somebody, in one archive, for them: theirs whole, nobody else's, nothing internal."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.privacy_people import account_of
from tests.snapshot import with_province
from tests.world import token

from tinhso.base.actors import Actor
from tinhso.base.acts import act, anyone, require
from tinhso.base.personal import OwnFile
from tinhso.base.refusals import Forbidden, SignInNeeded, TokenTooNarrow
from tinhso.kernel.documents.public import Document
from tinhso.kernel.documents.store import get_store
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import Entry, entries, new_id, record
from tinhso.kernel.privacy import actions
from tinhso.kernel.privacy.archive import stream
from tinhso.kernel.privacy.gathering import Gathered, PlacedFile, _safe
from tinhso.modules.onestop.actions import rating, readings
from tinhso.modules.onestop.models import DossierFile, FileOrigin, Purpose
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later

pytestmark = with_province
ADDRESS = reverse("privacy:own_data")


def archive_of(actor: Actor) -> zipfile.ZipFile:
    gathered = actions.hand_out_own_data(actor=actor, at=later(60))
    return zipfile.ZipFile(io.BytesIO(b"".join(stream(gathered, at=later(60)))))


def data_of(actor: Actor) -> dict[str, Any]:
    return json.loads(archive_of(actor).read("data.json"))


def browser(actor: Actor) -> Client:
    return come_in(Client(), account_of(actor))


@act
def journal_an_opinion(dossier, said, *, actor, at):
    require(anyone, actor)
    record("onestop.opinion_asked", dossier, actor=actor, at=at, question=said)


def test_everything_of_a_dossier_is_in_it(who):
    code = playing.returned(who)
    rating.rate_dossier(code, score=4, comment="Nhanh", actor=who.tu, at=later(20))
    readings.note_reading(playing.Dossier.objects.get(code=code), Purpose.STEP, actor=who.ha, at=AT)
    archive = archive_of(who.tu)
    assert archive.testzip() is None
    data = json.loads(archive.read("data.json"))
    assert data["of"] == who.tu.key
    assert data["parts"]["who"]["citizen_number"] == "049185000123"
    (dossier,) = data["parts"]["dossiers"]["own"]
    assert dossier["code"] == code
    assert dossier["answers"]["person"]["full_name"] == "Nguyễn Thị Tư"
    assert dossier["payments"][0]["receipt_number"]
    assert dossier["rating"]["comment"] == "Nhanh"
    assert [one["reader_name"] for one in dossier["read_by"]] == [who.ha.name]
    assert {"onestop.dossier_filed", "onestop.result_returned"} <= {one["event"] for one in dossier["history"]}
    result = next(one for one in dossier["files"] if one["origin"] == "result")
    placed = {one["id"]: one["path"] for one in data["files"]}
    assert archive.read(placed[result["document_id"]]) == playing.pdf()
    assert "onestop.dossier_filed" not in {one["event"] for one in data["parts"]["acts"] if one["subject_key"] != code}


def test_a_draft_and_its_files_are_in_it(who):
    draft, paper = playing.start(who.tu), playing.document(who.tu, name="ủy quyền.pdf")
    playing.applications.attach_file(draft.id, "UQ", paper, actor=who.tu, at=AT)
    archive = archive_of(who.tu)
    data = json.loads(archive.read("data.json"))
    (application,) = data["parts"]["applications"]
    assert application["answers"]["copies"] == {"count": 2}
    assert application["files"][0]["document_id"] == str(paper.pk)
    (file,) = data["files"]
    assert file["path"] == "files/0001-ủy quyền.pdf"
    assert archive.read(file["path"]) == playing.pdf()


def test_another_persons_data_is_never_in_it(who):
    playing.returned(who)
    playing.document(who.tu)
    whole = json.dumps(data_of(who.neighbour), ensure_ascii=False)
    assert "Nguyễn Thị Tư" not in whole
    assert "049185000123" not in whole
    assert data_of(who.neighbour)["files"] == []


def test_who_hands_in_for_another_gets_the_code_only(who):
    code = playing.file(who.tu).code
    playing.Dossier.objects.filter(code=code).update(submitter_key=who.neighbour.key)
    told = data_of(who.neighbour)["parts"]["dossiers"]
    assert told["own"] == []
    assert [one["code"] for one in told["handed_in_for_others"]] == [code]
    assert "Nguyễn Thị Tư" not in json.dumps(told, ensure_ascii=False)


def test_what_offices_write_to_each_other_is_not_in_it(who):
    code = playing.taken(who)
    said = "Nghi ngờ chữ ký, đề nghị xác minh"
    dossier = playing.Dossier.objects.get(code=code)
    journal_an_opinion(dossier, said, actor=who.ha, at=later(8))
    inner = playing.document(who.ha, width=321)
    DossierFile.objects.create(
        dossier=dossier, document_id=inner.pk, name="nội bộ.pdf", size_bytes=1, sha256=inner.sha256,
        origin=FileOrigin.OFFICE, added_at=AT,
    )  # fmt: skip
    whole = json.dumps(data_of(who.tu), ensure_ascii=False)
    assert said not in whole
    assert "nội bộ.pdf" not in whole


def test_a_result_is_not_in_it_before_it_is_out_and_paid(who):
    code = playing.signed(who)
    data = data_of(who.tu)
    assert data["parts"]["dossiers"]["own"][0]["result"] is None
    assert [one["origin"] for one in data["parts"]["dossiers"]["own"][0]["files"]] == []
    playing.results.issue_result(code, actor=who.ngoc, at=later(11))
    unpaid = data_of(who.tu)["parts"]["dossiers"]["own"][0]
    assert unpaid["result"]["number"]
    assert "result" not in {one["origin"] for one in unpaid["files"]}


def test_notices_and_messages_are_in_it_as_they_were_read(who):
    notify(who.tu.key, text="The result of {code} is ready.", facts={"code": "X1"}, address="tu@x.example",
           event_id=new_id(), at=AT)  # fmt: skip
    told = data_of(who.tu)["parts"]["messages"]
    assert "X1" in told["notices"][0]["text"]
    assert told["messages"][0]["address"] == "tu@x.example"


def test_that_it_was_handed_out_is_journalled_without_what_was_in_it(who):
    playing.document(who.tu)
    archive_of(who.tu)
    line = list(entries(("person", who.tu.person_id)))[-1]
    assert line.event == "privacy.data_handed_out"
    assert line.facts["files"] == 1
    assert set(line.facts) == {"parts", "files", "bytes"}


def test_it_is_given_a_few_times_a_day(who):
    for _time in range(actions.MOST_A_DAY):
        actions.hand_out_own_data(actor=who.tu, at=AT)
    with pytest.raises(actions.TakenTooOften):
        actions.hand_out_own_data(actor=who.tu, at=AT)
    actions.hand_out_own_data(actor=who.neighbour, at=AT)


@pytest.mark.parametrize(("role", "no"), [("nobody", SignInNeeded), ("lan", Forbidden), ("admin", Forbidden)])
def test_who_is_no_applicant_has_nothing_to_take(who, role, no):
    with pytest.raises(no):
        actions.hand_out_own_data(actor=getattr(who, role), at=AT)
    assert not Entry.objects.filter(event="privacy.data_handed_out").exists()


def test_a_token_needs_its_own_scope(who):
    with pytest.raises(TokenTooNarrow):
        actions.hand_out_own_data(actor=playing.narrowed(who.tu, "dossier:write"), at=AT)
    actions.hand_out_own_data(actor=playing.narrowed(who.tu, "personal:read"), at=AT)


def test_a_file_that_is_gone_leaves_a_note_and_the_rest(who):
    lost, kept = (
        playing.document(who.tu, width=201, name="mất.pdf"),
        playing.document(who.tu, width=202, name="còn.pdf"),
    )
    get_store().path_of(lost.sha256).unlink()  # type: ignore[attr-defined]
    archive = archive_of(who.tu)
    assert archive.testzip() is None
    names = [name for name in archive.namelist() if name.startswith("files/")]
    assert names == ["files/0001-mất.pdf.txt", "files/0002-còn.pdf"]
    assert archive.read(names[1]) == playing.pdf(width=202)
    assert Document.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    ("name", "path"),
    [("../a/b.pdf", "_a_b.pdf"), ("a:b\n?.pdf", "a_b__.pdf"), ("...", "tep"), ("x" * 300 + ".pdf", "x" * 110 + ".pdf")],
)
def test_names_can_be_unpacked_everywhere(name, path):
    assert _safe(name) == path


def test_it_is_made_while_it_is_sent():
    opened: list[str] = []

    def file(name: str) -> PlacedFile:
        def open_it() -> Any:
            opened.append(name)
            return io.BytesIO(b"x" * 700_000)

        return PlacedFile(f"files/{name}", OwnFile(name, name, 700_000, "", open_it))

    pieces = stream(Gathered({}, (file("a"), file("b"))), at=AT)
    seen = [len(next(pieces)) for _piece in range(3)]
    assert opened == ["a"]
    assert max(seen) < 300_000
    whole = b"".join(pieces)
    assert opened == ["a", "b"]
    assert len(whole) > 700_000


def test_the_page_asks_first_and_then_sends(who):
    playing.document(who.tu)
    one = browser(who.tu)
    said = one.get(ADDRESS)
    assert "Dữ liệu về tôi" in said.content.decode()
    refused = one.post(ADDRESS, {})
    assert refused.status_code == 422
    assert not Entry.objects.filter(event="privacy.data_handed_out").exists()
    sent = one.post(ADDRESS, {"sure": "on"})
    assert sent["Content-Type"] == "application/zip"
    assert "no-store" in sent["Cache-Control"]
    assert "README.txt" in zipfile.ZipFile(io.BytesIO(sent.getvalue())).namelist()


def test_the_page_is_in_english_too(who):
    one = browser(who.tu)
    one.cookies["ngon_ngu"] = "en"
    assert "What is held of me" in one.get(ADDRESS).content.decode()


def test_a_program_takes_it_with_a_token(who):
    text = token(account_of(who.tu), "personal:read")
    client = Client(headers={"authorization": f"Bearer {text}"})
    sent = client.post("/api/personal-data", content_type="application/json")
    assert sent.status_code == 200
    names = zipfile.ZipFile(io.BytesIO(sent.getvalue())).namelist()
    assert names == ["README.txt", "data.json"]
    narrow = Client(headers={"authorization": f"Bearer {token(account_of(who.tu))}"})
    assert narrow.post("/api/personal-data", content_type="application/json").status_code == 403
