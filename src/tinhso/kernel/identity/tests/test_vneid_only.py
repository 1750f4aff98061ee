"""Citizens and businesses come by VNeID and by nothing else, at its level and nothing below."""

from __future__ import annotations

from importlib import import_module

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests.doors import come_in

from tinhso.base.actors import ActorKind
from tinhso.kernel.identity import actions, queries
from tinhso.kernel.identity.library_pages import FOR_ANYBODY, FOR_OFFICIALS, LIBRARY
from tinhso.kernel.identity.models import Account

from .conftest import ADMIN, AT, DEMO, PASSWORD, SECRET, enter

pytestmark = pytest.mark.django_db
OTHER = "mot-mat-khau-moi-khac-2"


def pages(patterns=None):
    """Return the library's pages: name and address."""
    for pattern in patterns or get_resolver().url_patterns:
        if not isinstance(pattern, URLPattern):
            yield from pages(pattern.url_patterns)
        elif pattern.callback.__module__.startswith(LIBRARY):
            yield pattern.name


ADDRESSES = {
    "account_confirm_email": "confirm-email/abc/",
    "account_confirm_login_code": "login/code/confirm/",
    "account_email": "email/",
    "account_email_verification_sent": "confirm-email/",
    "account_set_password": "password/set/",
    "account_change_password": "password/change/",
    "account_reauthenticate": "reauthenticate/",
    "mfa_activate_totp": "2fa/totp/activate/",
    "mfa_add_webauthn": "2fa/webauthn/add/",
    "mfa_deactivate_totp": "2fa/totp/deactivate/",
    "mfa_download_recovery_codes": "2fa/recovery-codes/download/",
    "mfa_edit_webauthn": "2fa/webauthn/keys/1/edit/",
    "mfa_generate_recovery_codes": "2fa/recovery-codes/generate/",
    "mfa_index": "2fa/",
    "mfa_list_webauthn": "2fa/webauthn/",
    "mfa_reauthenticate": "2fa/reauthenticate/",
    "mfa_reauthenticate_webauthn": "2fa/webauthn/reauthenticate/",
    "mfa_remove_webauthn": "2fa/webauthn/keys/1/remove/",
    "mfa_view_recovery_codes": "2fa/recovery-codes/",
    "socialaccount_connections": "3rdparty/",
    "socialaccount_signup": "3rdparty/signup/",
    "usersessions_list": "sessions/",
}
OURS_FIRST = {"account_email", "socialaccount_connections", "usersessions_list"}
"""Addresses that a page of ours takes before the library sees them."""


