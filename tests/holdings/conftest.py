"""Fixtures of the data store's tests: the province and the cast of the one-stop shop."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests.conftest import own_folders, statements, who  # noqa: F401
from tinhso.sandbox.config import Config
from tinhso.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    config = Config(url="", issuer="", data=tmp_path_factory.mktemp("registers"), slow_seconds=0.1)
    with Sandbox(config, port=0, smtp_port=0) as made:
        yield made


@pytest.fixture
def exchange(running, settings):
    """A security server that does as it should, and was asked nothing."""
    cache.clear()
    settings.REGISTERS_URL = f"{running.config.url}/registers"
    running.registers.mode = ""
    running.registers.asked.clear()
    return running.registers
