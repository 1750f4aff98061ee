"""Fixtures of the privacy kernel's tests: the province and the cast of the one-stop shop."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
from tests.world import at_now  # noqa: F401

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders, statements  # noqa: F401


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name, with empty counters."""
    cache.clear()
    return playing.cast()
