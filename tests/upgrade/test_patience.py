"""A migration never makes others wait: while somebody uses its table it gives up, lets them through and tries again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests import clusters

ROOT = Path(__file__).resolve().parents[2]
HELD_SECONDS = 4.0
pytestmark = pytest.mark.xdist_group("clusters")


@pytest.fixture
def province(tmp_path):
    """A cluster with the tables of this program, and what commands are told."""
    if reason := clusters.why_not():
        pytest.skip(reason)
    with clusters.primary() as cluster:
        told = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")},
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
            "TINHSO_DATA": str(tmp_path),
            "TINHSO_DATABASE": cluster.url(),
            "TINHSO_SECRET_KEY": "only-for-tests-" + "x" * 40,
        }
        run(told).wait(240)
        yield cluster.url(), told


def run(told, *words):
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", *words]
    return subprocess.Popen(command, cwd=ROOT, env=told, stderr=subprocess.PIPE, text=True)


def columns(url):
    with psycopg.connect(url) as line:
        asked = "SELECT column_name FROM information_schema.columns WHERE table_name = 'catalogue_procedure'"
        return {name for (name,) in line.execute(asked).fetchall()}


def test_readers_go_through_while_a_migration_waits_for_its_table(province):
    url, told = province
    assert run(told, "catalogue", "0002").wait(120) == 0
    assert "origin" not in columns(url)
    with psycopg.connect(url) as report, psycopg.connect(url, autocommit=True) as reader:
        report.execute("SELECT count(*) FROM catalogue_procedure")  # a transaction that goes on for a while
        reader.execute("SET statement_timeout = '1500ms'")
        migrating = run(told)
        waited = False
        until = time.monotonic() + 60
        held_until = None
        while held_until is None or time.monotonic() < held_until:
            assert migrating.poll() is None, migrating.stderr.read()
            reader.execute("SELECT count(*) FROM catalogue_procedure")  # raises when it stands behind the migration
            asked = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE 'ALTER TABLE%'"
            )
            waited = waited or reader.execute(asked).fetchone()[0] > 0
            if waited and held_until is None:
                held_until = time.monotonic() + HELD_SECONDS
            assert time.monotonic() < until
            time.sleep(0.02)
        report.rollback()
        assert migrating.wait(120) == 0, migrating.stderr.read()
    assert "origin" in columns(url)
