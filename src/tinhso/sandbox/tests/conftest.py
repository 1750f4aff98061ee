"""A sandbox of its own for each test module, on free ports of 127.0.0.1."""

from __future__ import annotations

import copy
import re
from urllib.parse import urlsplit

import httpx
import pytest
from django.core.cache import cache

from tinhso.sandbox.config import Config
from tinhso.sandbox.server import Sandbox

CALLBACK = "http://testserver/tai-khoan/oidc/vneid/login/callback/"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    config = Config(
        url="",
        issuer="",
        data=tmp_path_factory.mktemp("sandbox"),
        redirect_uris=(CALLBACK, "http://client.example/cb"),
        logout_uris=("http://testserver/",),
        retry_seconds=(0.05, 0.1, 0.2),
        slow_seconds=1.0,
    )
    with Sandbox(config, port=0, smtp_port=0) as running:
        yield running


@pytest.fixture
def at_sandbox(sandbox, settings):
    """Point every setting that leads outside at the sandbox of this module."""
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = sandbox.config.issuer
    settings.SOCIALACCOUNT_PROVIDERS = providers
    settings.PAYMENT_URL = f"{sandbox.config.url}/payment"
    settings.SMTP = f"127.0.0.1:{sandbox.smtp_port}"
    cache.clear()
    return sandbox


@pytest.fixture
def browser():
    with httpx.Client(trust_env=False) as made:
        yield made


def ticket_of(page):
    return re.search(r'name="ticket" value="([^"]+)"', page.text)[1]


def prove(browser, sandbox, url, person, *, answer="yes"):
    """Go through the provider's pages as a person does and return the address that leads back to the site."""
    ticket = ticket_of(browser.get(url))
    login = browser.post(f"{sandbox.config.issuer}/login", data={"ticket": ticket, "person": person})
    assert login.status_code == 200, login.text
    back = browser.post(f"{sandbox.config.issuer}/consent", data={"ticket": ticket, "answer": answer})
    assert back.status_code == 303, back.text
    return back.headers["location"]


def sign_in(client, browser, sandbox, person, *, next_page="/tai-khoan/", **kwargs):
    """Sign a person in to our site by VNeID and return the site's answer to the callback."""
    start = client.post("/tai-khoan/oidc/vneid/login/", {"next": next_page})
    assert start.status_code == 302, start.content
    back = urlsplit(prove(browser, sandbox, start["location"], person, **kwargs))
    return client.get(f"{back.path}?{back.query}")
