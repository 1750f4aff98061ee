"""Fixtures of the indicators: the province, its people, and the doors' clock in 2023."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.base.clock import CIVIL_ZONE
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401

AT = datetime(2023, 1, 16, 9, 0, tzinfo=CIVIL_ZONE)


@pytest.fixture
def ha(db):
    """Who processes at the ward of Minh An."""
    return playing.official("ha", at=AT)


@pytest.fixture
def minh(db):
    """Who signs at the ward of Minh An."""
    return playing.official("minh", at=AT)


@pytest.fixture
def boss(db):
    """Who may decide for the whole province."""
    return playing.official("kiemtra", at=AT)
