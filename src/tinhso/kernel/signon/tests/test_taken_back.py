"""What an administrator takes from a system is taken at once, from what was given before too."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.test import Client
from tests.doors import come_in

from tinhso.base.clock import now
from tinhso.kernel.signon import tasks
from tinhso.kernel.signon.models import Grant, System
from tinhso.kernel.signon.tests.conftest import answer_of

MUCH = "openid profile vn.citizen_id offline_access"


def narrow(*scopes: str) -> None:
    System.objects.update(scopes=sorted({"openid", *scopes}))


def test_userinfo_and_introspection_tell_no_more_than_the_system_may_know_now(land, browser):
    told = land.exchange(land.code_for(browser, scope=MUCH)).json()
    assert "vn.citizen_id" in land.userinfo(told["access_token"]).json()
    narrow("profile", "offline_access")
    said = land.userinfo(told["access_token"]).json()
    assert "vn.citizen_id" not in said
    assert "family_name" in said
    assert land.call("introspect", token=told["access_token"]).json()["scope"] == "openid profile offline_access"


def test_a_renewal_gives_no_more_than_the_system_may_have_now(land, browser):
    told = land.exchange(land.code_for(browser, scope=MUCH)).json()
    narrow("profile", "offline_access")
    refused = land.renew(told["refresh_token"], scope="openid vn.citizen_id")
    assert refused.json()["error"] == "invalid_scope"
    again = land.renew(told["refresh_token"]).json()
    assert again["scope"] == "openid profile offline_access"
    narrow("profile", "vn.citizen_id", "offline_access")
    assert land.renew(again["refresh_token"]).json()["scope"] == "openid profile offline_access", "taken is taken"


def test_without_offline_access_what_lasted_lasts_no_longer(land, browser):
    told = land.exchange(land.code_for(browser, scope=MUCH)).json()
    narrow("profile")
    assert land.renew(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert land.userinfo(told["access_token"]).status_code == 200
    browser.post("/tai-khoan/logout/")
    assert land.userinfo(told["access_token"]).status_code == 401
    assert tasks.leave_sessions(at=now()) == 1
    narrow("profile", "offline_access")
    assert land.renew(told["refresh_token"]).json()["error"] == "invalid_grant", "taken is taken"


def test_a_code_on_its_way_gives_no_more_than_the_system_may_have_now(land, browser):
    code = land.code_for(browser, scope=MUCH)
    narrow("profile")
    told = land.exchange(code).json()
    assert told["scope"] == "openid profile"
    assert "refresh_token" not in told


@pytest.mark.parametrize("way", ["sign-in", "consent"])
def test_a_question_on_its_way_asks_no_more_than_the_system_may_have_now(land, bank, tu, way):
    if way == "sign-in":
        browser = Client()
        sent = browser.get("/oidc/authorize", land.question(scope=MUCH))
        narrow("profile")
        come_in(browser, tu)
        answer_of(browser.get(unquote(sent["Location"].split("next=")[1])))
    else:
        browser = come_in(Client(), tu)
        page = browser.get("/oidc/authorize", bank.question(scope=MUCH))
        narrow("profile")
        answer_of(browser.post("/oidc/consent", {"kept": page.context["kept"], "answer": "yes"}))
    assert sorted(Grant.objects.get().scopes) == ["openid", "profile"]
