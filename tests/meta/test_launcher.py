"""The verbs of `./tinhso` answer; tables and packs are whole."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from tests.snapshot import PROVINCES

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.env import DECLARED
from tinhso.base.refusals import all_refusals
from tinhso.base.registry import registry
from tinhso.kernel.organisation.pack import load_pack
from tinhso.site.addresses import public_address
from tinhso.site.launch import look
from tinhso.site.launch.__main__ import VERBS

ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime(2026, 11, 22, 8, 0, tzinfo=CIVIL_ZONE)


def run(*words):
    """Run a verb as `./tinhso` does once everything is installed."""
    return subprocess.run(
        [sys.executable, "-m", "tinhso.site.launch", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_lists_every_verb_and_an_unknown_verb_is_told():
    done = run("help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [verb for verb in VERBS if verb not in done.stdout] == []
    done = run("no-such-verb")
    assert done.returncode == 2
    assert "no-such-verb" in done.stderr


def test_every_verb_has_its_module():
    for verb, (module, english, vietnamese) in VERBS.items():
        assert callable(import_module(module).run), verb
        assert english
        assert vietnamese


def test_a_verb_without_a_database_says_what_to_do(tmp_path):
    done = run("people", "--data", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "./tinhso up" in done.stderr
    assert "--data" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_tells_the_view_of_an_address(capsys):
    assert look.run("where", ["/mot-cua/hen-lai/H47.32.20-221128-0001/"]) == 0
    said = capsys.readouterr().out
    for word in ("onestop.views.work.postpone", "onestop:postpone", "onestop/"):
        assert word in said
    # an address as the browser shows it; what a helper of the view calls is the view's
    assert look.run("where", ["http://localhost:8000/mot-cua/dung/H47.32.20-221128-0001/?x=1"]) == 0
    said = capsys.readouterr().out
    assert "permission  tinhso.modules.onestop.access.can_assign" in said
    assert "action      tinhso.modules.onestop.actions.processing.stop_dossier" in said
    assert look.run("where", ["/khong-co-gi/"]) == 1
    assert look.run("where", []) == 2


def test_modules_refusals_and_settings_list_everything(capsys):
    assert look.run("modules", []) == 0
    said = capsys.readouterr().out
    assert [package for package in registry.modules() if package not in said] == []
    assert look.run("refusals", []) == 0
    said = capsys.readouterr().out
    assert [kind.code for kind in all_refusals() if kind.code not in said] == []
    assert look.run("settings", []) == 0
    said = capsys.readouterr().out
    assert [name for name in DECLARED if name not in said] == []
    assert os.environ["TINHSO_SECRET_KEY"] not in said


@pytest.mark.django_db
def test_every_change_of_a_table_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_an_empty_database_is_migrated_whole():
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    from django.apps import apps

    wanted = {model._meta.db_table for model in apps.get_models() if model._meta.managed and not model._meta.proxy}
    assert wanted <= there
    assert "catalogue_search" in there


@pytest.mark.django_db
def test_the_province_that_chose_the_opposite_of_everything_loads_too():
    first = load_pack(PROVINCES / "nghich", actor=system("loader"), at=TODAY)
    assert len(first.changes) > 20
    assert first.unclaimed == ()
    again = load_pack(PROVINCES / "nghich", actor=system("loader"), at=TODAY)
    assert again.is_empty, again.changes[:5]


def launched(*verb, cwd, **environment):
    """Run a verb by the launcher itself from a folder."""
    return subprocess.run(
        [str(ROOT / "tinhso"), *verb],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_address_without_a_scheme_is_refused_with_a_sentence(tmp_path):
    done = launched("doctor", cwd=ROOT, TINHSO_DATA=str(tmp_path), TINHSO_PUBLIC_URL="dichvucong.tinh.example")
    assert done.returncode == 1
    assert "TINHSO_PUBLIC_URL=dichvucong.tinh.example: write https://" in done.stderr
    assert "Traceback" not in done.stderr
    for wrong in ("dichvucong.tinh.example", "https:/tinh.example", "ftp://tinh.example", "//tinh.example"):
        with pytest.raises(ValueError, match="TINHSO_PUBLIC_URL"):
            public_address(wrong)
    assert public_address("https://tinh.example:8443") == "https://tinh.example:8443"


@pytest.mark.parametrize("verb", [("up", "--pack", "goi-cua-tinh", "--port", "8199"), ("load", "goi-cua-tinh")])
def test_a_pack_that_is_not_there_is_told_by_the_path_that_was_meant(tmp_path, verb):
    """A folder is meant from where the reader stands, not from where the program lies."""
    done = launched(*verb, cwd=tmp_path, TINHSO_DATA=str(tmp_path / "data"))
    assert done.returncode == 1
    assert str(tmp_path / "goi-cua-tinh") in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
