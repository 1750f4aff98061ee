"""Clients of the API: real HTTP requests into our WSGI application, over a loaded province."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from PIL import Image
from tests.world import at_now, province, racing, snapshots, token

from tinhso.sandbox.config import Config
from tinhso.sandbox.server import Sandbox
from tinhso.site.wsgi import application

__all__ = ["at_now", "province", "racing", "snapshots"]


@pytest.fixture
def paper() -> bytes:
    """A scanned page."""
    page = io.BytesIO()
    Image.effect_noise((200, 280), 40).convert("RGB").save(page, "PNG")
    return page.getvalue()


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, settings):
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"


@pytest.fixture(autouse=True)
def _counted_from_nought() -> None:
    """Begin each test with no requests counted: all of them come from one address within the same minute."""
    cache.clear()


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the test's connection through its requests, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def make_client(account: object = None, *scopes: str, **headers: str) -> httpx.Client:
    """Return a client of an account with scopes, or of nobody."""
    given = {"Accept-Language": "vi", **headers}
    if account is not None:
        given["Authorization"] = f"Bearer {token(account, *scopes)}"
    return httpx.Client(transport=httpx.WSGITransport(app=application), base_url="http://testserver", headers=given)


@pytest.fixture
def client_of(at_now: object) -> Iterator[Callable[..., httpx.Client]]:
    """Return `make_client`; every client it made is closed at the end."""
    made: list[httpx.Client] = []

    def client(account: object = None, *scopes: str, **headers: str) -> httpx.Client:
        made.append(make_client(account, *scopes, **headers))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def gateway(tmp_path, settings) -> Iterator[str]:
    """Run the sandbox's payment gateway for one test and return its address."""
    config = Config(url="", issuer="", data=tmp_path / "sandbox", retry_seconds=(0.05,), slow_seconds=1.0)
    with Sandbox(config, port=0, smtp_port=0) as running:
        settings.PAYMENT_URL = f"{running.config.url}/payment"
        yield running.config.url
