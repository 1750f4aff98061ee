"""The health check: cheap, public, honest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client


@pytest.mark.django_db
def test_health_is_one_statement(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


ASK = """
import django; django.setup()
from django.test import Client
answer = Client().get("/suc-khoe/")
print(answer.status_code, answer.json()["database"])
"""


def test_health_says_503_without_a_database(tmp_path: Path) -> None:
    """In a process of its own: a database that is gone cannot be had inside the tests' one."""
    world = {**os.environ, "TINHSO_TEST_DATABASE": f"sqlite:///{tmp_path}/gone/x.sqlite3"}
    world |= {"DJANGO_SETTINGS_MODULE": "tinhso.site.settings.test", "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", ASK], env=world, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["503", "unreachable"]


def test_health_takes_no_post(client: Client) -> None:
    assert client.post("/suc-khoe/").status_code == 405
