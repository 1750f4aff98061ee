"""Fixtures of reports: everybody by name."""

from __future__ import annotations

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name."""
    return playing.cast()
