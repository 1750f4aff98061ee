"""Recovery codes: seen once, kept as hashes, each taken once."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from tinhso.kernel.identity import actions
from tinhso.kernel.identity.sealing import unseal

from .conftest import AT, DEMO, PASSWORD, SECRET, code_of, enter

pytestmark = pytest.mark.django_db
STEP = "/tai-khoan/2fa/authenticate/"
INSIDE = "/tai-khoan/phien-dang-nhap/"


@pytest.fixture
def shown(lan) -> list[str]:
    """The codes as Lan saw them on the page, the only time it shows them."""
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    RecoveryCodes.activate(lan)
    seen = row().wrap().get_unused_codes()
    client = Client()
    enter(client)
    client.post(STEP, {"code": code_of()})
    client.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    page = client.get("/tai-khoan/2fa/recovery-codes/").content.decode()
    assert all(code in page for code in seen)
    again = client.get("/tai-khoan/2fa/recovery-codes/").content.decode()
    assert not any(code in again for code in seen)
    assert "10" in again
    return seen


def row() -> Authenticator:
    return Authenticator.objects.get(type="recovery_codes")


def tried(code: str) -> bool:
    """Tell whether a code opens the door after the password."""
    client = Client()
    enter(client)
    client.post(STEP, {"code": code})
    return client.get(INSIDE).status_code == 200


def test_seen_codes_are_kept_as_salted_hashes(shown):
    kept = row().data
    assert "seed" not in kept
    hashes = [unseal(text) for text in kept["migrated_codes"]]
    assert len(set(hashes)) == len(shown) == 10
    assert len({text.split("$")[-2] for text in hashes}) == 10, "each with a salt of its own"
    assert not any(code in str(kept) + str(hashes) for code in shown)


def test_each_code_opens_the_door_once(shown):
    assert tried(shown[3])
    assert not tried(shown[3])
    assert tried(f"{shown[0][:4]} {shown[0][4:]}")
    assert len(row().data["migrated_codes"]) == 8
    assert row().last_used_at


def test_a_hash_opens_nothing(shown):
    assert not tried(unseal(row().data["migrated_codes"][0]))
    assert len(row().data["migrated_codes"]) == 10


def test_codes_of_a_seed_that_was_seen_before_are_hashed_at_their_next_use(lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    made = RecoveryCodes.activate(lan)
    codes = made.get_unused_codes()
    Authenticator.objects.filter(pk=made.instance.pk).update(data={**made.instance.data, "viewed_at": 1.0})
    assert tried(codes[5])
    assert "seed" not in row().data
    assert len(row().data["migrated_codes"]) == 9
    assert not tried(codes[5])
    assert tried(codes[6])
