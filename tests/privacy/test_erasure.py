"""Erasure by rule: what is due goes, journalled with counts; what an archive keeps stays; the journal stays provable."""

from __future__ import annotations

import json
import shutil
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden
from tinhso.base.registry import PackPart, registry
from tinhso.kernel.documents.public import Document
from tinhso.kernel.identity.models import FailedSignIn, Message, Notice
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import Entry, entries, new_id, seal, verify_all
from tinhso.kernel.organisation.pack import Pack, check_pack, load_pack
from tinhso.kernel.organisation.public import touch
from tinhso.kernel.privacy import tasks
from tinhso.kernel.privacy.erasing import erase_due, standings
from tinhso.kernel.privacy.models import RuleBook
from tinhso.modules.onestop import tasks as onestop
from tinhso.modules.onestop.actions import book_signing, books, rating, readings
from tinhso.modules.onestop.models import Application, Dossier, Purpose, Reading, Result
from tinhso.modules.onestop.queries.personal import dossiers_of
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, COPY, later
from tinhso.modules.onestop.tests.test_citizen_pages import page
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
ERASER = system("eraser")
LAW = "QĐ 1/2022/QĐ-UBND"


def rule(kind: str, *, keep: Any, verified: bool = True, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "keep": keep, "from": "2021-01-01", "law": LAW, "verified": verified, **more}


@pytest.fixture
def rules():
    """Return a function that puts rules in force; without it none are."""

    def put(*rules: dict[str, Any], archive: tuple[dict[str, Any], ...] = ()) -> None:
        data = {"valid_from": "2021-01-01", "rules": list(rules), "archive": list(archive)}
        RuleBook.objects.create(code="retention", valid_from=date(2021, 1, 1), data=data)
        touch()

    return put


def erase(days: float) -> dict[str, int]:
    return erase_due(actor=ERASER, at=later(days=days))


def test_a_dossier_loses_what_is_personal_and_keeps_what_is_not(who, rules):
    rules(rule("onestop.dossier", keep={"days": 100}))
    code = playing.returned(who)
    rating.rate_dossier(code, score=2, comment="Bà Tư chờ lâu", actor=who.tu, at=later(20))
    result = Result.objects.get(dossier__code=code)
    assert erase(100) == {}
    assert erase(102) == {"onestop.dossier": 1}
    kept = Dossier.objects.get(code=code)
    assert (kept.code, kept.owner_key, kept.money, kept.rating.score) == (code, who.tu.key, "paid", 2)
    tables = json.dumps(playing.everything()["onestop.Dossier"], default=str, ensure_ascii=False)
    for table in ("Rating", "Payment", "Result", "SupplementRequest", "DossierFile"):
        tables += json.dumps(playing.everything()[f"onestop.{table}"], default=str, ensure_ascii=False)
    for word in ("Nguyễn Thị Tư", "nguyen thi tu", "049185000123", "0905123456", "12 Trần Phú", "chờ lâu"):
        assert word not in tables, word
    assert Document.objects.filter(pk=result.signed_document_id).exists()
    assert erase(103) == {}


def test_the_printed_book_of_a_year_loses_its_volumes_and_keeps_its_closing_page(who, rules):
    rules(rule("onestop.book", keep={"days": 400}))
    playing.give_key(who.minh)
    playing.accepted(who)
    books.close_book("H47.32.20.01", 2022, actor=who.minh, at=later(days=32))
    onestop.keep_books(at=later(days=32))
    book = book_signing.sign_book("H47.32.20.01", 2022, pin=playing.PIN, actor=who.minh, at=later(days=33))
    books.note_line("H47.32.20.01", 2022, 1, "Bà Tư", actor=who.lan, at=later(days=34))
    volume = book.volumes.get()
    assert erase(400) == {}
    assert erase(440) == {"onestop.book": 1}
    assert not Document.objects.filter(pk=volume.document_id).exists()
    assert Document.objects.filter(pk=book.document_id).exists()
    assert [note.text for note in book.notes.all()] == ["—"]
    assert volume.sha256
    page = signed_in("lan").get(reverse("onestop:book", args=["H47.32.20.01", 2022])).content.decode()
    assert str(volume.document_id) not in page
    assert erase(441) == {}


