"""The page that tells how other systems sign people in: what it says is tried."""

from __future__ import annotations

import re
import shlex

import pytest
from tests.signon.test_relying_parties import BACK, LOADER, Browser, issuer, lan, registered  # noqa: F401
from tests.signon.test_relying_parties import ROOT as PLACE

from tinhso.base.clock import now
from tinhso.kernel.signon.pack import SystemsPart
from tinhso.kernel.signon.queries import find_system, list_systems

PAGE = (PLACE / "docs" / "how-to" / "sign-in-other-systems.md").read_text("utf-8")


def block(language: str) -> str:
    return re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]


@pytest.mark.django_db
def test_the_pack_of_the_page_is_loaded(tmp_path):
    from tinhso.kernel.organisation.pack import Pack

    (tmp_path / "systems.yaml").write_text(block("yaml"), "utf-8")
    part, pack = SystemsPart(), Pack(tmp_path, now())
    assert list(part.check(pack)) == []
    assert [str(change) for change in part.plan(pack)] == ["+ system land-register"]
    part.apply(pack, actor=LOADER, at=now())
    assert find_system("land-register").scopes == ["openid", "profile", "vn.org"]
    assert list(part.plan(pack)) == []


@pytest.mark.django_db
def test_a_pack_with_a_wrong_address_names_its_line(tmp_path):
    from tinhso.kernel.organisation.pack import Pack

    (tmp_path / "systems.yaml").write_text(block("yaml").replace("https://dat.example/oidc/left", "http://dat.example"))
    (fault,) = SystemsPart().check(Pack(tmp_path, now()))
    assert (fault.line, "http://dat.example" in str(fault.text)) == (8, True)


@pytest.mark.django_db
def test_the_commands_of_the_page_do_it(capsys):
    from django.core.management import call_command

    lines = block("sh").replace("\\\n", " ").replace(" --as quantri", "").splitlines()
    for line in lines:
        words = shlex.split(line, comments=True)
        call_command(*words[1:])
    assert [one.pk for one in list_systems()] == ["land-register"]
    assert find_system("land-register").secret_digest
    assert "land-register" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_program_of_the_page_signs_somebody_in(issuer, lan):  # noqa: F811
    told: dict = {}
    exec(compile(block("python"), "the page", "exec"), told)
    secret = registered("land-register", BACK)
    verifier = "v" * 50
    said, client, address, state = told["begin"](issuer, "land-register", secret, BACK, verifier, "n-1")
    back = Browser(issuer).go(address, until=BACK)
    with client:
        assert told["finish"](said, client, back, state, verifier, "n-1")["name"] == "Nguyễn Thị Lan"
