"""Fixtures of inspection's tests: the province and the cast of the one-stop shop, and a worker that has caught up."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.kernel.journal.public import dispatch
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders, statements  # noqa: F401


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name."""
    cache.clear()
    return playing.cast()


@pytest.fixture
def inspector(who):
    """Return the inspector of the province."""
    return playing.official("kiemtra")


@pytest.fixture
def worked():
    """Return a function that lets the worker hand over all that waits."""

    def work(at):
        while dispatch(at=at):
            pass

    return work