def test_every_page_of_the_library_is_open_closed_or_for_officials():
    known = set(pages()) - {"openid_connect_callback"}  # ours stands before it
    assert known - FOR_ANYBODY == set(ADDRESSES)
    assert set(ADDRESSES) >= FOR_OFFICIALS
    assert known >= FOR_ANYBODY


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_no_page_that_lowers_assurance_is_there_for_a_citizen(client, tu_account, name, method):
    come_in(client, tu_account)
    typed = {"password1": OTHER, "password2": OTHER, "password": OTHER, "code": "123456"}
    answer = getattr(client, method)(f"/tai-khoan/{ADDRESSES[name]}", typed)
    assert answer.status_code == (302 if name in OURS_FIRST else 404)
    tu_account.refresh_from_db()
    assert not tu_account.has_usable_password()
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize("name", sorted(ADDRESSES.keys() - FOR_OFFICIALS - OURS_FIRST))
def test_what_nobody_uses_is_there_for_nobody(client, lan, name):
    assert client.get(f"/tai-khoan/{ADDRESSES[name]}").status_code == 404
    come_in(client, lan)
    answer = client.get(f"/tai-khoan/{ADDRESSES[name]}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def with_a_password(account):
    """Give an account what it could give itself before."""
    account.set_password(PASSWORD)
    account.save()
    return account


def test_a_password_that_was_set_before_lets_nobody_in(client, tu_account, lan):
    with_a_password(tu_account)
    assert enter(client, name="tu").status_code == 200
    assert client.get("/tai-khoan/").status_code == 302
    assert enter(Client(), name="lan.nt").status_code == 302


def test_a_link_to_a_new_password_sets_none_for_a_citizen(client, tu_account):
    with_a_password(tu_account)
    key = f"{user_pk_to_url_str(tu_account)}-{default_token_generator.make_token(tu_account)}"
    form = client.get(f"/tai-khoan/password/reset/key/{key}/")["location"]
    answer = client.post(form, {"password1": OTHER, "password2": OTHER})
    assert answer.status_code == 403
    assert "identity.vneid_only" in answer.content.decode()
    tu_account.refresh_from_db()
    assert not tu_account.check_password(OTHER)


def test_no_mail_leads_a_citizen_to_a_password(client, tu_account):
    client.post("/tai-khoan/password/reset/", {"email": "tu@dan.example"})
    assert not any("password/reset/key" in body for body in bodies())


def bodies():
    from tinhso.kernel.identity.models import Message

    return list(Message.objects.values_list("body", flat=True))


def test_whoever_proved_themselves_otherwise_is_stopped_at_the_door(rf, tu_account, lan):
    from django.contrib.sessions.backends.db import SessionStore

    from tinhso.kernel.identity.doors import AccountAdapter, MFAAdapter

    request = rf.post("/tai-khoan/2fa/webauthn/login/")
    request.session, request.at, request.user = SessionStore(), AT, tu_account
    from allauth.account.internal.flows.login import record_authentication

    record_authentication(request, tu_account, "mfa", type="webauthn", passwordless=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tinhso.kernel.identity.doors.refusal_page", lambda _request, no: no)
        stopped = AccountAdapter(request).pre_login(request, tu_account, signup=False)
    assert stopped.code == "identity.vneid_only"
    actions.enrol_totp(tu_account, SECRET, actor=DEMO, at=AT)
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    assert [MFAAdapter().is_mfa_enabled(account) for account in (tu_account, lan)] == [False, True]


def test_no_act_gives_a_citizen_a_password(tu, tu_account):
    with pytest.raises(actions.VneidOnly):
        actions.set_password(tu_account, PASSWORD, actor=ADMIN, at=AT)
    business = actions.add_business(tax_code="4009999009", name="Thu Bồn", actor=DEMO, at=AT)
    with pytest.raises(actions.VneidOnly):
        actions.add_account("thubon", business=business, password=PASSWORD, actor=ADMIN, at=AT)
    assert Account.objects.filter(username="thubon").count() == 0


def test_below_the_demanded_level_a_citizen_is_nobody(client, tu_account, settings):
    assert queries.actor_for(tu_account, assurance="password", level=1, at=AT).kind is ActorKind.ANONYMOUS
    come_in(client, tu_account, level=1)
    answer = client.get("/tai-khoan/")
    assert answer["location"].startswith("/tai-khoan/login/")
    assert client.get(answer["location"]).status_code == 200
    settings.VNEID_LEVEL = 1
    come_in(client, tu_account, level=1)
    assert client.get("/tai-khoan/").status_code == 200


def test_what_was_kept_before_is_emptied(tu_account, lan):
    """Migration 0003, over rows as the code of before left them."""
    raw = {"userinfo": {"citizen_id": "049165000123"}, "id_token": {"acr": "urn:vn:vneid:2"}}
    for uid, kept in (("a", raw), ("b", {"level": 2}), ("c", {**raw, "level": 2})):
        SocialAccount.objects.create(user=tu_account, provider="vneid", uid=uid, extra_data=kept)
    with_a_password(tu_account)
    for account in (tu_account, lan):
        actions.enrol_totp(account, SECRET, actor=DEMO, at=AT)
    Account.objects.update(email="cu@tinh.example")
    EmailAddress.objects.create(user=lan, email="cu@tinh.example")
    tu_account.person.email = ""
    tu_account.person.save()
    moved = import_module("tinhso.kernel.identity.migrations.0003_one_home")
    for step in (moved.forget_claims, moved.close_second_ways, moved.one_home):
        step(apps, None)
    assert dict(SocialAccount.objects.values_list("uid", "extra_data")) == {
        "a": {},
        "b": {"level": 2},
        "c": {"level": 2},
    }
    tu_account.refresh_from_db()
    lan.refresh_from_db()
    assert (tu_account.has_usable_password(), lan.check_password(PASSWORD)) == (False, True)
    assert list(Authenticator.objects.values_list("user__username", flat=True)) == ["lan.nt"]
    assert (tu_account.email, lan.email, EmailAddress.objects.count()) == ("", "", 0)
    assert (queries.reach_of(tu_account.subject_key).email, lan.reached_at) == ("cu@tinh.example", "lan@tinh.example")
