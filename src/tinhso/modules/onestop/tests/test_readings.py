"""Who read my dossier: noted once an hour with one statement, journalled by the worker, shown to whose data it is."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.snapshot import with_province
from tests.world import account_of, token

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden
from tinhso.kernel.journal.public import Entry
from tinhso.modules import onestop
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import filing, readings, reception
from tinhso.modules.onestop.actions.readings import note_reading
from tinhso.modules.onestop.models import Dossier, Purpose, Reading
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.test_citizen_pages import page
from tinhso.modules.onestop.tests.test_pages_budget import sent_by, signed_in

pytestmark = with_province


@pytest.fixture(autouse=True)
def forgetful_cache():
    cache.clear()


@pytest.fixture
def dossier(who) -> Dossier:
    return Dossier.objects.get(code=playing.accepted(who))


def journalled() -> list[Entry]:
    return list(Entry.objects.filter(event="onestop.dossier_read").order_by("id"))


def test_an_official_who_opens_it_is_noted_once_an_hour(who, dossier):
    for minutes in (0, 5, 20):
        note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT.replace(minute=minutes))
    assert Reading.objects.count() == 1
    cache.clear()
    note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT.replace(minute=40))
    assert Reading.objects.count() == 1
    note_reading(dossier, Purpose.STEP, actor=who.lan, at=playing.AT + timedelta(hours=1))
    note_reading(dossier, Purpose.STEP, actor=who.ha, at=playing.AT)
    assert Reading.objects.count() == 3


class Away:
    """A cache that keeps nothing and says so, as one whose disk is full."""

    def get(self, *_key):
        return None

    def set(self, *_value):
        return None

    def add(self, *_value):
        return False


def test_a_cache_that_is_away_loses_no_reading(who, dossier, monkeypatch):
    monkeypatch.setattr(readings, "cache", Away())
    for _again in range(2):
        note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT)
    assert Reading.objects.count() == 1


def test_what_was_not_kept_is_not_remembered_as_kept(who, dossier, monkeypatch):
    def full(*_row, **_known):
        raise OSError("full")

    with monkeypatch.context() as broken:
        broken.setattr(readings, "insert", full)
        with pytest.raises(OSError, match="full"):
            note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT)
    note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT)
    assert Reading.objects.count() == 1


def test_it_costs_one_statement_and_then_none(who, dossier, django_assert_num_queries):
    with django_assert_num_queries(1):
        note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT)
    with django_assert_num_queries(0):
        note_reading(dossier, Purpose.OFFICE, actor=who.lan, at=playing.AT)


def test_the_page_of_the_office_notes_who_opened_it(who, dossier):
    sent_by(signed_in("lan"), reverse("onestop:work", args=[dossier.code]))
    (one,) = Reading.objects.all()
    assert (one.dossier_id, one.reader_key, one.reader_name) == (dossier.pk, who.lan.key, who.lan.name)
    assert one.agency_code in {dossier.desk_code, dossier.agency_code, dossier.office_code}


OFFICE_DOORS = {
    "work": "lan",
    "enter_answers": "lan",
    "supplement": "lan",
    "refuse": "lan",
    "assign": "minh",
    "postpone": "minh",
    "stop": "minh",
    "ask_opinion": "ha",
    "paper": "ha",
}


def address_of(door: str, dossier: Dossier) -> str:
    before = {"enter_answers": ["applicant"], "paper": ["01"]}.get(door, [])
    return reverse(f"onestop:{door}", args=[*before, dossier.code])


@pytest.mark.parametrize("door", OFFICE_DOORS)
def test_every_page_of_the_office_notes_who_opened_it(who, dossier, door):
    name = OFFICE_DOORS[door]
    assert signed_in(name).get(address_of(door, dossier)).status_code == 200
    assert [one.reader_key for one in Reading.objects.all()] == [getattr(who, name).key]


@pytest.mark.parametrize("door", ["propose", "draft"])
def test_who_reads_a_proposal_is_noted(who, door):
    code = playing.proposed(who) if door == "draft" else playing.taken(who)
    assert signed_in("ha").get(reverse(f"onestop:{door}", args=[code])).status_code == 200
    assert [one.reader_key for one in Reading.objects.all()] == [who.ha.key]


@pytest.mark.parametrize("door", ["dossier", "filed", "answer", "paid", "pay", "withdraw", "rate", "readers"])
def test_an_official_is_no_applicant(who, dossier, door):
    assert signed_in("lan").get(reverse(f"onestop:{door}", args=[dossier.code])).status_code == 403
    assert not Reading.objects.exists()


def test_who_is_refused_a_page_has_read_nothing(who, dossier):
    assert signed_in("ha").get(address_of("stop", dossier)).status_code == 403
    assert not Reading.objects.exists()


@pytest.mark.parametrize("rest", ["", "/papers/01", "/assignees"])
def test_a_program_that_reads_is_noted(who, dossier, rest):
    bearer = token(account_of("minh"), "dossier:read")
    answer = Client().get(f"/api/dossiers/{dossier.code}{rest}", headers={"authorization": f"Bearer {bearer}"})
    assert answer.status_code == 200
    (one,) = Reading.objects.all()
    assert (one.reader_key, one.purpose) == (who.minh.key, Purpose.PROGRAM)


@pytest.mark.parametrize("address", ["documents:read", "documents:about", "/api/dossiers/{code}/files/{file}"])
def test_a_file_by_its_own_address_is_noted(who, address):
    scan = playing.document(who.lan)
    dossier = reception.take_at_counter(
        playing.COPY,
        playing.MINH_AN,
        filing.Applicant.of(people.applicant(who.tu)),
        components=[],
        answers={"copies": {"count": 2}},
        scans=[("UQ", scan)],
        actor=who.lan,
        at=playing.AT,
    )
    at = (
        address.format(code=dossier.code, file=scan.pk) if address.startswith("/") else reverse(address, args=[scan.pk])
    )
    sent = signed_in("ha").get(at)
    assert sent.status_code == 200
    assert [(one.reader_key, one.dossier_id) for one in Reading.objects.all()] == [(who.ha.key, dossier.pk)]
    cache.clear()
    assert signed_in("ha").get(at, headers={"range": "bytes=0-9"}).status_code in (200, 206)
    assert Reading.objects.count() == 1


def test_no_door_goes_round():
    """Views and API ask `readings` for dossiers; what is the applicant's alone asks `can_…` of the applicant itself."""
    doors = [*Path(onestop.__file__).parent.glob("views/*.py"), *Path(onestop.__file__).parent.glob("api/*.py")]
    assert len(doors) > 10
    own = re.compile(r"require\(access\.(can_see_own|can_rate|can_pay),")
    for door in doors:
        for function in ast.parse(door.read_text("utf-8")).body:
            body = ast.unparse(function)
            if re.search(r"\b(dossiers|reads)\.(get|view)_dossier\(", body):
                assert own.search(body), f"{door.name}: {getattr(function, 'name', '')}"