def test_papers_that_were_given_go_and_the_result_stays(who, rules):
    rules(rule("onestop.dossier", keep={"days": 100}))
    code = playing.waiting(who)
    paper = playing.document(who.tu, width=300)
    playing.supplement.answer_supplement(code, files=[("UQ", paper)], actor=who.tu, at=later(400))
    playing.supplement.withdraw_dossier(code, reason="Đổi ý", actor=who.tu, at=later(401))
    assert Dossier.objects.get(code=code).files.exists()
    assert erase(102) == {"onestop.dossier": 1}
    assert not Document.objects.filter(pk=paper.pk).exists()
    assert not Dossier.objects.get(code=code).files.exists()


def test_its_pages_and_its_owners_archive_still_open(who, rules):
    rules(rule("onestop.dossier", keep={"days": 100}))
    code = playing.returned(who)
    erase(102)
    assert "hết thời hạn" in page(who.tu, "dossier", code)
    (told,) = dossiers_of(who.tu, later(days=103)).data["own"]
    assert (told["code"], told["answers"]) == (code, {})


@pytest.mark.parametrize("station", ["filed", "taken", "issued"])
def test_what_is_not_over_is_never_due(who, rules, station):
    rules(rule("onestop.dossier", keep={"days": 0}))
    playing.STATIONS[station](who)
    assert erase(9000) == {}


def test_an_archive_keeps_its_classes(who, rules):
    rules(
        rule("onestop.dossier", keep={"days": 10}),
        archive=(rule("onestop.dossier", keep={"days": 500}, classes=[COPY], verified=False),),
    )
    playing.returned(who)
    assert erase(400) == {}
    assert erase(502) == {"onestop.dossier": 1}


def test_what_an_archive_keeps_for_ever_is_never_erased(who, rules):
    rules(
        rule("onestop.dossier", keep={"days": 10}),
        archive=(rule("onestop.dossier", keep="permanent", classes=[COPY]),),
    )
    playing.returned(who)
    assert erase(20_000) == {}


def test_an_unchecked_rule_erases_nothing_and_is_told(who, rules):
    rules(rule("onestop.dossier", keep={"days": 10}, verified=False))
    playing.returned(who)
    assert erase(400) == {}
    (told,) = [one for one in standings(at=later(days=400)) if one.ruling.erasure.key == "onestop.dossier"]
    assert (told.due, told.would_be_due) == (0, 1)


def test_without_rules_the_platform_keeps_what_it_kept_before(who):
    FailedSignIn.objects.create(name_digest="x", address="10.0.0.1", at=AT)
    playing.returned(who)
    assert erase(30) == {}
    assert erase(32) == {"identity.failed_sign_in": 1}


def test_a_rule_of_tomorrow_is_not_in_force(who, rules):
    entry = rule("onestop.dossier", keep={"days": 1})
    rules({**entry, "from": "2023-06-01"})
    playing.returned(who)
    assert erase(30) == {}
    assert erase(300) == {"onestop.dossier": 1}


def test_drafts_that_were_filed_messages_and_readings_go(who, rules):
    kinds = ("onestop.application", "onestop.reading", "identity.notice")
    rules(*[rule(kind, keep={"days": 10}) for kind in kinds])
    code = playing.accepted(who)
    draft = playing.start(who.tu)
    notify(who.tu.key, text="Hello", address="tu@x.example", event_id=new_id(), at=AT)
    readings.note_reading(Dossier.objects.get(code=code), Purpose.OFFICE, actor=who.ha, at=AT)
    assert "onestop.reading" not in erase(12)
    readings.journal_readings(actor=system("worker"), at=AT)
    assert erase(12) == {"onestop.reading": 1}
    assert list(Application.objects.values_list("pk", flat=True)) == [draft.pk]
    assert (Reading.objects.count(), Message.objects.count()) == (0, 1)
    # ids carry the real moment at which they were made: of today, long after AT
    assert Notice.objects.count() == 1


def test_each_batch_is_a_line_with_its_count_and_a_quiet_hour_writes_none(who, rules):
    rules(rule("onestop.dossier", keep={"days": 10}))
    codes = [playing.withdrawn(who) for _time in range(3)]
    before = Entry.objects.count()
    assert tasks.erase(at=later(days=5)) == 0
    assert Entry.objects.count() == before
    assert tasks.erase(at=later(days=20)) == 3
    (line,) = entries(("retention", "onestop.dossier"))
    assert (line.facts["count"], line.facts["law"]) == (3, LAW)
    assert "onestop.dossier_erased" in [one.event for one in entries(("dossier", codes[0]))]


