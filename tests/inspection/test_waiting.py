"""What waits too long is found by time alone, once for each wait, a few at a time."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.snapshot import with_province

from tinhso.modules.inspection import tasks
from tinhso.modules.inspection.models import Finding, Standing
from tinhso.modules.onestop.actions import processing
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.waiting import WAITING
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


def codes():
    return sorted(Finding.objects.values_list("code", flat=True))


def test_accepted_and_not_moved(who):
    code = playing.accepted(who)
    tasks.sweep(at=later(120))
    assert codes() == []
    tasks.sweep(at=later(30, days=2))
    assert "accepted-not-moved" in codes()
    finding = Finding.objects.get(code="accepted-not-moved")
    assert finding.subject_key == code
    assert finding.event == ""
    assert finding.facts["dossier.received_minutes"] >= 480
    assert finding.concerned_key == who.lan.key


def test_the_same_wait_is_found_once(who):
    playing.file(who.tu)
    for hours in (30, 31, 50):
        tasks.sweep(at=later(60 * hours))
    assert codes() == ["online-not-answered"]


def test_a_new_date_is_a_new_wait(who):
    code = playing.taken(who)
    due = Dossier.objects.get(code=code).due_at
    tasks.sweep(at=due + timedelta(hours=1))
    assert codes() == ["late-without-apology"]
    Dossier.objects.filter(code=code).update(due_at=due + timedelta(days=7))
    tasks.sweep(at=due + timedelta(days=8))
    assert codes() == ["late-without-apology"] * 2


def test_a_postponed_dossier_is_not_reproached(who):
    code = playing.taken(who)
    due = Dossier.objects.get(code=code).due_at
    Dossier.objects.filter(code=code).update(due_at=due + timedelta(days=7))
    processing.postpone_result(
        code, to=(due + timedelta(days=14)).date(), reason="Hệ thống lỗi", actor=who.minh, at=later(20)
    )
    tasks.sweep(at=due + timedelta(days=10))
    assert codes() == []


def test_signed_and_not_issued(who):
    code = playing.proposed(who)
    playing.sign_plainly(code, actor=who.minh, at=later(60))
    tasks.sweep(at=later(120))
    assert "signed-not-issued" not in codes()
    tasks.sweep(at=later(120, days=2))
    assert "signed-not-issued" in codes()


def test_a_long_queue_is_taken_a_batch_at_a_time(who, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    monkeypatch.setattr(tasks, "SECONDS", 0.0)
    for _each in range(5):
        playing.file(who.tu)
    at = later(30, days=3)
    assert tasks.sweep(at=at) == 0
    monkeypatch.setattr(tasks, "SECONDS", 60.0)
    assert tasks.sweep(at=at) == 5
    assert Standing.objects.get(pk="online-not-answered").swept_since is None


def test_each_query_walks_its_index(who):
    for query in WAITING:
        with CaptureQueriesContext(connection) as seen:
            query.find(None, later(0), 10)
        (asked,) = seen.captured_queries
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("EXPLAIN QUERY PLAN " + asked["sql"])
                plan = " ".join(map(str, cursor.fetchall()))
                assert f"onestop_waits_{query.key}" in plan, plan
