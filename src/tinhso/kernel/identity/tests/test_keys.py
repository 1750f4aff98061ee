"""The key ring: what is sealed opens, moves to a new key while people work, and under nothing else."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from tinhso.base import sealing as keyring
from tinhso.base.sealing import Unsealable, add_key, ring, ring_path, seal_text, sealed_under, unseal_text
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.actions import keys
from tinhso.kernel.identity.sealing import seal, unseal
from tinhso.kernel.journal.public import Entry

from .conftest import AT, DEMO, SECRET, code_of, enter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def enrolled(lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    return lan


def stored() -> str:
    return Authenticator.objects.get(type="totp").data["secret"]


def rotate() -> str:
    said = io.StringIO()
    call_command("keys", "rotate", stdout=said)
    return said.getvalue()


def test_what_is_sealed_opens_and_says_its_key():
    key = add_key(at=AT)
    sealed = seal_text("bí mật", purpose="a")
    assert (sealed_under(sealed), unseal_text(sealed, purpose="a")) == (key.id, "bí mật")
    assert "bí" not in sealed
    assert seal_text("bí mật", purpose="a") != sealed
    assert len(key.secret) == 32


def test_the_ring_is_readable_by_its_owner_only_and_never_printed():
    key = add_key(at=AT)
    assert ring_path().stat().st_mode & 0o777 == 0o600
    assert key.secret.hex() not in repr(ring())
    assert repr(key.secret) not in repr(key)


def test_what_was_changed_or_moved_does_not_open():
    add_key(at=AT)
    sealed = seal_text("ABC", purpose="a")
    mark, key, body = sealed.split(".")
    other = "A" if body[20] != "A" else "B"
    for forged in (
        f"{mark}.{key}.{body[:20]}{other}{body[21:]}",
        f"{mark}.{key}.",
        f"{mark}.{key}.***",
        f"{mark}.none.{body}",
        body,
    ):
        with pytest.raises(Unsealable):
            unseal_text(forged, purpose="a")
    with pytest.raises(Unsealable):
        unseal_text(sealed, purpose="b")


def test_without_a_ring_every_version_reads_what_is_sealed():
    sealed = seal("ABC")
    assert sealed.startswith("gAAAA")
    assert unseal(sealed) == "ABC"
    with pytest.raises(Unsealable):
        seal_text("ABC", purpose="a")


def test_a_rotation_leaves_nothing_under_the_old_key(enrolled):
    assert stored().startswith("gAAAA")
    rotate()
    (first,) = ring()
    assert sealed_under(stored()) == first.id
    rotate()
    assert sealed_under(stored()) == ring()[0].id != first.id
    assert unseal(stored()) == SECRET
    assert keys.count_by_key() == {ring()[0].id: 1}
    entry = Entry.objects.filter(event="identity.secrets_resealed", facts__count=1).last()
    assert SECRET not in str(entry.facts)


def test_a_rotation_that_was_broken_off_goes_on_with_the_same_key(enrolled, lan, monkeypatch):
    others = [Authenticator(user=lan, type="recovery_codes", data={"seed": seal("hạt"), "used_mask": 0})]
    Authenticator.objects.bulk_create(others)
    monkeypatch.setattr(keys, "BATCH", 1)
    whole = keys._reseal_some
    calls = []

    def broken(holder, after, **rest):
        if calls:
            raise KeyboardInterrupt
        if holder is keys.SECOND_FACTORS:
            calls.append(after)
        return whole(holder, after, **rest)

    monkeypatch.setattr(keys, "_reseal_some", broken)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    (key,) = ring()
    assert keys.count_by_key() == {key.id: 1, "": 1}
    monkeypatch.setattr(keys, "_reseal_some", whole)
    assert "Resealed: 1" in rotate()
    assert ring() == (key,)
    assert keys.count_by_key() == {key.id: 2}
    assert unseal(Authenticator.objects.get(type="recovery_codes").data["seed"]) == "hạt"


def test_what_nothing_opens_is_told_and_left(enrolled):
    Authenticator.objects.filter(type="totp").update(data={"secret": "gAAAAno"})
    with pytest.raises(CommandError, match="1"):
        rotate()
    assert stored() == "gAAAAno"


def test_a_code_is_taken_after_a_rotation_and_a_sign_in_lasts_through_it(client, enrolled):
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    rotate()
    assert client.get("/tai-khoan/").status_code == 200
    client.post("/tai-khoan/logout/")
    enter(client)
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": code_of(ahead=1)}).status_code == 302


def test_only_a_key_that_nothing_needs_is_retired(enrolled):
    rotate()
    (first,) = ring()
    with pytest.raises(CommandError, match=first.id):
        call_command("keys", "retire", first.id)
    rotate()
    call_command("keys", "retire", first.id, stdout=io.StringIO())
    assert [key.id for key in ring()] != [first.id]
    assert first.id not in {key.id for key in ring()}
    with pytest.raises(CommandError):
        call_command("keys", "retire", "none")


def test_another_process_sees_a_new_key_at_once(tmp_path):
    add_key(at=AT)
    assert len(ring()) == 1
    held = ring_path().read_text()
    add_key(at=AT + timedelta(days=1))
    assert len(ring()) == 2
    # written by somebody else
    draft = tmp_path / "draft"
    draft.write_text(held)
    draft.replace(ring_path())
    assert len(ring()) == 1
    keyring._read.cache_clear()


def test_another_secret_key_signs_nobody_out_while_the_old_one_falls_back(client, enrolled, settings):
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    old = configured.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" + "y" * 50, [old]
    assert client.get("/tai-khoan/").status_code == 200
    assert unseal(stored()) == SECRET
    rotate()
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(stored()) == SECRET


def test_without_the_old_secret_key_everybody_signs_in_anew(client, enrolled, settings):
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" + "y" * 50, []
    assert client.get("/tai-khoan/").status_code == 302