def test_the_journal_stays_whole_and_provable(who, rules):
    rules(rule("onestop.dossier", keep={"days": 10}))
    code = playing.returned(who)
    lines = list(entries(("dossier", code)).values_list("id", "content_hash"))
    erase(20)
    assert list(entries(("dossier", code)).values_list("id", "content_hash"))[: len(lines)] == lines
    while seal(later(days=21)):
        pass
    assert verify_all().broken == []


def test_only_our_own_door_erases(who, rules):
    rules(rule("onestop.dossier", keep={"days": 10}))
    code = playing.returned(who)
    with pytest.raises(Forbidden):
        erase_due(actor=who.admin, at=later(days=20))
    assert Dossier.objects.get(code=code).erased_at is None


def test_the_command_lists_and_touches_nothing_until_told(who, rules, monkeypatch):
    rules(
        rule("onestop.dossier", keep={"days": 10}), archive=(rule("onestop.dossier", keep="permanent", classes=["X"]),)
    )
    code = playing.returned(who)
    told = StringIO()
    monkeypatch.setattr("tinhso.kernel.privacy.management.commands.erasure.now", lambda: later(days=20))
    call_command("erasure", "--dry-run", stdout=told)
    assert f"onestop.dossier                         1  10 d, {LAW}" in told.getvalue()
    assert str(Dossier.objects.get(code=code).pk) in told.getvalue()
    assert "X is archived: for ever" in told.getvalue()
    assert Dossier.objects.get(code=code).erased_at is None
    call_command("erasure", "--erase", stdout=told)
    assert "erased: onestop.dossier 1" in told.getvalue()


@pytest.fixture
def pack(tmp_path) -> Path:
    return shutil.copytree(PROVINCES / "quang-nam", tmp_path / "quang-nam")


def faults(pack: Path, text: str, file: str = "retention.yaml") -> list[tuple[int, str]]:
    (pack / file).write_text(text)
    found = check_pack(Pack(pack, AT), registry.of(PackPart))
    return [(one.line, str(one)) for one in found if one.file == file]


def test_the_packs_rules_are_sound_and_come_into_force_on_their_day(db, pack):
    load_pack(pack, actor=system("loader"), at=later(days=1))
    told = {one.ruling.erasure.key: one for one in standings(at=AT.replace(year=2026))}
    assert told["onestop.dossier"].ruling.acts is None
    assert told["onestop.dossier"].ruling.archive["1.013225"].keep.permanent
    assert load_pack(pack, actor=system("loader"), at=later(days=2)).is_empty


ONE = "  - {kind: onestop.reading, keep: {days: 1}, from: 2026-01-01, law: x, verified: false}"
TWO = "  - {kind: onestop.reading, keep: {days: 2}, from: 2026-05-01, law: x, verified: false}"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (3, "  - {kind: onestop.nothing, keep: {days: 1}, from: 2026-01-01, law: x, verified: false}"),
        (3, "  - {kind: onestop.reading, keep: {weeks: 1}, from: 2026-01-01, law: x, verified: false}"),
        (3, "  - {kind: onestop.reading, keep: for-ever, from: 2026-01-01, law: x, verified: false}"),
        (3, "  - {kind: onestop.reading, keep: {days: 1}, from: 2026-01-01, to: 2025-01-01, law: x, verified: false}"),
        (3, "  - {kind: onestop.reading, keep: {days: 1}, from: 2026-01-01, verified: false}"),
        (4, f"{ONE}\n{TWO}"),
    ],
)
def test_a_fault_of_the_pack_names_its_line(db, pack, line, wrong):
    found = faults(pack, f"valid_from: 2026-01-01\nrules:\n{wrong}\n")
    assert [one for one, _said in found] == [line], found


def test_rules_of_one_kind_may_follow_each_other(db, pack):
    first = ONE.replace("law:", "to: 2026-04-30, law:")
    assert faults(pack, f"valid_from: 2026-01-01\nrules:\n{first}\n{TWO}\n") == []


def test_of_the_made_up_province_the_rules_are_sound_too(db):
    found = check_pack(Pack(PROVINCES / "nghich", AT), registry.of(PackPart))
    assert [one for one in found if one.file in ("retention.yaml", "purposes.yaml")] == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("key: onestop.rating_invitation", "key: onestop.nothing", 4),
        ("version: 1", "version: 0", 5),
        ("    title: {vi: ", "    title: {fr: ", 9),
    ],
)
def test_a_fault_of_the_purposes_names_its_line(db, pack, old, new, line):
    text = (pack / "purposes.yaml").read_text()
    assert old in text
    assert {one for one, _said in faults(pack, text.replace(old, new, 1), "purposes.yaml")} == {line}
