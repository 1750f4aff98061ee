"""A system that was shut out stays out until somebody lets it in again, and its old secret opens nothing then."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tinhso.base.clock import now
from tinhso.base.refusals import Forbidden, NotFound
from tinhso.kernel.organisation.pack import Pack
from tinhso.kernel.signon.actions import systems
from tinhso.kernel.signon.models import System
from tinhso.kernel.signon.pack import SystemsPart
from tinhso.kernel.signon.tests.conftest import BACK, LOADER, events

PACK = """\
systems:
  - id: land-register
    name: Đất đai, tên mới
    name_en: Land
    redirect_uris: [https://dat.example/oidc/back]
    is_own: true
    scopes: [profile]
"""


def close() -> None:
    systems.close_system("land-register", reason="test", actor=LOADER, at=now())


def run(*words: str) -> str:
    said = StringIO()
    call_command("systems", *words, stdout=said)
    return said.getvalue()


def test_a_pack_loaded_again_changes_a_closed_system_and_does_not_let_it_in(land, browser, tmp_path):
    close()
    (tmp_path / "systems.yaml").write_text(PACK, "utf-8")
    SystemsPart().apply(Pack(tmp_path, now()), actor=LOADER, at=now())
    system = System.objects.get(pk=land.id)
    assert (system.name, system.is_open) == ("Đất đai, tên mới", False)
    assert browser.get("/oidc/authorize", land.question()).status_code == 400
    assert list(SystemsPart().plan(Pack(tmp_path, now()))) == []


def test_registering_by_command_does_not_let_in_either(land):
    close()
    words = ("register", land.id, "--name", "Đất", "--name-en", "Land", "--redirect", BACK)
    assert run(*words).strip().endswith("(closed)")
    assert System.objects.get(pk=land.id).is_open is False


def test_a_system_let_in_again_needs_a_new_secret(land, browser):
    close()
    run("reopen", land.id)
    code = land.code_for(browser)
    assert land.exchange(code).status_code == 401, "the old secret"
    land.secret = run("secret", land.id).splitlines()[-1]
    assert land.exchange(code).status_code == 200
    assert "signon.system_reopened" in events()


def test_only_a_closed_system_is_let_in_again_and_only_by_who_may(land, browser):
    with pytest.raises(CommandError):
        run("reopen", land.id)
    assert land.exchange(land.code_for(browser)).status_code == 200, "its secret is as it was"
    close()
    citizen = browser.get("/tai-khoan/").wsgi_request.actor
    with pytest.raises(Forbidden):
        systems.reopen_system(land.id, reason="test", actor=citizen, at=now())
    with pytest.raises(NotFound):
        systems.reopen_system("nobody", reason="test", actor=LOADER, at=now())
    assert System.objects.get(pk=land.id).is_open is False
