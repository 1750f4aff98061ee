"""Who read my dossier: noted once an hour with one statement, journalled by the worker, shown to whose data it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden
from tinhso.kernel.journal.public import Entry
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import readings
from tinhso.modules.onestop.actions.readings import note_reading
from tinhso.modules.onestop.models import Dossier, Purpose, Reading
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
    assert reverse("onestop:readers", args=[dossier.code]) in page(who.tu, "dossier", dossier.code)