def test_the_applicant_and_who_may_not_see_it_are_no_readers(who, dossier):
    for actor in (who.tu, who.hung):
        note_reading(dossier, Purpose.OFFICE, actor=actor, at=playing.AT)
    assert dossier.code in page(who.tu, "dossier", dossier.code)
    assert not Reading.objects.exists()


def test_the_worker_journals_keys_and_purpose_and_each_once(who, dossier):
    note_reading(dossier, Purpose.STEP, actor=who.ha, at=playing.AT)
    assert tasks.journal_readings(at=playing.AT) == 1
    assert tasks.journal_readings(at=playing.AT) == 0
    (entry,) = journalled()
    assert (entry.subject_type, entry.subject_key) == ("dossier-reading", dossier.code)
    assert entry.facts["reader"] == who.ha.key
    assert entry.facts["purpose"] == "step"
    assert who.ha.name not in str(entry.facts)


def test_only_the_worker_journals(who, dossier):
    note_reading(dossier, Purpose.STEP, actor=who.ha, at=playing.AT)
    with pytest.raises(Forbidden):
        readings.journal_readings(actor=who.ha, at=playing.AT)
    assert journalled() == []


def test_who_was_slower_writes_nothing(who, dossier, monkeypatch):
    note_reading(dossier, Purpose.STEP, actor=who.ha, at=playing.AT)
    monkeypatch.setattr(readings, "BATCH", 0)
    assert readings.journal_readings(actor=system("worker"), at=playing.AT) == 0
    assert journalled() == []


def test_the_applicant_is_told_who_when_and_what_for(who, dossier):
    assert "Chưa có ai mở" in page(who.tu, "readers", dossier.code)
    note_reading(dossier, Purpose.STEP, actor=who.ha, at=playing.AT)
    said = page(who.tu, "readers", dossier.code)
    assert who.ha.name in said
    assert "việc của họ" in said
    # the hour begins before the reading, and may begin before the dossier was filed: a bare moment would be wrong
    assert "Trong một giờ kể từ" in said
    assert reverse("onestop:readers", args=[dossier.code]) in page(who.tu, "dossier", dossier.code)
