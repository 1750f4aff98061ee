"""Figures for Prometheus: closed to strangers, right over several processes, in the form promtool accepts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from tests.operating import debian
from tests.watch.acting import act_once_here

from tinhso.base import clock
from tinhso.base.gauges import MOST, Gauge, capped_count
from tinhso.base.processes import Heart
from tinhso.base.registry import registry
from tinhso.base.watching import Watched, watching
from tinhso.kernel.journal.models import Entry, Queued
from tinhso.site.watch import counting, exposition, probes
from tinhso.site.watch.sheets import MOST as MOST_SERIES
from tinhso.site.watch.sheets import OVERFLOW, Sheet, Sheets


@pytest.fixture(autouse=True)
def own_sheets(tmp_path: Path, settings, monkeypatch):
    settings.RUN_DIR = tmp_path / "run"
    monkeypatch.setattr(counting, "_sheets", [])


class _Nothing(Exception):  # noqa: N818 - named as acts name it
    """What an act leaves by that found nothing to do."""


def value(text: str, sample: str) -> float | None:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


@pytest.mark.django_db
def test_requests_acts_and_tasks_are_counted(client: Client):
    client.get("/tro-giup/")
    client.get("/tro-giup/")
    client.get("/khong-co-trang-nay/")
    act_once_here()
    with pytest.raises(ZeroDivisionError):
        act_once_here(fails=True)
    with pytest.raises(_Nothing):
        act_once_here(fails=_Nothing)
    with watching(Watched("task", "journal.seal", "1")):
        pass
    text = client.get("/metrics").content.decode()
    help_page = 'route="portal:help",method="GET",status="200"'
    assert value(text, f"tinhso_request_seconds_count{{{help_page}}}") == 2
    assert value(text, f'tinhso_request_seconds_bucket{{{help_page},le="+Inf"}}') == 2
    assert value(text, 'tinhso_request_seconds_count{route="none",method="GET",status="404"}') == 1
    name = "tests.watch.acting.act_once_here"
    assert value(text, f'tinhso_acts_total{{act="{name}",outcome="done"}}') == 1
    assert value(text, f'tinhso_acts_total{{act="{name}",outcome="broken"}}') == 1
    assert value(text, f'tinhso_acts_total{{act="{name}",outcome="undone"}}') == 1
    assert value(text, 'tinhso_task_seconds_count{task="journal.seal",outcome="done"}') == 1
    assert "khong-co-trang-nay" not in text


@pytest.mark.django_db
def test_what_waits_is_told(client: Client):
    act_once_here()
    Heart("worker")
    text = exposition.text(clock.now())
    assert value(text, "tinhso_outbox_waiting") == 1
    assert value(text, "tinhso_unsealed_entries") == 1
    assert value(text, "tinhso_dead_letters") == 0
    assert value(text, 'tinhso_processes{kind="worker"}') == 1
    assert value(text, "tinhso_database_bytes") > 100_000
    assert value(text, "tinhso_disk_free_bytes") > 0
    for gauge in registry.of(Gauge):
        assert value(text, f"tinhso_{gauge.key}") is not None, gauge.key
    assert value(text, "tinhso_figures_failed") == 0


@pytest.mark.django_db
def test_no_figure_reads_a_whole_table(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        exposition.text(clock.now())
    assert f"LIMIT {MOST}" in str(Queued.objects.all()[:MOST].query)
    act_once_here()
    act_once_here()
    assert capped_count(Entry.objects.all(), 1) == 1


@pytest.mark.django_db
def test_promtool_finds_nothing_wrong(client: Client):
    promtool = debian.program("promtool")
    client.get("/tro-giup/")
    act_once_here()
    with watching(Watched("task", 'odd "task" \\ with\nsigns', "1")):
        pass
    text = client.get("/metrics").content
    done = subprocess.run([str(promtool), "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_promtool_accepts_the_alerts():
    promtool = debian.program("promtool")
    rules = debian.ROOT / "deploy" / "prometheus" / "alerts.yaml"
    done = subprocess.run([str(promtool), "check", "rules", str(rules)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    known = {family.name for family in counting.FAMILIES} | {f"tinhso_{gauge.key}" for gauge in registry.of(Gauge)}
    known |= {"tinhso_processes", "tinhso_disk_free_bytes", "tinhso_disk_size_bytes", "tinhso_worker_beat_age_seconds"}
    named = {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"\btinhso_\w+", rules.read_text())}
    assert named <= known


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "token", "extra", "open_"),
    [
        ("", "", {}, True),
        ("", "", {"REMOTE_ADDR": "10.1.2.3"}, False),
        ("", "", {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}, False),
        ("", "", {"HTTP_X_REAL_IP": "127.0.0.1"}, False),
        ("Bearer right", "right", {"REMOTE_ADDR": "10.1.2.3"}, True),
        ("Bearer wrong", "right", {"REMOTE_ADDR": "10.1.2.3"}, False),
        ("Basic right", "right", {"REMOTE_ADDR": "10.1.2.3"}, False),
        ("Bearer ", "", {"REMOTE_ADDR": "10.1.2.3"}, False),
        ("", "right", {"REMOTE_ADDR": "::1"}, True),
        ("", "right", {"REMOTE_ADDR": ""}, False),
    ],
)
def test_who_may_read(settings, given, token, extra, open_):
    settings.METRICS_TOKEN = token
    extra = extra | ({"HTTP_AUTHORIZATION": given} if given else {})
    assert (probes.metrics(RequestFactory().get("/metrics", **extra)).status_code == 200) is open_


COUNT = """
import sys
from pathlib import Path
from tinhso.site.watch.sheets import Sheets
sheets = Sheets(Path(sys.argv[1]))
for _ in range(1000):
    sheets.add("a", 1)
sheets.add("b", 0.5)
"""


def test_several_processes_add_up_and_the_dead_are_not_lost(tmp_path: Path):
    world = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [subprocess.Popen([sys.executable, "-c", COUNT, str(tmp_path)], env=world) for _ in range(3)]
    sheets = Sheets(tmp_path)
    sheets.add("a", 1)
    assert [process.wait() for process in started] == [0, 0, 0]
    assert sheets.total() == {"a": 3001, "b": 1.5}
    assert sheets.fold() == 3
    assert sheets.fold() == 0
    assert sheets.total() == {"a": 3001, "b": 1.5}
    assert len(list(tmp_path.glob("*.sheet"))) == 2


def test_a_sheet_grows_and_keeps_what_it_had(tmp_path: Path):
    sheet = Sheet(tmp_path / "1@x.sheet")
    for turn in range(3000):
        sheet.add(f"series with a long name {turn:05}", turn)
    sheet.close()
    again = Sheet(tmp_path / "1@x.sheet")
    again.add("series with a long name 02999", 1)
    again.close()
    assert (tmp_path / "1@x.sheet").stat().st_size > 1 << 16
    again = Sheet(tmp_path / "1@x.sheet")
    assert again.get("series with a long name 02999") == 3000
    assert again.get("series with a long name 00007") == 7


def test_series_without_end_are_counted_as_one(tmp_path: Path):
    sheet = Sheet(tmp_path / "1@x.sheet")
    for turn in range(MOST_SERIES + 50):
        sheet.add(f"{turn}")
    assert sheet.get(OVERFLOW) == 50
    assert sheet.get(f"{MOST_SERIES + 1}") == 0
