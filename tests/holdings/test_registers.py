"""A register of a ministry answers for a paper: asked over X-Road, kept with its paper, and the paper is not asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now, known_citizen, token  # noqa: F401

from tinhso.adapters.xroad_registers import read
from tinhso.base.refusals import Forbidden
from tinhso.kernel.casework.public import RegisterAway, ask_registers, register_sources
from tinhso.kernel.documents.public import can_read, get_document, read_document
from tinhso.kernel.journal.models import Entry
from tinhso.modules.holdings.actions.pack import RegistersPart
from tinhso.modules.holdings.models import Holding, OutsideRegister, Reading, Source, State
from tinhso.modules.onestop.actions import applications, processing, reception, registers, reusing, supplement
from tinhso.modules.onestop.actions.filing import Applicant
from tinhso.modules.onestop.models import ApplicationFile
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, later
from tinhso.sandbox import registers as sandbox_registers

pytestmark = with_province
BIRTH, MARRIAGE, PAPER = "1.001193", "KQ.G15.000032", "KH"
NAM, TU = "049092000102", "049185000123"
ASKED = [{"component": PAPER, "reason": "missing", "text": "Nộp giấy chứng nhận kết hôn"}]


@pytest.fixture
def nam(who):
    """Somebody of whom the register knows a marriage."""
    return playing.citizen("Lê Văn Nam", NAM, "0900000102")


def draft_of(actor):
    draft = applications.start_application(BIRTH, actor=actor, at=AT)
    applications.choose_agency(draft.id, MINH_AN, actor=actor, at=AT)
    return draft


def test_what_the_register_says_stands_for_the_paper(exchange, nam):
    draft = draft_of(nam)
    taken = registers.take_from_register(draft.id, PAPER, actor=nam, at=AT)
    held = Holding.objects.get()
    assert (held.source, held.type_code, held.number, held.owner_number) == (Source.REGISTER, MARRIAGE, "21/2019", NAM)
    assert taken.held_id == held.id
    assert held.valid_to == AT.date() + timedelta(days=29)
    assert read_document(get_document(held.document_id, seen_by=nam)).startswith(b"%PDF")
    (asked,) = exchange.asked
    assert (asked["number"], asked["client"], asked["user"]) == (NAM, "VN/GOV/H47/TINHSO", "")
    assert str(draft.id) in asked["issue"]
    line = Entry.objects.get(event="holdings.register_asked")
    assert line.facts["outcome"] == "found"
    assert NAM not in str(line.facts)
    assert not Reading.objects.exists()


def test_it_is_asked_once_while_it_stands_and_again_after(exchange, nam):
    draft = draft_of(nam)
    first = registers.take_from_register(draft.id, PAPER, actor=nam, at=AT)
    again = registers.take_from_register(draft.id, PAPER, actor=nam, at=later(days=3))
    assert (first.held_id, len(exchange.asked)) == (again.held_id, 1)
    registers.take_from_register(draft.id, PAPER, actor=nam, at=later(days=40))
    assert len(exchange.asked) == 2
    assert [(one.version, one.state) for one in Holding.objects.order_by("version")] == [
        (1, State.REPLACED), (2, State.IN_FORCE),
    ]  # fmt: skip


def test_who_has_nothing_there_is_told_and_it_is_not_asked_again_at_once(exchange, who):
    draft = draft_of(who.tu)
    for _time in range(2):
        with pytest.raises(registers.NotInRegister, match="hộ tịch"):
            registers.take_from_register(draft.id, PAPER, actor=who.tu, at=AT)
    assert len(exchange.asked) == 1
    assert not Holding.objects.exists()


@pytest.mark.parametrize("mode", ["away", "garbled", "other", "denied"])
def test_a_register_that_does_not_answer_takes_nothing(exchange, nam, mode):
    exchange.mode, draft = mode, draft_of(nam)
    with pytest.raises(registers.RegisterSilent):
        registers.take_from_register(draft.id, PAPER, actor=nam, at=AT)
    assert Entry.objects.get(event="holdings.register_asked").facts["outcome"] == "silent"
    assert not ApplicationFile.objects.exists()
    exchange.mode = ""
    cache.clear()
    assert registers.take_from_register(draft.id, PAPER, actor=nam, at=AT).held_id


def test_nobody_asks_about_another(exchange, who, nam):
    with pytest.raises(Forbidden):
        ask_registers(NAM, [MARRIAGE], issue="x", actor=who.tu, at=AT)
    with pytest.raises(Forbidden):
        ask_registers(NAM, [MARRIAGE], issue="x", actor=who.admin, at=AT)
    with pytest.raises(Forbidden):
        ask_registers(NAM, [MARRIAGE], issue="x", actor=replace(nam, level=1), at=AT)
    assert exchange.asked == []


def test_the_counter_asks_and_the_reading_stands_for_its_holder(exchange, who, nam):
    answer = registers.ask_at_counter(BIRTH, "", PAPER, NAM, actor=who.lan, at=AT)
    assert [one.number for one in answer.found] == ["21/2019"]
    noted = Reading.objects.get()
    assert (noted.why, noted.reader_key, noted.owner_number) == ("register", who.lan.key, NAM)
    assert exchange.asked[0]["user"].startswith("official")
    document = get_document(answer.found[0].document_id, seen_by=nam)
    assert can_read(nam, document)
    assert not can_read(who.tu, document)
    dossier = reception.take_at_counter(
        BIRTH, MINH_AN, Applicant(nam.key, nam.name, NAM),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 2, "copies": 0}],
        held=[(PAPER, answer.found[0].id)], actor=who.lan, at=AT,
    )  # fmt: skip
    assert dossier.files.get(component_code=PAPER).held_id == answer.found[0].id


def test_an_officer_who_asks_for_it_is_refused_once_the_register_has_it(exchange, who, nam):
    dossier = reception.take_at_counter(
        BIRTH, MINH_AN, Applicant(nam.key, nam.name, NAM),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 2, "copies": 0}], actor=who.lan, at=AT,
    )  # fmt: skip
    processing.take_dossier(dossier.code, playing.task_of(dossier.code).id, actor=who.ha, at=later(5))
    exchange.mode = "away"
    registers.ask_before_asking(dossier.code, ASKED, actor=who.tu, at=later(6))
    assert exchange.asked == []
    registers.ask_before_asking(dossier.code, [{**ASKED[0], "reason": "unreadable"}], actor=who.ha, at=later(6))
    assert exchange.asked == []
    registers.ask_before_asking(dossier.code, ASKED, actor=who.ha, at=later(7))
    assert Holding.objects.count() == 0
    exchange.mode = ""
    cache.clear()
    registers.ask_before_asking(dossier.code, ASKED, actor=who.ha, at=later(8))
    with pytest.raises(reusing.AlreadyHeld):
        supplement.ask_for_supplement(dossier.code, ASKED, actor=who.ha, at=later(9))
    program = playing.narrowed(who.ha, "dossier:act")
    registers.ask_before_asking(dossier.code, ASKED, actor=program, at=later(90))
    noted = {(row.why, row.reference) for row in Reading.objects.filter(reader_key=who.ha.key)}
    assert ("dossier", dossier.code) in noted, (
        "that the officer was told what is held stays, though the request is refused"
    )


@pytest.fixture
def known(monkeypatch):
    """The citizen with an account is whom the register knows."""
    monkeypatch.setitem(sandbox_registers.records()[0], "of", [TU])
    return known_citizen()


@pytest.mark.usefixtures("own_folders", "at_now")
def test_the_page_asks_and_says_what_came_of_it(exchange, who, known):
    draft = draft_of(who.tu)
    here, ask = f"/ho-so/don/{draft.id}/giay-to/KH/", f"/ho-so/don/{draft.id}/giay-to/KH/hoi-so/"
    mine = come_in(Client(), known.account, at=AT, level=2)
    assert ask in mine.get(here).content.decode()
    assert ask not in come_in(Client(), known.account, at=AT, level=1).get(here).content.decode()
    exchange.mode = "away"
    said = mine.post(ask).content.decode()
    assert "không trả lời" in said
    assert "govuk-error-summary" in said
    exchange.mode = ""
    cache.clear()
    assert mine.post(ask).status_code == 302
    assert ApplicationFile.objects.get().held_id
    assert ask not in mine.get(here).content.decode()
    assert mine.get("/kho/").content.decode().count("21/2019") == 1


@pytest.mark.usefixtures("own_folders", "at_now", "known")
def test_the_counter_page_asks_keeps_what_was_typed_and_ticks_what_was_found(exchange):
    desk = come_in(Client(), account_of("lan"), at=AT, level=2)
    here = f"/mot-cua/tiep-nhan/moi/{BIRTH}/?so={TU}"
    assert 'value="KH"' in desk.get(here).content.decode()
    typed = {"ask": "KH", "full_name": "Nguyễn Thị Tư Vừa Gõ", "citizen_number": TU, "c-GCS": "1"}
    exchange.mode = "denied"
    page = desk.post(here, typed).content.decode()
    assert "không trả lời" in page
    assert "Nguyễn Thị Tư Vừa Gõ" in page
    exchange.mode = ""
    cache.clear()
    page = desk.post(here, typed).content.decode()
    assert re.search(r'name="h-KH" value="[^"]+" checked', page)
    assert "Nguyễn Thị Tư Vừa Gõ" in page
    assert exchange.asked[-1]["user"].startswith("official")


@pytest.mark.usefixtures("own_folders", "at_now")
def test_a_program_asks_once_for_one_key(exchange, who, known):
    draft = draft_of(who.tu)
    ask = {
        "data": {"component": "KH"}, "content_type": "application/json",
        "headers": {"Authorization": f"Bearer {token(known.account, 'dossier:write')}", "Idempotency-Key": "a1b2c3d4e5"},
    }  # fmt: skip
    first, again = (Client().post(f"/api/applications/{draft.id}/registers", **ask) for _time in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.status_code == 200
    assert len(exchange.asked) == 1
    other = {**ask, "data": {"component": "GCS"}}
    assert Client().post(f"/api/applications/{draft.id}/registers", **other).status_code in {404, 422}


def test_where_none_is_connected_none_is_offered(nam, settings):
    settings.REGISTERS_URL = ""
    assert register_sources([MARRIAGE]) == []
    OutsideRegister.objects.update(is_active=False)
    settings.REGISTERS_URL = "http://127.0.0.1:9"
    assert register_sources([MARRIAGE]) == []


RIGHT = '{"records": [{"type": "kq.g15.1", "title": "A", "number": "1", "issued_on": "2020-01-02", "issuer": "B"}]}'


@pytest.mark.parametrize(
    "answer",
    [
        "[]", "{}", '{"records": 1}', '{"records": [1]}', '{"records": [{"type": "A"}]}', "nothing",
        RIGHT.replace("2020-01-02", "2020-02-31"), RIGHT.replace('"1"', "1"), RIGHT.replace('"1"', '"' + "9" * 61 + '"'),
        RIGHT.replace('"A"', '" "'), RIGHT.replace('"A"', '"A\\u0000"'), "[" * 100_000,
    ],
)  # fmt: skip
def test_half_an_answer_is_none(answer):
    with pytest.raises(RegisterAway):
        read("x", answer.encode())


def test_a_right_answer_is_read():
    (one,) = read("x", RIGHT.encode())
    assert (one.type_code, one.number, one.valid_to, one.lines) == ("KQ.G15.1", "1", None, ())


def test_the_sandbox_knows_what_the_packs_ask(exchange):
    services = {row["service"] for row in sandbox_registers.records()}
    assert {row.service for row in OutsideRegister.objects.all()} <= services
    assert RegistersPart.files == ("registers.yaml",)
