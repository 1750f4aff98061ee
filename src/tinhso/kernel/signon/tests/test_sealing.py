"""The private keys of sign-on lie under the key ring like all secrets: they move with it, and hold the key they lie under."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tinhso.base.clock import now
from tinhso.base.sealing import ring, ring_path, sealed_under, unseal_text
from tinhso.kernel.identity.public import seal
from tinhso.kernel.signon.actions.keys import rotate_keys
from tinhso.kernel.signon.models import Grant, SigningKey
from tinhso.kernel.signon.sealing import PURPOSE, open_key
from tinhso.kernel.signon.tasks import ACTOR, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def rotate() -> None:
    call_command("keys", "rotate", stdout=io.StringIO())


def under() -> set[str]:
    return {sealed_under(key.sealed) for key in SigningKey.objects.exclude(sealed="")}


def signing() -> SigningKey:
    return SigningKey.objects.get(ends_at=None, begins_at__isnull=False)


def test_keys_made_before_there_was_a_ring_are_sealed_under_it():
    rotate_keys(actor=ACTOR, at=now())
    assert under() == {""}
    rotate()
    assert under() == {ring()[0].id}
    assert "PRIVATE KEY" in unseal_text(signing().sealed, purpose=PURPOSE)


def test_a_sealing_key_is_not_retired_while_a_signing_key_lies_under_it():
    rotate()
    old = ring()[0].id
    rotate_keys(actor=ACTOR, at=now())
    # what lies there is not resealed: as where the rotation was broken off
    kept = dict(SigningKey.objects.values_list("pk", "sealed"))
    rotate()
    for kid, sealed in kept.items():
        SigningKey.objects.filter(pk=kid).update(sealed=sealed)
    with pytest.raises(CommandError, match=old):
        call_command("keys", "retire", old)
    assert old in {key.id for key in ring()}
    rotate()
    call_command("keys", "retire", old, stdout=io.StringIO())
    assert "PRIVATE KEY" in open_key(signing().sealed)


def test_what_an_earlier_version_sealed_without_this_purpose_opens_and_moves():
    rotate()
    rotate_keys(actor=ACTOR, at=now())
    key = signing()
    pem = open_key(key.sealed)
    SigningKey.objects.filter(pk=key.pk).update(sealed=seal(pem))
    assert open_key(signing().sealed) == pem
    rotate()
    assert unseal_text(signing().sealed, purpose=PURPOSE) == pem


def test_a_withdrawn_key_holds_nothing():
    rotate()
    old = ring()[0].id
    rotate_keys(actor=ACTOR, at=now())
    SigningKey.objects.update(sealed="", ends_at=now(), withdrawn_at=now())
    rotate()
    call_command("keys", "retire", old, stdout=io.StringIO())
    assert withdraw(at=now()) == 0


def test_without_the_sealing_key_nothing_is_spent(land, browser):
    rotate()
    rotate_keys(actor=ACTOR, at=now())
    code = land.code_for(browser, scope="openid offline_access")
    away = ring_path().with_name("away")
    ring_path().rename(away)
    assert land.exchange(code).status_code == 503
    assert Grant.objects.get().code_used_at is None
    away.rename(ring_path())
    first = land.exchange(code).json()
    ring_path().rename(away)
    assert land.renew(first["refresh_token"]).status_code == 503
    away.rename(ring_path())
    assert "id_token" in land.renew(first["refresh_token"]).json()
