"""Probes: cheap, open, honest, answered before anything else looks at the request."""

import errno
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tinhso.base import clock, processes
from tinhso.site.watch import probes


@pytest.fixture
def run_dir(tmp_path: Path, settings):
    settings.RUN_DIR = tmp_path / "run"
    return settings.RUN_DIR


def test_healthz_asks_nobody(client: Client, django_assert_num_queries):
    """No database is lent to this test: a statement would be an error."""
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


@pytest.mark.django_db
def test_readyz_is_ready_and_warns_of_a_worker_that_is_not_there(client: Client, run_dir, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "failing": [], "warnings": ["worker"]}


@pytest.mark.django_db
def test_readyz_sees_a_worker_that_beats_and_one_that_hangs(client: Client, run_dir):
    heart = processes.Heart("worker")
    assert client.get("/readyz").json()["warnings"] == []
    old = time.time() - processes.FRESH - 5
    os.utime(heart.path, (old, old))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["worker"])
    heart.stop()
    assert not heart.path.exists()


@pytest.mark.django_db
def test_readyz_says_no_while_draining(client: Client, run_dir, settings):
    settings.INSTANCE = "1"
    run_dir.mkdir()
    processes.draining_path("1").touch()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["draining"])
    processes.draining_path("1").unlink()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_says_no_when_the_data_folder_cannot_be_written(client: Client, run_dir, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["data_folder"])


@pytest.mark.django_db
def test_a_full_disk_is_a_warning_for_readers_are_served_on(client: Client, run_dir, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "disk_full" in answer.json()["warnings"]


@pytest.mark.django_db
def test_readyz_says_no_while_a_migration_waits(client: Client, run_dir, monkeypatch):
    monkeypatch.setitem(probes._known, "migrated", False)
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: ["one"])
    assert client.get("/readyz").json()["failing"] == ["migrations"]
    monkeypatch.undo()
    assert client.get("/readyz").status_code == 200


ASK = """
import django; django.setup()
from django.test import Client
answer = Client().get("/readyz")
print(answer.status_code, *answer.json()["failing"], Client().get("/healthz").status_code)
"""


def test_without_a_database_it_lives_and_is_not_ready(tmp_path: Path):
    world = {**os.environ, "TINHSO_TEST_DATABASE": f"sqlite:///{tmp_path}/gone/x.sqlite3"}
    world |= {"DJANGO_SETTINGS_MODULE": "tinhso.site.settings.test", "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", ASK], env=world, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["503", "database", "migrations", "200"]


def test_probes_take_no_post(client: Client):
    assert client.post("/healthz").status_code == 405


def test_processes_of_the_dead_are_swept_away(run_dir):
    heart = processes.Heart("web")
    gone = heart.path.with_name(heart.path.name.replace(str(os.getpid()), "4194301"))
    heart.path.rename(gone)
    processes.Heart("worker")
    assert [process.kind for process in processes.processes()] == ["worker"]
    assert not gone.exists()


def test_a_process_says_its_version_and_instance(run_dir, settings):
    settings.INSTANCE = "2"
    processes.Heart("web")
    (process,) = processes.processes()
    assert (process.instance, process.pid) == ("2", os.getpid())
    assert process.is_fresh(clock.now())
    assert not process.is_fresh(clock.now() + timedelta(seconds=processes.FRESH + 1))


def test_the_run_folder_is_in_the_data_folder():
    assert Path(settings.RUN_DIR).parent == Path(settings.DATA_DIR)
