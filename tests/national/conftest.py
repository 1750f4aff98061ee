"""A national portal of its own on a free port, and the province with everybody in it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
from tests.world import at_now  # noqa: F401

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.sandbox.config import Config
from tinhso.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    config = Config(url="", issuer="", data=tmp_path_factory.mktemp("national"), slow_seconds=0.1)
    with Sandbox(config, port=0, smtp_port=0) as made:
        yield made


@pytest.fixture
def portal(running, settings):
    """A portal that knows nothing and does as it should."""
    cache.clear()
    settings.NATIONAL_URL = f"{running.config.url}/national"
    running.store.run("DELETE FROM national_dossier")
    running.store.run("DELETE FROM national_step")
    running.national.mode = ""
    running.national.asked.clear()
    return running.national


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    return playing.cast()
