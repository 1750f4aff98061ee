"""A server that came back without its key ring says so to whoever signs in, and counts no failed try."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tinhso.base.sealing import ring_path
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import FailedSignIn

from .conftest import AT, DEMO, SECRET, code_of, enter

pytestmark = pytest.mark.django_db


def test_without_the_key_ring_a_code_is_refused_with_a_sentence(client, lan, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    call_command("keys", "rotate", verbosity=0)
    ring_path().unlink()
    assert enter(client).status_code == 302
    said = client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    assert said.status_code == 503
    assert "identity.second_factor_sealed" in said.content.decode()
    assert not FailedSignIn.objects.exists()
