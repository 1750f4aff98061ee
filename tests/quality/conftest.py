"""Fixtures of the tests of quality: the cast of the one-stop shop, and a way to have everything counted."""

from __future__ import annotations

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.kernel.journal.public import seal
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.quality import tasks


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name."""
    return playing.cast()


@pytest.fixture
def count():
    """Return a function that seals what was journalled and has it measured."""

    def run(at):
        while seal(at):
            pass
        return tasks.keep_measures(at=at)

    return run
