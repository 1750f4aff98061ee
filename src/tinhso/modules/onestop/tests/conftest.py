"""Fixtures of the one-stop shop's tests: the province, the cast, the budget of statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests import playing


@pytest.fixture
def own_folders(tmp_path, settings):
    """Keep files, keys and published roots of one test apart."""
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"


@pytest.fixture
def who(own_folders, db):
    """Everybody by name."""
    return playing.cast()


@pytest.fixture
def statements():
    """Return a function that runs an act and counts its SQL, savepoints and transactions included."""

    def count(call):
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen.captured_queries)

    return count
