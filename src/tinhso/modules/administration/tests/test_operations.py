"""The operator's page: what waits, what runs, what is slow; true to what is there."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from tinhso.base import clock, slow
from tinhso.base.processes import FRESH, Heart
from tinhso.base.stamps import BACKUP, put_stamp
from tinhso.kernel.journal.public import Delivery, Entry
from tinhso.modules.administration.queries import operations

from .test_views import a_dead_letter, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings):
    settings.DATA_DIR, settings.RUN_DIR = tmp_path, tmp_path / "run"


def page(client, language="vi"):
    return client.get(url("operations"), headers={"accept-language": language}).content.decode()


def test_a_worker_that_is_away_is_said_first_and_one_that_runs_is_listed(province, enter):
    client = enter(province["kiem"])
    assert "Tiến trình nền không chạy" in page(client)
    heart = Heart("worker")
    shown = page(client)
    assert "Tiến trình nền không chạy" not in shown
    assert str(os.getpid()) in shown
    old = time.time() - FRESH - 5
    os.utime(heart.path, (old, old))
    shown = page(client)
    assert "Tiến trình nền không chạy" in shown
    assert "Im lặng" in shown


def test_the_process_of_live_screens_beats_without_settings_and_is_listed(province, enter, tmp_path):
    code = (
        "import os, time; os.environ['TINHSO_DATA'] = os.environ['AT'];"
        "from tinhso.site.launch.live import run_folder; from tinhso.base.beats import Heart, beside;"
        "beside(Heart('live', folder=run_folder())); print('beats', flush=True); time.sleep(60)"
    )
    started = [sys.executable, "-c", code]
    with subprocess.Popen(
        started, env={**os.environ, "AT": str(tmp_path), "TINHSO_RUN": ""}, stdout=subprocess.PIPE
    ) as live:
        assert live.stdout.readline() == b"beats\n"
        shown = page(enter(province["kiem"]), "en")
        live.kill()
    assert "Live screens" in shown
    assert str(live.pid) in shown


def test_queues_say_how_many_and_how_late(province):
    a_dead_letter()
    at = Entry.objects.order_by("id").first().at
    later = at + timedelta(hours=2)
    found = {queue.title: queue for queue in operations.queues(at)}
    assert len(found) >= 5
    dead = found["Tin không giao được"]
    assert (dead.count, dead.href) == (1, reverse("administration:troubles"))
    waiting = found["Mục sổ cái chờ giao"]
    assert (waiting.count > 0, waiting.is_late) == (True, False)
    assert next(queue for queue in operations.queues(later) if queue.title == waiting.title).is_late
    Delivery.objects.all().delete()
    assert not any(queue.href for queue in operations.queues(at) if queue.title == dead.title)


def test_dates_and_room(province):
    at = clock.now()
    facts = {fact["term"]: fact["value"] for fact in operations.facts(at)}
    assert facts["Lần sao lưu gần nhất"] == "Chưa lần nào"
    put_stamp(BACKUP, at=at - timedelta(hours=5), is_fine=True)
    assert operations.facts(at)[4]["value"] == "5 giờ trước"
    put_stamp(BACKUP, at=at, is_fine=False, note="đĩa đầy")
    assert "đĩa đầy" in operations.facts(at)[4]["value"]
    assert "GB" in facts["Chỗ trống trên đĩa"]


def test_slow_statements_are_shown_with_their_place(province, enter):
    slow.keep("onestop:worklist", [("SELECT very_slow FROM somewhere", 9.5)], time.time())
    counts_itself, _statements = operations.slow_statements()
    shown = page(enter(province["quan"]), "en")
    if not counts_itself:
        assert "very_slow" in shown
        assert "onestop:worklist" in shown
        assert "9,500" in shown or "9.500" in shown


def test_the_page_costs_the_same_with_more_processes(province, enter, django_assert_max_num_queries):
    client = enter(province["quan"])
    page(client)
    Heart("worker")
    with django_assert_max_num_queries(45):
        page(client)


def test_postgresql_counts_where_it_was_told_to(monkeypatch):
    if connection.vendor != "postgresql":
        assert operations.slow_statements()[0] is False
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('shared_preload_libraries')")
        loaded = "pg_stat_statements" in cursor.fetchone()[0]
    assert loaded or operations.slow_statements()[0] is False
